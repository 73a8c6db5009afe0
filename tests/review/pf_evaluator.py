"""The reader of configurations of pfSense and OPNsense beside an evaluator that was written apart from it."""

import ipaddress
import itertools

from generator.net import Family
from generator.net.runs import has_number
from generator.readers.judge import Entry, Question, judge
from generator.readers.outside import Outside
from tests.pfsense.firewall import Firewall, Packet
from tests.pfsense.random_sites import Case
from tests.review.meaning import read_back

HOSTS = ("10.20.0.25", "10.30.0.80", "203.0.113.2", "2001:db8:a::25", "2001:db8:a::26")
SOURCES = (
    *("0.0.0.0", "192.0.2.1", "192.0.2.127", "192.0.2.128", "192.0.2.191", "192.0.2.192", "198.51.100.0", "198.51.100.77"),
    *("198.51.100.239", "198.51.100.240", "198.51.100.255", "203.0.113.95", "203.0.113.96", "203.0.113.103", "203.0.113.104"),
    *("255.255.255.255", "::", "2001:db8:b::1", "2001:db8:c::", "2001:db8:0:2::6", "2001:db8:0:2::7", "2001:db8:0:3::1", "2001:db8:0:4::"),
)
PORTS = (22, 25, 143, 443, 587, 993, 1993, 4189, 4190, 4195, 4196)


def disagreements(product: str, text: str, firewall: Firewall, interface: str, more: list[str]) -> list[tuple[str, str, int]]:
    """The connections of which the reader says another thing than the evaluator."""
    ruleset, findings = read_back(product, text, outside=Outside(interface))
    assert ruleset is not None
    assert findings == []
    wrong = []
    for target, port in itertools.product(HOSTS, PORTS):
        host = ipaddress.ip_address(target)
        segments = judge(ruleset, Question(Family(host.version), port, int(host)))
        for source in map(ipaddress.ip_address, (*SOURCES, *more)):
            if source.version == host.version:
                (found,) = [segment.entry for segment in segments if has_number(segment.sources, int(source))]
                expected = Entry.OPEN if firewall.judge(Packet(interface, source, host, port)).passes else Entry.CLOSED
                wrong += [(str(source), target, port)] if found is not expected else []
    return wrong


def ends(case: Case) -> list[str]:
    networks = [ipaddress.ip_network(text) for one in case.site.connectors for text in one.networks]
    return [str(address) for network in networks for address in (network[0], network[-1])]
