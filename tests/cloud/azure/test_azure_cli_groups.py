"""Which group the scripts around `az` work on: one that is named, one of its own that comes and goes, or none."""

import json
from pathlib import Path
from typing import Final

import pytest

from generator.plan import Plan
from tests.cloud.azure.subscription import FOREIGN, Azure
from tests.cloud.files import full_plan, write

OPTIONS: Final = "{resource_group: rg-mail, nsg: nsg-mail}"


def scripts(folder: Path, plan: Plan, options: str = OPTIONS) -> Path:
    return write(folder / "scripts", plan, "azure-cli", options)


def test_a_group_of_its_own_is_made_and_goes_again(tmp_path: Path) -> None:
    azure = Azure(tmp_path, groups=["nsg-mail"])
    tags = {"team": "mail", "cost centre": "12 b", "a.b:c": "x=(1),@:/", "none": "", "void": "null"}
    words = json.dumps([f"{name}={value}" for name, value in tags.items()])
    folder = scripts(tmp_path, full_plan(), f"{{resource_group: rg, create_nsg: true, location: westeurope, tags: {words}}}")

    azure.run(folder, "apply.sh", "--check", status=1)
    azure.run(folder, "apply.sh")
    azure.run(folder, "apply.sh")
    made = azure.state["groups"]["gatepost-acme"]
    azure.run(folder, "undo.sh")
    azure.run(folder, "undo.sh")

    assert (made["tags"], made["location"]) == ({"gatepost": "acme", **tags}, "westeurope")
    assert list(azure.state["groups"]) == ["nsg-mail"]


@pytest.mark.parametrize("words", [["apply.sh", "--check"], ["apply.sh"], ["undo.sh"]])
def test_an_az_that_does_not_answer_is_no_group_that_is_not_there(tmp_path: Path, words: list[str]) -> None:
    azure, folder = Azure(tmp_path), scripts(tmp_path, full_plan(), "{resource_group: rg, create_nsg: true}")
    azure.az.write_text("#!/bin/sh\necho \"ERROR: Please run 'az login' to setup account.\" >&2\nexit 1\n", encoding="utf-8")

    assert azure.run(folder, *words, status=1) == "ERROR: Please run 'az login' to setup account.\n"


def test_a_group_is_found_whatever_its_capitals(tmp_path: Path) -> None:
    azure, folder = Azure(tmp_path, groups=["Gatepost-ACME"]), scripts(tmp_path, full_plan(), "{resource_group: rg, create_nsg: true}")

    azure.run(folder, "apply.sh")

    assert list(azure.state["groups"]) == ["Gatepost-ACME"]
    assert azure.means(full_plan(), "Gatepost-ACME")


def test_a_group_of_its_own_with_somebodys_rule_in_it_stays(tmp_path: Path) -> None:
    azure, folder = Azure(tmp_path), scripts(tmp_path, full_plan(), "{resource_group: rg, create_nsg: true}")
    azure.run(folder, "apply.sh")
    state = azure.state
    state["groups"]["gatepost-acme"]["rules"]["ssh"] = FOREIGN
    azure.state = state

    azure.run(folder, "undo.sh")

    assert list(azure.rules("gatepost-acme")) == ["ssh"]


def test_the_environment_names_another_group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    azure, folder = Azure(tmp_path, groups=["nsg-mail", "nsg-other"]), scripts(tmp_path, full_plan())
    monkeypatch.setenv("RESOURCE_GROUP", "rg-other")
    monkeypatch.setenv("NSG", "nsg-other")

    azure.run(folder, "apply.sh")

    assert azure.means(full_plan(), "nsg-other")
    assert {call[call.index("--resource-group") + 1] for call in azure.state["calls"]} == {"rg-other"}


@pytest.mark.parametrize("options", ["{resource_group: rg}", "{nsg: nsg-mail}"])
def test_half_a_name_of_a_group_is_refused(tmp_path: Path, options: str) -> None:
    azure, folder = Azure(tmp_path), scripts(tmp_path, full_plan(), options)

    assert "RESOURCE_GROUP=… NSG=… sh apply.sh" in azure.run(folder, "apply.sh", status=2)
    assert azure.state["calls"] == []


def test_without_a_group_or_without_az_nothing_is_tried(tmp_path: Path) -> None:
    azure, folder = Azure(tmp_path), scripts(tmp_path, full_plan(), "{}")

    azure.run(folder, "apply.sh", status=2)
    azure.az = tmp_path / "no-az"
    azure.run(scripts(tmp_path, full_plan()), "apply.sh", status=3)
