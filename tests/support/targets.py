"""A shipped target with options, and its files, for the tests of targets."""

from collections.abc import Mapping

from generator import resources
from generator.artifacts import Artifact
from generator.decode import Document, decode_site
from generator.diagnostics import Report
from generator.models import SiteModel
from generator.plan import Plan
from generator.render import open_templates, render_target
from generator.source import SourceFile
from generator.targets.manifest import Target, load_manifest
from generator.targets.options import resolve_options

SITE = "kind: site\nname: acme\nconnectors:\n  - use: hubspot\n"


def site_document(options: str, target: str = "nftables") -> Document[SiteModel]:
    """A site that sets options of one target, written as a YAML flow mapping such as `{log: true}`."""
    text = f"{SITE}targets:\n  {target}: {options}\n" if options else SITE
    report = Report()
    document = decode_site(SourceFile("site.yaml", "site.yaml", text, "0" * 64), report)
    assert document is not None, report.findings
    return document


def shipped_target(name: str = "nftables") -> Target:
    """A target as it is shipped."""
    report = Report()
    target = load_manifest(resources.target_folders()[name], report)
    assert target is not None, report.findings
    return target


def render(plan: Plan, options: str = "", *, target: str = "nftables", report: Report | None = None) -> Mapping[str, Artifact]:
    """The files of a plan by their names."""
    report = report or Report()
    chosen = shipped_target(target)
    resolved = resolve_options(chosen, site_document(options, target), report)
    artifacts = render_target(plan, chosen, resolved, templates=open_templates(), again=["site.yaml"], report=report)
    assert artifacts or report.has_errors, report.findings
    return {artifact.path.rpartition("/")[2]: artifact for artifact in artifacts}
