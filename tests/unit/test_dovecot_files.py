"""The files that the Dovecot target writes: nothing that lets in without a password, nothing outside IMAP, scripts without flaws."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.support.dovecot import OFFICE, make_plan, render_dovecot

VERSIONS = ("2.3", "2.4")
# Words that make Dovecot take logins without a password, or believe what a client says of its address; and ceilings of TLS.
TRAPS = re.compile(
    r"\b(static|nopassword|noauthenticate|result_\w+|login_trusted_networks|haproxy\w*|ssl_max\w*|passdb|auth_mechanisms|mynetworks)\b"
)


def settings_of(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip() and not line.strip().startswith("#")]


def files_of(**options: bool | int) -> dict[str, str]:
    return render_dovecot(make_plan("imap", "imaps", trusted=OFFICE), **options)


def test_without_allow_nets_no_list_is_written() -> None:
    assert sorted(files_of()) == ["apply.sh", "dovecot-2.3.conf", "dovecot-2.4.conf", "undo.sh"]


def test_every_version_has_its_files() -> None:
    names = ["allow-nets-2.3.inc", "allow-nets-2.4.inc", "apply.sh", "dovecot-2.3.conf", "dovecot-2.4.conf", "undo.sh"]

    assert sorted(files_of(allow_nets=True)) == names


@pytest.mark.parametrize("version", VERSIONS)
def test_the_settings_of_a_version(version: str) -> None:
    cleartext = {"2.3": "disable_plaintext_auth = yes", "2.4": "auth_allow_cleartext = no"}[version]

    assert settings_of(files_of()[f"dovecot-{version}.conf"]) == [
        *("protocol imap {", "ssl = required", cleartext, "ssl_min_protocol = TLSv1.2", "mail_max_userip_connections = 10", "}"),
        "service imap-login {",
        *("inet_listener imap {", "port = 143", "ssl = no", "}"),
        *("inet_listener imaps {", "port = 993", "ssl = yes", "}"),
        *("process_limit = 105", "}"),
        *("service imap {", "process_limit = 1029", "}"),
    ]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_plan_of_implicit_tls_alone_says_nothing_of_cleartext(version: str) -> None:
    settings = settings_of(render_dovecot(make_plan("imaps"))[f"dovecot-{version}.conf"])

    assert settings[:4] == ["protocol imap {", "ssl_min_protocol = TLSv1.2", "mail_max_userip_connections = 10", "}"]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_plan_of_implicit_tls_alone_tells_that_cleartext_imap_stays_as_it_is(version: str) -> None:
    texts = [render_dovecot(make_plan(*names))[f"dovecot-{version}.conf"] for names in (("imaps",), ("imap", "imaps"))]

    assert ["whether port 143 is open, and takes logins without TLS, stays as it was" in text for text in texts] == [True, False]


def test_no_file_has_a_setting_that_opens_anything() -> None:
    files = files_of(allow_nets=True, client_limit=2000)
    lines = [line for name, text in files.items() if not name.endswith(".sh") for line in settings_of(text)]

    assert [line for line in lines if TRAPS.search(line)] == []


def test_no_section_is_on_one_line() -> None:
    files = files_of(allow_nets=True, client_limit=2000)
    lines = [line for name, text in files.items() if not name.endswith(".sh") for line in settings_of(text)]

    assert [line for line in lines if ("{" in line and not line.endswith(" {")) or ("}" in line and line != "}")] == []


@pytest.mark.parametrize("version", VERSIONS)
def test_ten_thousand_prefixes_are_one_line(version: str) -> None:
    prefixes = [f"10.{number >> 8}.{number & 255}.{host}" for number in range(5000) for host in (1, 3)]
    plan = make_plan("imaps", grants={"hubspot": (("imaps",), prefixes)})

    lines = [line for line in settings_of(render_dovecot(plan, allow_nets=True)[f"allow-nets-{version}.inc"]) if "allow_nets" in line]

    assert [line.count(",") for line in lines] == [10_002]


@pytest.mark.parametrize("allow_nets", [False, True])
def test_shellcheck_passes_the_scripts(tmp_path: Path, allow_nets: bool) -> None:
    for name, text in files_of(allow_nets=allow_nets).items():
        (tmp_path / name).write_text(text, encoding="utf-8")

    checked = subprocess.run(
        ["shellcheck", "--enable=all", "--exclude=SC2250,SC2310,SC2311,SC2312", "apply.sh", "undo.sh"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (checked.stdout, checked.returncode) == ("", 0)


def test_no_script_line_is_so_long_that_nobody_reads_it() -> None:
    files = files_of(allow_nets=True)

    assert [line for name in ("apply.sh", "undo.sh") for line in files[name].splitlines() if len(line) > 160] == []
