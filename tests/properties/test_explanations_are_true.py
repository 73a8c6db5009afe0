"""What `explain` says about random sites, against the YAML itself and a naive search."""

import ipaddress
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings

from generator.compile import Compiled
from generator.diagnostics import Report, Span
from generator.net import Prefix, parse_prefix
from generator.plan import Plan
from generator.review.explain import Answer, explain, index_places, open_site
from generator.verdict import Verdict
from tests.scale import scaled
from tests.support.sites import RandomSite, edges, holds, sites


def open_random(site: RandomSite) -> tuple[Compiled, list[str]]:
    """A random site, compiled, and the lines of its file."""
    report = Report()
    with TemporaryDirectory() as folder:
        path = site.write(Path(folder))
        compiled = open_site(str(path), (), report)
        lines = path.read_text(encoding="utf-8").splitlines()
    assert compiled is not None
    return compiled, lines


def answers(site: RandomSite, compiled: Compiled) -> Iterator[Answer]:
    places = index_places(compiled)
    return (
        explain(compiled.plan, places, parse_prefix(address), service.name) for address in edges(site) for service in compiled.plan.services
    )


def text_at(span: Span, lines: list[str]) -> str:
    return lines[span.line - 1][span.column - 1 : span.end_column - 1].strip('"')


def naive_distance(plan: Plan, address: Prefix, service: str) -> int:
    """How far the nearest prefix of a service is, by looking at all of them."""
    sources = [prefix for rule in plan.rules if rule.service == service and rule.family is address.family for prefix in rule.sources]
    return min(max(prefix.first - address.first, address.first - prefix.last) for prefix in sources)


@settings(max_examples=scaled(600))
@given(sites())
def test_every_line_that_is_named_holds_the_address(site: RandomSite) -> None:
    compiled, lines = open_random(site)

    named = [
        (text_at(span, lines), answer.address.host_text)
        for answer in answers(site, compiled)
        for match in answer.matches
        for span in match.origins
    ]

    assert all(holds(network, address) for network, address in named)


@settings(max_examples=scaled(600))
@given(sites())
def test_the_prefix_of_a_match_holds_the_address(site: RandomSite) -> None:
    compiled, _ = open_random(site)

    matches = [(str(match.prefix), answer.address.host_text) for answer in answers(site, compiled) for match in answer.matches]

    assert all(ipaddress.ip_address(address) in ipaddress.ip_network(prefix) for prefix, address in matches)


@settings(max_examples=scaled(600))
@given(sites())
def test_no_prefix_of_the_service_is_nearer_than_the_nearest(site: RandomSite) -> None:
    compiled, _ = open_random(site)
    far = [answer for answer in answers(site, compiled) if answer.nearest and answer.nearest.differs == "address"]

    claimed = [answer.nearest.distance for answer in far if answer.nearest]

    assert claimed == [naive_distance(compiled.plan, answer.address, answer.service.name) for answer in far if answer.service]


@settings(max_examples=scaled(600))
@given(sites())
def test_only_who_is_not_let_in_gets_a_nearest_rule(site: RandomSite) -> None:
    compiled, _ = open_random(site)

    assert all(answer.nearest is None for answer in answers(site, compiled) if answer.verdict is Verdict.ALLOW)
