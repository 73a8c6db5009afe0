"""`gatepost audit` on exports of other firewalls than Linux's: each planted fault is told by its kind, addresses, rule and line."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.house.tree import ROOT
from tests.review.auditing import SITE, audit, folder
from tests.support.cli import gatepost

__all__ = ["folder"]

CONFIGS = {"pfsense": "pfsense-2.7.xml", "opnsense": "opnsense-25.1.xml"}
FIRST = "\t\t<rule>\n\t\t\t<id></id>\n\t\t\t<tracker>2090516630</tracker>"  # ours for crm
LAST = "\t\t<separator>\n\t\t\t<wan>"
CRM = "198.51.100.10/32 203.0.113.0/28 2001:db8:100::/48"
QUICK = "<floating>yes</floating><quick>yes</quick><direction>in</direction>"
GROUP = "<ifgroups><ifgroupentry><ifname>OUTSIDE</ifname><members>wan opt1</members></ifgroupentry></ifgroups>"


def merged(product: str) -> str:
    """The sample of a configuration with our rules in it; its list of spammers, of which nobody knows whom it holds, is not used."""
    sample = ROOT / "tests/pfsense/configs" / CONFIGS[product]
    assert gatepost("merge", "acme.yaml", "-t", product, str(sample), "-o", "merged.xml").status == 0
    made = Path("merged.xml").read_text(encoding="utf-8")
    return made.replace("<tracker>1690000201</tracker>", "<disabled></disabled>")


def rule(more: str = "", *, source: str = "<any></any>", port: str = "993", interface: str = "wan", kind: str = "pass") -> str:
    """A rule of pfSense that somebody else has written."""
    return (
        f"\t\t<rule>\n<type>{kind}</type><interface>{interface}</interface><ipprotocol>inet46</ipprotocol><protocol>tcp</protocol>"
        f"<source>{source}</source><destination><any></any><port>{port}</port></destination><descr>old</descr>{more}</rule>\n"
    )


def told(*dumps: str | bytes) -> list[str]:
    """The verdict, and each fault but bans: its kind, service, family, first prefix, and the name and line of its first rule."""
    found = audit(*dumps)
    lines = [" ".join(str(word) for word in _words(fault) if word) for fault in found["faults"] if fault["kind"] != "banned"]
    return [found["verdict"], *lines]


def _words(fault: Mapping[str, Any]) -> tuple[object, ...]:
    first: Mapping[str, Any] = next(iter(fault["rules"]), {"text": "", "place": None})
    name = first["text"].rpartition("(")[2].rstrip(")") if "(" in first["text"] else first["text"]
    prefixes = "all but" * fault["all_but"], *fault["prefixes"][:1]
    return fault["kind"], fault["service"], fault["family"], *prefixes, name, (first["place"] or {}).get("line")


def line_of(text: str, piece: str) -> int:
    return text[: text.index(piece)].count("\n") + 1


def test_a_merged_configuration_of_pfsense_is_what_the_plan_says() -> None:
    assert audit(merged("pfsense"))["verdict"] == "same"


@pytest.mark.parametrize(
    ("old", "new", "faults"),
    [
        ("203.0.113.0/28", "203.0.113.0/27", ["extra imaps 4 203.0.113.16/28 gatepost acme: crm to imaps 209"]),
        ("203.0.113.0/28", "203.0.113.0/29", ["missing imaps 4 203.0.113.8/29 gatepost acme: nobody else to imaps 284"]),
        (" 2001:db8:100::/48", "", ["missing imaps 6 2001:db8:100::/48 gatepost acme: nobody else to imaps 284"]),
        (
            CRM,
            "",
            [
                "missing imaps 4 198.51.100.10 gatepost acme: nobody else to imaps 284",
                "missing imaps 6 2001:db8:100::/48 gatepost acme: nobody else to imaps 284",
            ],
        ),
    ],
    ids=["a bit less", "a bit more", "IPv6 forgotten", "emptied"],
)
def test_what_an_edited_alias_lets_in_or_keeps_out_is_told_with_the_rule_and_its_line(old: str, new: str, faults: list[str]) -> None:
    assert told(merged("pfsense").replace(old, new, 1)) == ["different", *faults]


def test_a_switched_off_rule_of_ours_leaves_it_known_where_the_server_is() -> None:
    found = told(merged("pfsense").replace(FIRST, FIRST.replace("<id>", "<disabled></disabled><id>")))

    assert [words.split(" gatepost")[0] for words in found] == [
        "different",
        "missing imaps 4 198.51.100.10",
        "missing imaps 6 2001:db8:100::/48",
    ]


@pytest.mark.parametrize("old", ["pfsense: {destination", "pfsense: {}\n  #"])
def test_a_family_in_which_only_the_rule_for_everybody_is_left_is_judged_at_its_address(old: str) -> None:
    text = merged("pfsense").replace(" 2001:db8:100::/48", "")
    Path("acme.yaml").write_text(SITE.replace("pfsense: {destination", old), encoding="utf-8")

    assert told(text) == ["different", "missing imaps 6 2001:db8:100::/48 gatepost acme: nobody else to imaps 284"]


def test_an_alias_of_the_server_that_was_moved_to_another_address_is_no_way_to_the_server() -> None:
    text = merged("pfsense").replace("<address>10.20.0.25 2001", "<address>10.20.0.26 2001")

    assert told(text) == ["different", f"over-wide imaps 4 all but 192.0.2.0/26 NAT mail {line_of(text, '<tracker>1690000203') - 14}"]


def test_diff_asks_about_the_address_that_the_site_sets_too() -> None:
    Path("moved.xml").write_text(merged("pfsense").replace("<address>10.20.0.25 2001", "<address>10.20.0.26 2001"), encoding="utf-8")

    results = [gatepost("diff", "acme.yaml", name, "--fail-on", "wider").status for name in ("merged.xml", "moved.xml")]

    assert results == [0, 1]


def test_an_address_that_is_asked_for_goes_before_the_site_s() -> None:
    merged("pfsense")

    found = json.loads(gatepost("audit", "acme.yaml", "merged.xml", "--to", "10.20.0.99", "--format", "json").out)

    assert [one["ipv4"] for one in found["services"]] == ["missing"] * 2
    assert [fault["fact"] for fault in found["faults"] if " at 10.20" in fault["fact"]] == []


def test_a_site_that_leaves_the_address_open_is_asked_about_at_the_one_that_our_rules_name() -> None:
    text = merged("pfsense")
    open_site = SITE.replace("smtp: smtp.example.org", "smtp: smtp.example.org, addresses: [192.0.2.25]")
    Path("acme.yaml").write_text(open_site.replace('{destination: [10.20.0.25, "2001:db8::25"]}', "{}"), encoding="utf-8")

    assert told(text) == ["same"]


def test_every_address_of_a_network_that_the_site_sets_is_asked_about() -> None:
    Path("acme.yaml").write_text(SITE.replace("[10.20.0.25,", "[10.20.0.0/24,"), encoding="utf-8")
    one = rule().replace("<destination><any></any>", "<destination><address>10.20.0.25</address>")

    found = audit(merged("pfsense").replace(FIRST, one + FIRST))

    assert [fault["fact"] for fault in found["faults"] if fault["kind"] == "over-wide"] == [
        "others can get in to imaps (tcp 993) over IPv4 at 10.20.0.25 and 2001:db8::25"
    ]


def test_of_several_files_none_is_blamed_for_a_line_of_another() -> None:
    table = "# " + "\n# ".join(map(str, range(900))) + "\n0.0.0.0/0 OK\n::/0 OK\n"

    found = told(table, merged("pfsense").replace("203.0.113.0/28", "203.0.113.0/27", 1))

    assert found == ["different", "extra imaps 4 203.0.113.16/28 gatepost acme: crm to imaps"]


@pytest.mark.parametrize(
    ("piece", "mark"),
    [
        (rule() + FIRST, FIRST),
        (rule(port="900-1000") + FIRST, FIRST),
        (rule("<floating>yes</floating><quick>yes</quick>") + LAST, LAST),
        (rule(QUICK) + LAST, LAST),
        (rule(interface="OUTSIDE") + LAST, LAST),
    ],
    ids=["above", "a range of ports above", "floating", "floating inwards", "a group of interfaces"],
)
def test_a_rule_for_everybody_that_goes_first_is_blamed_at_its_line(piece: str, mark: str) -> None:
    text = merged("pfsense").replace(mark, piece).replace("</interfaces>", f"</interfaces>{GROUP}")

    found = told(text)

    line = line_of(text, piece)
    assert [words for words in found if "over-wide" in words] == [
        f"over-wide imaps 4 all but 192.0.2.0/26 old {line}",
        f"over-wide imaps 6 all but 2001:db8:0:3::/64 old {line}",
    ]
    assert [words for words in found if "shadowed" in words] == [
        f"shadowed imaps gatepost acme: crm to imaps {line_of(text, FIRST)}",
        f"shadowed imaps 4 gatepost acme: trusted to imaps {line_of(text, '<tracker>2011932050') - 2}",
    ]


@pytest.mark.parametrize(
    "piece",
    [
        rule(),
        rule(interface="lan"),
        rule("<disabled></disabled>"),
        rule("<floating>yes</floating><direction>in</direction>"),
        rule(QUICK.replace("in<", "out<")),
    ],
    ids=["below", "another interface", "switched off", "floating and not quick", "outwards"],
)
def test_a_rule_for_everybody_that_comes_too_late_or_elsewhere_is_no_difference(piece: str) -> None:
    assert audit(merged("pfsense").replace(LAST, piece + LAST))["verdict"] == "same"


def test_a_rule_that_one_family_alone_does_not_get_to_is_told_with_the_family() -> None:
    text = merged("pfsense").replace(FIRST, rule(source="<not></not><address>203.0.113.0/28</address>") + FIRST)

    found = [fault["fact"] for fault in audit(text)["faults"] if fault["kind"] == "shadowed"]

    assert found == ["no connection over IPv6 gets to this rule", "no connection gets to this rule"]


@pytest.mark.parametrize(
    ("old", "new", "doubt"),
    [
        (FIRST, f"{FIRST}<sched>office</sched>", "its sched `office`"),
        (
            "<name>gatepost_acme__crm</name>\n\t\t\t<type>network",
            "<name>gatepost_acme__crm</name>\n\t\t\t<type>urltable",
            "what the list `gatepost_acme__crm` holds",
        ),
    ],
)
def test_what_a_schedule_or_a_downloaded_list_decides_is_unknown(old: str, new: str, doubt: str) -> None:
    found = audit(merged("pfsense").replace(old, new))

    assert found["verdict"] == "unknown"
    assert {tuple(fault["doubts"]) for fault in found["faults"] if fault["kind"] == "unknown"} == {(doubt,)}


def test_an_alias_of_opnsense_with_one_bit_wrong_lets_in_others() -> None:
    found = audit(merged("opnsense").replace("203.0.113.0/28", "203.0.113.0/27"))

    assert [fault["prefixes"] for fault in found["faults"] if fault["kind"] == "extra"] == [["203.0.113.16/28"]]


def test_each_entry_of_a_table_of_postfix_is_blamed_at_its_own_line() -> None:
    found = told("192.0.2.0/26 OK\n198.51.100.10 OK\n203.0.113.0/28 OK\n2001:db8:100::/48 OK\n0.0.0.0/0 REJECT\n::/0 REJECT\n")

    assert [words for words in found if "missing" in words] == [
        "missing submission 4 all but 192.0.2.0/26 0.0.0.0/0 REJECT 5",
        "missing submission 6 all but 2001:db8:100::/48 ::/0 REJECT 6",
    ]
