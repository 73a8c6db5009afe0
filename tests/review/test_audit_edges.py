"""`gatepost audit` at its edges: ports at the ends of ranges, loopback, several addresses, half of the world, programs that fail."""

import json
from pathlib import Path
from typing import Any

import pytest

from generator.cli import live
from generator.net import Family, PortRange
from generator.readers.model import Act, Chain, Match, Rule, Ruleset, Stage
from generator.review.audit import group_ports, path_of
from tests.review.auditing import PLAIN
from tests.review.test_audit_rules import GOOD, audited, faults, folder
from tests.support.cli import PROFILE, Result, gatepost, write_site

__all__ = ["folder"]

SERVICE = PortRange(1000, 1010)
TEN = "-A INPUT -s 198.51.100.10/32 -p tcp -m tcp --dport 993 -j ACCEPT\n"
TO = ("--to", "192.0.2.25", "--to", "192.0.2.26")
SAVES = ("iptables-save", "ip6tables-save")


def ranges(groups: list[tuple[PortRange, ...]]) -> list[str]:
    return [" ".join(f"{port.first}-{port.last}" for port in group) for group in groups]


def standings(result: Result) -> list[str]:
    """What is said of each service."""
    return [" ".join(line.split()) for line in result.out.splitlines() if line.startswith("  ") and " IPv4 " in line and "; IPv6 " in line]


@pytest.mark.parametrize(
    ("named", "groups"),
    [
        ([], ["1000-1010"]),
        ([PortRange(1003, 1005)], ["1000-1002 1006-1010", "1003-1005"]),
        ([PortRange(1000, 1000)], ["1000-1000", "1001-1010"]),
        ([PortRange(1010, 1010)], ["1000-1009", "1010-1010"]),
        ([PortRange(1, 1000)], ["1000-1000", "1001-1010"]),
        ([PortRange(1010, 2000)], ["1000-1009", "1010-1010"]),
        ([PortRange(1, 999), PortRange(1011, 2000)], ["1000-1010"]),
        ([PortRange(1001, 1004), PortRange(1004, 1006)], ["1000-1000 1007-1010", "1001-1003", "1004-1004", "1005-1006"]),
    ],
)
def test_ports_that_a_rule_tells_apart_are_asked_about_apart(named: list[PortRange], groups: list[str]) -> None:
    rules = tuple(Rule(Match(ports=(port,)), Act.DENY) for port in named)

    assert ranges(group_ports(Ruleset("", (), {"c": Chain("c", rules)}, tuple(Family)), (SERVICE,))) == groups


@pytest.mark.parametrize(
    ("spoken", "groups"),
    [((PortRange(1003, 1005),), ["1003-1005"]), ((PortRange(1, 1000), PortRange(1010, 1010)), ["1000-1000 1010-1010"]), ((), [])],
)
def test_ports_that_a_dump_does_not_speak_of_are_left_out(spoken: tuple[PortRange, ...], groups: list[str]) -> None:
    assert ranges(group_ports(Ruleset("", (), {}, tuple(Family), spoken), (SERVICE,))) == groups


@pytest.mark.parametrize(("file", "loopback"), [("v4", "127.0.0.0/8"), ("v4", "127.0.0.1/32"), ("v6", "::1/128")])
def test_nobody_comes_from_loopback(file: str, loopback: str) -> None:
    result = audited("COMMIT", f"-A INPUT -s {loopback} -p tcp -m tcp --dport 993 -j ACCEPT\nCOMMIT", "--strict", file=file)

    assert (faults(result), result.status) == ([], 0)


@pytest.mark.parametrize(("file", "wider"), [("v4", "126.0.0.0/7"), ("v6", "::/127")])
def test_somebody_comes_from_beside_loopback(file: str, wider: str) -> None:
    result = audited("COMMIT", f"-A INPUT -s {wider} -p tcp -m tcp --dport 993 -j ACCEPT\nCOMMIT", file=file)

    assert ["AUD051" in fault for fault in faults(result)] == [True]


def test_a_dump_that_says_nothing_of_a_service_is_no_proof_of_it() -> None:
    Path("table").write_text("198.51.100.10 OK\n203.0.113.0/28 OK\n2001:db8:100::/48 OK\n0.0.0.0/0 REJECT\n::/0 REJECT\n", encoding="utf-8")

    result = gatepost("audit", "acme.yaml", "table")
    document: dict[str, Any] = json.loads(gatepost("audit", "acme.yaml", "table", "--format", "json").out)

    assert "imaps (tcp 993) allowlist IPv4 unknown; IPv6 unknown" in standings(result)
    assert [fault["kind"] for fault in document["faults"] if fault["service"] == "imaps"] == ["unread"]


