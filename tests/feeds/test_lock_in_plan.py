"""What `render`, `plan`, `explain` and `check` make of a lock; none of them goes online."""

import json
from pathlib import Path

import pytest

from tests.support.cli import gatepost

PROFILE = """\
kind: connector
name: crm
title: Example
addresses:
  policy: feed
  feed: {format: json, url: "https://feeds.example.org/list.json", lists: [{path: "{region}[]"}]}
services:
  imaps: {port: 993, application: imap, tls: implicit}
"""
SITE = """\
kind: site
name: acme
connectors: [{use: ./crm.yaml, feed_url: "file:list.json"}]
access: {imaps: allowlist}
"""


@pytest.fixture(autouse=True)
def locked(site: Path) -> None:
    """A site with a lock of two regions."""
    Path("crm.yaml").write_text(PROFILE)
    Path("acme.yaml").write_text(SITE)
    Path("list.json").write_text('{"US": ["1.2.3.0/25", "1.2.3.128/25"], "EU": ["1.2.4.7"]}')
    assert gatepost("update", "acme.yaml", "--today", "2026-11-23").status == 0
    Path("list.json").unlink()


def choose(region: str) -> None:
    """Name a region in the site."""
    Path("acme.yaml").write_text(SITE.replace('json"}', f'json", region: {region}}}'))


def codes(*arguments: str) -> list[str]:
    """The codes of the findings of `check`."""
    printed = json.loads(gatepost("check", "acme.yaml", "--format", "json", *arguments).out)
    return [finding["code"] for finding in printed["findings"]]


def test_the_lock_is_an_input_of_the_plan_and_the_origin_of_its_rules() -> None:
    plan = json.loads(gatepost("plan", "acme.yaml", "--format", "json").out)

    assert [entry["name"] for entry in plan["inputs"]] == ["acme.yaml", "./crm.yaml", "acme.lock"]
    assert plan["rules"][0]["sources"] == ["1.2.3.0/24", "1.2.4.7/32"]
    assert {origin["input"] for origin in plan["rules"][0]["origin"]} == {"acme.lock"}


def test_an_explanation_names_the_line_of_the_lock() -> None:
    line = 1 + next(number for number, text in enumerate(Path("acme.lock").read_text().splitlines()) if "1.2.4.7/32" in text)

    assert f"acme.lock:{line}:" in gatepost("explain", "acme.yaml", "--from", "1.2.4.7", "--to", "imaps").out


def test_a_region_is_chosen_among_those_of_the_lock() -> None:
    choose("eu")
    plan = json.loads(gatepost("plan", "acme.yaml", "--format", "json").out)

    assert plan["rules"][0]["sources"] == ["1.2.4.7/32"]


def test_a_region_that_the_lock_does_not_have_is_told() -> None:
    choose("ap")

    assert "PLN006" in codes()


def test_all_regions_are_told() -> None:
    assert "PLN007" in codes()


def test_the_age_of_a_lock_is_the_business_of_check_alone() -> None:
    assert "LCK031" not in codes("--today", "2026-12-23")
    assert "LCK031" in codes("--today", "2026-12-24")
    assert gatepost("render", "acme.yaml", "-o", "out").status == 0


def test_networks_only_needs_no_lock() -> None:
    Path("acme.lock").unlink()
    Path("acme.yaml").write_text(SITE.replace(', feed_url: "file:list.json"', ", networks_only: true, networks: [1.2.3.4]"))

    assert [code for code in codes() if code[:3] == "LCK" or code == "PLN005"] == []


def test_networks_of_the_site_are_added_to_those_of_the_lock() -> None:
    Path("acme.yaml").write_text(SITE.replace('json"}', 'json", networks: [1.2.5.9]}'))
    plan = json.loads(gatepost("plan", "acme.yaml", "--format", "json").out)

    assert plan["rules"][0]["sources"] == ["1.2.3.0/24", "1.2.4.7/32", "1.2.5.9/32"]


def test_a_feed_that_names_nothing_is_told_where_the_connector_is() -> None:
    Path("list.json").write_text('{"US": []}')
    gatepost("update", "acme.yaml", "--accept", "crm")

    assert "PLN004" in codes()


def test_how_a_feed_divides_its_networks_is_nobodys_business() -> None:
    assert [code for code in codes() if code.startswith("NET07")] == []


def test_a_network_of_the_site_that_the_lock_has_is_told() -> None:
    Path("acme.yaml").write_text(SITE.replace('json"}', 'json", networks: [1.2.3.0/25]}'))

    assert [code for code in codes() if code.startswith("NET07")] == ["NET070"]


def test_what_left_a_region_is_let_in_with_that_region_alone() -> None:
    left = ('{network: "1.2.5.0/24", region: us, until: 2026-12-23}', '{network: "1.2.6.0/24", region: old, until: 2026-12-23}')
    with Path("acme.lock").open("a") as lock:
        lock.write(f"    leaving: [{', '.join(left)}]\n")
    found = {}
    for region in ("us", "eu", "old"):
        choose(region)
        found[region] = json.loads(gatepost("plan", "acme.yaml", "--format", "json").out)["rules"][0]["sources"]

    assert found == {"us": ["1.2.3.0/24", "1.2.5.0/24"], "eu": ["1.2.4.7/32"], "old": ["1.2.6.0/24"]}
