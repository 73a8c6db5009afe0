"""Whether pfSense makes of each filter rule what it says, and the whole check.

Source: pfSense 2.7.2: `filter_generate_user_rule`, `filter_generate_address`, the trackers of filter.inc, `firewall_rules_edit.php`.
"""

import html

from tests.pfsense.checker_pfsense import Known, check_aliases, check_separators, known_names, read
from tests.pfsense.names import Fault, family_of, has_host_bits, is_address, is_network, is_port
from tests.pfsense.read_pfsense import find_area
from tests.pfsense.xmltree import Element

INTERFACES = frozenset({"wan", "lan"})
DESCRIPTION_LENGTH = 52  # pf's label of 63, without "USER_RULE: "
TRACKERS = range(1, 2**32)
# Lock-out, bogons, private networks, portals; negated routes; the system's own rules. The counters start at the first number.
SYSTEM_TRACKERS = (range(10_000, 14_000), range(10_000_000, 11_000_000), range(1_000_000_000, 1_001_000_000))
STATES = frozenset({"", "keep state", "sloppy state", "synproxy state", "modulate state", "none"})
PROTOCOLS = frozenset({"any", "tcp", "udp", "tcp/udp", "icmp", "esp", "ah", "gre", "ipv6", "igmp", "pim", "ospf", "sctp", "carp", "pfsync"})
PORT_PROTOCOLS = frozenset({"tcp", "udp", "tcp/udp", "sctp"})
IP_PROTOCOLS = {"inet": 4, "inet6": 6, "inet46": None}


def check(text: str | bytes, *, interfaces: frozenset[str] = INTERFACES, aliases: dict[str, str] | None = None) -> list[Fault]:
    """Everything that is wrong with a configuration. Of an area, `interfaces` and `aliases` tell what the rest of it has."""
    root, found = read(text)
    if root is None:
        return found
    known = known_names(root, interfaces=interfaces, aliases=aliases or {})
    rules = find_area(root, "filter").find_all("rule")
    return [
        *found,
        *check_aliases(root, known),
        *(fault for rule in rules for fault in _rule(rule, known)),
        *_trackers(rules),
        *check_separators(root, known),
    ]


def _trackers(rules: list[Element]) -> list[Fault]:
    seen: set[str] = set()
    found: list[Fault] = []
    for rule in rules:
        tracker = rule.value("tracker")
        if not tracker.isdecimal() or str(int(tracker)) != tracker or int(tracker) not in TRACKERS:
            found.append(Fault("rule-tracker", rule.line, tracker))
        elif any(int(tracker) in taken for taken in SYSTEM_TRACKERS):
            found.append(Fault("rule-tracker-of-the-system", rule.line, tracker))
        elif tracker in seen:
            found.append(Fault("rule-tracker-twice", rule.line, tracker))
        seen.add(tracker)
    return found


def _rule(rule: Element, known: Known) -> list[Fault]:
    kinds = {"pass", "block", "reject"} | ({"match"} if rule.has("floating") else set())
    protocol = rule.value("protocol", "any")
    associated = rule.value("associated-rule-id")
    broken = [
        ("rule-type", rule.value("type") not in kinds),
        ("rule-interface", not _interfaces_exist(rule, known)),
        ("rule-ipprotocol", rule.value("ipprotocol") not in IP_PROTOCOLS),
        ("rule-protocol-case", protocol != protocol.lower()),
        ("rule-protocol", protocol.lower() not in PROTOCOLS),
        ("rule-statetype", rule.value("statetype") not in STATES),
        ("rule-description", len(html.unescape(rule.value("descr"))) > DESCRIPTION_LENGTH or "\\" in rule.value("descr")),
        ("rule-associated", bool(associated) and known.nat is not None and associated not in known.nat),
    ]
    found = [Fault(name, rule.line, rule.value("descr")) for name, wrong in broken if wrong]
    return found + _limit(rule, protocol) + [fault for end in ("source", "destination") for fault in _side(rule, end, protocol, known)]


def _interfaces_exist(rule: Element, known: Known) -> bool:
    named = rule.value("interface").split(",")
    if rule.has("floating"):
        return set(named) <= known.interfaces | {"", "any"}
    return len(named) == 1 and named[0] in known.interfaces


def _limit(rule: Element, protocol: str) -> list[Fault]:
    limit = rule.value("max-src-conn")
    broken = [
        ("limit-number", not (limit.isdecimal() and int(limit) > 0)),
        ("limit-protocol", protocol.lower() not in {"tcp", "tcp/udp"}),
        ("limit-without-state", rule.value("type") != "pass" or rule.value("statetype") == "none"),
    ]
    return [Fault(f"rule-{name}", rule.line, limit) for name, wrong in broken if limit and wrong]


def _side(rule: Element, end: str, protocol: str, known: Known) -> list[Fault]:
    side = rule.find(end)
    if side is None:
        return [Fault("rule-side-missing", rule.line, end)]
    given = [child.tag for child in side.children if child.tag in {"any", "network", "address"}]
    if len(given) != 1:
        return [Fault("rule-side-count", side.line, end)]
    found = [] if given[0] == "any" else _net(side.value(given[0]), given[0], rule, known)
    return [Fault(name, side.line, what) for name, what in found + _port(side.value("port"), protocol, known)]


def _net(value: str, tag: str, rule: Element, known: Known) -> list[tuple[str, str]]:
    if not value:
        return [("rule-side-empty", tag)]
    if tag == "network":
        names = known.interfaces | {f"{name}ip" for name in known.interfaces} | {"(self)", "pppoe", "l2tp"}
        return [] if value in names else [("rule-network-unknown", value)]
    if value in known.aliases:
        return [("rule-alias-kind", value)] if "port" in known.aliases[value] else []
    if has_host_bits(value):
        return [("rule-host-bits", value)]
    if not is_address(value) and not is_network(value):
        return [("rule-alias-unknown", value)]
    # pf refuses the twin rule of the other family, and with it the whole ruleset.
    wanted = IP_PROTOCOLS.get(rule.value("ipprotocol"))
    return [] if family_of(value) == wanted else [("rule-family", value)]


def _port(value: str, protocol: str, known: Known) -> list[tuple[str, str]]:
    if not value:
        return []
    if protocol.lower() not in PORT_PROTOCOLS:
        return [("rule-port-protocol", value)]
    if value in known.aliases:
        return [] if "port" in known.aliases[value] else [("rule-port-alias-kind", value)]
    if is_port(value, "-"):
        return []
    return [("rule-port" if value[0].isdecimal() else "rule-alias-unknown", value)]
