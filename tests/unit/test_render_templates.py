"""Templates: the user's go before the shipped ones, headers tell where a file comes from, and the same input gives the same bytes."""

import shutil
from pathlib import Path

import pytest

from generator import resources
from generator.artifacts import Artifact
from generator.diagnostics import Report
from generator.plan import Input
from generator.render import open_templates, render_target
from generator.targets.manifest import load_manifest
from generator.targets.options import resolve_options
from tests.support.plans import make_plan, service
from tests.support.targets import render, shipped_target, site_document

PLAN = make_plan([service("imaps")], {"hubspot": {"imaps": ["192.0.2.7"]}})


def render_with(folder: Path, target: str = "nftables", report: Report | None = None) -> dict[str, Artifact]:
    """The files of a target, with the templates of a user."""
    report = report or Report()
    loaded = load_manifest(resources.target_folders([folder])[target], report)
    assert loaded is not None, report.findings
    options = resolve_options(loaded, site_document(""), report)
    artifacts = render_target(PLAN, loaded, options, templates=open_templates([folder]), again=["site.yaml"], report=report)
    return {artifact.role: artifact for artifact in artifacts}


def test_the_same_plan_gives_the_same_bytes() -> None:
    assert render(PLAN) == render(PLAN)


def test_an_artifact_has_its_path_mode_and_commands() -> None:
    artifact = render(PLAN)["guard-apply.sh"]

    assert (artifact.path, artifact.mode) == ("acme/nftables/guard-apply.sh", 0o755)
    assert (artifact.check, artifact.apply, artifact.undo) == ("nft -c -f guard.nft", "sh guard-apply.sh", "sh guard-undo.sh")


def test_the_header_tells_inputs_and_how_to_make_check_apply_and_undo() -> None:
    header = render(PLAN)["guard.nft"].content.splitlines()[:9]

    assert header == [
        "#!/usr/sbin/nft -f",
        "# gatepost acme: A guard for nftables",
        "# A change made here is lost when the file is made again, with:",
        "#     gatepost render site.yaml -t nftables -o DIR",
        "# Made from:",
        f"#     site.yaml  sha256 {'0' * 64}",
        "# Check:  nft -c -f guard.nft",
        "# Apply:  sh guard-apply.sh",
        "# Undo:   sh guard-undo.sh",
    ]


def test_a_file_name_can_put_nothing_into_a_header_but_a_name() -> None:
    report = Report()
    target = shipped_target()
    inputs = (Input("evil\nflush ruleset\u2028.yaml", "evil.yaml", "0" * 64),)
    plan = make_plan([service("imaps")], {}, inputs=inputs)

    artifacts = render_target(
        plan,
        target,
        resolve_options(target, site_document(""), report),
        templates=open_templates(),
        again=["evil\nflush ruleset\r.yaml"],
        report=report,
    )

    assert [line for artifact in artifacts for line in artifact.content.splitlines() if line.startswith("flush ruleset")] == []


def test_only_wanted_layouts_are_written_and_every_undo() -> None:
    assert sorted(render(PLAN, "{layouts: [guard]}")) == ["guard-apply.sh", "guard-undo.sh", "guard.nft", "include-undo.sh"]


@pytest.mark.parametrize("name", ["guard", "include"])
def test_a_user_can_add_to_the_blocks_of_a_shipped_template(tmp_path: Path, name: str) -> None:
    (tmp_path / "nftables").mkdir()
    blocks = "".join(f"{{% block {block} %}}\n# ours: {block}\n{{% endblock %}}\n" for block in ("before", "extra_rules", "after"))
    (tmp_path / "nftables" / f"{name}.nft.j2").write_text(f'{{% extends "builtin/nftables/{name}.nft.j2" %}}\n{blocks}')

    content = render_with(tmp_path)[name].content

    assert [line for line in content.splitlines() if line.startswith("# ours")] == [
        "# ours: before",
        "# ours: extra_rules",
        "# ours: after",
    ]
    assert content.replace("# ours: before\n", "").replace("# ours: extra_rules\n", "").replace("# ours: after\n", "") == (
        render(PLAN)[f"{name}.nft"].content
    )


def test_a_folder_alone_makes_a_new_target(tmp_path: Path) -> None:
    shutil.copytree(resources.find_folder("templates") / "nftables", tmp_path / "own")
    manifest = tmp_path / "own" / "target.yaml"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace("name: nftables", "name: own"), encoding="utf-8")
    (tmp_path / "own" / "guard.nft.j2").write_text("{{ header }}\n{{ part.table }}\n")

    artifact = render_with(tmp_path, "own")["guard"]

    assert artifact.path == "acme/own/guard.nft"
    assert artifact.content.endswith("\ninet gatepost_acme\n")


@pytest.mark.parametrize(
    ("template", "told"),
    [
        ("{{ view.nothing }}", "has no `nothing`"),
        ("{{ view.__class__.__mro__ }}", "access to attribute '__class__' of 'NftablesView' object is unsafe"),
        ('{{ 1 + "a" }}', "unsupported operand"),
        ("{{ 1 / 0 }}", "division by zero"),
        ('{% include "own/guard.nft.j2" %}', "it includes or extends itself"),
        ('{% include "nowhere.j2" %}', "there is no template `nowhere.j2`"),
        ("{{ view.site | shout }}", "no filter named 'shout'"),
        ("\xff", "can't decode byte"),
    ],
)
def test_a_mistake_in_a_template_is_a_finding(tmp_path: Path, template: str, told: str) -> None:
    report = Report()
    shutil.copytree(resources.find_folder("templates") / "nftables", tmp_path / "own")
    manifest = tmp_path / "own" / "target.yaml"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace("name: nftables", "name: own"), encoding="utf-8")
    (tmp_path / "own" / "guard.nft.j2").write_bytes(template.encode("latin-1"))

    render_with(tmp_path, "own", report)

    assert len(report.findings) == 1
    assert told in report.findings[0].message


def test_bytes_that_are_no_text_are_told_at_their_line(tmp_path: Path) -> None:
    report = Report()
    (tmp_path / "nftables").mkdir()
    template = tmp_path / "nftables" / "guard.nft.j2"
    template.write_bytes(b"{{ header }}\nallow\nM\xfcller\n")

    render_with(tmp_path, report=report)

    assert [str(finding.span) for finding in report.findings] == [f"{template}:3:1"]
