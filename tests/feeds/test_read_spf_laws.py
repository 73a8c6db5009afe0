"""The list made of SPF records against a mail server's way: one address at a time, the first match decides (RFC 7208, section 4)."""

import ipaddress
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from generator.models import Feed
from tests.feeds.reads import ask, spf

NAMES = "abc"
ADDRESSES = [ipaddress.ip_address(f"192.0.2.{index}") for index in range(8)] + [
    ipaddress.ip_address(f"2001:db8::{index}") for index in range(4)
]
NETWORKS = st.sampled_from(
    ["ip4:192.0.2.0/30", "ip4:192.0.2.4/31", "ip4:192.0.2.1", "ip4:192.0.2.6", "ip6:2001:db8::/127", "ip6:2001:db8::2", "ip4:192.0.2.0/29"]
)


def terms(name: str) -> st.SearchStrategy[str]:
    """A record that includes only names further on in the alphabet, so that it comes to an end."""
    inner = [f"include:{later}.example.org" for later in NAMES if later > name]
    mechanism = st.tuples(st.sampled_from(["", "+", "-", "~", "?"]), NETWORKS | st.sampled_from(inner) if inner else NETWORKS).map("".join)
    redirects = [f"redirect={later}.example.org" for later in NAMES if later > name]
    last = st.sampled_from(["", "-all", "~all", "?all ip4:192.0.2.7", *redirects])
    return st.tuples(st.lists(mechanism, max_size=4), last).map(lambda parts: " ".join([*parts[0], parts[1]]))


def passes(records: dict[str, str], name: str, address: Any) -> bool:
    """Whether a mail server lets an address send."""
    redirect = ""
    for term in records[name].split():
        if term.startswith("redirect="):
            redirect = term.removeprefix("redirect=")[0]
            continue
        qualifier, mechanism = (term[0], term[1:]) if term[0] in "+-~?" else ("+", term)
        kind, _, value = mechanism.partition(":")
        if kind == "all":
            return False
        if passes(records, value[0], address) if kind == "include" else address in ipaddress.ip_network(value):
            return qualifier == "+"
    return bool(redirect) and passes(records, redirect, address)


@given(records=st.fixed_dictionaries({name: terms(name) for name in NAMES}))
def test_the_list_holds_exactly_the_addresses_that_pass(records: dict[str, str]) -> None:
    reading, _ = ask(Feed(format="spf", domain="a.example.org"), spf(**records))

    assert reading is not None
    listed = [ipaddress.ip_network(str(prefix)) for prefix in reading.merged]
    assert [address for address in ADDRESSES if any(address in network for network in listed)] == [
        address for address in ADDRESSES if passes(records, "a", address)
    ]
