"""Documents of the right shape that mean something odd: every key is known, every value of its type, and little fits together."""

import json
from typing import Final

from hypothesis import strategies as st

Plain = str | int | list[str] | dict[str, object]


def mostly(fine: list[Plain], odd: list[Plain]) -> st.SearchStrategy[Plain]:
    """A value that fits, or one time in twenty an odd one: where everything is odd, nothing gets past the first check."""
    return st.sampled_from(fine * (20 * len(odd) // len(fine)) + odd)


def some(values: st.SearchStrategy[object]) -> st.SearchStrategy[list[object]]:
    return st.lists(values, max_size=4)


NETWORKS: Final = mostly(
    [
        "8.8.8.8",
        "8.8.8.0/24",
        "8.8.8.0/25",
        "8.8.8.128/25",
        "8.8.4.0-8.8.8.255",
        "9.9.9.9",
        "2001:4860::8",
        "2001:4860::/32",
        "2620:fe::/48",
    ],
    [
        *("0.0.0.0/0", "::/0", "0.0.0.0", "127.0.0.1", "::1", "169.254.1.1", "fe80::1", "224.0.0.1", "ff02::1", "10.0.0.0/8", "fd00::1"),
        *("198.51.100.10", "198.18.0.1", "8.0.0.0/7", "8.0.0.0/9", "2600::/12", "2600::/24", "255.255.255.255", "ffff::/16"),
        *("8.8.8.9/24", "8.8.8.8/33", "010.0.0.1", "8.8.8.9-8.8.8.1", "fe80::1%eth0", "::ffff:8.8.8.8", "8.8.8.8 ", "mail.example.org"),
    ],
)
SERVICES: Final = mostly(["imap", "imaps", "submission", "submissions"], ["smtp", "archive", "trusted"])
PORTS: Final = mostly([143, 465, 587, 993, 1993, "5000-5010"], [25, 0, 65535, 65536, "1-65535", "24-26", "200-100", "0993"])
CODES: Final = st.sampled_from(["NET055", "NET054", "NET056", "NET061", "NET090", "NET002", "NET060", "XXX999"])
NAMES: Final = mostly(["acme", "second", "crm"], ["hubspot", "trusted", "public", "limit", "a" * 63, "x-1"])
TLS: Final = mostly(["TLSv1.0", "TLSv1.1", "TLSv1.2"], ["TLSv1.3"])
DATES: Final = st.sampled_from(["2026-11-22", "2026-11-23", "2026-12-01", "9999-12-31", "0001-01-01"])
LISTED: Final = some(NETWORKS | st.fixed_dictionaries({"network": NETWORKS, "note": st.just("a note")}))
ADDRESSES: Final = mostly(["8.8.8.8", "9.9.9.9", "2001:4860::8"], ["8.8.8.0/24", "8.8.8.8-8.8.8.9", "::ffff:8.8.8.8", "x"])
_OF_ANY_KIND: Final[dict[str, st.SearchStrategy[object]]] = {
    "name": NAMES,
    "exclude": st.lists(mostly(["8.8.8.0/25", "8.8.4.0/24"], ["0.0.0.0/0", "1.1.1.1", "x"]), max_size=1),
    "services": st.lists(SERVICES, min_size=1, max_size=3),
    "mailboxes": st.sampled_from([1, 3, 1_000_000]),
    "expires": DATES,
    "networks_file": mostly(["list.txt"], ["none.txt", "."]),
}
_USES: Final = st.fixed_dictionaries(
    {
        "use": mostly(["hubspot", "email-migration-io", "./own.yaml", "./own.yaml"], ["./site.yaml", "hubsport", "./none.yaml"]),
        "networks": mostly([["8.8.0.0/16"], ["8.8.8.8", "2001:4860::8"]], [[]]) | st.lists(NETWORKS, min_size=1, max_size=6),
    },
    optional=_OF_ANY_KIND,
) | st.fixed_dictionaries(
    {"use": st.sampled_from(["make", "nylas"])},
    optional={**_OF_ANY_KIND, "region": mostly(["eu"], ["eu1.make.com"]), "networks": LISTED, "networks_only": st.booleans()},
)
_MODES: Final = mostly(["allowlist", "public"], [{"mode": "allowlist", "exclusive": True}, {"mode": "public", "exclusive": True}])
_OPTIONS: Final = st.fixed_dictionaries(
    {},
    optional={
        "interface": some(st.sampled_from(["eth0", "ppp0", "a b"])),
        "destination": st.sampled_from(["any", "server", ["server"], ["8.8.4.4"], ["10.0.0.25/32", "fd00::25"], ["8.8.8.0/24"], []]),
        "connection_limit": st.sampled_from([1, 4, 5, 40, 10**9]),
        "refuse": st.sampled_from(["drop", "reject"]),
        "log": st.booleans(),
        "counters": st.booleans(),
        "hook": st.sampled_from(["input", "prerouting"]),
        "layouts": st.sampled_from([["guard"], ["include"], ["guard", "include"]]),
        "layout": st.sampled_from(["auto", "plain", "ipset"]),
        "ipset_above": st.sampled_from([0, 1, 1000]),
        "host_table": st.sampled_from(["inet filter", "ip mail"]),
    },
)
_QUESTIONS: Final = st.fixed_dictionaries(
    {"from": ADDRESSES, "to": SERVICES | st.sampled_from([25, 993, 65536]), "verdict": st.sampled_from(["allow", "deny"])}
)
SITES: Final = st.fixed_dictionaries(
    {"kind": st.just("site"), "name": NAMES, "connectors": st.lists(_USES, min_size=1, max_size=3)},
    optional={
        "server": st.fixed_dictionaries(
            {}, optional={"addresses": LISTED, "tls_minimum": TLS, "ports": st.dictionaries(SERVICES, PORTS, max_size=2)}
        ),
        "trusted": LISTED,
        "allow": some(st.fixed_dictionaries({"code": CODES, "network": NETWORKS, "reason": st.just("meant")})),
        "access": st.dictionaries(SERVICES, _MODES, max_size=4),
        "targets": st.dictionaries(st.sampled_from(["nftables", "iptables", "nftable"]), _OPTIONS, max_size=2),
        "expect": some(_QUESTIONS),
    },
).map(json.dumps)
_FACTS: Final = st.fixed_dictionaries(
    {"port": PORTS | st.lists(PORTS, min_size=1, max_size=17), "application": st.sampled_from(["imap", "smtp"])},
    optional={"protocol": st.just("tcp")},
).flatmap(lambda facts: st.sampled_from(["implicit", "starttls"]).map(lambda tls: {**facts, "tls": tls}))
_POLICIES: Final = mostly(["published", "per-account", "none"], ["feed"])
CONNECTORS: Final = st.fixed_dictionaries(
    {
        "kind": st.just("connector"),
        "name": NAMES,
        "title": st.just("a connector"),
        "services": st.dictionaries(SERVICES, _FACTS, min_size=1, max_size=4),
        "addresses": st.fixed_dictionaries({"policy": _POLICIES, "source": st.just("https://example.org"), "retrieved": DATES}),
    },
    optional={
        "networks": LISTED,
        "regions": st.dictionaries(st.sampled_from(["eu", "us"]), LISTED.filter(bool).map(lambda listed: {"networks": listed}), max_size=2),
        "requires": st.fixed_dictionaries({}, optional={"tls_versions": some(TLS), "connections_per_mailbox": st.integers(1, 1000)}),
    },
).map(json.dumps)
