"""`gatepost init`: a first site file that passes `check` once the addresses are in it."""

import os
import pty
import re
import sys
from pathlib import Path
from subprocess import Popen

import pytest

from generator.resources import shipped_profiles
from tests.house.tree import ROOT
from tests.profiles.shipped import CONNECTORS
from tests.profiles.shipped import connector as profile_of
from tests.support.cli import gatepost

FEEDS = tuple(path.stem for path in CONNECTORS if profile_of(path).model.addresses.policy == "feed")
FLAGS = ("--name", "acme", "--imap", "imap.example.org", "--smtp", "smtp.example.org")
SITE = """\
# A site of gatepost: which connectors may reach your mail server, and who else may.
# Check this file with `gatepost check acme.yaml`; `gatepost render acme.yaml -o DIR` makes the firewall's files.
# All keys: `gatepost schema site`.
kind: site
name: acme

# The server as you tell it to the connector; `addresses` are the public ones that the connector connects to.
server:
  imap: imap.example.org
  smtp: smtp.example.org
#   addresses: [192.0.2.25, "2001:db8::25"]
#   tls_minimum: TLSv1.2        # the oldest version that the server accepts

# Your own networks; they keep their access to the services that are closed to others.
# trusted:
#   - 192.0.2.0/24

connectors:
  - use: ./crm.yaml
    # Example CRM mailbox sync
    networks:
      - 198.51.100.10
      - "2001:db8::/32"
    # services: [imaps, imap, submissions, submission]      # only those that your server offers; all when left out
    mailboxes: 1        # how many mailboxes are connected
    # owner: it@example.org
    # ticket: NET-1042
    # expires: 2030-12-31

# Services are open to the connectors and the trusted networks, and closed to everybody else. `public` keeps one open to all,
# for your own users on the road. Port 25 is never closed unless you say so in so many words.
# access:
#   imaps: public

# What must be true of the result, whatever else is changed here.
# expect:
#   - {from: 198.51.100.10, to: imaps, verdict: allow}
#   - {from: 203.0.113.200, to: imaps, verdict: deny}
"""


@pytest.fixture
def empty(folder: Path) -> Path:
    (folder / "acme.yaml").unlink()
    return folder


def test_the_file_has_what_is_known_and_says_the_rest(empty: Path) -> None:
    result = gatepost("init", "./crm.yaml", *FLAGS, "--network", "198.51.100.10", "--network", "2001:db8::/32")

    assert result == (0, "", "wrote acme.yaml\nthen: gatepost check acme.yaml\n")
    assert (empty / "acme.yaml").read_text(encoding="utf-8") == SITE


def test_without_addresses_it_says_where_they_are(empty: Path) -> None:
    result = gatepost("init", "./crm.yaml", "--name", "acme")

    assert (
        "next: write the addresses of ./crm.yaml under `networks:`; where they are: in the CRM, Settings > Mail > Addresses\n" in result.err
    )
    assert "    networks: []\n" in (empty / "acme.yaml").read_text(encoding="utf-8")
    assert gatepost("check", "acme.yaml").status == 1


@pytest.mark.parametrize("connector", [name for name in shipped_profiles() if name not in FEEDS])
def test_every_shipped_connector_gets_a_site_that_passes_check(empty: Path, connector: str) -> None:
    gatepost("init", connector, *FLAGS, "--network", "8.8.8.8")

    result = gatepost("check", "acme.yaml", "--today", "2026-11-23")

    assert "error" not in result.err
    assert result.status == 0


@pytest.mark.parametrize("connector", FEEDS)
def test_a_connector_with_a_feed_gets_a_site_that_waits_for_its_lock_alone(empty: Path, connector: str) -> None:
    said = gatepost("init", connector, *FLAGS).err

    result = gatepost("check", "acme.yaml", "--today", "2026-11-23")

    assert f"next: gatepost update acme.yaml; it fetches the addresses of {connector}\n" in said
    assert re.findall(r"error\[(\w+)\]", result.err) == ["PLN005"]


def test_a_connector_without_fixed_addresses_gets_a_site_that_waits_for_a_decision(empty: Path) -> None:
    said = gatepost("init", "lemlist", *FLAGS).err

    assert "next: decide how lemlist gets in; the file says how, because no fixed addresses are known\n" in said
    assert "or let everybody try a" in (empty / "acme.yaml").read_text(encoding="utf-8")
    assert re.findall(r"error\[(\w+)\]", gatepost("check", "acme.yaml").err) == ["PLN070"]


def test_every_comment_that_can_be_a_key_is_a_good_one(empty: Path) -> None:
    gatepost("init", "hubspot", "nylas", "--name", "acme", "--network", "hubspot=8.8.8.8")
    text = (empty / "acme.yaml").read_text(encoding="utf-8")
    starts = ("# server:", "# trusted:", "# access:", "# expect:", "#   ")
    lines = [line.removeprefix("# ") if line.startswith(starts) else line for line in text.splitlines()]
    keys = [
        line.replace("    # ", "    ", 1) if line.strip().startswith(("# owner", "# ticket", "# expires", "# region")) else line
        for line in lines
    ]
    (empty / "acme.yaml").write_text("\n".join(keys) + "\n", encoding="utf-8")

    result = gatepost("plan", "acme.yaml")

    codes = {line.partition("[")[2][:6] for line in result.err.splitlines() if ": error[" in line}
    assert codes == {"PLN040"}  # the example addresses are not let in, and nothing else is wrong


