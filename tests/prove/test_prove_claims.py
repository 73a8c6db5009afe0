"""Every claim of `gatepost prove` can fail, and then the exit status, the text and the document all say so."""

import json
from pathlib import Path
from typing import Any, Self, cast

import pytest

from generator.diagnostics import Report
from generator.net import Family
from generator.pipeline import compile_sites
from generator.prove.answer import Answer, Claim, Setting
from generator.prove.besides import Traffic, compare_traffic, hold_many, hold_open, list_traffic
from generator.prove.hosts import open_host
from generator.prove.lab.lab import Lab
from generator.prove.lab.network import SERVER_ADDRESSES
from generator.prove.lab.sockets import LabError, Verdict
from generator.prove.questions import Question
from tests.kernel.handmade import change
from tests.prove.sites import SITE, failures, lies, tampered, write
from tests.support.cli import gatepost

STRANGER = Question("10.0.0.1", 993, accepted=False, service="imaps", rule="")
INSIDERS = (
    ("192.0.2.1", "acme/trusted/imaps/v4"),
    ("198.51.100.10", "acme/hubspot/imaps/v4"),
    ("2001:db8:1::", "acme/trusted/imaps/v6"),
    ("2001:db8:100::", "acme/hubspot/imaps/v6"),
)
START = "set -eu\n"
LOAD = "more=\nload\n"
ORDERED = "\t\tct state established,related accept\n"
ALL_HOLD = "the server's own connections pass as before"
GUARD = "targets: {nftables: {layouts: [guard]}}\n"
EMPTY_AGAIN = "nothing of them is left, and nothing else is gone: "


@pytest.mark.parametrize(
    ("met", "lie"), [(Verdict.MUTE, True), (Verdict.ACCEPTED, True), (Verdict.DROPPED, False), (Verdict.REFUSED, False)]
)
def test_half_a_hole_is_a_lie(met: Verdict, lie: bool) -> None:
    assert Answer(STRANGER, met).is_lie is lie


def test_rules_that_cannot_be_undone_are_named(folder: Path) -> None:
    result = tampered(folder, "nftables", "guard-undo.sh", START, f"{START}echo no >&2; exit 3\n")

    assert failures(result)[0] == "they are undone: `sh guard-undo.sh` ended with 3: no"
    assert failures(result)[1].startswith(f"{EMPTY_AGAIN}new: ")
    assert result.status == 1


def test_what_is_left_of_undone_rules_is_named(folder: Path) -> None:
    result = tampered(folder, "nftables", "guard-undo.sh", 'nft delete table "$table"', 'nft flush table "$table"')

    (failure,) = failures(result)
    assert failure.startswith(f"{EMPTY_AGAIN}new: ")
    assert result.status == 1


def test_what_the_undoing_takes_from_others_is_named(folder: Path) -> None:
    result = tampered(folder, "nftables", "guard-undo.sh", START, f"{START}nft flush chain inet others input\n")

    (failure,) = failures(result)
    assert failure.startswith(f"{EMPTY_AGAIN}gone: ")
    assert result.status == 1


def test_rules_that_load_only_once_are_named(folder: Path) -> None:
    result = tampered(folder, "nftables", "guard-apply.sh", LOAD, f"! has_table || exit 5\n{LOAD}")

    assert failures(result) == ["they load again: `sh guard-apply.sh` ended with 5: "]
    assert result.status == 1


def test_rules_that_are_others_the_second_time_are_named(folder: Path) -> None:
    again = '! has_table || more="add rule $table input tcp dport 5000 accept"\nload\n'

    result = tampered(folder, "nftables", "guard-apply.sh", LOAD, f"more=\n{again}")

    assert [failure.partition("new: ")[0] for failure in failures(result)] == ["loaded twice they are the same: "]
    assert result.status == 1


@pytest.mark.parametrize(
    ("statement", "seen"),
    [
        ("flush table $table", ": 0 allowed ones were refused, "),
        ("insert rule $table input ct state new reject with tcp reset", " allowed ones were refused, 0 others"),
    ],
    ids=["open", "closed"],
)
def test_a_moment_of_other_rules_while_they_load_again_is_seen(folder: Path, statement: str, seen: str) -> None:
    result = tampered(folder, "nftables", "guard-apply.sh", LOAD, f"! has_table || {{ nft {statement}; sleep 1; }}\n{LOAD}")

    (failure,) = [failure for failure in failures(result) if failure.startswith("while they load again, ")]
    assert seen in failure
    assert result.status == 1


