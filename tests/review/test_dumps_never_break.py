"""Dumps of a Linux host that are damaged, cut or forged: a finding, a doubt or a ruleset that can be judged, and never an exception."""

import json
from functools import cache, reduce
from operator import getitem
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.diagnostics import Report
from generator.net import Family
from generator.net.runs import EVERYTHING, Runs, subtract_runs, unite_runs
from generator.readers.judge import Entry, Question, judge
from generator.readers.limits import find_limits
from generator.readers.outside import Outside
from generator.readers.registry import Dump, read_host
from generator.readers.scratch import list_file
from tests.review.messy.cases import NAMES, read_case
from tests.review.test_readers_never_break import JUNK, places, replaced
from tests.scale import scaled

SERVER = {Family.V4: 0xC0000219, Family.V6: 0x20010DB8000000000000000000000025}
PORTS = (25, 587, 993)
NFT = tuple(name for name in NAMES if [command for command, _ in read_case(name).parts] == [("nft", "-f", "-")])
IPTABLES = tuple(name for name in NAMES if any(command[0].endswith("tables-restore") for command, _ in read_case(name).parts))
NEVER = st.sampled_from((True, -1, 10**30, 1.5, {"a": 1}, [None], [{}]))  # nothing in a rule of nft has such a value
# Words of rules that may stand where others do.
WORDS = st.sampled_from(
    ("!", "-j", "-m", "--dport", "-s", "ACCEPT", "0.0.0.0/0", "::/0", "x", "''", "'", '"', "-", "--", "1:2:3", "\x00", "é", "9" * 400, "")
)


@cache
def listed(name: str) -> Any:
    """What nft prints of a ruleset, loaded into an empty namespace."""
    text = list_file(read_case(name).parts[0][1], name, Report())
    assert text is not None
    return json.loads(text)


@cache
def saved(name: str) -> str:
    return "\n".join(text for command, text in read_case(name).parts if command[0] != "nft")


def answers(text: str, reader: str) -> tuple[dict[tuple[Family, int, Entry], Runs], Report]:
    """Who gets in to some ports, who doesn't, and of whom it is unknown."""
    report = Report()
    ruleset = read_host([Dump("dump", text, reader)], Outside("eth0"), report)
    assert ruleset is not None or report.has_errors
    find_limits(text, "dump", reader)
    found: dict[tuple[Family, int, Entry], Runs] = {}
    for family in Family if ruleset is not None else ():
        for port in PORTS:
            segments = judge(ruleset, Question(family, port, SERVER[family])) if ruleset is not None else ()
            for segment in segments:
                key = (family, port, segment.entry)
                found[key] = unite_runs(found.get(key, ()), segment.sources)

            assert unite_runs(*(segment.sources for segment in segments)) == EVERYTHING[family]
    return found, report


@pytest.mark.parametrize("name", NFT)
def test_a_value_of_another_kind_anywhere_in_what_nft_prints(name: str) -> None:
    document = listed(name)

    @settings(max_examples=scaled(600))
    @given(st.sampled_from(places(document)), JUNK)
    def change(place: tuple[Any, ...], new: Any) -> None:
        answers(json.dumps(replaced(document, place, new)), "nftables")

    change()


@pytest.mark.parametrize("name", NFT)
def test_what_nft_never_prints_is_said_or_changes_no_answer(name: str) -> None:
    document = listed(name)
    right, _ = answers(json.dumps(document), "nftables")
    # Where nft prints a truth value, the other one has a meaning too.
    inside = [place for place in places(document) if "expr" in place and place[-1] != "expr"]
    rules = [place for place in inside if not isinstance(reduce(getitem, place, document), bool)]

    @settings(max_examples=scaled(600))
    @given(st.sampled_from(rules), NEVER)
    def change(place: tuple[Any, ...], new: Any) -> None:
        found, report = answers(json.dumps(replaced(document, place, new)), "nftables")
        sure = {key: runs for key, runs in found.items() if key[2] is not Entry.UNKNOWN}

        assert report.findings or all(subtract_runs(runs, right.get(key, ())) == () for key, runs in sure.items())

    change()


@pytest.mark.parametrize("name", NFT)
def test_a_piece_of_what_nft_prints_lost_or_put_elsewhere(name: str) -> None:
    text = json.dumps(listed(name))

    @settings(max_examples=scaled(400))
    @given(st.integers(0, len(text)), st.integers(0, 300), st.integers(0, len(text)))
    def change(start: int, length: int, target: int) -> None:
        piece, left = text[start : start + length], text[:start] + text[start + length :]
        answers(left[:target] + piece + left[target:], "nftables")

    change()


@pytest.mark.parametrize("name", IPTABLES)
def test_a_piece_of_what_iptables_prints_lost_or_put_elsewhere(name: str) -> None:
    text = saved(name)

    @settings(max_examples=scaled(600))
    @given(st.integers(0, len(text)), st.integers(0, 200), st.integers(0, len(text)), st.sampled_from(("", "\x00", "é", "\n", "\u2028")))
    def change(start: int, length: int, target: int, new: str) -> None:
        piece, left = text[start : start + length], text[:start] + text[start + length :]
        answers(left[:target] + piece + new + left[target:], "iptables")

    change()


@pytest.mark.parametrize("name", IPTABLES)
def test_words_of_a_rule_of_iptables_lost_or_replaced(name: str) -> None:
    lines = saved(name).splitlines()
    rules = [(number, word) for number, line in enumerate(lines) if line.startswith("-A ") for word in range(2, len(line.split(" ")))]

    @settings(max_examples=scaled(800))
    @given(st.sampled_from(rules), WORDS)
    def change(place: tuple[int, int], new: str) -> None:
        words = lines[place[0]].split(" ")
        words[place[1] : place[1] + 1] = [new] if new else []
        answers("\n".join([*lines[: place[0]], " ".join(words), *lines[place[0] + 1 :]]) + "\n", "iptables")

    change()
