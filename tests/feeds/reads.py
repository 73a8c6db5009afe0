"""Reads feeds as `update` does, and puts what came out into short texts."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from generator.diagnostics import Report
from generator.feeds.reading import parse_feed, resolve_feed
from generator.feeds.values import Reading, RecordType, Resolve
from generator.models import Feed

SAMPLES: Final = Path(__file__).parent / "samples"


def sample(name: str) -> bytes:
    """A small piece of a vendor's feed."""
    return (SAMPLES / name).read_bytes()


def read(feed: Feed, body: bytes) -> tuple[Reading | None, list[str]]:
    """What a document says, and the findings as `CODE message`."""
    report = Report()
    reading = parse_feed(feed, body, place=None, report=report)
    return reading, [f"{finding.code} {finding.message}" for finding in report.findings]


def ask(feed: Feed, resolve: Resolve) -> tuple[Reading | None, list[str]]:
    """What the DNS says, and the findings as `CODE message`."""
    report = Report()
    reading = resolve_feed(feed, resolve, place=None, report=report)
    return reading, [f"{finding.code} {finding.message}" for finding in report.findings]


def texts(reading: Reading | None) -> dict[str, list[str]]:
    """The prefixes of a reading by region."""
    return {region.name: [str(network.prefix) for network in region.networks] for region in reading.regions} if reading else {}


def zone(records: Mapping[tuple[str, RecordType], tuple[str, ...]]) -> Resolve:
    """A DNS that has some records and no others."""
    return lambda name, kind: records.get((name, kind), ())


def spf(**records: str) -> Resolve:
    """A DNS of SPF records: `a="…"` is the one of a.example.org."""
    return zone({(f"{name}.example.org", "TXT"): (f"v=spf1 {text}",) for name, text in records.items()})