def test_only_what_was_read_decides_what_is_the_same() -> None:
    site = Path("acme.yaml").read_text(encoding="utf-8").replace("[imaps, submission]", "[imaps]").partition("access:")[0]
    Path("acme.yaml").write_text(site, encoding="utf-8")
    Path("table").write_text("198.51.100.10 OK\n0.0.0.0/0 REJECT\n", encoding="utf-8")

    result = gatepost("audit", "acme.yaml", "table")

    assert result.out.splitlines()[0] == "acme: the live rules are what the plan says, as far as it can be told"


def test_one_fault_of_a_service_is_said_beside_it() -> None:
    missing = audited(TEN, "")
    wide = audited("198.51.100.10/32", "198.51.100.0/24")
    both = audited("-s 192.0.2.0/26 -p tcp", "-s 192.0.2.0/27 -p tcp -m comment --comment x")
    two = audited(f"{TEN}-A INPUT -s 203.0.113.0/28", "-A INPUT -s 203.0.113.0/24")

    assert standings(missing)[1] == "imaps (tcp 993) allowlist IPv4 missing; IPv6 as the plan says"
    assert standings(wide)[1] == "imaps (tcp 993) allowlist IPv4 over-wide; IPv6 as the plan says"
    assert standings(both)[1] == "imaps (tcp 993) allowlist IPv4 missing; IPv6 as the plan says"
    assert standings(two)[1] == "imaps (tcp 993) allowlist IPv4 missing, over-wide; IPv6 as the plan says"


def test_a_fault_at_one_address_of_the_server_is_told_with_it() -> None:
    result = audited("-s 198.51.100.10/32 -p", "-s 198.51.100.10/32 -d 192.0.2.25/32 -p", *TO)

    assert [fault.partition(" |")[0] for fault in faults(result)] == [
        "error[AUD050] missing: crm can't get in to imaps (tcp 993) over IPv4 at 192.0.2.26"
    ]


def test_a_fault_at_every_address_of_the_server_is_told_once() -> None:
    result = audited(TEN, "", *TO)

    assert [fault.partition(" |")[0] for fault in faults(result)] == [
        "error[AUD050] missing: crm can't get in to imaps (tcp 993) over IPv4"
    ]


def test_a_fault_at_two_of_three_addresses_is_told_of_each() -> None:
    result = audited("-s 198.51.100.10/32 -p", "-s 198.51.100.10/32 -d 192.0.2.25/32 -p", *TO, "--to", "192.0.2.27")

    assert [fault.partition(" |")[0].rpartition(" ")[2] for fault in faults(result)] == ["192.0.2.26", "192.0.2.27"]


@pytest.mark.parametrize(
    ("source", "words", "sign", "first", "all_but"),
    [
        ("-s 0.0.0.0/1", "IPv4, 2,147,483,648 addresses", "", "0.0.0.0/1", False),
        ("! -s 10.0.0.0/8", "every IPv4 address but these", "not ", "10.0.0.0/8", True),
    ],
)
def test_of_more_than_half_of_the_world_the_rest_is_told(source: str, words: str, sign: str, first: str, all_but: bool) -> None:
    rule = f"-A INPUT {source} -p tcp -m tcp --dport 993 -j ACCEPT\nCOMMIT"
    (fault,) = [fault for fault in faults(audited("COMMIT", rule)) if "can get in" in fault]
    document: dict[str, Any] = json.loads(audited("COMMIT", rule, "--format", "json").out)
    (entry,) = [fault for fault in document["faults"] if fault["kind"] in ("extra", "over-wide")]

    assert f"from  {words} | {sign}{first}" in fault
    assert (entry["prefixes"][0], entry["all_but"]) == (first, all_but)


@pytest.mark.parametrize(
    "words",
    [
        f"--dport 993 -m connlimit --connlimit-above {'9' * 5000}",
        f"--dport {'9' * 5000} -m connlimit --connlimit-above 5",
        f"--dport 993 -m hashlimit --hashlimit-upto {'9' * 5000}/min",
    ],
    ids=["limit", "port", "rate"],
)
def test_a_limit_that_no_program_prints_is_none(words: str) -> None:
    result = audited("COMMIT", f"-A INPUT -p tcp -m tcp {words} -j REJECT\nCOMMIT")

    assert "internal error" not in result.err
    assert "another rule lets in" not in result.out