def test_a_file_that_is_there_is_never_overwritten(folder: Path) -> None:
    before = (folder / "acme.yaml").read_text(encoding="utf-8")

    result = gatepost("init", "hubspot", *FLAGS)

    assert result.status == 2
    assert "`acme.yaml` is there already and is never overwritten" in result.err
    assert (folder / "acme.yaml").read_text(encoding="utf-8") == before


def test_it_can_be_printed(empty: Path) -> None:
    result = gatepost("init", "./crm.yaml", *FLAGS, "--network", "198.51.100.10", "--network", "2001:db8::/32", "-o", "-")

    assert result == (0, SITE, "")
    assert not (empty / "acme.yaml").exists()


def test_a_profile_s_path_is_made_relative_to_the_file(empty: Path) -> None:
    (empty / "sites").mkdir()

    gatepost("init", "./crm.yaml", *FLAGS, "--network", "8.8.8.8", "-o", "sites/acme.yaml")

    assert "  - use: ../crm.yaml\n" in (empty / "sites/acme.yaml").read_text(encoding="utf-8")
    assert gatepost("check", "sites/acme.yaml").status == 0


def test_a_bad_name_is_shown_in_the_file_that_was_not_written(empty: Path) -> None:
    result = gatepost("init", "hubspot", "--name", "Acme Inc", "-o", "acme.yaml")

    assert result.status == 2
    assert result.err.startswith("acme.yaml:5:7: error[SCH005]: ")
    assert not (empty / "acme.yaml").exists()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("hubspt",), "did you mean `hubspot`?"),
        (("hubspot", "nylas", "--network", "8.8.8.8"), "say whose it is, as in hubspot=8.8.8.8"),
        (("./crm.yaml", "nylas", "--network", "8.8.8.8"), "say whose it is, as in crm=8.8.8.8"),
        (("hubspot", "hubspot"), "`hubspot` is named twice"),
        (("hubspot", "--network", "nylas=8.8.8.8"), "say whose it is"),
        (("hubspot", "--network", "10/8"), "10/8"),
    ],
)
def test_a_wrong_command_line_is_told_and_writes_nothing(empty: Path, arguments: tuple[str, ...], says: str) -> None:
    result = gatepost("init", *arguments)

    assert result.status == 2
    assert says in result.err
    assert sorted(path.name for path in empty.iterdir()) == ["crm.yaml"]


def test_it_asks_what_it_cannot_know(empty: Path) -> None:
    answers = "acme\nimap.example.org\nsmtp.example.org\n198.51.100.10, 2001:db8::/32\n"

    result = gatepost("init", "./crm.yaml", "--ask", given=answers)

    assert result.status == 0
    assert (empty / "acme.yaml").read_text(encoding="utf-8") == SITE


def test_it_asks_again_after_a_mistake(empty: Path) -> None:
    answers = "acme inc\nacme\nnot a host\nimap.example.org\nsmtp.example.org\n10/8\n198.51.100.10 2001:db8::/32\n"

    result = gatepost("init", "./crm.yaml", "--ask", given=answers)

    assert result.status == 0
    assert "`acme inc` is no name; " in result.err
    assert "`not a host` is no full host name; " in result.err
    assert "`10/8` leaves out numbers, and programs disagree which; write 10.0.0.0/8\n" in result.err
    assert (empty / "acme.yaml").read_text(encoding="utf-8") == SITE


def test_a_file_that_is_there_is_told_before_anything_else_is_asked(folder: Path) -> None:
    result = gatepost("init", "hubspot", "--ask", given="acme\n")

    assert result.status == 2
    assert "`acme.yaml` is there already" in result.err


def test_networks_go_to_a_connector_by_its_name_or_its_path(empty: Path) -> None:
    gatepost("init", "./crm.yaml", "nylas", *FLAGS, "--network", "crm=8.8.8.8", "--network", "./crm.yaml=8.8.4.4")

    assert "    networks:\n      - 8.8.8.8\n      - 8.8.4.4\n" in (empty / "acme.yaml").read_text(encoding="utf-8")


def test_it_does_not_ask_what_the_options_say(empty: Path) -> None:
    result = gatepost("init", "nylas", "--ask", *FLAGS, given="")

    assert result.status == 0
    assert result.err == "wrote acme.yaml\nthen: gatepost check acme.yaml\n"


def test_on_a_terminal_it_asks(empty: Path) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "generator", "init", "./crm.yaml", "--name", "acme"]
    running = Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env={**os.environ, "PYTHONPATH": str(ROOT)})

    os.write(ours, b"imap.example.org\nsmtp.example.org\n198.51.100.10 2001:db8::/32\n")
    status = running.wait(timeout=60)
    os.close(ours)
    os.close(theirs)

    assert status == 0
    assert (empty / "acme.yaml").read_text(encoding="utf-8") == SITE
