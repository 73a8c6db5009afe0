"""The scripts around `az`, run against a stand-in that keeps a group as Azure does: they converge, touch nothing else, and undo."""

import subprocess
from pathlib import Path
from typing import Final

import pytest

from generator.plan import Access, Plan
from tests.cloud.azure.subscription import FOREIGN, Azure
from tests.cloud.files import full_plan, write
from tests.cloud.ordered import random_plan
from tests.support.plans import make_plan, service

OPTIONS: Final = "{resource_group: rg-mail, nsg: nsg-mail}"


def scripts(folder: Path, plan: Plan, options: str = OPTIONS) -> Path:
    return write(folder / "scripts", plan, "azure-cli", options)


@pytest.mark.parametrize("options", [OPTIONS, "{create_nsg: true, location: westeurope, tags: [team=mail, cost centre=12 b]}"])
def test_the_scripts_are_clean(tmp_path: Path, options: str) -> None:
    folder = scripts(tmp_path, full_plan(), options)

    done = subprocess.run(["shellcheck", "-s", "sh", "apply.sh", "undo.sh"], cwd=folder, capture_output=True, text=True, check=False)

    assert done.stdout == ""


def test_apply_brings_the_group_to_the_plan_and_a_second_time_writes_nothing(tmp_path: Path) -> None:
    azure, folder = Azure(tmp_path, FOREIGN), scripts(tmp_path, full_plan())
    azure.run(folder, "apply.sh", "--check", status=1)
    assert azure.writes() == 0

    azure.run(folder, "apply.sh")
    first = azure.writes()
    azure.run(folder, "apply.sh")
    azure.run(folder, "apply.sh", "--check")

    assert azure.means(full_plan())
    assert (first, azure.writes()) == (8, 8)
    assert azure.rules()["ssh"] == FOREIGN


def test_one_more_prefix_is_one_write(tmp_path: Path) -> None:
    azure, plan = Azure(tmp_path), full_plan("203.0.113.77")
    azure.run(scripts(tmp_path, full_plan()), "apply.sh")
    before = azure.writes()

    azure.run(scripts(tmp_path, plan), "apply.sh")

    assert (azure.writes() - before, azure.means(plan)) == (1, True)


def test_undo_deletes_the_sites_own_rules_alone_and_the_one_that_denies_first(tmp_path: Path) -> None:
    azure, folder = Azure(tmp_path, FOREIGN), scripts(tmp_path, full_plan())
    azure.run(folder, "apply.sh")
    azure.run(scripts(tmp_path / "other", full_plan(site="acme-eu"), OPTIONS[:-1] + ", priority_first: 2000}"), "apply.sh")

    first = azure.run(folder, "undo.sh").splitlines()[0]
    azure.run(folder, "undo.sh")

    assert first == "undo.sh: delete gatepost-acme--deny"
    assert {name.partition("--")[0] for name in azure.rules()} == {"ssh", "gatepost-acme-eu"}


def test_a_rule_that_was_changed_or_added_by_hand_is_put_right(tmp_path: Path) -> None:
    azure, folder = Azure(tmp_path), scripts(tmp_path, full_plan())
    azure.run(folder, "apply.sh")
    state = azure.state
    ours = state["groups"]["nsg-mail"]["rules"]
    ours["gatepost-acme--deny"]["sourcePortRange"] = "1"
    ours["gatepost-acme--allow-nylas-v4"]["sourceAddressPrefix"] = "*"
    del ours["gatepost-acme--public-v6"]
    ours["gatepost-acme--old-v4"] = {**FOREIGN, "name": "gatepost-acme--old-v4", "priority": 1099 - 1}
    azure.state = state

    told = azure.run(folder, "apply.sh", "--check", status=1).splitlines()
    azure.run(folder, "apply.sh")

    assert told == [
        "to write: gatepost-acme--allow-nylas-v4",
        "to write: gatepost-acme--public-v6",
        "to write: gatepost-acme--deny",
        "to delete: gatepost-acme--old-v4",
    ]
    assert azure.means(full_plan())


def test_a_rule_that_has_to_go_is_a_difference_and_the_order_of_a_list_is_none(tmp_path: Path) -> None:
    azure, folder = Azure(tmp_path), scripts(tmp_path, full_plan())
    azure.run(folder, "apply.sh")
    state = azure.state
    ours = state["groups"]["nsg-mail"]["rules"]
    for key in ("sourceAddressPrefixes", "destinationPortRanges"):
        ours["gatepost-acme--allow-hubspot-v4"][key].reverse()
    azure.state = state
    assert azure.run(folder, "apply.sh", "--check") == ""

    ours["gatepost-acme--old-v4"] = {**FOREIGN, "name": "gatepost-acme--old-v4"}
    azure.state = state

    assert azure.run(folder, "apply.sh", "--check", status=1) == "to delete: gatepost-acme--old-v4\n"


def test_a_foreign_rule_within_the_block_stops_everything_and_an_earlier_one_is_told(tmp_path: Path) -> None:
    azure = Azure(tmp_path, FOREIGN, {**FOREIGN, "name": "web", "priority": 1050})

    told = azure.run(scripts(tmp_path, full_plan()), "apply.sh", status=1)

    assert "web (1050)" in told
    assert "ssh (300, Allow)" in told
    assert azure.writes() == 0


