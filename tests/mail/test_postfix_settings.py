"""What apply.sh sets in master.cf, what it leaves, and what it tells: listeners by every name, stricter settings of the user's, limits."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.mail.postfix_folder import MAIN, Folder, make_folder
from tests.mail.postfix_site import site_text, write_site

SUBMISSION = "submission inet n - n - - smtpd\n"
CLOSED = "access: {smtp: {mode: allowlist, exclusive: true}}\n"


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Rendered sites by what they want."""
    place = tmp_path_factory.mktemp("sites")
    texts = {
        "587": site_text("submission"),
        "465": site_text("submissions"),
        "25": site_text("smtp", more=CLOSED),
        "always": site_text("submission", more="targets: {postfix: {limit_exceptions: always}}\n"),
        "2525": site_text("submission", more="server: {ports: {submission: 2525}}\n"),
        "4650": site_text("submissions", more="server: {ports: {submissions: 4650}}\n"),
    }
    return {name: write_site(place, text, version=name) for name, text in texts.items()}


def set_up(tmp_path: Path, site: Path, *, main: str = "", master: str = "") -> tuple[Folder, str]:
    """Set a site up in Debian's configuration with more lines; the folder and what was told."""
    folder = make_folder(tmp_path / "etc", main=MAIN + main, master=master)
    return folder, folder.apply(site).stderr


def refusal(tmp_path: Path, site: Path, *, master: str) -> str:
    """The first line that is told by a set-up that fails, which leaves everything as it was."""
    folder = make_folder(tmp_path / "etc", master=master)
    before = folder.tree()
    refused = folder.run(site / "apply.sh")
    assert (refused.returncode, folder.tree()) == (1, before)
    return refused.stderr.splitlines()[0]


@pytest.mark.parametrize("name", ["submissions", "192.0.2.25:465", "[::]:smtps", "mail.example.org:submissions"])
def test_the_service_on_465_is_found_by_any_name(tmp_path: Path, sites: dict[str, Path], name: str) -> None:
    folder, _ = set_up(tmp_path, sites["465"], master=f"{name} inet n - y - - smtpd -v\n")

    assert folder.listeners() == ["smtp", name]
    assert folder.settings(f"{name}/inet")["smtpd_delay_reject"] == "no"


@pytest.mark.parametrize(
    ("site", "made"),
    [("587", "submission"), ("465", "submissions"), ("2525", "2525"), ("4650", "4650")],
    ids=["587", "465", "2525", "4650"],
)
def test_a_listener_that_is_missing_is_made(tmp_path: Path, sites: dict[str, Path], site: str, made: str) -> None:
    folder, _ = set_up(tmp_path, sites[site])

    assert folder.postconf("-M", f"{made}/inet")[0].split()[:8] == [made, "inet", "n", "-", "y", "-", "-", "smtpd"]
    assert folder.settings(f"{made}/inet")["smtpd_recipient_restrictions"] == ""


def test_before_postfix_36_the_name_is_the_old_one(tmp_path: Path, sites: dict[str, Path]) -> None:
    folder, _ = set_up(tmp_path, sites["465"], main="known_tcp_ports =\n")

    assert folder.listeners() == ["smtp", "smtps"]


def test_a_listener_without_chroot_beside_others_without(tmp_path: Path, sites: dict[str, Path]) -> None:
    folder = make_folder(tmp_path / "etc")
    folder.edit("smtp      inet  n       -       y", "smtp      inet  n       -       n")

    folder.apply(sites["587"])

    assert folder.postconf("-M", "submission/inet")[0].split()[4] == "n"


def test_two_settings_of_one_name_both_change(tmp_path: Path, sites: dict[str, Path]) -> None:
    twice = f"{SUBMISSION}  -o smtpd_client_restrictions=reject\n  -o smtpd_client_restrictions=permit\n"

    folder, _ = set_up(tmp_path, sites["587"], master=twice)

    line = folder.postconf("-M", "submission/inet")[0]
    assert (line.count("smtpd_client_restrictions=check_client_access"), "=permit " in f"{line} ") == (2, False)


