"""The shipped documents, decoded once."""

from functools import cache
from pathlib import Path
from typing import Final

from generator.decode import Document, decode_connector, decode_site
from generator.diagnostics import Report
from generator.models import ConnectorModel, SiteModel, network_text
from generator.source import read_source
from tests.house.tree import ROOT

PROFILES: Final = ROOT / "profiles"
CONNECTORS: Final = tuple(sorted(PROFILES.glob("*.yaml")))
SITES: Final = tuple(sorted(PROFILES.glob("sites/*.yaml")))
DOCUMENTS: Final = (*CONNECTORS, *SITES)


def stem(path: Path) -> str:
    """How a test calls a document."""
    return path.stem


@cache
def connector(path: Path) -> Document[ConnectorModel]:
    """A shipped connector profile; it has no findings."""
    report = Report()
    source = read_source(path, shown=path.name, name=path.name, report=report)
    document = decode_connector(source, report) if source else None
    assert document is not None, report.findings
    assert report.findings == ()
    return document


@cache
def site(path: Path) -> Document[SiteModel]:
    """A shipped site; its shape has no findings."""
    report = Report()
    source = read_source(path, shown=path.name, name=path.name, report=report)
    document = decode_site(source, report) if source else None
    assert document is not None, report.findings
    assert report.findings == ()
    return document


def network_lists(model: ConnectorModel) -> dict[str, list[str]]:
    """Every list of networks of a profile: those of all regions under an empty name, the others under their region's."""
    lists = {"": model.networks, **{name: region.networks for name, region in model.regions.items()}}
    return {name: [network_text(entry) for entry in entries] for name, entries in lists.items() if entries}
