"""A connection limit lets five in from one source and not the sixth; it counts where the manifest says, and nowhere else."""

import pytest

from tests.kernel.lab import Lab, Verdict
from tests.kernel.product import WAYS, Way, install

EVERY_WAY = pytest.mark.parametrize("way", [pytest.param(way, id=way.name) for way in WAYS])
SITE = """
kind: site
name: acme
trusted: [192.0.2.128/26, "2001:db8:a::/48"]
connectors:
  - use: hubspot
    networks: [198.51.100.0/28, "2001:db8:100::/48"]
    services: [imaps, submission]
  - use: ./crm.yaml
    networks: [203.0.113.0/28]
    services: [smtp]
"""
LIMIT = "connection_limit: 5"


def prepare(lab: Lab, way: Way) -> None:
    way.foreign.load(lab)
    lab.listen(25, 587, 993)
    install(lab, way, SITE, options=LIMIT).load()


@EVERY_WAY
@pytest.mark.parametrize("source", ["198.51.100.7", "2001:db8:100::7"])
def test_five_connections_from_one_source_pass_and_one_over_does_not(small_lab: Lab, way: Way, source: str) -> None:
    prepare(small_lab, way)

    held = [small_lab.hold(source, 993) for _ in range(5)]

    assert small_lab.probe([(source, 993)]) == [Verdict.REFUSED]
    assert [connection.alive() for connection in held] == [True] * 5


@EVERY_WAY
def test_a_connection_that_ends_makes_room(lab: Lab, way: Way) -> None:
    prepare(lab, way)
    held = [lab.hold("198.51.100.7", 993) for _ in range(5)]
    lab.run("sleep", "0.05")  # what begins and ends within one clock tick still counts (nf_conncount)

    held[0].release()

    assert lab.probe([("198.51.100.7", 993)]) == [Verdict.ACCEPTED]


@EVERY_WAY
def test_the_limit_counts_all_services_of_a_source_together(lab: Lab, way: Way) -> None:
    prepare(lab, way)

    for port in (993, 993, 993, 587, 587):
        lab.hold("198.51.100.7", port)

    assert lab.probe([("198.51.100.7", port) for port in (587, 993)]) == [Verdict.REFUSED] * 2


@EVERY_WAY
def test_the_limit_counts_ipv4_by_address(lab: Lab, way: Way) -> None:
    prepare(lab, way)

    for _ in range(5):
        lab.hold("198.51.100.7", 993)

    assert lab.probe([("198.51.100.8", 993)]) == [Verdict.ACCEPTED]


@EVERY_WAY
def test_the_limit_counts_ipv6_by_the_64(lab: Lab, way: Way) -> None:
    prepare(lab, way)

    for number in range(1, 6):
        lab.hold(f"2001:db8:100:1::{number}", 993)

    assert lab.probe([("2001:db8:100:1::6", 993), ("2001:db8:100:2::1", 993)]) == [Verdict.REFUSED, Verdict.ACCEPTED]


@EVERY_WAY
def test_neither_trusted_networks_nor_port_25_are_limited(lab: Lab, way: Way) -> None:
    prepare(lab, way)

    held = [
        lab.hold(source, port) for source, port in (("192.0.2.130", 993), ("2001:db8:a::1", 587), ("203.0.113.1", 25)) for _ in range(7)
    ]

    assert [connection.alive() for connection in held] == [True] * 21


@EVERY_WAY
def test_a_reload_cuts_no_connection_that_counts(lab: Lab, way: Way) -> None:
    prepare(lab, way)
    held = [lab.hold("198.51.100.7", 993) for _ in range(5)]

    install(lab, way, SITE, options=LIMIT, version="again").load()

    assert [connection.alive() for connection in held] == [True] * 5
