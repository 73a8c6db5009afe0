"""The .tf files for Azure: formatted, valid, planned without a cloud; the plan read back is the site's; updates are made in place."""

import json
from pathlib import Path

import pytest

from generator.plan import Plan
from tests.cloud.azure.by_hand import by_hand, group
from tests.cloud.azure.reading import from_terraform, rows
from tests.cloud.files import full_plan, write
from tests.cloud.fwshift import compare
from tests.cloud.ordered import meaning_of_plan, meaning_of_rows, random_plan
from tests.cloud.stub.terraform import Terraform, actions

OPTIONS = "{resource_group: rg-mail, nsg: nsg-mail}"


def terraform(tmp_path: Path, plan: Plan, options: str = OPTIONS, **variables: str) -> Terraform:
    return Terraform(write(tmp_path / "tf", plan, "azure-terraform", options), tmp_path / "home", **variables)


@pytest.mark.parametrize(
    "options",
    [
        OPTIONS,
        "{resource_group: rg, destination: [10.0.0.4, 10.0.0.5, 'fd00::4'], nsg: n}",
        "{resource_group: rg, create_nsg: true, location: westeurope, tags: [team=mail, cost centre=12 b]}",
    ],
)
def test_the_files_are_formatted_and_valid(tmp_path: Path, options: str) -> None:
    tf = terraform(tmp_path, full_plan(), options)

    tf.check_format()
    tf.validate()
    read_back = rows(from_terraform(tf.plan()))

    assert meaning_of_rows(read_back, full_plan()) == meaning_of_plan(full_plan())


def test_what_the_site_does_not_name_is_a_variable(tmp_path: Path) -> None:
    tf = terraform(tmp_path, full_plan(), "", gatepost_acme__resource_group="rg-other", gatepost_acme__network_security_group="nsg-other")

    planned = tf.plan()["planned_values"]["root_module"]["resources"]

    assert {(one["values"]["resource_group_name"], one["values"]["network_security_group_name"]) for one in planned} == {
        ("rg-other", "nsg-other")
    }


def test_an_independent_reader_finds_no_difference_between_terraforms_plan_and_the_site(tmp_path: Path) -> None:
    planned = tmp_path / "plan.json"
    planned.write_text(json.dumps(terraform(tmp_path, full_plan()).plan()), encoding="utf-8")

    assert compare("terraform-azure", planned, group(tmp_path / "by-hand.json", by_hand(full_plan())), "azure") == 0


def test_a_new_group_has_what_the_options_say_and_all_rules(tmp_path: Path) -> None:
    options = "{resource_group: rg, create_nsg: true, tags: [team=mail, cost centre=12 b]}"
    planned = terraform(tmp_path, full_plan(), options, gatepost_acme__location="westeurope").plan()
    resources = planned["planned_values"]["root_module"]["resources"]

    (group,) = [one["values"] for one in resources if one["type"] == "azurerm_network_security_group"]
    names = ("name", "resource_group_name", "location", "tags")
    assert [group[name] for name in names] == ["gatepost-acme", "rg", "westeurope", {"team": "mail", "cost centre": "12 b"}]
    rules = [one["values"] for one in resources if one["type"] == "azurerm_network_security_rule"]
    assert {(one["resource_group_name"], one["network_security_group_name"]) for one in rules} == {("rg", "gatepost-acme")}


@pytest.mark.parametrize("options", [OPTIONS, "{resource_group: rg, create_nsg: true}"])
def test_what_denies_waits_for_what_allows_and_that_for_the_group(tmp_path: Path, options: str) -> None:
    text = (write(tmp_path, full_plan(), "azure-terraform", options) / "security_rules.tf").read_text(encoding="utf-8")

    assert "  depends_on = [azurerm_network_security_rule.gatepost_acme__allow]\n" in text
    assert ("azurerm_network_security_group.gatepost_acme.name\n" in text) is ("create_nsg" in options)


def test_a_group_that_exists_is_no_resource_and_has_no_inline_rule(tmp_path: Path) -> None:
    planned = terraform(tmp_path, full_plan()).plan()["planned_values"]["root_module"]["resources"]

    assert {one["type"] for one in planned} == {"azurerm_network_security_rule"}


def test_two_sites_fit_into_one_module(tmp_path: Path) -> None:
    tf, other = terraform(tmp_path, full_plan()), full_plan(site="acme-allow")
    written = write(tmp_path / "other", other, "azure-terraform", f"{OPTIONS[:-1]}, priority_first: 2000}}") / "security_rules.tf"
    written.rename(tf.folder / "other.tf")

    assert len(from_terraform(tf.plan())) == 16


def test_one_more_prefix_is_one_update_in_place(tmp_path: Path) -> None:
    tf = terraform(tmp_path, full_plan())
    tf.apply()
    unchanged = actions(tf.plan())
    write(tf.folder, full_plan("203.0.113.77"), "azure-terraform", OPTIONS)

    assert (unchanged, actions(tf.plan())) == ({}, {"update": 1})


def test_one_more_connector_replaces_nothing(tmp_path: Path) -> None:
    less = full_plan()._replace(rules=tuple(rule for rule in full_plan().rules if rule.connector != "nylas"))
    tf = terraform(tmp_path, less)
    tf.apply()
    write(tf.folder, full_plan(), "azure-terraform", OPTIONS)

    found = actions(tf.plan())

    assert found["create"] == 1
    assert set(found) <= {"create", "update"}


def test_a_hostile_value_of_a_variable_stays_a_value(tmp_path: Path) -> None:
    name = '${file("/etc/passwd")}\'%{if true}é'
    tf = terraform(tmp_path, full_plan(), "{nsg: n}", gatepost_acme__resource_group=name)

    planned = tf.plan()["planned_values"]["root_module"]["resources"]

    assert {one["values"]["resource_group_name"] for one in planned} == {name}


@pytest.mark.parametrize(("seed", "size"), [(2, 12), (3, 700)])
def test_random_plans_read_back_from_the_plan_mean_the_same(tmp_path: Path, seed: int, size: int) -> None:
    plan = random_plan(seed, size)

    tf = terraform(tmp_path, plan)
    tf.check_format()

    assert meaning_of_rows(rows(from_terraform(tf.plan())), plan) == meaning_of_plan(plan)
