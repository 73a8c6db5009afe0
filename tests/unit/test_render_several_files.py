"""Outputs with a file for each item of a list, and fragments that `merge` asks for."""

import shutil
from pathlib import Path

from generator import resources
from generator.diagnostics import Report
from generator.render import open_templates, render_fragments, render_target
from generator.targets.lowerings import bind_lowering
from generator.targets.manifest import Target, load_manifest
from generator.targets.options import resolve_options
from tests.support.plans import make_plan, service
from tests.support.targets import site_document

PLAN = make_plan([service("imaps")], {"hubspot": {"imaps": ["192.0.2.7", "2001:db8::7"]}})


def make_target(folder: Path, output: str, **templates: str) -> Target:
    """The shipped iptables target with one output of its own."""
    shutil.copytree(resources.target_folders()["iptables"], folder / "iptables")
    manifest = folder / "iptables" / "target.yaml"
    text = manifest.read_text(encoding="utf-8")
    merge = "".join(f"  {name}: {name}.j2\n" for name in templates)
    manifest.write_text(f"{text[: text.index('outputs:')]}merge:\n{merge}outputs:\n  - {output}\n", encoding="utf-8")
    for name, template in templates.items():
        (folder / "iptables" / f"{name}.j2").write_text(template, encoding="utf-8")
    target = load_manifest(resources.target_folders([folder])["iptables"], Report())
    assert target is not None
    return target


def render(folder: Path, target: Target, report: Report) -> dict[str, str]:
    options = resolve_options(target, site_document("{layout: ipset}", "iptables"), report)
    templates = open_templates([folder])
    artifacts = render_target(PLAN, target, options, templates=templates, again=["site.yaml"], report=report)
    return {artifact.path: artifact.content for artifact in artifacts}


def test_an_output_has_a_file_for_each_item_of_a_list(tmp_path: Path) -> None:
    output = '{file: "list-{name}.txt", template: one.j2, role: list, title: a list, each: sets}'
    target = make_target(tmp_path, output, one='{{ part.name }} {{ part.entries | join(",") }} {{ view.site }}')

    files = render(tmp_path, target, Report())

    assert files == {
        "acme/iptables/list-gatepost-acme_imaps4.txt": "gatepost-acme_imaps4 192.0.2.7 acme",
        "acme/iptables/list-gatepost-acme_imaps6.txt": "gatepost-acme_imaps6 2001:db8::7 acme",
    }


def test_an_item_without_a_name_is_an_error_at_the_manifest(tmp_path: Path) -> None:
    target = make_target(tmp_path, '{file: "{name}.txt", template: one.j2, role: list, title: a list, each: chains}', one="{{ part }}")
    report = Report()

    files = render(tmp_path, target, report)

    assert (files, [finding.message for finding in report.findings]) == ({}, ["the items of `chains` have no names for files"])


def test_a_list_that_no_view_has_is_an_error_at_the_manifest(tmp_path: Path) -> None:
    target = make_target(tmp_path, '{file: "{name}.txt", template: one.j2, role: list, title: a list, each: lists}', one="{{ part }}")
    report = Report()

    files = render(tmp_path, target, report)

    assert (files, [finding.message for finding in report.findings]) == ({}, ["the view has no part `lists`"])


def test_fragments_are_filled_from_the_view_without_a_header(tmp_path: Path) -> None:
    output = "{file: unused.txt, template: one.j2, role: list, title: a list}"
    target = make_target(tmp_path, output, one="{{ header }}<{{ view.site }}>", two="{{ header }}{{ view.chain }}")
    report = Report()
    lower = bind_lowering(target, report)
    assert lower is not None
    view = lower(PLAN, limits=target.limits, options=resolve_options(target, site_document(""), report), report=report)

    fragments = render_fragments(view, target, templates=open_templates([tmp_path]), report=report)

    assert fragments == {"one": "<acme>", "two": "GATEPOST-ACME"}
