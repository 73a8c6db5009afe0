"""A site with 10,000 prefixes, loaded and asked at the edges of some hundred of them."""

import itertools
from ipaddress import ip_address

import pytest

from tests.kernel.lab import Lab, find_disagreements
from tests.kernel.product import GUARD, INCLUDE, IPSET, Way, install

COUNT = 10_000
SITE = """
kind: site
name: acme
connectors:
  - use: hubspot
    networks_file: many.txt
    services: [imaps, submissions]
"""


def many_prefixes() -> list[str]:
    """Prefixes of several lengths in both families, none beside another."""
    v4 = [f"{ip_address('198.18.0.0') + 16 * number + 4}/{30 + number % 3}" for number in range(COUNT * 3 // 4)]
    v6 = [f"2001:db8:{2 * number:x}::/{48 + number % 81}" for number in range(COUNT - len(v4))]
    return [prefix for pair in itertools.zip_longest(v4, v6) for prefix in pair if prefix]


@pytest.mark.parametrize("way", [pytest.param(way, id=way.name) for way in (GUARD, INCLUDE, IPSET)])
def test_ten_thousand_prefixes_get_in_and_their_neighbours_do_not(lab: Lab, way: Way) -> None:
    way.foreign.load(lab)
    (lab.folder / "many.txt").write_text("\n".join(many_prefixes()), encoding="utf-8")
    site = install(lab, way, SITE)

    site.load()
    site.load()

    assert find_disagreements(lab, site.plan, way.layout, way.foreign.admits, most=40) == []