@pytest.mark.parametrize(
    ("master", "site", "told"),
    [
        (
            "submission inet n - n - 1 postscreen\n",
            "587",
            "port 587 (submission) is served by postscreen, not by smtpd: submission in master.cf",
        ),
        (
            "192.0.2.1:587 inet n n n - 0 spawn argv=x\n",
            "587",
            "port 587 (submission) is served by spawn, not by smtpd: 192.0.2.1:587 in master.cf",
        ),
    ],
)
def test_a_listener_of_another_kind_is_told(tmp_path: Path, sites: dict[str, Path], master: str, site: str, told: str) -> None:
    assert refusal(tmp_path, sites[site], master=master) == f"apply.sh: {told}"


def test_a_postscreen_of_two_ports_can_not_be_closed_on_one(tmp_path: Path, sites: dict[str, Path]) -> None:
    folder = make_folder(tmp_path / "etc", master="smtpd pass - - y - - smtpd\n2525 inet n - y - 1 postscreen\n")
    folder.edit("smtp      inet  n       -       y       -       -       smtpd", "smtp inet n - y - 1 postscreen")

    refused = folder.run(sites["25"] / "apply.sh")

    assert (refused.returncode, "postscreen on port 2525 hands over to smtpd too" in refused.stderr) == (1, True)


def test_port_25_without_a_listener_can_not_be_closed(tmp_path: Path, sites: dict[str, Path]) -> None:
    folder = make_folder(tmp_path / "etc")
    folder.edit("\nsmtp      inet", "\n#smtp      inet")

    refused = folder.run(sites["25"] / "apply.sh")

    assert (refused.returncode, refused.stderr) == (1, "apply.sh: master.cf has no smtpd on port 25 (smtp)\n")


@pytest.mark.parametrize(
    ("own", "counts"),
    [
        ("reject_sender_login_mismatch,permit_sasl_authenticated,reject", "reject_sender_login_mismatch,permit_sasl_authenticated,reject"),
        ("permit_mynetworks,permit_sasl_authenticated,reject", "permit_sasl_authenticated,reject"),
        ("check_client_access,static:OK,reject", "permit_sasl_authenticated,reject"),
        ("reject", "permit_sasl_authenticated,reject"),
    ],
)
def test_relaying_takes_a_login_and_what_asks_for_more_stays(tmp_path: Path, sites: dict[str, Path], own: str, counts: str) -> None:
    folder, _ = set_up(tmp_path, sites["587"], master=f"{SUBMISSION}  -o smtpd_relay_restrictions={own}\n")

    assert folder.settings("submission/inet")["smtpd_relay_restrictions"] == counts


@pytest.mark.parametrize(("main", "counts"), [("high", None), ("low", "medium")])
def test_ciphers_never_become_weaker(tmp_path: Path, sites: dict[str, Path], main: str, counts: str | None) -> None:
    folder, _ = set_up(tmp_path, sites["587"], main=f"smtpd_tls_mandatory_ciphers = {main}\n")

    assert folder.settings("submission/inet").get("smtpd_tls_mandatory_ciphers") == counts


@pytest.mark.parametrize("name", ["message_rate", "auth_rate", "connection_count"])
def test_connectors_are_spared_each_limit_beside_whom_the_user_spares(tmp_path: Path, sites: dict[str, Path], name: str) -> None:
    spared = "smtpd_client_event_limit_exceptions = $mynetworks, 192.0.2.77\n"

    folder, _ = set_up(tmp_path, sites["587"], main=f"smtpd_client_{name}_limit = 5\n{spared}")

    value = folder.settings("submission/inet")["smtpd_client_event_limit_exceptions"]
    assert value.startswith(f"$mynetworks,192.0.2.77,cidr:{folder.path}/gatepost_acme/submission.limits.")


@pytest.mark.parametrize(("site", "main", "spared"), [("587", "6", False), ("587", "0", False), ("always", "0", True)])
def test_limits_above_the_need_are_left_alone(tmp_path: Path, sites: dict[str, Path], site: str, main: str, spared: bool) -> None:
    folder, _ = set_up(tmp_path, sites[site], main=f"smtpd_client_connection_count_limit = {main}\n")

    assert ("smtpd_client_event_limit_exceptions" in folder.settings("submission/inet")) is spared


