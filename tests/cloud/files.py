"""Rendered files of a cloud target in a folder, and the parts of a plan that the tests of Azure and GCP share."""

from pathlib import Path
from typing import Final

from generator.diagnostics import Report
from generator.plan import Access, Plan
from tests.support.plans import make_plan, service
from tests.support.targets import render

HUBSPOT: Final = ("192.0.2.7", "198.51.100.0/25", "2001:db8:100::/48")
NYLAS: Final = ("203.0.113.9",)


def full_plan(*more: str, site: str = "acme") -> Plan:
    """Every access, both families, two connectors; `more` are further networks of the first one."""
    return make_plan(
        [service("imaps"), service("imap"), service("submission", Access.PUBLIC), service("smtp", Access.ADDITIVE)],
        {
            "hubspot": dict.fromkeys(("imaps", "imap", "smtp"), (*HUBSPOT, *more)),
            "nylas": dict.fromkeys(("imaps", "submission"), NYLAS),
        },
        trusted=["203.0.113.128/28", "2001:db8:a::/48"],
        site=site,
    )


def write(folder: Path, plan: Plan, target: str, options: str = "") -> Path:
    """Write the files of one target; gives the folder."""
    report = Report()
    files = render(plan, options, target=target, report=report)
    assert not report.has_errors, report.findings
    folder.mkdir(parents=True, exist_ok=True)
    for name, artifact in files.items():
        (folder / name).write_text(artifact.content, encoding="utf-8")
        (folder / name).chmod(artifact.mode)
    return folder
