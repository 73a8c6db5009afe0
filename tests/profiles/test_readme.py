"""profiles/README.md describes every key of both documents."""

from collections.abc import Iterator
from dataclasses import fields

import pytest

from generator.decode import decode_connector, decode_site
from generator.diagnostics import Report
from generator.models import (
    Addresses,
    Allowance,
    CertificateRules,
    ConnectionUse,
    ConnectorModel,
    ConnectorUse,
    Expectation,
    Reference,
    Requires,
    ServerFacts,
    ServiceFacts,
    SiteModel,
    Updates,
)
from generator.models.feed import Feed, FeedList
from generator.source import SourceFile
from tests.docs.markdown import blocks, codes_in, rows, section
from tests.profiles.shipped import PROFILES

README = PROFILES / "README.md"
SITE, CONNECTOR = "## The site", "## The connector profile"
# Parts of which each key has a row of its own, and parts that one row tells.
TABLED = [(SITE, SiteModel), (SITE, ServerFacts), (SITE, ConnectorUse), (SITE, Expectation), (SITE, Updates), (SITE, Allowance)]
TABLED += [
    (CONNECTOR, ConnectorModel),
    (CONNECTOR, Addresses),
    (CONNECTOR, Feed),
    (CONNECTOR, FeedList),
    (CONNECTOR, ServiceFacts),
    (CONNECTOR, Requires),
]
TOLD = [("references", Reference), ("connections", ConnectionUse), ("certificate", CertificateRules)]


def keys(part: type) -> list[str]:
    """The keys of a part of a document, as a user writes them."""
    return [field.metadata.get("alias", field.name) for field in fields(part)]


def tables(heading: str) -> Iterator[list[list[str]]]:
    """The rows of each table under a heading."""
    return (list(rows(part)) for part in section(README, heading).split("\n\n"))


@pytest.mark.parametrize(("heading", "part"), TABLED)
def test_one_table_has_exactly_the_keys_of_a_part(heading: str, part: type) -> None:
    described = [[name for row in table[1:] for name in codes_in(row[0])] for table in tables(heading) if table and table[0][0] == "key"]

    assert set(keys(part)) in [set(names) for names in described]


@pytest.mark.parametrize(("key", "part"), TOLD)
def test_a_small_part_is_told_in_the_row_of_its_key(key: str, part: type) -> None:
    told = next(row[1] for table in tables(CONNECTOR) for row in table if row[0] == f"`{key}`")

    assert set(keys(part)) <= set(codes_in(told))


@pytest.mark.parametrize("text", [text for text in blocks(README, "yaml") if "kind:" in text])
def test_an_example_is_a_document_without_findings(text: str) -> None:
    report = Report()
    source = SourceFile("example.yaml", "example.yaml", text, "")

    (decode_site if "kind: site" in text else decode_connector)(source, report)

    assert report.findings == ()
