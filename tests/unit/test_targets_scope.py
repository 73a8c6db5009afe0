"""Interfaces and destinations that narrow the rules of a host."""

import pytest

from generator.diagnostics import Report
from generator.net import parse_prefix
from generator.targets.options import resolve_options
from generator.targets.scope import Scope, resolve_scope
from tests.support.plans import make_plan, service
from tests.support.targets import shipped_target, site_document

BOTH = ("192.0.2.25", "2001:db8::25")


def scope(text: str, addresses: tuple[str, ...] = BOTH) -> tuple[Scope | None, list[str]]:
    report = Report()
    options = resolve_options(shipped_target(), site_document(text), report)
    found = resolve_scope(make_plan([service("imaps")], {}, addresses=addresses), options, report)
    return found, [finding.code for finding in report.findings]


def test_nothing_narrows_by_default() -> None:
    assert scope("") == (Scope((), None), [])


def test_the_servers_addresses_can_be_the_destination() -> None:
    assert scope("{destination: server}") == (Scope((), tuple(map(parse_prefix, BOTH))), [])


def test_destinations_are_sorted() -> None:
    found, _ = scope("{destination: ['2001:db8::/64', 10.0.0.26, 10.0.0.25]}")

    assert found is not None
    assert [str(prefix) for prefix in found.destinations or ()] == ["10.0.0.25/32", "10.0.0.26/32", "2001:db8::/64"]


@pytest.mark.parametrize("addresses", [("192.0.2.25",), ("2001:db8::25",)])
def test_a_family_without_a_destination_is_told(addresses: tuple[str, ...]) -> None:
    _, codes = scope("{destination: server}", addresses)

    assert codes == ["TGT022"]


def test_the_servers_addresses_must_be_there_to_be_the_destination() -> None:
    assert scope("{destination: server}", ()) == (None, ["TGT021"])
