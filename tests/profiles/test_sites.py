"""The shipped example sites say what they are meant to say, and nothing is wrong with them."""

from dataclasses import MISSING, fields
from datetime import date
from pathlib import Path
from typing import Final

import pytest

from generator.compile import Compiled
from generator.diagnostics import Report, Severity
from generator.models import ConnectorUse, ServerFacts, SiteModel
from generator.pipeline import check_targets, compile_sites
from tests.profiles.shipped import PROFILES, SITES, site, stem

TODAY: Final = date(2026, 12, 1)
# Notes that are part of what a site teaches.
NOTES: Final = {"acme": {"PLN024", "TGT125"}, "cloud": {"PLN024", "TGT201", "TGT260"}, "hubspot-two-addresses": {"PLN025"}}
PAIR: Final = tuple(path for path in SITES if path.stem.startswith("two-servers-"))
HOSTS: Final = [PAIR, *((path,) for path in SITES if path not in PAIR)]


def check(paths: tuple[Path, ...], report: Report) -> tuple[Compiled, ...]:
    """What `gatepost check` does with sites of one host."""
    compiled = compile_sites([str(path) for path in paths], (), report, today=TODAY)
    check_targets(compiled, (), (), report)
    return compiled


@pytest.mark.parametrize("path", SITES, ids=stem)
def test_a_site_has_no_findings_but_the_notes_it_teaches(path: Path) -> None:
    report = Report()

    check((path,), report)

    notes = {finding.code for finding in report.findings if finding.severity is Severity.NOTE}
    others = [finding for finding in report.findings if finding.severity is not Severity.NOTE]
    assert others == []
    assert notes - NOTES.get(path.stem, {"PLN024"}) == set()


@pytest.mark.parametrize("paths", HOSTS, ids=lambda paths: "+".join(map(stem, paths)))
def test_the_sites_of_one_host_go_together(paths: tuple[Path, ...]) -> None:
    report = Report()

    check(paths, report)

    assert not report.has_errors


def test_two_sites_that_guard_the_same_port_do_not_go_together() -> None:
    report = Report()

    check((PROFILES / "sites" / "acme.yaml", PROFILES / "sites" / "docker-host.yaml"), report)

    assert {finding.code for finding in report.findings if finding.severity is Severity.ERROR} == {"PLN060"}


def test_the_full_example_uses_every_key_but_those_that_would_change_what_it_teaches() -> None:
    model = site(PROFILES / "sites" / "acme.yaml").model

    unused = {*unused_keys(model), *unused_keys(model.server), *set.intersection(*map(unused_keys, model.connectors))}

    assert unused == {"feed_url", "name", "networks_only", "notes", "ports", "updates"}


def unused_keys(part: SiteModel | ServerFacts | ConnectorUse) -> set[str]:
    """The keys that a part of a site leaves at what they are when left out. Every required one is used."""
    defaults = {field.name: field.default_factory() if field.default_factory is not MISSING else field.default for field in fields(part)}
    return {
        name for name, default in defaults.items() if default is not MISSING and getattr(part, name) == default and name != "tls_minimum"
    }
