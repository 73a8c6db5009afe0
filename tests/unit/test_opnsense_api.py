"""The calls of the OPNsense target, made on a stand-in for its models: what they leave there, once, again, later and after the undo."""

import copy
import json
from typing import Any

import pytest

from generator.plan import Plan
from tests.support.opnsense_model import Firewall, RefusedError
from tests.support.pfsense import HUBSPOT, NYLAS, OFFICE, lower_opnsense, make_plan, render_texts


def make_calls(firewall: Firewall, plan: Plan, name: str = "api.json", options: str = "") -> None:
    """Make the calls of a file as a client does that knows `expect` and `for_each`."""
    for call in json.loads(render_texts(plan, options, target="opnsense")[name]):
        answer = _make_call(firewall, call)
        if "for_each" in call:
            for word in call["for_each"].split("."):
                answer = answer[word]
            for uuid, item in dict(answer).items():
                if _is_chosen(call, uuid, item):
                    _make_call(firewall, call["call"] | {"path": call["call"]["path"].replace("{uuid}", uuid)})


def _make_call(firewall: Firewall, call: dict[str, Any]) -> Any:
    answer = firewall.call(call["method"], call["path"], call.get("body"))
    if not call.get("expect", {}).items() <= answer.items():
        raise RefusedError(str(answer))
    return answer


def _is_chosen(call: dict[str, Any], uuid: str, item: dict[str, Any]) -> bool:
    known = item | {"uuid": uuid}
    begins = all(known[field].startswith(test["starts_with"]) for field, test in call["where"].items())
    return begins and not any(known[field] in spared for field, spared in call.get("except", {}).items())


def ours(firewall: Firewall) -> tuple[list[str], list[str]]:
    """The names of our aliases and the descriptions of our rules, in the order of their sequence."""
    ordered = sorted(firewall.rules.values(), key=lambda rule: int(rule["sequence"]))
    rules = [rule["description"] for rule in ordered if rule["description"].startswith("gatepost acme: ")]
    return sorted(alias["name"] for alias in firewall.aliases.values() if alias["name"].startswith("gatepost_acme__")), rules


def test_the_calls_put_everything_in_and_load_it_once() -> None:
    firewall = Firewall()

    make_calls(firewall, make_plan(services=["imaps"], trusted=OFFICE))

    names = [f"gatepost_acme__{name}" for name in ("PORTS_imaps", "SERVER", "TRUSTED", "hubspot")]
    assert ours(firewall) == (names, [f"gatepost acme: {who} to imaps" for who in ("hubspot", "trusted", "nobody else")])
    assert firewall.loaded == ["aliases", "rules"]


def test_the_calls_can_be_made_again() -> None:
    firewall, plan = Firewall(), make_plan(trusted=OFFICE)
    make_calls(firewall, plan)
    once = copy.deepcopy((firewall.aliases, firewall.rules))

    make_calls(firewall, plan)

    assert (firewall.aliases, firewall.rules) == once


def test_what_a_site_has_no_more_goes() -> None:
    firewall = Firewall()
    make_calls(
        firewall, make_plan({"hubspot": {"imaps": HUBSPOT}, "nylas": {"imaps": NYLAS}}, trusted=OFFICE), options="{interface: [wan, opt1]}"
    )

    make_calls(firewall, make_plan({"hubspot": {"imaps": HUBSPOT}}, services=["imaps"]))

    assert ours(firewall) == (
        [f"gatepost_acme__{name}" for name in ("PORTS_imaps", "SERVER", "hubspot")],
        ["gatepost acme: hubspot to imaps", "gatepost acme: nobody else to imaps"],
    )


def test_the_undo_leaves_everything_as_it_was() -> None:
    firewall, plan = Firewall(), make_plan(trusted=OFFICE)
    make_calls(firewall, plan)

    make_calls(firewall, plan, "api-undo.json")

    assert (firewall.aliases, firewall.rules) == (Firewall().aliases, Firewall().rules)


def test_the_undo_can_be_made_where_nothing_of_ours_is() -> None:
    firewall = Firewall()
    firewall.aliases, firewall.rules = {}, {}

    make_calls(firewall, make_plan(), "api-undo.json")

    assert (firewall.aliases, firewall.rules) == ({}, {})


def test_an_alias_that_somebody_else_s_rule_uses_stops_the_undo() -> None:
    firewall, plan = Firewall(), make_plan()
    make_calls(firewall, plan)
    firewall.rules["00000000-0000-4000-8000-000000000009"] = {
        "description": "mine",
        "sequence": "9",
        "source_net": "gatepost_acme__hubspot",
    }

    with pytest.raises(RefusedError, match="gatepost_acme__hubspot is in use"):
        make_calls(firewall, plan, "api-undo.json")


def test_every_rule_is_made_under_its_own_uuid() -> None:
    firewall, plan = Firewall(), make_plan(trusted=OFFICE)

    make_calls(firewall, plan)

    assert set(lower_opnsense(plan).owner.uuids) == firewall.rules.keys() - Firewall().rules.keys()