@pytest.mark.parametrize(
    ("priority", "direction", "status"), [(1000, "In", 1), (1099, "In", 1), (1100, "In", 0), (1000, "Out", 0), (300, "Out", 0)]
)
def test_the_block_is_what_stands_in_the_files(tmp_path: Path, priority: int, direction: str, status: int) -> None:
    azure = Azure(tmp_path, {**FOREIGN, "priority": priority, "direction": f"{direction}bound"})
    one_rule = make_plan([service("smtp", Access.ADDITIVE)], {"crm": {"smtp": ["192.0.2.7"]}})

    told = azure.run(scripts(tmp_path, one_rule), "apply.sh", status=status)

    assert ("ssh" in told) is bool(status)


@pytest.mark.parametrize("stop", [1, 7])
def test_a_run_that_stops_half_way_is_completed_by_the_next_and_never_denies_before_it_allows(tmp_path: Path, stop: int) -> None:
    azure, folder = Azure(tmp_path), scripts(tmp_path, full_plan())
    azure.state = {**azure.state, "fail_after": stop}
    azure.run(folder, "apply.sh", status=1)

    assert "gatepost-acme--deny" not in azure.rules()

    azure.state = {**azure.state, "fail_after": None}
    azure.run(folder, "apply.sh")
    assert azure.means(full_plan())


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("priority_first: 1000", "priority_first: 1050"),
        ("priority_size: 9", "priority_size: 10"),
    ],
)
def test_rules_that_change_places_find_their_way_within_the_uniqueness_of_priorities(tmp_path: Path, before: str, after: str) -> None:
    azure = Azure(tmp_path)
    azure.run(scripts(tmp_path, full_plan(), f"{OPTIONS[:-1]}, {before}}}"), "apply.sh")

    azure.run(scripts(tmp_path, full_plan(), f"{OPTIONS[:-1]}, {after}}}"), "apply.sh")

    assert azure.means(full_plan())


@pytest.mark.parametrize("more", ["", ", destination: [10.0.0.4, 'fd00::4']"])  # with one number left in the block, and with none
def test_priorities_that_are_all_swapped_are_put_right(tmp_path: Path, more: str) -> None:
    azure, folder = Azure(tmp_path), scripts(tmp_path, full_plan(), f"{OPTIONS[:-1]}, priority_size: 9{more}}}")
    azure.run(folder, "apply.sh")
    state = azure.state
    ours = list(state["groups"]["nsg-mail"]["rules"].values())
    numbers = [rule["priority"] for rule in ours]
    for rule, number in zip(ours, [*numbers[1:], numbers[0]], strict=True):
        rule["priority"] = number
    azure.state = state

    azure.run(folder, "apply.sh")

    assert azure.means(full_plan())


@pytest.mark.parametrize("kept", [0, 16])
def test_a_file_of_rules_that_is_not_whole_deletes_nothing(tmp_path: Path, kept: int) -> None:
    azure, folder = Azure(tmp_path), scripts(tmp_path, full_plan())
    azure.run(folder, "apply.sh")
    lines = (folder / "rules.tsv").read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "rules.tsv").write_text("".join(lines[:kept]), encoding="utf-8")

    azure.run(folder, "apply.sh", status=1)

    assert azure.means(full_plan())


def test_a_plan_without_a_rule_leaves_none(tmp_path: Path) -> None:
    azure, nothing = Azure(tmp_path, FOREIGN), make_plan([service("smtp", Access.ADDITIVE)], {})
    azure.run(scripts(tmp_path, full_plan()), "apply.sh")

    azure.run(scripts(tmp_path, nothing), "apply.sh")

    assert list(azure.rules()) == ["ssh"]


def test_lines_may_end_as_on_windows(tmp_path: Path) -> None:
    azure, folder = Azure(tmp_path), scripts(tmp_path, full_plan())
    inner = azure.az.rename(tmp_path / "inner")
    azure.az.write_text(f"#!/bin/sh\n'{inner}' \"$@\" | sed 's/$/\r/'\n", encoding="utf-8")
    azure.az.chmod(0o755)

    azure.run(folder, "apply.sh")
    azure.run(folder, "apply.sh", "--check")


@pytest.mark.parametrize("words", [["apply.sh", "--chek"], ["apply.sh", "--check", "now"], ["undo.sh", "--check"]])
def test_a_wrong_word_changes_nothing(tmp_path: Path, words: list[str]) -> None:
    azure, folder = Azure(tmp_path), scripts(tmp_path, full_plan(), "{resource_group: rg, create_nsg: true}")

    assert f"usage: {words[0]}" in azure.run(folder, *words, status=2)
    assert azure.state["calls"] == []


@pytest.mark.parametrize(("seed", "size"), [(12, 40), (13, 1300)])
def test_random_plans_one_after_another_in_one_group(tmp_path: Path, seed: int, size: int) -> None:
    azure = Azure(tmp_path)
    plans = [random_plan(seed + step, size)._replace(site="acme") for step in (0, 100)]

    for plan in plans:
        azure.run(scripts(tmp_path, plan), "apply.sh")

        assert azure.means(plan)


def test_a_full_group_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    azure = Azure(tmp_path)
    networks = [f"2001:db8:aaaa:bbbb:cccc:dddd:eeee:{0x1000 + index * 2:x}" for index in range(3999)]
    assert len(",".join(networks)) > 131_072  # execve(2), MAX_ARG_STRLEN: of one argument, and of one variable
    for name in ("_", "line", "rest", "sources"):
        monkeypatch.setenv(name, "from the shell that started it")
    plan = make_plan([service("imaps")], {"crm": {"imaps": networks}})

    azure.run(scripts(tmp_path, plan), "apply.sh")

    assert azure.means(plan)
