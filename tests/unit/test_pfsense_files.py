"""The files and fragments of the pfSense target: what pfSense itself would have written, whatever a site calls its things."""

import json
import re
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from generator.diagnostics import Report
from generator.plan import Access, Input
from generator.render import open_templates, render_fragments
from tests.support.pfsense import HUBSPOT, NYLAS, OFFICE, lower_pfsense, make_plan, render_texts
from tests.support.targets import shipped_target

LONG = [f"10.{index // 65536}.{index // 256 % 256}.{index % 256}/32" for index in range(0, 20_000, 2)]
URL = "https://192.0.2.80/lists"


def fragments(options: str = "", **plan: Any) -> dict[str, ET.Element]:
    """What `gatepost merge` puts into a backup, parsed."""
    view = lower_pfsense(make_plan(**{"trusted": OFFICE, **plan}), options)
    report = Report()
    texts = render_fragments(view, shipped_target("pfsense"), templates=open_templates(), report=report)
    assert not report.findings, report.findings
    return {part: ET.fromstring(f"<top>{text}</top>") for part, text in texts.items()}  # noqa: S314 our own text


def calls(name: str, options: str = "", **plan: Any) -> list[dict[str, Any]]:
    """The calls of a file for the REST API."""
    text = render_texts(make_plan(**{"trusted": OFFICE, **plan}), options, target="pfsense")[name]
    loaded: list[dict[str, Any]] = json.loads(text)
    return loaded


def test_an_alias_has_the_tags_that_pfsense_writes() -> None:
    alias = fragments()["aliases"][0]

    assert [(child.tag, child.text) for child in alias] == [
        ("name", "gatepost_acme__SERVER"),
        ("type", "host"),
        ("address", "10.20.0.25 2001:db8:5::25"),
        ("descr", "gatepost acme: server"),
        ("detail", "server||server"),
    ]


def test_a_url_table_has_its_url_and_how_often_it_is_fetched() -> None:
    alias = fragments(f"{{lists: url, list_url: '{URL}'}}")["aliases"][1]

    assert [(child.tag, child.text) for child in alias][1:5] == [
        ("type", "urltable"),
        ("address", f"{URL}/gatepost_acme__hubspot.txt"),
        ("url", f"{URL}/gatepost_acme__hubspot.txt"),
        ("updatefreq", "1"),
    ]


def test_a_rule_has_the_tags_that_pfsense_writes() -> None:
    rule = fragments("{connection_limit: 20}")["rules"][0]

    texts = {child.tag: child.text for child in rule}
    tags = "id tracker type interface ipprotocol tag tagged max max-src-nodes max-src-conn max-src-states statetimeout statetype os"
    assert [child.tag for child in rule] == [*tags.split(), "protocol", "source", "destination", "descr"]
    assert (texts["ipprotocol"], texts["protocol"], texts["statetype"], texts["max-src-conn"]) == ("inet46", "tcp", "keep state", "20")


def test_a_rule_for_everybody_says_any_and_nothing_else() -> None:
    rules = fragments()["rules"]

    assert [[child.tag for child in rule.find("source") or ()] for rule in rules] == [["address"], ["address"], ["any"]]
    assert [[child.tag for child in rule.find("destination") or ()] for rule in rules] == [["address", "port"]] * 3


def test_only_a_logged_rule_has_the_tag() -> None:
    assert [rule.find("log") is not None for rule in fragments("{log: true}")["rules"]] == [False, False, True]
    assert [rule.find("log") is not None for rule in fragments()["rules"]] == [False, False, False]


def test_no_tag_is_there_twice() -> None:
    parsed = fragments("{interface: [wan, opt1], log: true, connection_limit: 20}")

    assert [item for part in parsed.values() for item in part if len({child.tag for child in item}) != len(item)] == []


def test_every_alias_that_a_rule_names_is_there() -> None:
    parsed = fragments(services=["smtp", "imaps", "submission"], access={"submission": Access.PUBLIC, "smtp": Access.ADDITIVE})

    names = {alias.findtext("name") for alias in parsed["aliases"]}
    used = {end.text for rule in parsed["rules"] for tag in ("source", "destination") for end in rule.find(tag) or () if end.text}
    assert used == names


def test_the_rest_calls_put_aliases_and_rules_in_before_old_ones_go_and_apply_once() -> None:
    made = calls("rest.json")

    assert [(call["method"], call["path"].rpartition("/")[2]) for call in made] == [
        ("GET", "aliases"),
        *[("POST", "alias")] * 4,
        *[("POST", "rule")] * 3,
        ("GET", "rules"),
        ("DELETE", "rules"),
        ("GET", "rules"),
        ("GET", "aliases"),
        ("POST", "apply"),
    ]


def test_the_rest_calls_delete_rules_of_ours_below_the_new_ones_alone() -> None:
    made = calls("rest.json")

    delete = next(call for call in made if call["method"] == "DELETE")
    assert delete["body"] == {"descr__startswith": "gatepost acme: ", "id__gte": 3}
    assert [call["expect_first"] for call in made if "expect_first" in call] == [
        [f"gatepost acme: {who} to submission+imaps" for who in ("hubspot", "trusted", "nobody else")]
    ] * 2


