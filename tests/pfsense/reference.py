"""A second, plain way from a plan to rules: one alias per rule of the plan, one rule per port and family, literal destinations.

Shares nothing with the product: it starts at `gatepost plan --format json`. The product's configurations are held against those made here.
"""

import ipaddress
import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from tests.pfsense.documents import edited


class Line(NamedTuple):
    """One rule to write: a family, one port or range, a source that is an alias or `any`, a literal destination."""

    action: str
    family: int
    source: str
    destination: str
    first: int
    last: int

    @property
    def port(self) -> str:
        """The port as both firewalls write it in a rule."""
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"

    @property
    def ipprotocol(self) -> str:
        """The family as both firewalls write it."""
        return "inet" if self.family == 4 else "inet6"


def aliases(plan: Mapping[str, Any]) -> dict[str, list[str]]:
    """The sources of each rule of the plan under a name of its own."""
    return {f"ref_{number}": rule["sources"] for number, rule in enumerate(plan["rules"])}


def lines(plan: Mapping[str, Any], destinations: Sequence[str]) -> Iterator[Line]:
    """What to write, in order: who is let in first, then who is not."""
    for verdict in ("pass", "block"):
        for service in plan["services"]:
            for source, family in _parties(plan, service, verdict):
                for destination in destinations:
                    if ipaddress.ip_address(destination).version == family:
                        yield from (Line(verdict, family, source, destination, first, last) for first, last in service["ports"])


def _parties(plan: Mapping[str, Any], service: Mapping[str, Any], verdict: str) -> Iterator[tuple[str, int]]:
    if verdict == "pass":
        for number, rule in enumerate(plan["rules"]):
            if rule["service"] == service["name"]:
                yield f"ref_{number}", rule["family"]
    if (verdict, service["access"]) in {("pass", "public"), ("block", "allowlist")}:
        yield from (("any", 4), ("any", 6))


def into_pfsense(config: str, plan: Mapping[str, Any], destinations: Sequence[str], *, interfaces: Sequence[str] = ("wan",)) -> str:
    """A configuration with the plan's rules before all others."""
    wanted = itertools.product(interfaces, lines(plan, destinations))
    rules = [_pfsense_rule(line, 1_600_000_000 + number, interface) for number, (interface, line) in enumerate(wanted)]
    made = [
        f"<alias><name>{name}</name><type>network</type><address>{' '.join(sources)}</address>"
        f"<descr></descr><detail>{'||' * (len(sources) - 1)}</detail></alias>\n"
        for name, sources in aliases(plan).items()
    ]
    return edited(edited(config, "\t<filter>\n", "\t<filter>\n" + "".join(rules)), "\t<aliases>\n", "\t<aliases>\n" + "".join(made))


def _pfsense_rule(line: Line, tracker: int, interface: str) -> str:
    source = "<any></any>" if line.source == "any" else f"<address>{line.source}</address>"
    return (
        f"<rule><tracker>{tracker}</tracker><type>{line.action}</type><interface>{interface}</interface>"
        f"<ipprotocol>{line.ipprotocol}</ipprotocol><protocol>tcp</protocol><source>{source}</source>"
        f"<destination><address>{line.destination}</address><port>{line.port}</port></destination><descr>reference</descr></rule>\n"
    )


def into_opnsense(config: str, plan: Mapping[str, Any], destinations: Sequence[str], *, interfaces: Sequence[str] = ("wan",)) -> str:
    """A configuration with the plan's rules before all others of the interface."""
    wanted = itertools.product(interfaces, lines(plan, destinations))
    rules = [_opnsense_rule(line, number, interface) for number, (interface, line) in enumerate(wanted, 1)]
    made = [
        f'<alias uuid="00000000-0000-4000-8000-{number:012x}"><enabled>1</enabled><name>{name}</name><type>network</type>'
        f"<content>{chr(10).join(sources)}</content><description/></alias>\n"
        for number, (name, sources) in enumerate(aliases(plan).items(), 1)
    ]
    with_aliases = edited(config, "        <aliases>\n", "        <aliases>\n" + "".join(made))
    return edited(with_aliases, "        <rules>\n", "        <rules>\n" + "".join(rules))


def _opnsense_rule(line: Line, number: int, interface: str) -> str:
    return (
        f'<rule uuid="00000000-0000-4000-9000-{number:012x}"><enabled>1</enabled><sequence>{number}</sequence>'
        f"<action>{line.action}</action><quick>1</quick><interface>{interface}</interface><direction>in</direction><ipprotocol>{line.ipprotocol}</ipprotocol>"
        f"<protocol>TCP</protocol><source_net>{line.source}</source_net><destination_net>{line.destination}</destination_net>"
        f"<destination_port>{line.port}</destination_port><description>reference</description></rule>\n"
    )