@pytest.mark.parametrize("source", ["ip saddr 203.0.113.254", "ip6 saddr 2001:db8:ffff::fe"])
def test_a_connection_that_was_open_and_breaks_is_seen(folder: Path, source: str) -> None:
    result = tampered(folder, "nftables", "guard.nft", ORDERED, f"\t\t{source} tcp dport 22 drop\n{ORDERED}")

    assert failures(result) == ["connections that were open before are still open"]
    assert result.status == 1


def test_ssh_over_ipv6_is_as_open_as_before_too(folder: Path) -> None:
    result = tampered(folder, "nftables", "guard.nft", ORDERED, f"{ORDERED}\t\tmeta nfproto ipv6 tcp dport 22 drop\n")

    assert [failure.partition(": ")[2] for failure in failures(result)][:1] == [
        "2001:db8:ffff:ffff::fe does not get in; no other connection was tried"
    ]


def test_one_connection_too_few_is_seen(folder: Path) -> None:
    rule = 'ip6 saddr @imaps6 accept comment "acme/hubspot/imaps/v6"'

    result = tampered(folder, "nftables", "guard.nft", rule, f"ip6 saddr @imaps6 ct count over 4 drop\n\t\t{rule}")

    assert "2001:db8:100:ff:ffff:ffff:ffff:ffff has 5 connections to 993 at once: only 4" in failures(result)


@pytest.mark.parametrize(("before", "now", "seen"), [(True, False, "a ping no longer passes"), (False, True, "a ping passes now")])
def test_traffic_that_changed_either_way_is_named(before: bool, now: bool, seen: str) -> None:
    claim = compare_traffic([Traffic("a ping", lambda: now), Traffic("another", lambda: True)], [before, True])

    assert claim == Claim(f"pings, datagrams, loopback and {ALL_HOLD}", holds=False, seen=seen)


def test_one_host_on_which_the_rules_lie_is_enough(folder: Path) -> None:
    write(folder, "nftables: {}")
    tampered(folder, "nftables", "guard.nft", "\t\ttcp dport 993 goto imaps\n", "")

    printed = gatepost("prove", "acme.yaml", "--artifact", "guard.nft", "--format", "json")

    document: dict[str, Any] = json.loads(printed.out)
    assert (printed.status, document["holds"]) == (1, False)
    assert [(Path(proof["path"]).name, proof["holds"]) for proof in document["proofs"]] == [("guard.nft", False), ("include.nft", True)]
    wrong = {(probe["port"], probe["expected"], probe["met"]) for probe in document["proofs"][0]["probes"] if not probe["holds"]}
    assert wrong == {(993, "not accepted", "accepted")}


def test_many_lies_are_counted_and_ten_are_told(folder: Path) -> None:
    result = tampered(folder, "nftables", "guard.nft", "\t\ttcp dport 993 goto imaps\n", "")

    assert len(lies(result)) == 10
    assert "         and 10 more; --format json has them all\n" in result.out
    assert [line.split()[:3] for line in result.out.splitlines() if line.endswith("   <")] == [
        ["993", "imaps", "IPv4"],
        ["993", "imaps", "IPv6"],
    ]


def test_a_claim_that_fails_does_so_in_the_document(folder: Path) -> None:
    tampered(folder, "nftables", "guard-undo.sh", START, f"{START}exit 3\n")

    document: dict[str, Any] = json.loads(gatepost("prove", "acme.yaml", "--artifact", "guard-undo.sh", "--format", "json").out)

    assert [claim["title"] for claim in document["proofs"][0]["claims"] if not claim["holds"]] == [
        "they are undone",
        "nothing of them is left, and nothing else is gone",
    ]
    assert (document["holds"], document["proofs"][0]["holds"]) == (False, False)


