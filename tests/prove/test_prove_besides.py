"""`gatepost prove` sees what rules do to other traffic and to many connections at once, and calls no fault of theirs the machine's."""

from pathlib import Path

import pytest

from generator.prove.answer import Claim
from generator.prove.proof import _compare
from tests.prove.sites import SITE, failures, lies, tampered, write
from tests.support.cli import gatepost

FIRST = "\t\ttcp dport 587 goto submission\n"
TRAFFIC = "pings, datagrams, loopback and the server's own connections pass as before: "
SSH = "port 22, which no rule of the site is for, is as open as before: 192.0.2.254 does not get in; no other connection was tried"


def test_rules_that_lock_everybody_out_are_a_fault_of_theirs(folder: Path) -> None:
    result = tampered(folder, "nftables", "guard.nft", "policy accept", "policy drop")

    assert SSH in failures(result)
    assert result.status == 1


def test_a_policy_of_others_that_is_changed_is_named(folder: Path) -> None:
    write(folder, "iptables: {layout: plain}")

    result = tampered(folder, "iptables", "v4.rules", "*filter\n", "*filter\n:INPUT DROP [0:0]\n")

    assert [failure for failure in failures(result) if "gone: iptables-save *filter :INPUT ACCEPT" in failure]
    assert result.status == 1


@pytest.mark.parametrize("port", [25, 80, 110, 143, 443, 465, 995])
def test_a_rule_for_a_port_that_the_plan_does_not_have_is_seen(folder: Path, port: int) -> None:
    result = tampered(folder, "nftables", "guard.nft", FIRST, f"\t\tmeta nfproto ipv6 tcp dport {port} drop\n{FIRST}")

    assert f"2001:db8:dead:beef::1 to {port} must get in, and was dropped" in lies(result)
    assert f"2001:db8:1:: to {port} must get in, and was dropped" in lies(result)


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("ip protocol icmp drop", "ping over IPv4 no longer passes"),
        ("icmpv6 type echo-request drop", "ping over IPv6 no longer passes"),
        ("ip protocol udp drop", "UDP to port 587 over IPv4 no longer passes"),
        ("ip6 nexthdr udp drop", "UDP to port 587 over IPv6 no longer passes"),
        ("ip saddr 203.0.113.254 tcp sport 587 drop", "the server to port 587 of others over IPv4 no longer passes"),
    ],
)
def test_traffic_that_is_no_business_of_the_site_is_missed(folder: Path, statement: str, what: str) -> None:
    ordered = tampered(folder, "nftables", "guard.nft", "\t\tct state established,related accept\n", f"\t\t{statement}\n")

    assert f"{TRAFFIC}{what}" in failures(ordered)
    assert ordered.status == 1


def test_a_closed_loopback_is_named(folder: Path) -> None:
    (failure,) = failures(tampered(folder, "nftables", "guard.nft", '\t\tiif "lo" accept\n', ""))

    assert failure.startswith(f"{TRAFFIC}loopback to port 587 over IPv4 no longer passes; ")


@pytest.mark.parametrize(
    ("options", "old", "new", "what"),
    [
        ("refuse: drop", "drop comment", "reject with tcp reset comment", "others get no answer: 10.0.0.1 to 993 was refused"),
        ("refuse: reject", "reject with tcp reset comment", "drop comment", "others get a reset: 10.0.0.1 to 993 was dropped"),
    ],
)
def test_another_answer_to_outsiders_than_the_site_wants_is_seen(folder: Path, options: str, old: str, new: str, what: str) -> None:
    write(folder, f"nftables: {{layouts: [guard], {options}}}")
    end = ' "acme/imaps: neither'

    result = tampered(folder, "nftables", "guard.nft", f"{old}{end}", f"{new}{end}")

    assert failures(result) == [what]


@pytest.mark.parametrize(("number", "seen"), [(6, "only 6"), (8, "one more got in")])
def test_another_limit_than_the_sites_is_seen(folder: Path, number: int, seen: str) -> None:
    write(folder, "iptables: {layout: plain, connection_limit: 7}")

    result = tampered(folder, "iptables", "v6.rules", "--connlimit-above 7", f"--connlimit-above {number}")

    title = "2001:db8:100:ff:ffff:ffff:ffff:ffff has 7 connections to 993 at once, and no more"
    assert failures(result) == [f"{title}: {seen}"] * 2


def test_a_limit_below_the_need_is_seen_where_the_site_sets_none(folder: Path) -> None:
    rule = 'ip saddr @imaps4 accept comment "acme/hubspot/imaps/v4"'

    result = tampered(folder, "nftables", "guard.nft", rule, f"ip saddr @imaps4 ct count over 3 drop\n\t\t{rule}")

    assert "198.51.100.10 has 5 connections to 993 at once: only 3" in failures(result)


def test_what_is_there_twice_is_named() -> None:
    assert _compare("same", ["one", "two"], ["one", "two", "two"]) == Claim("same", False, "new: two")
    assert _compare("same", ["one", "two"], ["two", "one"]) == Claim("same", False, "in another order")


def test_lists_that_are_too_long_together_take_root_too(folder: Path) -> None:
    for number in range(3):
        text = "".join(f"10.{number}.{n // 128}.{n % 128 * 2}\n" for n in range(4500))
        (folder / f"{number}.txt").write_text(text, encoding="utf-8")
    connectors = "".join(f"  - {{use: hubspot, name: n{number}, services: [imaps], networks_file: {number}.txt}}\n" for number in range(3))
    (folder / "acme.yaml").write_text(f"{SITE.partition('  - use')[0]}{connectors}", encoding="utf-8")

    result = gatepost("prove", "acme.yaml", "--rootless")

    assert (result.status, result.out) == (3, "")
    assert "can't be tried here: the rules are too many to load without root" in result.err


def test_a_word_that_is_no_text_ends_no_proof(folder: Path) -> None:
    result = tampered(folder, "nftables", "guard-apply.sh", "set -eu\n", "printf '\\377\\n' >&2; exit 4\n")

    assert failures(result) == ["the rules load: `sh guard-apply.sh` ended with 4: �"]
    assert result.status == 1


def test_a_mistake_is_json_where_json_is_wanted(folder: Path) -> None:
    (folder / "acme.yaml").write_text("kind: site\n", encoding="utf-8")

    result = gatepost("prove", "acme.yaml", "--format", "json")

    assert result.out.startswith('{\n  "schema": "gatepost.findings/1"')
    assert (result.err, result.status) == ("", 1)
