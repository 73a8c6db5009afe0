"""The scripts around `gcloud`, run against a stand-in that keeps a project's rules: they converge, touch nothing else, and undo."""

import subprocess
from pathlib import Path

import pytest

from generator.plan import Access, Plan
from tests.cloud.files import full_plan, write
from tests.cloud.gcp.project import FOREIGN, Project
from tests.cloud.ordered import random_plan
from tests.support.plans import make_plan, service

OPTIONS = "{target_tags: [mail]}"
SPLIT = "{target_tags: [mail], ranges_per_rule: 20}"


def scripts(folder: Path, plan: Plan, options: str = OPTIONS) -> Path:
    return write(folder / "scripts", plan, "gcp-rest", options)


@pytest.mark.parametrize("options", [OPTIONS, "{target_service_accounts: [m@p.iam.gserviceaccount.com], log: true, project: example}"])
def test_the_scripts_are_clean(tmp_path: Path, options: str) -> None:
    folder = scripts(tmp_path, full_plan(), options)

    done = subprocess.run(["shellcheck", "-s", "sh", "apply.sh", "undo.sh"], cwd=folder, capture_output=True, text=True, check=False)

    assert done.stdout == ""


def test_apply_brings_the_project_to_the_plan_and_a_second_time_writes_nothing(tmp_path: Path) -> None:
    project, folder = Project(tmp_path, FOREIGN), scripts(tmp_path, full_plan())
    project.run(folder, "apply.sh", "--check", status=1)
    assert project.state["writes"] == []

    project.run(folder, "apply.sh")
    first = len(project.state["writes"])
    project.run(folder, "apply.sh")
    project.run(folder, "apply.sh", "--check")

    assert project.means(full_plan())
    assert (first, len(project.state["writes"])) == (9, 9)
    assert project.rules["ssh"] == FOREIGN


def test_rules_that_allow_are_written_before_those_that_deny_and_removed_after_them(tmp_path: Path) -> None:
    project, folder = Project(tmp_path), scripts(tmp_path, full_plan())

    project.run(folder, "apply.sh")
    project.run(folder, "undo.sh")

    written = ["deny" in name for verb, name in project.state["writes"]]
    assert written == [False] * 7 + [True] * 4 + [False] * 7


def test_one_more_prefix_is_one_update(tmp_path: Path) -> None:
    project, plan = Project(tmp_path), full_plan("203.0.113.77")
    project.run(scripts(tmp_path, full_plan()), "apply.sh")

    project.run(scripts(tmp_path, plan), "apply.sh")

    assert project.state["writes"][9:] == [["update", "gatepost-acme--allow-hubspot-v4"]]
    assert project.means(plan)


def test_undo_deletes_the_sites_own_rules_alone(tmp_path: Path) -> None:
    project, folder = Project(tmp_path, FOREIGN), scripts(tmp_path, full_plan())
    project.run(folder, "apply.sh")
    project.run(scripts(tmp_path / "other", full_plan(site="acme-eu")), "apply.sh")

    project.run(folder, "undo.sh")
    project.run(folder, "undo.sh")

    assert {name.partition("--")[0] for name in project.rules} == {"ssh", "gatepost-acme-eu"}


def test_whatever_was_changed_by_hand_is_put_right(tmp_path: Path) -> None:
    project, folder = Project(tmp_path), scripts(tmp_path, full_plan())
    project.run(folder, "apply.sh")
    before, state = project.rules, project.state
    rules, own = state["rules"], "gatepost-acme--"
    rules[own + "allow-hubspot-v4"]["sourceRanges"].append("198.51.100.200/32")
    rules[own + "allow-nylas-v4"]["sourceTags"] = ["web"]
    rules[own + "public-v4"]["disabled"] = True
    rules[own + "public-v6"]["network"] = rules[own + "public-v6"]["network"].replace("default", "other")
    rules[own + "trusted-v4"]["allowed"] = [{"IPProtocol": "tcp"}]
    rules[own + "deny-v4"]["logConfig"] = {"enable": True, "metadata": "INCLUDE_ALL_METADATA"}
    rules[own + "deny-v6"]["allowed"] = rules[own + "deny-v6"].pop("denied")
    rules[own + "old-v4"] = {**FOREIGN, "name": own + "old-v4"}
    project.save(state)

    told = project.run(folder, "apply.sh", "--check", status=1).splitlines()
    project.run(folder, "apply.sh")

    assert told == [
        f"update {own}allow-hubspot-v4",
        f"update {own}public-v4",
        f"update {own}trusted-v4",
        f"replace {own}allow-nylas-v4",
        f"replace {own}public-v6",
        f"replace {own}deny-v6",
        f"update {own}deny-v4",
        f"delete {own}old-v4",
    ]
    assert {name: {**rule, "disabled": False} for name, rule in project.rules.items()} == {
        name: {**rule, "disabled": False} for name, rule in before.items()
    }


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (OPTIONS, "{target_service_accounts: [m@p.iam.gserviceaccount.com]}"),
        (OPTIONS, "{target_tags: [mx], priority: 500, log: true, network: other}"),
    ],
)
def test_other_options_are_brought_about(tmp_path: Path, before: str, after: str) -> None:
    project = Project(tmp_path)
    project.run(scripts(tmp_path, full_plan(), before), "apply.sh")

    project.run(scripts(tmp_path, full_plan(), after), "apply.sh")

    project.run(scripts(tmp_path, full_plan(), after), "apply.sh", "--check")
    assert project.means(full_plan())


