"""Shipped connector profiles: every list has a source, every address is one, and HubSpot's profile holds none."""

from ipaddress import ip_network
from pathlib import Path

import pytest

from generator.compile.services import WELL_KNOWN
from tests.profiles.shipped import CONNECTORS, PROFILES, connector, network_lists, stem

LISTS = [
    pytest.param(networks, id=f"{path.stem} {region}".strip())
    for path in CONNECTORS
    for region, networks in network_lists(connector(path).model).items()
]
every_profile = pytest.mark.parametrize("path", CONNECTORS, ids=stem)
every_list = pytest.mark.parametrize("networks", LISTS)


@every_profile
def test_a_profile_is_named_like_its_file(path: Path) -> None:
    assert connector(path).model.name == path.stem


@every_list
def test_a_list_has_only_global_unicast_addresses(networks: list[str]) -> None:
    odd = [text for text in networks if not ip_network(text).is_global or ip_network(text).is_multicast]

    assert odd == []


@every_list
def test_a_list_is_sorted_and_has_nothing_twice(networks: list[str]) -> None:
    numbers = [(ip_network(text).version, ip_network(text)) for text in networks]

    assert numbers == sorted(set(numbers))


@every_list
def test_no_network_of_a_list_is_inside_another(networks: list[str]) -> None:
    prefixes = [ip_network(text) for text in networks]

    assert [(a, b) for a in prefixes for b in prefixes if a is not b and a.overlaps(b)] == []


@every_list
def test_a_list_has_one_network_per_line_in_its_shortest_spelling(networks: list[str]) -> None:
    shortest = [str(prefix).removesuffix(f"/{prefix.max_prefixlen}") for prefix in map(ip_network, networks)]

    assert networks == shortest


@every_profile
def test_networks_come_with_the_page_and_the_day_they_were_read(path: Path) -> None:
    model = connector(path).model
    pages = {reference.url for reference in model.references}

    assert not network_lists(model) or (model.addresses.source in pages and model.addresses.retrieved is not None)


@every_profile
def test_every_reference_says_what_it_says_and_when_it_was_read(path: Path) -> None:
    model = connector(path).model

    unread = [reference.url for reference in model.references if not reference.says or reference.retrieved is None]

    assert (bool(model.references), unread) == (True, [])


@every_profile
def test_nothing_was_read_after_the_profile_was_reviewed(path: Path) -> None:
    model = connector(path).model
    days = [day for day in (model.addresses.retrieved, *(reference.retrieved for reference in model.references)) if day is not None]

    assert model.reviewed is not None
    assert max(days) <= model.reviewed


@every_profile
def test_a_profile_says_how_sure_it_is(path: Path) -> None:
    assert connector(path).model.confidence is not None


@every_profile
def test_a_well_known_service_has_its_own_port_and_tls_mode(path: Path) -> None:
    services = connector(path).model.services

    told = {name: (facts.port, facts.tls, facts.application) for name, facts in services.items() if name in WELL_KNOWN}

    assert told == {name: (known.port, known.tls.value, known.application) for name, known in WELL_KNOWN.items() if name in services}


@every_profile
def test_known_connections_add_up_to_the_total(path: Path) -> None:
    requires = connector(path).model.requires

    assert requires.connections_per_mailbox in (None, sum(use.count for use in requires.connections))


def test_hubspot_holds_no_address_and_says_where_the_account_shows_them() -> None:
    model = connector(PROFILES / "hubspot.yaml").model

    assert network_lists(model) == {}
    assert model.addresses.policy == "per-account"
    assert '"View connection IPs"' in model.addresses.how
    assert any('"Use static IP addresses"' in text for text in model.preconditions)


def test_hubspot_names_no_tls_version_above_1_2() -> None:
    versions = connector(PROFILES / "hubspot.yaml").model.requires.tls_versions

    assert versions == ("SSLv3", "TLSv1.0", "TLSv1.1", "TLSv1.2")