def test_the_rest_calls_keep_the_aliases_that_they_put_in() -> None:
    made = calls("rest.json")

    names = [call["body"]["name"] for call in made if call["path"].endswith("/alias")]
    assert [(call["where"], call["except"]) for call in made if "for_each" in call] == [
        ({"name": {"starts_with": "gatepost_acme__"}}, {"name": names})
    ] * 2


def test_the_rest_rules_are_placed_at_the_top_in_order() -> None:
    rules = [call["body"] for call in calls("rest.json", "{log: true}") if call["path"].endswith("/rule")]

    assert [(rule["placement"], rule["type"], rule["source"], rule["log"]) for rule in rules] == [
        (0, "pass", "gatepost_acme__hubspot", False),
        (1, "pass", "gatepost_acme__TRUSTED", False),
        (2, "block", "any", True),
    ]
    assert {(rule["ipprotocol"], rule["protocol"], rule["statetype"], *rule["interface"]) for rule in rules} == {
        ("inet46", "tcp", "keep state", "wan")
    }


def test_the_rest_networks_have_lengths_and_a_detail_each() -> None:
    aliases = {call["body"]["name"]: call["body"] for call in calls("rest.json") if call["path"].endswith("/alias")}

    assert aliases["gatepost_acme__hubspot"]["address"] == ["192.0.2.7/32", "198.51.100.0/25", "2001:db8:100::/48"]
    assert {len(alias["address"]) - len(alias["detail"]) for alias in aliases.values()} == {0}


def test_the_rest_undo_deletes_ours_and_applies() -> None:
    undo = calls("rest-undo.json")

    assert [(call["method"], call["path"].rpartition("/")[2], call["body"]) for call in undo] == [
        ("GET", "aliases", {}),
        ("DELETE", "rules", {"descr__startswith": "gatepost acme: "}),
        ("DELETE", "aliases", {"name__startswith": "gatepost_acme__"}),
        ("POST", "apply", {"async": False}),
    ]


@pytest.mark.parametrize("options", ["{connection_limit: 20}", f"{{lists: url, list_url: '{URL}'}}"])
def test_what_the_rest_api_can_t_say_has_no_file(options: str) -> None:
    assert [name for name in render_texts(make_plan(), options, target="pfsense") if name.startswith("rest")] == []


def test_import_lists_have_an_entry_and_its_detail_in_each_line() -> None:
    texts = render_texts(make_plan(trusted=OFFICE), target="pfsense")

    assert texts["gatepost_acme__hubspot.txt"].split("\n") == [
        "",
        "192.0.2.7/32 hubspot",
        "198.51.100.0/25 hubspot",
        "2001:db8:100::/48 hubspot",
        "",
    ]
    assert [name for name, text in texts.items() if name.startswith("gatepost_") and "#" in text] == []


def test_a_long_list_is_in_a_plain_file_and_nowhere_else() -> None:
    texts = render_texts(make_plan({"hubspot": {"imaps": LONG}}, services=["imaps"]), f"{{list_url: '{URL}'}}", target="pfsense")

    lines = texts["gatepost_acme__hubspot.txt"].splitlines()
    assert [line for line in lines if not line.startswith("#")] == LONG
    assert [name for name, text in texts.items() if LONG[77] in text] == ["gatepost_acme__hubspot.txt"]


def test_hostile_names_of_files_stay_in_comments() -> None:
    name = 'a\'; ?> <?php system("x"); /*\n!rm -rf / GATEPOST ]]>.yaml'
    plan = make_plan({"hubspot": {"imaps": HUBSPOT}}, services=["imaps"])._replace(inputs=(Input(name, "site.yaml", "0" * 64),))

    session = render_texts(plan, target="pfsense")["playback.txt"]

    lines = session.splitlines()
    assert [line for line in lines if "system(" in line and not line.startswith("// ")] == []
    assert "?>" not in session
    assert "<?" not in session
    assert lines.count("GATEPOST, true, 64, JSON_THROW_ON_ERROR);") == 1


def test_the_same_plan_gives_the_same_bytes() -> None:
    one = render_texts(make_plan({"nylas": {"imaps": NYLAS}, "hubspot": {"imaps": HUBSPOT}}), target="pfsense")
    other = render_texts(make_plan({"hubspot": {"imaps": HUBSPOT}, "nylas": {"imaps": NYLAS}}), target="pfsense")

    assert one == other


def test_descriptions_and_details_have_no_letter_that_some_file_gives_a_meaning() -> None:
    view = lower_pfsense(make_plan(trusted=OFFICE))

    texts = [text for alias in view.aliases for text in (alias.descr, *alias.details)] + [rule.descr for rule in view.rules]
    assert [text for text in texts if not re.fullmatch(r"[A-Za-z0-9 :+~-]+", text)] == []
