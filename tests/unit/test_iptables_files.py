"""The files that the iptables target writes: nothing that restore programs misread, scripts that shellcheck passes."""

import subprocess
from pathlib import Path

import pytest

from generator import resources
from generator.plan import Access
from tests.support.iptables import OFFICE, make_plan, render_iptables

LAYOUTS = ("plain", "ipset")
OURS = ("-A GATEPOST-ACME ", "-A GATEPOST-ACME_GUARD ", "-A GATEPOST-ACME_CONN ")
DECLARED = (":GATEPOST-ACME - [0:0]", ":GATEPOST-ACME_GUARD - [0:0]", ":GATEPOST-ACME_CONN - [0:0]")


def files_of(layout: str, **options: bool | int) -> dict[str, str]:
    services = {"smtp": (25, 25), "submission": (587, 587), "imaps": (993, 993)}
    plan = make_plan(services=services, trusted=OFFICE, access={"smtp": Access.ADDITIVE, "submission": Access.PUBLIC})
    return render_iptables(plan, layout=layout, **options)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", ["v4.rules", "v6.rules"])
def test_rules_touch_our_chains_alone(layout: str, name: str) -> None:
    lines = files_of(layout, log=True, connection_limit=40)[name].splitlines()

    others = [line for line in lines if not line.startswith((*OURS, "#")) and line not in (*DECLARED, "*filter", "COMMIT")]

    assert others == []


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", ["v4.rules", "v6.rules"])
def test_every_rule_says_where_it_comes_from(layout: str, name: str) -> None:
    rules = [line for line in files_of(layout, log=True, connection_limit=40)[name].splitlines() if line.startswith("-A")]

    assert [rule for rule in rules if ' -m comment --comment "acme' not in rule] == []


@pytest.mark.parametrize("name", ["v4.rules", "v6.rules"])
def test_loopback_goes_back_first(name: str) -> None:
    rules = [line for line in files_of("plain")[name].splitlines() if line.startswith("-A")]

    assert rules[0].split(" -m comment")[0] == "-A GATEPOST-ACME -i lo"


@pytest.mark.parametrize("name", ["v4.rules", "v6.rules"])
def test_open_connections_of_others_go_back_before_anything_is_refused(name: str) -> None:
    guard = [line for line in files_of("plain")[name].splitlines() if line.startswith("-A GATEPOST-ACME_GUARD ")]
    established = next(number for number, rule in enumerate(guard) if "--ctstate RELATED,ESTABLISHED" in rule)

    assert {rule.rpartition(" ")[2] for rule in guard[:established]} <= {"ACCEPT", "GATEPOST-ACME_CONN"}
    assert {rule.rpartition(" ")[2] for rule in guard[established:]} <= {"RETURN", "ACCEPT", "DROP"}


@pytest.mark.parametrize("name", ["v4.rules", "v6.rules"])
def test_whoever_no_rule_let_in_is_refused_last(name: str) -> None:
    guard = [line for line in files_of("plain")[name].splitlines() if line.startswith("-A GATEPOST-ACME_GUARD ")]

    assert [rule.rpartition(" ")[2] == "DROP" for rule in guard] == [False] * (len(guard) - 1) + [True]


@pytest.mark.parametrize("name", ["v4.rules", "v6.rules"])
def test_logging_is_rate_limited_and_only_there_when_it_is_wanted(name: str) -> None:
    logs = [line for line in files_of("plain", log=True, connection_limit=40)[name].splitlines() if " -j LOG " in line]

    assert len(logs) == 2
    assert [line for line in logs if " -m limit --limit 6/min --limit-burst 10 " not in line] == []
    assert " -j LOG " not in files_of("plain", connection_limit=40)[name]


def test_the_templates_of_both_families_differ_in_nothing_but_the_family() -> None:
    folder = resources.find_folder("templates") / "iptables"
    four, six = ((folder / f"v{family}.rules.j2").read_text(encoding="utf-8") for family in (4, 6))

    assert four.replace("view.v4", "view.v6").replace("-mask 32", "-mask 64").replace(" iptables -vnL", " ip6tables -vnL") == six


def test_the_plain_layout_writes_no_sets() -> None:
    assert sorted(files_of("plain")) == ["apply.sh", "undo.sh", "v4.rules", "v6.rules"]


def test_a_set_is_swapped_only_after_all_are_filled() -> None:
    lines = [line for line in files_of("ipset")["sets.ipset"].splitlines() if not line.startswith("#")]
    swaps = [index for index, line in enumerate(lines) if line.startswith("swap ")]

    assert [line for line in lines[swaps[0] :] if not line.startswith(("swap ", "destroy "))] == []
    assert [line for line in lines if line.startswith(("flush ", "add ", "destroy ")) and "~" not in line] == []


@pytest.mark.parametrize("layout", LAYOUTS)
def test_shellcheck_passes_the_scripts(tmp_path: Path, layout: str) -> None:
    scripts = [name for name in files_of(layout) if name.endswith(".sh")]
    for name in scripts:
        (tmp_path / name).write_text(files_of(layout)[name], encoding="utf-8")

    checked = subprocess.run(
        ["shellcheck", "--enable=all", "--exclude=SC2250,SC2310,SC2311,SC2312", *scripts], cwd=tmp_path, capture_output=True, text=True
    )

    assert (checked.stdout, checked.returncode) == ("", 0)
