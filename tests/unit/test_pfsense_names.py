"""Names, marks, trackers and UUIDs: within their limits, and never another site's."""

import re
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from generator.targets.pf_names import (
    FIRST_TRACKER,
    LAST_TRACKER,
    SHORTEST_ALIAS_NAME,
    SHORTEST_DESCRIPTION,
    describe,
    name_mark,
    name_ports,
    name_prefix,
    name_server,
    name_sources,
    name_uuid,
    number_trackers,
)

SLUGS = st.from_regex(r"[a-z][a-z0-9]{0,12}(-[a-z0-9]{1,12}){0,4}", fullmatch=True).filter(lambda slug: len(slug) <= 63)
CLOSE_SLUGS = st.sampled_from(
    ["a", "a-2", "a2", "ax", "acme", "acme-2", "acme-trusted", "acme-server", "acme-ports", "trusted", "server", "ports"]
)
SITES = SLUGS | CLOSE_SLUGS
SERVICES = st.lists(SLUGS, max_size=5, unique=True)
PFSENSE_NAME = re.compile(r"(?!pkg_)(?=.*[a-z])[A-Za-z0-9_]{1,31}")
OPNSENSE_NAME = re.compile(r"([a-zA-Z]|([_a-zA-Z][a-zA-Z0-9][_a-zA-Z0-9]{0,29}))")


def names_of(site: str, connectors: list[str], services: list[str], limit: int) -> list[str]:
    """The names of every alias that a site may have."""
    sources = [name_sources(site, connector, (), limit) for connector in [None, *connectors]]
    parted = [name_sources(site, connector, (service,), limit) for connector in [None, *connectors] for service in services]
    ports = [name_ports(site, some, limit) for size in (1, 2) for some in combinations(services, size)]
    return [name_server(site, limit), *sources, *parted, *ports]


def test_names_of_a_short_site_are_readable() -> None:
    assert names_of("acme", ["hubspot"], ["imaps"], 31) == [
        "gatepost_acme__SERVER",
        "gatepost_acme__TRUSTED",
        "gatepost_acme__hubspot",
        "gatepost_acme__TRUSTED__imaps",
        "gatepost_acme__hubspot__imaps",
        "gatepost_acme__PORTS_imaps",
    ]


def test_a_long_site_and_a_long_connector_have_digests() -> None:
    assert name_sources("a-company-with-a-long-name", "a-connector-with-a-long-name", (), 31) == "gatepost_aXfc98ae09__aXda4a2465"


@given(SITES, SERVICES, SERVICES, st.integers(SHORTEST_ALIAS_NAME, 63))
def test_names_are_within_the_limit_and_both_systems_take_them(site: str, connectors: list[str], services: list[str], limit: int) -> None:
    names = names_of(site, connectors, services, limit)
    short = names_of(site, connectors, services, 31)

    assert max(map(len, names)) <= limit
    assert [name for name in short if not PFSENSE_NAME.fullmatch(name) or not OPNSENSE_NAME.fullmatch(name)] == []


@given(SITES, SERVICES, SERVICES)
def test_no_two_aliases_of_a_site_have_one_name(site: str, connectors: list[str], services: list[str]) -> None:
    names = names_of(site, connectors, services, 31)

    assert len(set(names)) == len(names)


@given(SITES, SITES, SERVICES, SERVICES)
def test_no_alias_is_taken_for_another_site_s(one: str, other: str, connectors: list[str], services: list[str]) -> None:
    names = names_of(other, connectors, services, 31)

    assert {name.startswith(name_prefix(one)) for name in names} == {one == other}


@given(SITES, SITES, SLUGS)
def test_no_rule_is_taken_for_another_site_s(one: str, other: str, text: str) -> None:
    assert describe(name_mark(other), text, 52).startswith(name_mark(one)) == (one == other)


@given(SITES, SITES)
def test_a_cut_name_is_never_a_short_site_s(one: str, other: str) -> None:
    assert (name_prefix(one) == name_prefix(other)) == (one == other)
    assert (name_mark(one) == name_mark(other)) == (one == other)


@given(SITES, st.text(st.characters(codec="ascii"), max_size=200), st.integers(SHORTEST_DESCRIPTION, 255))
def test_descriptions_are_within_the_limit(site: str, text: str, limit: int) -> None:
    assert len(describe(name_mark(site), text, limit)) <= limit


def test_trackers_are_unique_and_out_of_the_way_of_all_others() -> None:
    trackers = number_trackers(f"acme/connector-{number}/wan" for number in range(20_000))  # many enough for some to meet

    assert len(set(trackers.values())) == 20_000
    assert (min(trackers.values()) >= FIRST_TRACKER, max(trackers.values()) <= LAST_TRACKER) == (True, True)


@given(st.lists(SLUGS, max_size=8, unique=True))
def test_trackers_do_not_depend_on_the_order_of_the_rules(ids: list[str]) -> None:
    assert number_trackers(ids) == number_trackers(ids[::-1])


def test_a_tracker_stays_the_same_when_rules_are_added() -> None:
    assert number_trackers(["acme/hubspot/wan"])["acme/hubspot/wan"] == number_trackers(["acme/hubspot/wan", "x"])["acme/hubspot/wan"]


@given(st.text(max_size=20))
def test_a_uuid_has_the_form_under_which_opnsense_makes_an_item(text: str) -> None:
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", name_uuid(text))


def test_a_uuid_stands_for_its_text() -> None:
    assert name_uuid("gatepost rule acme/hubspot/wan") == "a6682944-e793-4de6-bc20-1b664ef7c6fe"
