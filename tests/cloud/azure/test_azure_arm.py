"""The ARM template: Microsoft's models take every rule, an independent reader finds no difference to the plan and finds planted ones."""

import json
from pathlib import Path

import pytest

from generator.plan import Plan
from tests.cloud.azure.arm import Body, deploy, judge, read_arm
from tests.cloud.azure.by_hand import by_hand, group
from tests.cloud.azure.reading import rows
from tests.cloud.files import full_plan, write
from tests.cloud.fwshift import compare
from tests.cloud.ordered import meaning_of_plan, meaning_of_rows, random_plan

OPTIONS = "{nsg: nsg-mail}"
SIZES = (1, 3, 20, 300, 900)


def template(folder: Path, plan: Plan, options: str = OPTIONS) -> Path:
    return write(folder, plan, "azure-arm", options) / "rules.json"


def test_random_plans_read_back_mean_the_same_and_microsofts_models_take_every_rule(tmp_path: Path) -> None:
    plans = [random_plan(seed, SIZES[seed % len(SIZES)]) for seed in range(40)]
    bodies = [read_arm(template(tmp_path / str(number), plan)) for number, plan in enumerate(plans)]

    wrong = [
        number
        for number, (plan, found) in enumerate(zip(plans, bodies, strict=True))
        if meaning_of_rows(rows({"name": one["name"], **one["properties"]} for one in found), plan) != meaning_of_plan(plan)
    ]

    assert wrong == []
    assert judge(one for found in bodies for one in found) == []


@pytest.mark.parametrize("options", [OPTIONS, "{create_nsg: true, tags: [team=mail]}", "{destination: [10.0.0.4, 'fd00::4'], nsg: n}"])
def test_microsofts_models_take_the_rules_of_every_option(tmp_path: Path, options: str) -> None:
    assert judge(read_arm(template(tmp_path, full_plan(), options))) == []


@pytest.mark.parametrize(
    ("key", "value"), [("priority", "high"), ("sourceAddressPrefixs", ["192.0.2.7/32"]), ("destinationPortRanges", 993), ("access", None)]
)
def test_microsofts_models_refuse_a_planted_mistake(tmp_path: Path, key: str, value: object) -> None:
    body = read_arm(template(tmp_path, full_plan()))[0]

    assert judge([{**body, "properties": {**body["properties"], key: value}}]) != []


@pytest.mark.parametrize("seed", [0, 4, 7])
def test_an_independent_reader_finds_no_difference_to_the_plan(tmp_path: Path, seed: int) -> None:
    plan = random_plan(seed, 8)
    ours, reference = group(tmp_path / "ours.json", read_arm(template(tmp_path, plan))), group(tmp_path / "by-hand.json", by_hand(plan))

    assert compare("azure", ours, reference) == 0


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("198.51.100.0/25", "198.51.100.0/26"),
        ("2001:db8:100::/48", "2001:db8:100::/49"),
        ('"993"', '"994"'),
        ('"Deny"', '"Allow"'),
        ("203.0.113.9/32", "203.0.113.9/31"),
        ("::/0", "::/1"),
    ],
)
def test_an_independent_reader_finds_a_planted_difference(tmp_path: Path, before: str, after: str) -> None:
    rules = read_arm(template(tmp_path, full_plan()))
    text = json.dumps(rules)
    assert before in text

    assert compare("azure", group(tmp_path / "a.json", rules), group(tmp_path / "b.json", json.loads(text.replace(before, after)))) > 0


def test_the_reader_reads_the_template_itself(tmp_path: Path) -> None:
    path = template(tmp_path, full_plan())

    assert compare("azure", path, group(tmp_path / "by-hand.json", by_hand(full_plan()))) == 0


@pytest.mark.parametrize(("before", "after"), [("", ""), (", priority_size: 9", ", priority_size: 9"), ("", ", priority_first: 1003")])
def test_no_number_is_given_twice_while_connectors_come_and_go(tmp_path: Path, before: str, after: str) -> None:
    full = full_plan()
    less = [full._replace(rules=tuple(rule for rule in full.rules if rule.connector != gone)) for gone in ("hubspot", "nylas", None)]
    steps = [(full, before), *((one, options) for one in less for options in (before, after))]
    group: dict[str, Body] = {}

    for number, (plan, options) in enumerate(steps):
        wanted = read_arm(template(tmp_path / str(number), plan, f"{{nsg: nsg-mail{options}}}"))
        group = deploy(group, wanted)

        assert group == {body["name"]: body for body in wanted}


def test_a_new_group_has_what_the_options_say(tmp_path: Path) -> None:
    options = "{create_nsg: true, location: westeurope, tags: [team=mail, cost centre=12 b]}"
    written = json.loads(template(tmp_path, full_plan(), options).read_text(encoding="utf-8"))

    assert {name: one["defaultValue"] for name, one in written["parameters"].items()} == {
        "location": "westeurope",
        "networkSecurityGroup": "gatepost-acme",
    }
    assert written["resources"][0]["tags"] == {"team": "mail", "cost centre": "12 b"}


def test_the_group_that_exists_is_named_or_asked_for(tmp_path: Path) -> None:
    named, asked = (
        json.loads(template(tmp_path / str(number), full_plan(), options).read_text(encoding="utf-8"))["parameters"]
        for number, options in enumerate([OPTIONS, ""])
    )

    assert named["networkSecurityGroup"]["defaultValue"] == "nsg-mail"
    assert list(asked) == ["networkSecurityGroup"]
    assert "defaultValue" not in asked["networkSecurityGroup"]


def test_a_deployment_with_a_new_group_makes_the_group_first(tmp_path: Path) -> None:
    resources = json.loads(template(tmp_path, full_plan(), "{create_nsg: true}").read_text(encoding="utf-8"))["resources"]

    assert resources[0]["type"] == "Microsoft.Network/networkSecurityGroups"
    assert resources[0].pop("properties") == {}
    group_first = ["[resourceId('Microsoft.Network/networkSecurityGroups', parameters('networkSecurityGroup'))]"]
    assert [resource["dependsOn"] for resource in resources[1:]].count(group_first) == 1
