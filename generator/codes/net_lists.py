"""NET050 to NET090: networks that are well written, but say something odd or dangerous. Part of `net`."""

from typing import Final

from generator.codes import Code

_OURS: Final = "gatepost's own rule; docs/ARCHITECTURE.md"
_REGISTRIES: Final = "IANA special-purpose address registries (RFC 6890)"

LIST_CODES: Final = (
    Code(
        "NET050",
        "error",
        "everybody, or nobody, as a source",
        "0.0.0.0/0 and ::/0 are every address, so the allowlist would be none; a service that is meant to be open to all says\n"
        "`access: {imaps: public}`. 0.0.0.0, :: and the rest of 0.0.0.0/8 are the address of a host that has none yet: no\n"
        "connection ever comes from there. ipset refuses 0.0.0.0/0 as a member.",
        f"{_REGISTRIES}; RFC 1122 §3.2.1.3; RFC 4291 §2.5.2; measured: ipset 7.17",
    ),
    Code(
        "NET051",
        "error",
        "a loopback address as a connector's",
        "127.0.0.0/8 and ::1 are the mail server itself. No connector comes from there; gatepost lets loopback through anyway.",
        f"{_REGISTRIES}; RFC 1122 §3.2.1.3; RFC 4291 §2.5.3",
    ),
    Code(
        "NET052",
        "error",
        "a link-local address as a connector's",
        "169.254.0.0/16 and fe80::/10 reach no further than the wire that the server is plugged into. No router passes them\n"
        "on, so a cloud service never connects from one; a guest on the same wire may.",
        f"{_REGISTRIES}; RFC 3927; RFC 4291 §2.5.6",
    ),
    Code(
        "NET053",
        "error",
        "a multicast address as a source",
        "224.0.0.0/4 and ff00::/8 are groups of receivers. A packet may go to one, but never comes from one.",
        "RFC 1112 §7.2; RFC 5771; RFC 4291 §2.7",
    ),
    Code(
        "NET054",
        "warning",
        "a private address as a connector's",
        "10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, the carriers' 100.64.0.0/10 and the unique local fc00::/7 are used inside\n"
        "many networks at once and are not routed on the internet. A cloud service comes from one only through a VPN or a\n"
        "private link; else the address was taken from the wrong side of a NAT, and the login will fail. If it is meant,\n"
        "say so with `allow:`. The site's own `trusted` networks may be private without a word.",
        f"{_REGISTRIES}; RFC 1918; RFC 4193; RFC 6598",
    ),
    Code(
        "NET055",
        "warning",
        "a documentation address as a connector's",
        "192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24, 2001:db8::/32 and 3fff::/20 are kept for examples. One in a real site\n"
        "was copied from a manual and stands for an address that still has to be filled in.",
        f"{_REGISTRIES}; RFC 5737; RFC 3849; RFC 9637",
    ),
    Code(
        "NET056",
        "warning",
        "a reserved or special-purpose address as a connector's",
        "The address is set aside for a protocol, a tunnel, a laboratory or the future, so no cloud service owns it: 198.18.0.0/15\n"
        "for benchmarks, 240.0.0.0/4 for nobody yet, 2002::/16 and 64:ff9b::/96 for IPv4 packets in IPv6 clothes, everything\n"
        "outside 2000::/3 as not handed out. The finding names the block and its standard.",
        f"{_REGISTRIES}; RFC 8190; RFC 4291 §2.4",
    ),
    Code(
        "NET060",
        "error",
        "a prefix that is far too wide",
        "A prefix wider than /8 in IPv4 or /20 in IPv6 is more than any single vendor was ever given. It is nearly always a\n"
        "digit that is missing: /2 for /24. Every listed prefix is judged as it was written, before merging.",
        "IANA hands out /8 in IPv4 and up to /12 in IPv6 to whole continents (RFC 7020); the largest single holders have less",
    ),
    Code(
        "NET061",
        "warning",
        "a prefix that is very wide",
        "A prefix wider than /16 in IPv4 or /32 in IPv6 covers other customers of the same hosting company. Ask the vendor\n"
        "for the addresses that its connector uses. If it is meant, say so with `allow:`.",
        "a /32 is the usual IPv6 allocation of one provider (RIPE-738 §5.1)",
    ),
    Code(
        "NET070",
        "note",
        "a network that is listed twice",
        "The second entry changes nothing and is merged away. Without merging, `ipset restore` stops at it (already added),\n"
        "and AWS refuses the whole request as a duplicate.",
        "measured: ipset 7.17; AWS error InvalidPermission.Duplicate",
    ),
    Code(
        "NET071",
        "note",
        "a network inside another one of the list",
        "The narrow entry changes nothing, for the wide one lets all its addresses in; it is merged away. Without merging,\n"
        "nft refuses a set with overlapping intervals. If only the narrow one is meant, remove the wide one.",
        "measured: nft 1.0.6 (conflicting intervals specified)",
    ),
    Code(
        "NET072",
        "note",
        "neighbouring networks that become one",
        "The entries fill a larger prefix between them without a gap, and the rules hold that one. The same addresses get in;\n"
        "this is told so that nobody misses an entry in the rendered files.",
        _OURS,
    ),
    Code(
        "NET073",
        "note",
        "two connectors that share addresses",
        "Some addresses belong to both connectors, as is usual where vendors rent from the same cloud. From there, each may\n"
        "use the services of the other, because a packet filter sees the address and not the vendor.",
        _OURS,
    ),
    Code(
        "NET074",
        "warning",
        "a connector that is trusted as well",
        "Addresses of the connector lie in `trusted`, so they reach every allowlisted service and not only the connector's\n"
        "own, and they keep their access when the connector is removed.",
        _OURS,
    ),
    Code(
        "NET080",
        "error",
        "an `exclude` that takes nothing away",
        "None of the connector's addresses lies in the excluded network. The vendor may have renumbered, or the entry is\n"
        "mistyped: whatever it was to keep out, it does not.",
        _OURS,
    ),
    Code(
        "NET081",
        "error",
        "an `exclude` that takes everything away",
        "After `exclude:` nothing is left of the connector's addresses, so nobody would be let in.\nRemove the connector, or exclude less.",
        _OURS,
    ),
    Code(
        "NET082",
        "warning",
        "an `allow` entry that silences nothing",
        "`allow:` names a finding and a network that is meant to be as it is. Nothing in the site causes that finding for that\n"
        "network any more, so the entry is left over and might silence a real mistake one day. Errors can't be allowed.",
        _OURS,
    ),
    Code(
        "NET090",
        "warning",
        "an IPv6 server and IPv4 connectors",
        "The server has an IPv6 address and the connector is let in over IPv4 alone. Most clients try IPv6 first, and in an\n"
        "allowlist both families are closed to others, so the connection is dropped or refused before IPv4 is tried. Add the\n"
        "connector's IPv6 prefixes, or give it a name that has no AAAA record.",
        "RFC 6724 §2.1; RFC 8305",
    ),
)
