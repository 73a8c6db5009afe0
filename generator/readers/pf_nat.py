"""Port forwards and one-to-one mappings of pfSense and OPNsense, which change a destination before the rules judge it.

Sources: pfSense's filter.inc (2.7.2); OPNsense's DNat.xml and Filter.xml (24.1 to 26.7).
"""

from collections.abc import Iterable, Iterator
from typing import Final

from generator.net import Family, PortRange
from generator.readers.model import Act, Fact, Match, Rule
from generator.readers.parts import ANYWHERE, Part, RuleMistakeError, make_rules, read_addresses, read_port_range
from generator.readers.pf_fields import OPNSENSE, is_set, read_side, split_names, words
from generator.readers.pf_rules import FAMILIES, Fields, Reading, read_safely, side

LET_THROUGH: Final = "let through by a port forward"
_PRIVATE: Final = ("10.0.0.0/8", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
_BOGONS: Final = (
    *("0.0.0.0/8", "169.254.0.0/16", "192.0.0.0/24", "192.0.2.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3"),
    *("2001:db8::/32", "fec0::/10", "ff00::/8", "4000::/2", "8000::/1"),
)
_MOST_PORTS: Final = 64  # of a range that moves to other numbers, each has a rule


def read_forwards(forwards: Iterable[tuple[Fields, int]], reading: Reading, product: str) -> list[Rule]:
    """The rules for port forwards, each with its line, in order: the first that matches decides."""
    found: list[Rule] = []
    for fields, line in forwards:
        interfaces = split_names(words(fields, "interface"))
        if is_set(fields, "disabled", product) or not reading.comes_by(interfaces):
            continue
        protocol = words(fields, "protocol", "any").lower()
        if protocol != "any" and "tcp" not in protocol.split("/"):
            continue
        name = words(fields, "descr") or words(fields, "target")
        frame = Rule(Match(), Act.REDIRECT, "either", text=f"port forward to {words(fields, 'target', '?')} ({name})", line=line)
        found += read_safely(frame, lambda fields=fields, frame=frame: list(_forward(fields, frame, reading, product)), reading)  # type: ignore[misc]
    return found


def _forward(fields: Fields, frame: Rule, reading: Reading, product: str) -> Iterator[Rule]:
    families = FAMILIES.get(words(fields, "ipprotocol", "inet46" if product == OPNSENSE else "inet"))
    if families is None:
        raise RuleMistakeError("its address family is not known here")
    source, source_port, source_not = read_side(fields.get("source"), product)
    target, port, target_not = read_side(fields.get("destination"), product)
    sources = side(source, reading.names, negated=source_not)
    targets = side(target, reading.names, negated=target_not)
    doubts = (f"whether the connection comes from port {source_port}",) if source_port not in ("", "any") else ()
    let_through = words(fields, "associated-rule-id") == "pass" or words(fields, "pass") == "pass"
    for family in families:
        mapped = _ports(port, words(fields, "local-port"), reading)
        for ports, moved in mapped:
            made = make_rules(frame, _of(sources, family), ports, destinations=_of(targets, family), doubts=doubts)
            for one in made:
                if is_set(fields, "nordr", product):
                    yield one._replace(act=Act.STOP, target="")
                    continue
                if let_through:
                    yield one._replace(act=Act.NOTE, target=LET_THROUGH)
                yield _lead(one, _host(words(fields, "target"), family, reading), moved)


def _lead(rule: Rule, host: int | None, port: int | None) -> Rule:
    """The rule with where it leads to: a host behind the firewall, or one that isn't known."""
    return rule._replace(destination=host, port=port, target="" if host is not None else "either")


def _ports(port: str, local: str, reading: Reading) -> list[tuple[list[PortRange] | None, int | None]]:
    """The ports that are forwarded, and to which each goes; None: to the same."""
    ports, doubts = reading.names.ports(port)
    if doubts:
        raise RuleMistakeError(doubts[0] + " is not known")
    if local in ("", port) or ports is None:
        return [(ports, None)]
    begins, doubts = reading.names.ports(local)
    if doubts or not begins:
        raise RuleMistakeError(f"its ports go to `{local}`")
    first = begins[0].first
    if len(ports) == 1 and ports[0].first == first:
        return [(ports, None)]
    if len(ports) == 1 and ports[0].last - ports[0].first < _MOST_PORTS:
        numbers = range(ports[0].first, ports[0].last + 1)
        return [([read_port_range(str(number))], first + number - ports[0].first) for number in numbers]
    raise RuleMistakeError(f"its ports go to `{local}`, one by one")


def _host(name: str, family: Family, reading: Reading) -> int | None:
    """The one address that a forward leads to; None where there are several, or none is known."""
    parts = _of(reading.names.addresses(name), family) if name else ()
    runs = [run for part in parts if not part.doubts for run in (part.v4 if family is Family.V4 else part.v6)]
    return runs[0].first if len(runs) == 1 and len(parts) == 1 and runs[0].first == runs[0].last else None


def _of(parts: Iterable[Part], family: Family) -> tuple[Part, ...]:
    return tuple(part._replace(v6=()) if family is Family.V4 else part._replace(v4=()) for part in parts)


def read_mappings(mappings: Iterable[tuple[Fields, int]], reading: Reading, product: str) -> list[Rule]:
    """The rules for one-to-one mappings, which come after port forwards."""
    found: list[Rule] = []
    for fields, line in mappings:
        disabled = is_set(fields, "disabled", product) or words(fields, "enabled", "1") != "1"
        if disabled or not reading.comes_by(split_names(words(fields, "interface"))):
            continue
        outer = words(fields, "external")
        frame = Rule(Match(), Act.REDIRECT, "either", text=f"one-to-one mapping of {outer}", line=line)
        found += read_safely(frame, lambda fields=fields, frame=frame: list(_map(fields, frame, reading, product)), reading)  # type: ignore[misc]
    return found


def _map(fields: Fields, frame: Rule, reading: Reading, product: str) -> Iterator[Rule]:
    """A mapping of one address; of a whole network where each address goes is not followed."""
    inner = words(fields, "source_net") or read_side(fields.get("source"), product)[0][0]
    peers = words(fields, "destination_net") or read_side(fields.get("destination") or {"any": ""}, product)[0][0]
    outer = reading.names.addresses(words(fields, "external").removesuffix("/32").removesuffix("/128"))
    for family in Family:
        inside = _host(inner, family, reading)
        made = make_rules(frame, _of(side((peers,), reading.names, negated=False), family), None, destinations=_of(outer, family))
        for one in made:
            yield _lead(one, inside, None)


def guard_rules(*, ipv6: str, private: bool, bogons: bool) -> list[Rule]:
    """What the firewall refuses before its own rules: IPv6 altogether, and what an interface's switches say.

    `ipv6`: why that is not sure, or `off`, or nothing. A list of bogons is fetched, so of it no more is known than what can't come from
    outside anyway.
    """
    found: list[Rule] = []
    if ipv6:
        frame = Rule(Match(), Act.DENY, text="IPv6 is switched off")
        found += make_rules(frame, [Part(v6=ANYWHERE.v6)], None, doubts=() if ipv6 == "off" else (ipv6,))
    if private:
        found += make_rules(Rule(Match(), Act.DENY, text="block private networks"), [read_addresses(_PRIVATE)[0]], None)
    if bogons:
        frame = Rule(Match(), Act.DENY, text="block bogon networks")
        doubts = ("which bogon networks the firewall has fetched",)
        found += make_rules(frame, [read_addresses(_BOGONS)[0]], None, doubts=doubts)
    return found


def forward_fact() -> Rule:
    """Lets in what a port forward has let through."""
    return Rule(Match(facts=(Fact(LET_THROUGH),)), Act.ACCEPT, text=LET_THROUGH)
