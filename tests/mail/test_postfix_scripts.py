"""apply.sh and undo.sh of the Postfix target, as far as files go: one step, no trace, and whatever an administrator did meanwhile stays."""

import os
from pathlib import Path

import pytest

from tests.mail.postfix_folder import MAIN, SUBMISSION, Folder, make_folder
from tests.mail.postfix_site import site_text, write_site

BOTH = site_text("submission", "submissions")
ALONE = site_text("submission")
EDIT = ("pickup    unix  n       -       y       60      1       pickup", "pickup    unix  n       -       n       30      1       pickup")
TABLE = "gatepost_acme/submission."


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """Debian's files, and a submission service of the administrator's."""
    return make_folder(tmp_path / "etc", master=SUBMISSION)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return write_site(tmp_path, BOTH)


def applied(tmp_path: Path, site: Path) -> tuple[list[str], list[str]]:
    """What a folder comes to when the site is set up in it for the first time."""
    fresh = make_folder(tmp_path / "fresh" / "etc", master=SUBMISSION)
    fresh.apply(site)
    return said(fresh)


def said(folder: Folder) -> tuple[list[str], list[str]]:
    """Services and their settings, without the folder's name."""
    services, settings = (folder.postconf(how) for how in ("-M", "-P"))
    return [line.replace(str(folder.path), "ETC") for line in services], [line.replace(str(folder.path), "ETC") for line in settings]


def test_setting_up_twice_changes_no_byte(folder: Folder, site: Path) -> None:
    folder.apply(site)
    once = folder.tree()

    again = folder.apply(site)

    assert (folder.tree(), again.stderr) == (once, "")


def test_undo_brings_back_every_byte_owner_and_mode(folder: Folder, site: Path) -> None:
    os.chown(folder.path / "master.cf", 12345, 54321)
    (folder.path / "master.cf").chmod(0o640)
    before = folder.tree()

    folder.apply(site)
    between = (folder.path / "master.cf").stat()
    folder.undo(site)

    assert (folder.tree(), list(folder.path.glob("gatepost*"))) == (before, [])
    assert (between.st_uid, between.st_gid, between.st_mode & 0o777) == (12345, 54321, 0o640)


def test_a_file_without_a_last_line_feed_comes_back_without_it(folder: Folder, site: Path) -> None:
    folder.edit(SUBMISSION, "\n[::1]:587 inet n - y - - smtpd")
    before = folder.tree()

    folder.apply(site)
    listening = folder.listeners()
    folder.undo(site)

    assert (folder.tree(), listening) == (before, ["smtp", "[::1]:587", "submissions"])


def test_main_cf_is_not_touched(folder: Folder, site: Path) -> None:
    before = (folder.path / "main.cf").stat()

    folder.apply(site)

    after = (folder.path / "main.cf").stat()
    assert (after.st_ino, after.st_mtime_ns, after.st_ctime_ns) == (before.st_ino, before.st_mtime_ns, before.st_ctime_ns)


def test_undo_without_a_set_up_says_so(folder: Folder, site: Path) -> None:
    before = folder.tree()

    never = folder.undo(site)
    folder.apply(site)
    folder.undo(site)
    twice = folder.undo(site)

    assert folder.tree() == before
    assert [done.stderr for done in (never, twice)] == [f"undo.sh: nothing to undo: {folder.path} holds no folder gatepost_acme\n"] * 2


def test_a_new_version_starts_from_the_original(tmp_path: Path, folder: Folder, site: Path) -> None:
    before, later = folder.tree(), write_site(tmp_path, ALONE, version="later")
    folder.apply(site)

    folder.apply(later)

    assert said(folder) == applied(tmp_path, later)
    assert [name for name in folder.tree() if "submissions." in name] == []
    folder.undo(later)
    assert folder.tree() == before


def test_a_service_that_becomes_public_is_open_again(tmp_path: Path, folder: Folder, site: Path) -> None:
    public = write_site(tmp_path, site_text("submission", more="access: {submission: public}\n"), version="public")
    folder.apply(site)

    folder.apply(public)

    assert folder.settings("submission/inet")["smtpd_client_restrictions"] == "permit_mynetworks,permit_sasl_authenticated,reject"
    assert "smtpd_delay_reject" not in folder.settings("submission/inet")
    assert list(folder.path.glob("gatepost_acme/*.cidr")) == []


def test_undo_after_an_edit_keeps_the_edit(tmp_path: Path, folder: Folder, site: Path) -> None:
    folder.apply(site)
    folder.edit(*EDIT)
    folder.edit("    -o smtpd_delay_reject=no\n", "    -o smtpd_delay_reject=no\n    -o smtpd_banner=hello\n")

    done = folder.undo(site)

    expected = make_folder(tmp_path / "expected", master=SUBMISSION + "  -o smtpd_banner=hello\n")
    expected.edit(*EDIT)
    assert [sorted(lines) for lines in said(folder)[1:]] == [sorted(lines) for lines in said(expected)[1:]]
    assert folder.postconf("-M", "pickup/unix") == expected.postconf("-M", "pickup/unix")
    assert (folder.listeners(), list(folder.path.glob("gatepost*"))) == (["smtp", "submission"], [])
    assert "was edited since" in done.stderr


