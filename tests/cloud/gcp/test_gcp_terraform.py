"""The .tf files for GCP: formatted, valid, planned without a cloud; the plan read back is the site's; updates are made in place."""

from pathlib import Path

import pytest

from generator.plan import Plan
from tests.cloud.files import full_plan, write
from tests.cloud.gcp.reading import from_terraform, rows
from tests.cloud.ordered import meaning_of_plan, meaning_of_rows, random_plan
from tests.cloud.stub.terraform import Terraform, actions

OPTIONS = "{target_tags: [mail]}"


def terraform(tmp_path: Path, plan: Plan, options: str = OPTIONS) -> Terraform:
    return Terraform(write(tmp_path / "tf", plan, "gcp-terraform", options), tmp_path / "home")


@pytest.mark.parametrize(
    "options",
    [
        "{target_tags: [mail, mx], log: true, network: vpc-mail, project: example-project, priority: 500}",
        "{target_service_accounts: [mail@p.iam.gserviceaccount.com, mx@p.iam.gserviceaccount.com]}",
    ],
)
def test_the_files_are_formatted_and_valid(tmp_path: Path, options: str) -> None:
    tf = terraform(tmp_path, full_plan(), options)

    tf.check_format()
    tf.validate()

    assert meaning_of_rows(rows(from_terraform(tf.plan())), full_plan()) == meaning_of_plan(full_plan())


def test_every_rule_has_what_the_options_say_and_what_denies_waits_for_what_allows(tmp_path: Path) -> None:
    tf = terraform(tmp_path, full_plan(), "{target_tags: [mail], log: true, network: vpc-mail, project: example-project}")

    planned = [one["values"] for one in tf.plan()["planned_values"]["root_module"]["resources"]]

    assert {(one["project"], one["network"], one["log_config"][0]["metadata"]) for one in planned} == {
        ("example-project", "vpc-mail", "EXCLUDE_ALL_METADATA")
    }
    text = (tf.folder / "firewall_rules.tf").read_text(encoding="utf-8")
    assert "  depends_on = [google_compute_firewall.gatepost_acme__allow]\n" in text


def test_one_more_prefix_is_one_update_in_place(tmp_path: Path) -> None:
    tf = terraform(tmp_path, full_plan())
    tf.apply()
    unchanged = actions(tf.plan())
    write(tf.folder, full_plan("203.0.113.77"), "gcp-terraform", OPTIONS)

    assert (unchanged, actions(tf.plan())) == ({}, {"update": 1})


def test_one_more_prefix_in_a_list_of_several_rules_replaces_nothing(tmp_path: Path) -> None:
    options = "{target_tags: [mail], ranges_per_rule: 10}"
    networks = [f"198.18.0.{index * 2}" for index in range(60)]
    tf = terraform(tmp_path, full_plan(*networks), options)
    tf.apply()
    write(tf.folder, full_plan(*networks, "203.0.113.77"), "gcp-terraform", options)

    found = actions(tf.plan())

    assert set(found) <= {"create", "update"}
    assert found["update"] >= 1


@pytest.mark.parametrize(("seed", "size"), [(3, 1500)])
def test_random_plans_read_back_from_the_plan_mean_the_same(tmp_path: Path, seed: int, size: int) -> None:
    plan = random_plan(seed, size)

    tf = terraform(tmp_path, plan, "{target_tags: [mail], ranges_per_rule: 400}")
    tf.check_format()

    assert meaning_of_rows(rows(from_terraform(tf.plan()), ranges=400), plan) == meaning_of_plan(plan)
