"""The JSON for GCP's API: Google's models take every rule, an independent reader finds no difference to the plan and finds planted ones."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from generator.plan import Access, Plan
from tests.cloud.files import full_plan, write
from tests.cloud.fwshift import compare
from tests.cloud.gcp.reading import Firewall, judge, rows
from tests.cloud.ordered import meaning_of_plan, meaning_of_rows, random_plan
from tests.support.plans import make_plan, service

PROJECT = "https://www.googleapis.com/compute/v1/projects/p/global"
OPTIONS = "{target_tags: [mail]}"
SIZES = (1, 3, 20, 300, 1500)


def firewalls(folder: Path, plan: Plan, options: str = OPTIONS) -> list[Firewall]:
    found: list[Firewall] = json.loads((write(folder, plan, "gcp-rest", options) / "firewalls.json").read_text(encoding="utf-8"))
    return found


def by_hand(plan: Plan) -> list[dict[str, Any]]:
    """The plan in the plainest way there is: a rule for each of its rules, then those that deny. Nothing is shared with the product."""
    closed = [str(port) for one in plan.services if one.access is Access.ALLOWLIST for port in one.ports]
    public = [str(port) for one in plan.services if one.access is Access.PUBLIC for port in one.ports]
    rules = [("allowed", 500, list(map(str, rule.sources)), list(map(str, rule.ports))) for rule in plan.rules]
    for everybody in ("0.0.0.0/0", "::/0"):
        rules += [("allowed", 500, [everybody], public)] if public else []
        rules += [("denied", 600, [everybody], closed)] if closed else []
    return [
        {
            "name": f"r{number}",
            "network": "global/networks/default",
            "direction": "INGRESS",
            "priority": priority,
            "sourceRanges": sources,
            "targetTags": ["mail"],
            what: [{"IPProtocol": "tcp", "ports": ports}],
        }
        for number, (what, priority, sources, ports) in enumerate(rules)
    ]


def instance(name: str, *addresses: str) -> dict[str, Any]:
    """A machine with the tag of its name. Without machines the reader can't tell whom a rule with a tag is for, and compares nothing."""
    v4, v6 = addresses
    interface = {"network": f"{PROJECT}/networks/default", "networkIP": v4, "ipv6Address": v6, "stackType": "IPV4_IPV6"}
    return {"kind": "compute#instance", "name": name, "selfLink": name, "tags": {"items": [name]}, "networkInterfaces": [interface]}


def project(path: Path, rules: Sequence[Firewall]) -> Path:
    """The answers of `gcloud compute firewall-rules list` and `instances list`, for a reader."""
    listed = [{**rule, "kind": "compute#firewall", "network": f"{PROJECT}/networks/default"} for rule in rules]
    machines = [instance("mail", "10.0.0.4", "fd20::4"), instance("web", "10.0.0.5", "fd20::5")]
    path.write_text(json.dumps([*listed, *machines]), encoding="utf-8")
    return path


def test_random_plans_read_back_mean_the_same_and_googles_models_take_every_rule(tmp_path: Path) -> None:
    plans = [random_plan(seed, SIZES[seed % len(SIZES)]) for seed in range(40)]
    found = [firewalls(tmp_path / str(number), plan, "{target_tags: [mail], ranges_per_rule: 200}") for number, plan in enumerate(plans)]

    wrong = [
        number
        for number, (plan, rules) in enumerate(zip(plans, found, strict=True))
        if meaning_of_rows(rows(rules, ranges=200), plan) != meaning_of_plan(plan)
    ]

    assert wrong == []
    assert judge(one for rules in found for one in rules) == []


@pytest.mark.parametrize("count", [4999, 5000, 5001, 9000])
def test_a_long_list_is_split_at_what_a_rule_holds(tmp_path: Path, count: int) -> None:
    plan = make_plan([service("imaps")], {"crm": {"imaps": [f"2001:db8:{index * 2:x}::/48" for index in range(count)]}})

    found = rows(firewalls(tmp_path, plan))

    assert meaning_of_rows(found, plan) == meaning_of_plan(plan)
    assert len([row for row in found if row.allows]) == (1 if count <= 5000 else -(-count * 4 // 15000))


@pytest.mark.parametrize(
    ("options", "targets", "log"),
    [
        ("{target_tags: [mail], network: vpc}", {"targetTags": ["mail"]}, {"enable": False}),
        (
            "{target_service_accounts: [m@p.iam.gserviceaccount.com], network: vpc, log: true}",
            {"targetServiceAccounts": ["m@p.iam.gserviceaccount.com"]},
            {"enable": True, "metadata": "EXCLUDE_ALL_METADATA"},
        ),
    ],
)
def test_every_rule_has_what_the_options_say(tmp_path: Path, options: str, targets: dict[str, object], log: dict[str, object]) -> None:
    wanted = {"network": "global/networks/vpc", "logConfig": log, **targets}

    assert [rule for rule in firewalls(tmp_path, full_plan(), options) if {**rule, **wanted} != rule] == []


def test_googles_models_take_the_rules_of_every_option_and_refuse_planted_mistakes(tmp_path: Path) -> None:
    options = [OPTIONS, "{target_service_accounts: [mail@p.iam.gserviceaccount.com], log: true}", "{target_tags: [a, b-c], network: n}"]
    good = [rule for number, one in enumerate(options) for rule in firewalls(tmp_path / str(number), full_plan(), one)]
    planted: dict[str, object] = {
        "sourceRange": ["192.0.2.7/32"],
        "priority": "high",
        "allowed": [{"IPProtocol": "tcp", "ports": [993]}],
        "x": 1,
    }
    bad = [{**good[0], "name": f"bad-{key.lower()}", key: value} for key, value in planted.items()]

    refused = [text.partition(":")[0] for text in judge([*good, *bad])]

    assert sorted(set(refused)) == sorted(rule["name"] for rule in bad)


@pytest.mark.parametrize("seed", [0, 4, 7])
def test_an_independent_reader_finds_no_difference_to_the_plan(tmp_path: Path, seed: int) -> None:
    plan = random_plan(seed, 8)
    ours = project(tmp_path / "ours.json", firewalls(tmp_path / "o", plan, "{target_tags: [mail], ranges_per_rule: 3}"))

    assert compare("gcp", ours, project(tmp_path / "by-hand.json", by_hand(plan))) == 0


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("198.51.100.0/25", "198.51.100.0/26"),
        ("2001:db8:100::/48", "2001:db8:100::/49"),
        ('"993"', '"994"'),
        ('"denied"', '"allowed"'),
        ("203.0.113.9/32", "203.0.113.8/31"),
        ("::/0", "::/1"),
        ('"mail"', '"web"'),
    ],
)
def test_an_independent_reader_finds_a_planted_difference(tmp_path: Path, before: str, after: str) -> None:
    text = json.dumps(firewalls(tmp_path, full_plan()))
    assert before in text
    ours, other = (
        project(tmp_path / f"{index}.json", json.loads(changed)) for index, changed in enumerate((text, text.replace(before, after)))
    )

    assert compare("gcp", ours, other) > 0
