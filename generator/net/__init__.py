"""Address families, prefixes and ports: strict parsing, merging, subtracting, and what an address is reserved for.

The grammar of a network, with nothing before it, after it or between:

    network = address | address "/" length | address "-" address
    address = IPv4 address: four numbers 0 to 255 with dots between, no leading zeros
            | IPv6 address: RFC 4291 section 2.2, as inet_pton(3) reads it; no zone id, no brackets, not IPv4-mapped
    length  = 0 to 32 for IPv4, 0 to 128 for IPv6: decimal ASCII digits, no sign, no leading zero, no mask

The address before a length has no bits set behind that length; the two ends of a range are of one family and in order. Whatever else some
program reads as a network (short forms, octal numbers, masks, names, wildcards) is refused with a hint that says what to write, because
firewalls disagree about each of them: nft and iptables read 010.0.0.1 as 8.0.0.1 and look names up when they load the rules.

`second_opinion` is the only module that imports netaddr, `parsing` and `values` read and print with inet_pton(3) and inet_ntop(3).
"""

from generator.net.merging import find_covering, intersect_prefixes, merge_prefixes, prefix_texts, split_families, subtract_prefixes
from generator.net.parsing import merge_texts, parse_bulk, parse_networks, parse_prefix
from generator.net.ports import make_port, merge_ports, parse_ports
from generator.net.redundancy import Redundancy, find_redundant
from generator.net.special import Special, classify, overlapping_specials, touches_special
from generator.net.values import Family, PortError, PortRange, Prefix, PrefixError, address_text, make_prefix

__all__ = [
    "Family",
    "PortError",
    "PortRange",
    "Prefix",
    "PrefixError",
    "Redundancy",
    "Special",
    "address_text",
    "classify",
    "find_covering",
    "find_redundant",
    "intersect_prefixes",
    "make_port",
    "make_prefix",
    "merge_ports",
    "merge_prefixes",
    "merge_texts",
    "overlapping_specials",
    "parse_bulk",
    "parse_networks",
    "parse_ports",
    "parse_prefix",
    "prefix_texts",
    "split_families",
    "subtract_prefixes",
    "touches_special",
]