def test_replaced_settings_are_told(tmp_path: Path, sites: dict[str, Path]) -> None:
    _, told = set_up(
        tmp_path,
        sites["587"],
        main="smtpd_helo_restrictions = reject_invalid_helo_hostname\nsmtpd_sasl_auth_enable = no\n"
        "smtpd_tls_mandatory_protocols = >=TLSv1.1\n",
        master=f"{SUBMISSION}  -o {{ smtpd_client_restrictions = permit_mynetworks, reject }}\n  -o smtpd_tls_auth_only=yes\n",
    )

    assert sorted(told.splitlines()) == [
        "apply.sh: no longer from main.cf in submission/inet: smtpd_helo_restrictions = reject_invalid_helo_hostname",
        "apply.sh: no longer from main.cf in submission/inet: smtpd_sasl_auth_enable = no",
        "apply.sh: no longer from main.cf in submission/inet: smtpd_tls_mandatory_protocols = >=TLSv1.1",
        "apply.sh: no longer from main.cf in submission/inet: smtpd_tls_security_level = may",
        "apply.sh: replaced in submission/inet: smtpd_client_restrictions = permit_mynetworks, reject",
        "apply.sh: undo.sh brings these back",
    ]


@pytest.mark.parametrize(
    ("main", "told"),
    [
        ("smtpd_sasl_auth_enable = yes\n", "smtp takes logins too (smtpd_sasl_auth_enable = yes), and this site leaves it as it is"),
        ("inet_interfaces = loopback-only\n", "inet_interfaces lets Postfix listen on loopback alone: no connector can reach it"),
        ("inet_protocols = ipv4\n", "inet_protocols leaves ipv6 out: connectors that use it can't reach Postfix"),
    ],
)
def test_what_the_site_can_not_change_is_told(tmp_path: Path, sites: dict[str, Path], main: str, told: str) -> None:
    _, said = set_up(tmp_path, sites["587"], main=main)

    assert f"apply.sh: {told}" in said.splitlines()


def test_a_server_that_knows_nobody_who_checks_a_login_is_told(tmp_path: Path, sites: dict[str, Path]) -> None:
    folder = make_folder(tmp_path / "etc", main=MAIN.replace("smtpd_sasl_type", "#"))

    told = folder.apply(sites["587"]).stderr

    assert "main.cf sets nothing about SASL: without it nobody can log in on port 587 (submission)" in told


@pytest.mark.parametrize("program", ["postconf", "postmap"])
def test_a_tool_that_fails_leaves_everything_as_it_was(tmp_path: Path, sites: dict[str, Path], program: str) -> None:
    folder = make_folder(tmp_path / "etc", master=SUBMISSION)
    before = folder.tree()
    real = subprocess.run(["sh", "-c", f"command -v {program}"], capture_output=True, text=True, check=True).stdout.strip()
    (tmp_path / "bin").mkdir()
    script = f'#!/bin/sh\ncase "$*" in *" -P "*=*|*" -q "*submission*) echo no space left >&2; exit 1 ;; esac\nexec {real} "$@"\n'
    (tmp_path / "bin" / program).write_text(script, encoding="utf-8")
    (tmp_path / "bin" / program).chmod(0o755)

    failed = folder.run(sites["587"] / "apply.sh", environment={"PATH": f"{tmp_path}/bin:{os.environ['PATH']}"})

    assert (failed.returncode, folder.tree()) == (1, before)


def test_runs_at_once_leave_one_version_whole(tmp_path: Path, sites: dict[str, Path]) -> None:
    folder = make_folder(tmp_path / "etc", master=SUBMISSION)
    before = folder.tree()
    folder.apply(sites["587"])
    once = folder.tree()

    scripts = [sites["587"] / name for name in ("apply.sh", "undo.sh", "apply.sh", "undo.sh", "apply.sh")]
    running = [subprocess.Popen(["sh", script, "-c", folder.path], stderr=subprocess.DEVNULL) for script in scripts]
    statuses = [process.wait() for process in running]

    assert (statuses, folder.tree() in (before, once)) == ([0] * 5, True)
