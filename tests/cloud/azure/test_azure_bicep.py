"""The Bicep file: a parser of Bicep reads it, and it has the very rules of the ARM template."""

from pathlib import Path

import pytest

from generator.plan import Plan
from tests.cloud.azure.arm import read_arm, read_bicep
from tests.cloud.azure.reading import rows
from tests.cloud.files import full_plan, write
from tests.cloud.ordered import meaning_of_plan, meaning_of_rows, random_plan

CREATED = '{create_nsg: true, location: westeurope, tags: ["team=mail (x)", cost centre=12/b]}'


def bicep(folder: Path, plan: Plan, options: str = "") -> Path:
    return write(folder, plan, "azure-bicep", options) / "rules.bicep"


def test_random_plans_have_the_rules_of_the_arm_template_and_mean_the_same(tmp_path: Path) -> None:
    plans = [random_plan(seed, size) for seed, size in enumerate((1, 2, 6, 20, 60))]
    read = read_bicep(*(bicep(tmp_path / str(number), plan) for number, plan in enumerate(plans)))

    assert read == [read_arm(write(tmp_path / f"arm{number}", plan, "azure-arm") / "rules.json") for number, plan in enumerate(plans)]
    assert [
        meaning_of_rows(rows({"name": one["name"], **one["properties"]} for one in found), plan)
        for found, plan in zip(read, plans, strict=True)
    ] == [meaning_of_plan(plan) for plan in plans]


def test_a_new_group_has_what_the_options_say(tmp_path: Path) -> None:
    lines = bicep(tmp_path, full_plan(), CREATED).read_text(encoding="utf-8").splitlines()

    assert [line for line in lines if line.startswith("param ")] == [
        "param networkSecurityGroup string = 'gatepost-acme'",
        "param location string = 'westeurope'",
    ]
    assert lines[lines.index("  tags: {") :][1:3] == ["    'cost centre': '12/b'", "    'team': 'mail (x)'"]


@pytest.mark.parametrize(("options", "line"), [("{nsg: nsg-mail}", " = 'nsg-mail'"), ("", "")])
def test_the_group_that_exists_is_named_or_asked_for(tmp_path: Path, options: str, line: str) -> None:
    lines = bicep(tmp_path, full_plan(), options).read_text(encoding="utf-8").splitlines()

    assert [text for text in lines if text.startswith("param ")] == [f"param networkSecurityGroup string{line}"]


@pytest.mark.parametrize("options", [CREATED, "{nsg: nsg-mail, destination: [10.0.0.4, 'fd00::4']}"])
def test_options_give_the_rules_of_the_arm_template(tmp_path: Path, options: str) -> None:
    (found,) = read_bicep(bicep(tmp_path, full_plan(), options))

    assert found == read_arm(write(tmp_path / "arm", full_plan(), "azure-arm", options) / "rules.json")
