"""The library as a whole: no address of another service, nothing unsaid, and every connector renders once its addresses are there."""

from pathlib import Path

import pytest

from generator.diagnostics import Report
from generator.lock import definition_digest, find_feed
from generator.models import ConnectorModel, ConnectorUse
from generator.models.feed import Feed
from generator.pipeline import compile_sites, render_sites
from generator.plan import Access
from generator.review.handover import handover
from generator.review.search import feed_place
from tests.profiles.shipped import CONNECTORS, connector, network_lists, stem

PINNED = "[198.51.100.0/28, 203.0.113.9]"
every_profile = pytest.mark.parametrize("path", CONNECTORS, ids=stem)


def of_policy(*policies: str) -> list[Path]:
    """The profiles whose addresses come from there."""
    return [path for path in CONNECTORS if connector(path).model.addresses.policy in policies]


FEEDS = [pytest.param(path, feed, id=path.stem) for path in of_policy("feed") for feed in [connector(path).model.addresses.feed] if feed]
OPEN = of_policy("none")
DERIVED = [path for path in CONNECTORS if connector(path).model.confidence == "low"]


def write_site(folder: Path, model: ConnectorModel, *, networks: str = "", access: str = "") -> str:
    """A site of one connector."""
    path = folder / "acme.yaml"
    given = f"    networks: {networks}\n" if networks else ""
    path.write_text(f"kind: site\nname: acme\nconnectors:\n  - use: {model.name}\n{given}{access}", encoding="utf-8")
    return str(path)


def write_lock(folder: Path, model: ConnectorModel, feed: Feed) -> None:
    """A lock that pins two networks for a connector."""
    source = find_feed(ConnectorUse(use=model.name), model)
    url = source.url if source and source.url else "https://example.org/feed"
    (folder / "acme.lock").write_text(
        f"kind: lock\nschema: gatepost.lock/1\nconnectors:\n  {model.name}:\n    url: {url}\n    format: {feed.format}\n"
        f"    definition: {definition_digest(feed)}\n    fetched: 2026-11-23T10:00:00Z\n    sha256: {'0' * 64}\n    networks: {PINNED}\n",
        encoding="utf-8",
    )


def render(site: str) -> tuple[list[str], list[str]]:
    """The files that a site renders to, and the codes of its errors."""
    report = Report()
    artifacts = render_sites(compile_sites([site], (), report), (), (), report)
    return [artifact.path for artifact in artifacts], [finding.code for finding in report.findings if finding.severity == "error"]


def accesses(site: str) -> set[Access]:
    """Who may reach the services of a site's plan."""
    return {service.access for compiled in compile_sites([site], (), Report()) for service in compiled.plan.services}


@every_profile
def test_a_profile_says_what_an_allowlist_of_it_does_not_do(path: Path) -> None:
    assert connector(path).model.warnings != ()


@every_profile
def test_a_feed_is_described_where_the_policy_is_a_feed_and_nothing_of_it_is_copied(path: Path) -> None:
    model = connector(path).model

    copied = network_lists(model) if model.addresses.policy in ("feed", "per-account", "none") else {}

    assert (model.addresses.policy == "feed", copied) == (model.addresses.feed is not None, {})


@every_profile
def test_who_has_no_networks_to_offer_says_where_they_are_or_that_there_are_none(path: Path) -> None:
    model = connector(path).model

    assert network_lists(model) or model.addresses.feed or model.addresses.how


@pytest.mark.parametrize(("path", "feed"), FEEDS)
def test_a_feed_is_read_over_https_or_from_the_dns(path: Path, feed: Feed) -> None:
    place = feed_place(feed)

    assert path.is_file()
    assert place.startswith(("https://", "AS")) or feed.format in ("spf", "dns")


@pytest.mark.parametrize(("path", "feed"), FEEDS)
def test_hubspot_s_list_of_other_traffic_is_nobody_s_feed(path: Path, feed: Feed) -> None:
    assert path.is_file()
    assert "hubapi" not in feed_place(feed)


@pytest.mark.parametrize("path", of_policy("published", "per-account"), ids=stem)
def test_a_list_on_a_page_renders(path: Path, tmp_path: Path) -> None:
    model = connector(path).model
    site = write_site(tmp_path, model, networks="" if network_lists(model) else "[192.0.2.9]")

    paths, errors = render(site)

    assert (bool(paths), errors) == (True, [])


@pytest.mark.parametrize(("path", "feed"), FEEDS)
def test_a_feed_renders_once_it_is_pinned(path: Path, feed: Feed, tmp_path: Path) -> None:
    site = write_site(tmp_path, connector(path).model)
    before = render(site)
    write_lock(tmp_path, connector(path).model, feed)

    paths, errors = render(site)

    assert before == ([], ["PLN005"])
    assert (bool(paths), errors) == (True, [])


@pytest.mark.parametrize("path", OPEN, ids=stem)
def test_a_connector_without_fixed_addresses_renders_only_after_a_decision(path: Path, tmp_path: Path) -> None:
    model = connector(path).model
    public = "access: {" + ", ".join(f"{service}: public" for service in model.services) + "}\n"

    undecided = render(write_site(tmp_path, model))
    known, _ = render(write_site(tmp_path, model, networks="[192.0.2.9]"))
    opened, _ = render(write_site(tmp_path, model, access=public))

    assert undecided == ([], ["PLN070"])
    assert (bool(known), bool(opened)) == (True, True)
    assert accesses(str(tmp_path / "acme.yaml")) == {Access.PUBLIC}


@pytest.mark.parametrize("path", OPEN, ids=stem)
def test_one_service_that_nobody_decided_about_is_enough_to_refuse(path: Path, tmp_path: Path) -> None:
    model = connector(path).model
    all_but_one = "access: {" + ", ".join(f"{service}: public" for service in [*model.services][1:]) + "}\n"

    refused = render(write_site(tmp_path, model, access=all_but_one))

    assert refused == ([], ["PLN070"])


@pytest.mark.parametrize("path", DERIVED, ids=stem)
def test_what_is_derived_says_so_in_the_findings_and_beside_the_files(path: Path, tmp_path: Path) -> None:
    report = Report()

    compiled = compile_sites([write_site(tmp_path, connector(path).model)], (), report)

    rows = [row for site in compiled for given in handover(site.plan) for row in given.rows]
    assert "PLN073" in [finding.code for finding in report.findings]
    assert next(text for label, text in rows if label == "confidence").startswith("low: ")


@pytest.mark.parametrize("path", [path for path in CONNECTORS if path not in DERIVED], ids=stem)
def test_what_is_not_derived_does_not_say_so(path: Path, tmp_path: Path) -> None:
    report = Report()

    compile_sites([write_site(tmp_path, connector(path).model)], (), report)

    assert "PLN073" not in [finding.code for finding in report.findings]


def test_networks_of_one_s_own_end_the_doubt_about_a_derived_list(tmp_path: Path) -> None:
    report = Report()
    site = tmp_path / "acme.yaml"
    site.write_text(
        "kind: site\nname: acme\nconnectors:\n  - {use: mimecast, networks: [192.0.2.9], networks_only: true}\n", encoding="utf-8"
    )

    compile_sites([str(site)], (), report)

    assert [finding.code for finding in report.findings if finding.code.startswith("PLN")] == []