@pytest.mark.parametrize("stop", [3, 8])
def test_a_run_that_stops_half_way_is_completed_by_the_next(tmp_path: Path, stop: int) -> None:
    project, folder = Project(tmp_path), scripts(tmp_path, full_plan())
    project.save({**project.state, "fail_after": stop})
    project.run(folder, "apply.sh", status=1)

    assert len(project.rules) == stop

    project.save({**project.state, "fail_after": None})
    project.run(folder, "apply.sh")
    assert project.means(full_plan())


def test_rules_that_go_first_are_told(tmp_path: Path) -> None:
    elsewhere = {**FOREIGN, "name": "elsewhere", "network": "projects/p/global/networks/other"}
    late = {**FOREIGN, "name": "late", "priority": 1001}  # ours that denies wins a draw
    idle = {**FOREIGN, "name": "idle", "disabled": True}, {**FOREIGN, "name": "idle-too", "direction": "EGRESS"}
    project = Project(tmp_path, FOREIGN, elsewhere, late, *idle)

    told = project.run(scripts(tmp_path, full_plan()), "apply.sh", "--check", status=1)

    assert "ssh (1000, ALLOW)" in told
    assert "late" not in told
    assert "elsewhere" not in told
    assert "idle" not in told


@pytest.mark.parametrize("kept", [0, 100])
def test_a_file_of_rules_that_is_not_whole_deletes_nothing(tmp_path: Path, kept: int) -> None:
    project, folder = Project(tmp_path), scripts(tmp_path, full_plan())
    project.run(folder, "apply.sh")
    lines = (folder / "rules.tsv").read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "rules.tsv").write_text("".join(lines[:kept]), encoding="utf-8")

    project.run(folder, "apply.sh", status=1)

    assert project.means(full_plan())


def test_a_plan_without_a_rule_leaves_none(tmp_path: Path) -> None:
    project, nothing = Project(tmp_path, FOREIGN), make_plan([service("smtp", Access.ADDITIVE)], {})
    project.run(scripts(tmp_path, full_plan()), "apply.sh")

    project.run(scripts(tmp_path, nothing), "apply.sh")

    assert list(project.rules) == ["ssh"]


def test_lines_may_end_as_on_windows(tmp_path: Path) -> None:
    project, folder = Project(tmp_path), scripts(tmp_path, full_plan())
    inner = project.gcloud.rename(tmp_path / "inner")
    project.gcloud.write_text(f"#!/bin/sh\n'{inner}' \"$@\" | sed 's/$/\r/'\n", encoding="utf-8")
    project.gcloud.chmod(0o755)

    project.run(folder, "apply.sh")
    project.run(folder, "apply.sh", "--check")


@pytest.mark.parametrize(("options", "given", "wanted"), [("", "other", "other"), (", project: example", "", "example"), ("", "", "")])
def test_the_project_is_that_of_the_site_or_of_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: str, given: str, wanted: str
) -> None:
    project, folder = Project(tmp_path), scripts(tmp_path, full_plan(), f"{OPTIONS[:-1]}{options}}}")
    project.gcloud.write_text(f"#!/bin/sh\nprintf '%s\\n' \"$@\" >>'{tmp_path}/words'\n", encoding="utf-8")
    monkeypatch.setenv("PROJECT", given)

    project.run(folder, "apply.sh", "--check", status=1)

    words = (tmp_path / "words").read_text(encoding="utf-8").splitlines()
    assert [word for word in words if word.startswith("--project")] == [f"--project={wanted}"] * bool(wanted)


def test_without_gcloud_nothing_is_tried(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.gcloud = tmp_path / "no-gcloud"

    project.run(scripts(tmp_path, full_plan()), "apply.sh", status=3)


@pytest.mark.parametrize("words", [["apply.sh", "--chek"], ["apply.sh", "--check", "now"], ["undo.sh", "--check"]])
def test_a_wrong_word_changes_nothing(tmp_path: Path, words: list[str]) -> None:
    project, folder = Project(tmp_path), scripts(tmp_path, full_plan())
    project.run(folder, "apply.sh")
    before = project.state

    assert f"usage: {words[0]}" in project.run(folder, *words, status=2)
    assert project.state == before


@pytest.mark.parametrize(("seed", "size"), [(22, 90)])
def test_random_plans_one_after_another_in_one_project(tmp_path: Path, seed: int, size: int) -> None:
    project = Project(tmp_path)
    plans = [random_plan(seed + step, size)._replace(site="acme") for step in (0, 100)]

    for plan in plans:
        project.run(scripts(tmp_path, plan, SPLIT), "apply.sh")

        assert project.means(plan)


def test_a_full_rule_is_written(tmp_path: Path) -> None:
    project = Project(tmp_path)
    plan = make_plan([service("imaps")], {"crm": {"imaps": [f"2001:db8:{index * 2:x}::/48" for index in range(5000)]}})

    project.run(scripts(tmp_path, plan), "apply.sh")

    assert project.means(plan)