def test_prefixes_that_are_left_out_for_their_number_are_counted(folder: Path) -> None:
    (folder / "long.txt").write_text("".join(f"10.{n}.0.0/24\n" for n in range(200)), encoding="utf-8")
    networks = '    networks: [198.51.100.10, 203.0.113.16/28, "2001:db8:100::/56"]'
    (folder / "acme.yaml").write_text(change(SITE, networks, "    networks_file: long.txt") + GUARD, encoding="utf-8")

    few, all_ = gatepost("prove", "acme.yaml", "--probes", "1000"), gatepost("prove", "acme.yaml")

    assert "  266 prefixes were not tried, for their number; --probes takes more\n" in few.out
    assert ("were not tried" in all_.out, few.status, all_.status) == (False, 0, 0)


def test_rules_that_do_not_load_leave_every_prefix_untried(folder: Path) -> None:
    result = tampered(folder, "nftables", "guard-apply.sh", START, f"{START}exit 4\n")

    assert "  10 prefixes were not tried\n" in result.out


def test_where_nobody_could_knock_every_prefix_is_untried(folder: Path) -> None:
    result = tampered(folder, "nftables", "guard.nft", "policy accept", "policy drop")

    assert "  10 prefixes were not tried\n" in result.out


class Recorder:
    """A lab that lets in so many connections at once, and writes down what it is asked."""

    addresses = SERVER_ADDRESSES

    def __init__(self, most: int = 0) -> None:
        self.most = most
        self.open = 0
        self.held: list[tuple[str, int]] = []

    def hold(self, source: str, port: int) -> Self:
        if self.open >= self.most:
            raise LabError("closed")
        self.open += 1
        self.held.append((source, port))
        return self

    def release(self) -> None:
        self.open -= 1

    def run(self, *command: str) -> None:
        pass

    def listen_outside(self, port: int) -> None:
        pass

    def answers_ping(self, source: str) -> bool:
        return True

    def answers_datagram(self, source: str, port: int) -> bool:
        return True


def test_all_traffic_that_is_no_business_of_the_site_is_tried_in_both_families() -> None:
    titles = [one.title for one in list_traffic(cast(Lab, Recorder()), 587)]

    assert titles == [
        f"{what} over {family}"
        for family in ("IPv4", "IPv6")
        for what in (
            "ping",
            "UDP to port 587",
            "loopback to port 587",
            "the server to its own address, port 587,",
            "the server to port 587 of others",
        )
    ]


@pytest.mark.parametrize(
    ("limit", "most", "seen"),
    [
        (300, 300, ["", ""]),
        (300, 299, ["only 299"] * 2),
        (300, 301, ["one more got in"] * 2),
        (301, 301, []),
        (1, 1, ["", ""]),
        (None, 5, ["", ""]),
        (None, 6, ["", ""]),
        (None, 4, ["only 4"] * 2),
    ],
)
def test_as_many_connections_are_held_as_the_limit_says_in_both_families(
    folder: Path, limit: int | None, most: int, seen: list[str]
) -> None:
    (compiled,) = compile_sites(["acme.yaml"], (), Report())
    answers = [Answer(Question(source, 993, accepted=True, service="imaps", rule=rule), Verdict.ACCEPTED) for source, rule in INSIDERS]
    recorder = Recorder(most)

    claims = hold_many(compiled.plan, cast(Lab, recorder), answers, limit)

    assert [claim.seen for claim in claims] == seen
    assert [claim.holds for claim in claims] == [not one for one in seen]
    assert {source for source, _ in recorder.held} <= {"198.51.100.10", "2001:db8:100::"}
    assert recorder.open == 0


@pytest.mark.parametrize(
    ("limit", "insiders"),
    [(None, [("198.51.100.10", 993), ("2001:db8:100::", 993)]), (5, [("192.0.2.1", 993), ("2001:db8:1::", 993)])],
    ids=["connectors", "trusted"],
)
def test_connections_are_open_before_the_rules_in_both_families(folder: Path, limit: int | None, insiders: list[tuple[str, int]]) -> None:
    (compiled,) = compile_sites(["acme.yaml"], (), Report())
    questions = [Question(source, 993, accepted=True, service="imaps", rule=rule) for source, rule in reversed(INSIDERS)]
    setting = Setting(SERVER_ADDRESSES, "wire", tuple(Family), limit, Verdict.DROPPED, rootless=False)
    recorder = Recorder(9)

    hold_open(cast(Lab, recorder), compiled.plan, open_host(), questions, setting)

    assert recorder.held == [("203.0.113.254", 22), ("2001:db8:ffff::fe", 22), *insiders]