def test_a_new_version_after_an_edit_keeps_the_edit_and_undo_does_too(tmp_path: Path, folder: Folder, site: Path) -> None:
    folder.apply(site)
    folder.edit(*EDIT)

    folder.apply(write_site(tmp_path, ALONE, version="later"))
    between = (folder.postconf("-M", "pickup/unix"), folder.listeners())
    folder.undo(site)

    expected = make_folder(tmp_path / "expected", master=SUBMISSION)
    expected.edit(*EDIT)
    assert between == (expected.postconf("-M", "pickup/unix"), ["smtp", "submission"])
    assert [sorted(lines) for lines in said(folder)[1:]] == [sorted(lines) for lines in said(expected)[1:]]


def test_a_value_that_the_administrator_changed_stays_unless_it_names_a_table_of_ours(folder: Folder, site: Path) -> None:
    folder.apply(site)
    folder.edit("smtpd_tls_auth_only=yes", "smtpd_tls_auth_only=no")
    folder.edit(",reject\n", ",check_client_access,cidr:/etc/postfix/mine,reject\n")

    done = folder.undo(site)

    settings = folder.settings("submission/inet")
    assert (settings["smtpd_tls_auth_only"], settings["smtpd_client_restrictions"]) == (
        "no",
        "permit_mynetworks,permit_sasl_authenticated,reject",
    )
    assert "smtpd_tls_auth_only of submission/inet is no longer what we set, and stays" in done.stderr


def test_the_original_copied_back_by_hand_counts_as_undone(folder: Folder, site: Path) -> None:
    before, master = folder.tree(), (folder.path / "master.cf").read_bytes()
    folder.apply(site)
    once = folder.tree()
    (folder.path / "master.cf").write_bytes(master)

    folder.apply(site)
    again = folder.tree()
    (folder.path / "master.cf").write_bytes(master)
    folder.undo(site)

    assert (again, folder.tree()) == (once, before)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("198.51.100.10/32 OK", "198.51.100.10/24 OK"),
        ("2001:db8:100::/48 OK", "2001:db8:100::/48"),
    ],
)
def test_a_table_that_postfix_would_not_read_whole_is_refused(folder: Folder, site: Path, old: str, new: str) -> None:
    folder.apply(site)
    before = folder.tree()
    table = site / "submissions.cidr"
    text = table.read_text(encoding="utf-8")
    assert old in text
    table.write_text(text.replace(old, new), encoding="utf-8")

    refused = [folder.run(site / "apply.sh", *how) for how in ((), ("--check",))]

    assert ([done.returncode for done in refused], folder.tree()) == ([1, 1], before)
    assert "Postfix would not read all of submissions.cidr" in refused[0].stderr


def test_check_shows_the_change_and_makes_none(folder: Folder, site: Path) -> None:
    before = folder.tree()

    shown = folder.apply(site, "--check")

    assert folder.tree() == before
    assert "+    -o smtpd_delay_reject=no\n" in shown.stdout


def test_a_second_site_is_told_to_wait(tmp_path: Path, folder: Folder, site: Path) -> None:
    folder.apply(site)
    before = folder.tree()
    other = write_site(tmp_path, ALONE.replace("name: acme", "name: acme-two"), version="other")

    refused = folder.run(other / "apply.sh")

    assert (refused.returncode, folder.tree()) == (1, before)
    assert f"the site in {folder.path}/gatepost_acme is set up here already" in refused.stderr


def test_a_link_stays_a_link(tmp_path: Path, folder: Folder, site: Path) -> None:
    real = tmp_path / "managed" / "master.cf"
    real.parent.mkdir()
    (folder.path / "master.cf").rename(real)
    (folder.path / "master.cf").symlink_to(real)
    before = real.read_bytes()

    folder.apply(site)
    between = real.read_bytes()
    folder.undo(site)

    assert ((folder.path / "master.cf").is_symlink(), between == before, real.read_bytes()) == (True, False, before)
    assert list(real.parent.iterdir()) == [real]


@pytest.mark.parametrize("arguments", [("--chekc",), ("-c",), ("now",)])
@pytest.mark.parametrize("script", ["apply.sh", "undo.sh"])
def test_a_wrong_command_line_is_told(folder: Folder, site: Path, script: str, arguments: tuple[str, ...]) -> None:
    told = folder.run(site / script, *arguments, "x") if arguments != ("-c",) else folder.run(site / script, "-c", "")

    assert (told.returncode, "usage: " in told.stderr) == (2, True)


def test_a_folder_whose_name_postfix_would_split_is_refused(tmp_path: Path, site: Path) -> None:
    odd = make_folder(tmp_path / "my postfix")

    refused = odd.run(site / "apply.sh")

    assert (refused.returncode, "Postfix would not read a table in a folder of this name" in refused.stderr) == (1, True)


def test_without_a_certificate_nothing_is_set_up(tmp_path: Path, site: Path) -> None:
    bare = make_folder(tmp_path / "bare", main=MAIN.replace("smtpd_tls_cert_file", "#"))
    before = bare.tree()

    refused = bare.run(site / "apply.sh")

    assert (refused.returncode, bare.tree()) == (1, before)
    assert refused.stderr == "apply.sh: no certificate is set for submissions: smtpd_tls_chain_files or smtpd_tls_cert_file\n"


def test_ten_thousand_prefixes_are_set_up(tmp_path: Path, folder: Folder) -> None:
    prefixes = [f"10.{number // 256}.{number % 256}.1" for number in range(5000)]
    prefixes += [f"2001:db8:{number:x}::/48" for number in range(0, 10_000, 2)]
    site = write_site(tmp_path, ALONE.replace("networks: [", "networks_file: long.txt\n    networks: [", 1), long=prefixes)

    folder.apply(site)

    (table,) = folder.path.glob("gatepost_acme/submission.[0-9]*.cidr")
    assert table.read_text(encoding="utf-8").count(" OK\n") > 10_000
