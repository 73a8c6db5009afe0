"""Packets worth trying, and what has to happen to each after a merge, read from the plan alone."""

import ipaddress
import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from tests.pfsense.firewall import Address, Firewall, Packet, Verdict, parse_network

MAIL = ("10.20.0.25", "2001:db8:a::25")
OTHERS = ("10.30.0.80", "203.0.113.2", "2001:db8:a::26")
OUTSIDERS = ("192.0.2.1", "198.51.100.245", "203.0.113.98", "2001:db8:0:2::6", "2001:db8:0:3::1", "2001:db8:ffff::9")
PORTS = (22, 25, 143, 443, 465, 587, 993, 4190)


def sources(plan: Mapping[str, Any]) -> list[Address]:
    """The first and last address of every prefix, their neighbours, and others."""
    found: set[Address] = {ipaddress.ip_address(text) for text in OUTSIDERS}
    for text in {source for rule in plan["rules"] for source in rule["sources"]}:
        network = ipaddress.ip_network(text)
        found |= {network[0], network[-1]}
        if int(network[0]) > 0:
            found.add(network[0] - 1)
        if int(network[-1]) + 1 < 2**network.max_prefixlen:
            found.add(network[-1] + 1)
    return sorted(found, key=lambda address: (address.version, int(address)))


def ports(plan: Mapping[str, Any]) -> list[int]:
    """The ends of every port range of the plan, their neighbours, and others."""
    ranges = [port for service in plan["services"] for port in service["ports"]]
    near = {end for first, last in ranges for end in (first - 1, first, last, last + 1)}
    return sorted(near.union(PORTS) & set(range(1, 65536)))


def expected(plan: Mapping[str, Any], was: Verdict, packet: Packet) -> bool:
    """Whether a packet from outside to the mail server passes after the merge; `was`: what happened to it before.

    Where the plan says nothing, as before: other ports, and whatever a floating rule of the user's own decides at once.
    """
    if was.rule is not None and was.rule.floating and was.rule.quick:
        return was.passes
    for service in plan["services"]:
        if any(first <= packet.port <= last for first, last in service["ports"]):
            if service["access"] == "public" or _let_in(plan, service["name"], packet.source):
                return True
            return was.passes if service["access"] == "additive" else False
    return was.passes


def _let_in(plan: Mapping[str, Any], service: str, source: Address) -> bool:
    rules = [rule for rule in plan["rules"] if rule["service"] == service and rule["family"] == source.version]
    return any(source in network for rule in rules for text in rule["sources"] for network in parse_network(text))


def disagreements(
    plan: Mapping[str, Any], before: Firewall, after: Firewall, *, entrances: Sequence[str] = ("wan",), mail: Sequence[str] = MAIL
) -> list[Packet]:
    """The packets that the merged firewall judges in another way than the plan; elsewhere, than the firewall before.

    The plan speaks of the mail server behind the entrances. Other hosts and interfaces have to be as before, for all of their packets.
    """
    tried = ports(plan)
    wrong: list[Packet] = []
    for source in sources(plan):
        for interface, target in itertools.product((*entrances, "lan"), map(ipaddress.ip_address, (*mail, *OTHERS))):
            if target.version != source.version:
                continue
            planned = interface in entrances and str(target) in mail
            met, meets = before.meet(interface, source, target), after.meet(interface, source, target)
            if not planned and met == meets:
                continue
            for port in tried:
                packet, was = Packet(interface, source, target, port), before.decide(met, port)
                wanted = expected(plan, was, packet) if planned else was.passes
                if after.decide(meets, port).passes != wanted:
                    wrong.append(packet)
    return wrong
