"""The limits of a target: the smallest that its lowering can keep, and one below."""

from dataclasses import replace

import pytest

from generator.diagnostics import Report
from generator.net import PortRange
from generator.plan import Access, Plan
from generator.targets import iptables, nftables
from generator.targets.lowerings import bind_lowering
from generator.targets.manifest import LimitModel, Target
from generator.targets.options import resolve_options
from tests.support.plans import make_plan, service
from tests.support.targets import shipped_target, site_document

LONGEST = "a" + "-bcdefg" * 8 + "-xyzab"  # 63 letters, the longest slug
PLAN = make_plan(
    [service(LONGEST, Access.ALLOWLIST, PortRange(2000, 2010), PortRange(2012, 2012)), service("smtp", Access.ADDITIVE), service("imaps")],
    {"hubspot": {LONGEST: ["192.0.2.7", "2001:db8::7"], "smtp": ["192.0.2.8"], "imaps": ["192.0.2.7", "2001:db8::7"]}},
    site=LONGEST,
    trusted=["203.0.113.0/28"],
)
OPTIONS = {"iptables": "{layout: ipset, log: true, connection_limit: 9}", "nftables": "{log: true, connection_limit: 9}"}
LEAST = [
    (name, limit, least) for name, module in (("iptables", iptables), ("nftables", nftables)) for limit, least in module.LIMITS.items()
]


def target_with(name: str, limit: str, value: int) -> Target:
    """A shipped target with another limit."""
    target = shipped_target(name)
    limits = {**target.manifest.limits, limit: LimitModel(value=value, source="a test")}
    return target._replace(document=replace(target.document, model=replace(target.manifest, limits=limits)))


def lower(target: Target, plan: Plan, report: Report) -> object | None:
    function = bind_lowering(target, report)
    options = resolve_options(target, site_document(OPTIONS[target.name], target.name), report)
    return None if function is None else function(plan, limits=target.limits, options=options, report=report)


@pytest.mark.parametrize(("name", "limit", "least"), LEAST)
def test_the_smallest_limit_can_be_kept(name: str, limit: str, least: int) -> None:
    report = Report()

    assert lower(target_with(name, limit, least), PLAN, report) is not None, report.findings


@pytest.mark.parametrize(("name", "limit", "least"), LEAST)
def test_a_limit_that_cannot_be_kept_is_told_at_its_place(name: str, limit: str, least: int) -> None:
    report = Report()

    assert lower(target_with(name, limit, least - 1), PLAN, report) is None
    (finding,) = report.findings
    assert (finding.code, finding.message) == ("TGT005", f"`{limit}` is {least - 1}, and the lowering `{name}` needs {least} or more")
    assert finding.span == shipped_target(name).document.spans.at("limits", limit, "value")
