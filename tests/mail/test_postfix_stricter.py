"""Where a server is stricter than the site: neither versions of TLS nor checks that need a recipient get weaker untold."""

import os
import shutil
from pathlib import Path

import pytest

from tests.mail.postfix_folder import MAIN, Folder, make_folder
from tests.mail.postfix_site import site_text, write_site

SUBMISSION = "submission inet n - n - - smtpd\n  -o smtpd_tls_security_level=encrypt\n"
CHECK = "check_recipient_access inline:{bob@example.org=REJECT}"
PROTOCOLS = "smtpd_tls_mandatory_protocols"
CLOSED = "access: {smtp: {mode: allowlist, exclusive: true}}\n"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_site(tmp_path_factory.mktemp("site"), site_text("submission"))


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_site(tmp_path_factory.mktemp("closed"), site_text("smtp", more=CLOSED))


def applied(tmp_path: Path, site: Path, *, main: str = "", master: str = SUBMISSION) -> tuple[Folder, str]:
    """A folder that the site was set up in, and what was told."""
    folder = make_folder(tmp_path / "etc", main=MAIN + main, master=master)
    return folder, folder.apply(site).stderr


def refusal(tmp_path: Path, site: Path, *, main: str = "", master: str = SUBMISSION) -> str:
    """What is told by a set-up that stops and leaves everything as it was."""
    folder = make_folder(tmp_path / "etc", main=MAIN + main, master=master)
    before = folder.tree()
    refused = folder.run(site / "apply.sh")
    assert (refused.returncode, folder.tree()) == (1, before)
    return refused.stderr


@pytest.mark.parametrize(
    "value",
    [">=TLSv1.3", "!SSLv2,!SSLv3,!TLSv1,!TLSv1.1,!TLSv1.2", "!SSLv2, !SSLv3, !TLSv1, !TLSv1.1, !TLSv1.2", "TLSv1.3", "tlsv1.3", ">=0304"],
)
@pytest.mark.parametrize("place", ["main.cf", "entry", "new listener"])
def test_a_newer_floor_of_the_users_is_never_lowered(tmp_path: Path, site: Path, value: str, place: str) -> None:
    entry = f"{SUBMISSION}  -o {{ {PROTOCOLS} = {value} }}\n"
    main = "" if place == "entry" else f"{PROTOCOLS} = {value}\n"

    told = refusal(tmp_path, site, main=main, master={"main.cf": SUBMISSION, "entry": entry, "new listener": ""}[place])

    assert f"submission takes nothing older than TLSv1.3 ({PROTOCOLS} = {value})" in told
    assert 'write "server: {tls_minimum: TLSv1.3}" in the site; or, where a connector speaks nothing newer than TLSv1.2, take that' in told


def test_a_newer_floor_where_tls_was_a_choice_is_never_lowered(tmp_path: Path, site: Path) -> None:
    told = refusal(tmp_path, site, main="smtpd_tls_protocols = >=TLSv1.3\n", master="submission inet n - n - - smtpd\n")

    assert "submission takes nothing older than TLSv1.3 (smtpd_tls_protocols = >=TLSv1.3)" in told


@pytest.mark.parametrize("value", ["TLSv1.9", "!TLSv1,!TLSv1.1,!TLSv1.2,!TLSv1.3,!SSLv3"])
def test_protocols_that_can_not_be_compared_are_told(tmp_path: Path, site: Path, value: str) -> None:
    assert f"submission has {PROTOCOLS} = {value}: " in refusal(tmp_path, site, main=f"{PROTOCOLS} = {value}\n")


@pytest.mark.parametrize("value", [">=TLSv1.2", "TLSv1.2:TLSv1.3", "!SSLv2, !SSLv3, !TLSv1, !TLSv1.1"])
def test_the_same_floor_keeps_the_users_words(tmp_path: Path, site: Path, value: str) -> None:
    folder, told = applied(tmp_path, site, main=f"{PROTOCOLS} = {value}\n")

    assert (folder.settings("submission/inet")[PROTOCOLS], PROTOCOLS in told) == (value.replace(", ", ","), False)


@pytest.mark.parametrize("value", [">=TLSv1.1", "TLSv1.2", "<=TLSv1.2", "!TLSv1.3", "!SSLv2"])
def test_an_older_floor_or_a_ceiling_is_told_as_replaced(tmp_path: Path, site: Path, value: str) -> None:
    folder, told = applied(tmp_path, site, main=f"{PROTOCOLS} = {value}\n")

    assert folder.settings("submission/inet")[PROTOCOLS] == "!SSLv2,!SSLv3,!TLSv1,!TLSv1.1"
    assert f"apply.sh: no longer from main.cf in submission/inet: {PROTOCOLS} = {value}" in told.splitlines()


def test_what_main_cf_sets_and_a_new_listener_does_not_take_is_told(tmp_path: Path, site: Path) -> None:
    _, told = applied(tmp_path, site, main=f"smtpd_recipient_restrictions = {CHECK}\n", master="")

    assert f"apply.sh: not from main.cf in submission/inet: smtpd_recipient_restrictions = {CHECK}" in told.splitlines()