@pytest.mark.parametrize(("paths", "asked"), [(("forward",), "forward"), (("", "forward"), "input"), (("input", "forward"), "input")])
def test_a_firewall_in_front_is_asked_about_what_it_forwards(paths: tuple[str, ...], asked: str) -> None:
    assert path_of(Ruleset("", tuple(Stage(path, "c", path) for path in paths), {}, tuple(Family))) == asked


def test_who_else_reaches_an_additive_service_may_be_unknown() -> None:
    write_site(Path(), PLAIN.replace("[imaps, submission]", "[smtp, imaps, submission]").replace("./crm.yaml", "./mx.yaml"))
    smtp = "services:\n  smtp: {port: 25, application: smtp, tls: starttls}\n"
    Path("mx.yaml").write_text(PROFILE.replace("name: crm", "name: mx").replace("services:\n", smtp, 1), encoding="utf-8")
    rules = "".join(f"-A INPUT -s {source} -p tcp -m tcp --dport 25 -j ACCEPT\n" for source in ("198.51.100.10", "203.0.113.0/28"))
    Path("v6").write_text(GOOD["v6"].replace("COMMIT", "-A INPUT -p tcp -m tcp --dport 25 -j ACCEPT\nCOMMIT"), encoding="utf-8")

    result = audited("COMMIT", f"{rules}-A INPUT -i eth7 -p tcp -m tcp --dport 25 -j ACCEPT\nCOMMIT")

    assert (faults(result), standings(result)[0]) == ([], "smtp (tcp 25) additive IPv4 as the plan says; IPv6 as the plan says")


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand-ins for the programs that print rules, each of which may; the legacy ones have tables."""
    place = tmp_path / "bin"
    place.mkdir()
    monkeypatch.setattr(live, "_PATH", str(place))
    monkeypatch.setattr(live, "_has_tables", lambda name: True)
    for name, text in zip((*SAVES, "iptables-legacy-save"), (*GOOD.values(), GOOD["v4"]), strict=True):
        write_program(place / name, f"cat <<'END'\n{text}END\n")
    write_program(place / "nft", "echo '{\"nftables\": []}'\n")
    return place


def write_program(path: Path, body: str) -> None:
    path.write_text(f"#!/bin/sh\nPATH=/usr/bin:/bin\n{body}", encoding="utf-8")
    path.chmod(0o755)


def test_programs_that_print_the_rules_are_believed(programs: Path) -> None:
    result = gatepost("audit", "acme.yaml", "--live")

    assert result.out.startswith("acme: the live rules are what the plan says\n")


@pytest.mark.parametrize(
    ("name", "words"),
    [("nft", "nft -j list ruleset"), *((name, name) for name in (*SAVES, "iptables-legacy-save"))],
)
def test_a_program_that_may_not_read_the_rules_leaves_nothing_to_say(programs: Path, name: str, words: str) -> None:
    write_program(programs / name, "echo Operation not permitted >&2; exit 1\n")

    result = gatepost("audit", "acme.yaml", "--live")

    said = f"gatepost: this can't be tried here: `{words}` may not, or can't, read the rules: Operation not permitted\n"
    assert (result.status, result.out, said in result.err) == (3, "", True)


@pytest.mark.parametrize("name", ["ipset", "ip"])
def test_a_program_that_only_adds_to_the_rules_may_fail(programs: Path, name: str) -> None:
    write_program(programs / name, "exit 1\n")

    assert gatepost("audit", "acme.yaml", "--live").status == 0


def test_programs_that_print_nothing_are_no_open_host(programs: Path) -> None:
    for path in programs.iterdir():
        write_program(path, "echo '# nothing'\n")

    result = gatepost("audit", "acme.yaml", "--live")

    assert (result.status, "none of the programs printed any rules" in result.err) == (3, True)


def test_without_a_program_there_is_nothing_to_read(programs: Path) -> None:
    for path in programs.iterdir():
        path.unlink()

    result = gatepost("audit", "acme.yaml", "--live")

    assert (result.status, "neither nft nor iptables-save is installed" in result.err) == (3, True)