@pytest.mark.parametrize("name", ["smtpd_sender_restrictions", "smtpd_helo_restrictions", "smtpd_client_restrictions"])
@pytest.mark.parametrize(
    "check",
    [
        CHECK,
        "reject_unauth_destination",
        "permit_auth_destination",
        "reject_unlisted_recipient",
        "reject_unknown_recipient_domain",
        "reject_non_fqdn_recipient",
        "reject_multi_recipient_bounce",
    ],
)
def test_a_check_that_would_lose_its_recipient_has_to_move_first(tmp_path: Path, site: Path, name: str, check: str) -> None:
    told = refusal(tmp_path, site, main=f"{name} = permit_mynetworks, {check}\n")

    assert f"{name} of submission has {check.split()[0]}, which needs a recipient" in told
    assert "move the check to its smtpd_recipient_restrictions, where it still counts" in told


def test_a_check_in_a_restriction_class_has_to_move_too(tmp_path: Path, site: Path) -> None:
    classes = f"smtpd_restriction_classes = outer, inner\nouter = permit_mynetworks, inner\ninner = outer, {CHECK}\n"

    assert "has check_recipient_access" in refusal(tmp_path, site, main=f"{classes}smtpd_sender_restrictions = outer\n")


@pytest.mark.parametrize("sender", ["reject_sender_login_mismatch, reject_unknown_sender_domain", "check_sender_access inline:{a=REJECT}"])
def test_checks_without_a_recipient_stay(tmp_path: Path, site: Path, sender: str) -> None:
    folder, told = applied(tmp_path, site, main=f"smtpd_sender_restrictions = {sender}\n")

    assert (folder.settings("submission/inet")["smtpd_delay_reject"], "recipient" in told) == ("no", False)


def test_a_check_that_never_had_a_recipient_stays(tmp_path: Path, site: Path) -> None:
    _, told = applied(tmp_path, site, main=f"smtpd_delay_reject = no\nsmtpd_sender_restrictions = {CHECK}\n")

    assert "needs a recipient" not in told


def test_a_policy_service_that_is_asked_earlier_is_told(tmp_path: Path, site: Path) -> None:
    folder, told = applied(tmp_path, site, main="smtpd_sender_restrictions = check_policy_service unix:private/x\n")

    assert folder.settings("submission/inet")["smtpd_delay_reject"] == "no"
    assert (
        "smtpd_sender_restrictions of submission has check_policy_service: the service is now asked before it can know a recipient" in told
    )


@pytest.mark.parametrize("name", ["smtpd_sender_restrictions", "smtpd_helo_restrictions"])
@pytest.mark.parametrize("check", [CHECK, "check_policy_service unix:private/x"])
def test_port_25_refuses_later_where_a_check_needs_the_recipient(tmp_path: Path, closed: Path, name: str, check: str) -> None:
    folder, told = applied(tmp_path, closed, main=f"{name} = {check}\n", master="")

    assert set(folder.settings("smtp/inet")) == {"smtpd_client_restrictions"}
    assert f"{name} of smtp has {check.split()[0]}" in told
    assert "so strangers are refused at theirs, and not at the greeting" in told


def test_port_25_refuses_at_the_greeting_otherwise(tmp_path: Path, closed: Path) -> None:
    folder, _ = applied(tmp_path, closed, main="smtpd_sender_restrictions = reject_unknown_sender_domain\n", master="")

    assert folder.settings("smtp/inet")["smtpd_delay_reject"] == "no"


def test_a_setting_that_postconf_passes_over_leaves_everything_as_it_was(tmp_path: Path, site: Path) -> None:
    folder = make_folder(tmp_path / "etc", master=SUBMISSION)
    before = folder.tree()
    (tmp_path / "bin").mkdir()
    script = """#!/bin/sh
for word do
	shift
	case $word in
	*/smtpd_delay_reject=no) ;;
	*) set -- "$@" "$word" ;;
	esac
done
exec """
    (tmp_path / "bin" / "postconf").write_text(f'{script}{shutil.which("postconf")} "$@"\n', encoding="utf-8")
    (tmp_path / "bin" / "postconf").chmod(0o755)

    failed = folder.run(site / "apply.sh", environment={"PATH": f"{tmp_path}/bin:{os.environ['PATH']}"})

    assert (failed.returncode, folder.tree()) == (1, before)
    assert "apply.sh: postconf did not set submission/inet/smtpd_delay_reject" in failed.stderr


def test_parameters_that_nothing_refers_to_are_not_warned_about(tmp_path: Path, site: Path) -> None:
    folder = make_folder(tmp_path / "etc", main=f"{MAIN}mua_leftover = x\n", master=SUBMISSION)

    runs = [folder.apply(site), folder.undo(site)]

    assert [run.stderr for run in runs if "unused" in run.stderr] == []
