"""The oracle agrees with rulesets that are right, and catches each one that is wrong in one place."""

import pytest

from tests.kernel.handmade import GUARD, INCLUDE, PLAN, change, load
from tests.kernel.lab import Lab, Layout, Verdict, boundaries, find_disagreements
from tests.kernel.lab.foreign import NFT_CLOSED, NFT_OPEN, admit_everything


def test_a_right_guard_agrees_with_the_plan(small_lab: Lab) -> None:
    load(small_lab, GUARD)

    assert find_disagreements(small_lab, PLAN, Layout.GUARD, admit_everything) == []


def test_a_right_guard_agrees_beside_foreign_rules(small_lab: Lab) -> None:
    NFT_OPEN.load(small_lab)
    load(small_lab, GUARD)

    assert find_disagreements(small_lab, PLAN, Layout.GUARD, NFT_OPEN.admits, sources=["203.0.113.66", "2001:db8:bad::66"]) == []


def test_a_right_include_agrees_with_the_plan(small_lab: Lab) -> None:
    NFT_CLOSED.load(small_lab)
    load(small_lab, INCLUDE)

    assert find_disagreements(small_lab, PLAN, Layout.INCLUDE, NFT_CLOSED.admits) == []


@pytest.mark.parametrize(
    ("old", "new", "source", "port"),
    [
        pytest.param("198.51.100.0/25", "198.51.100.0/24", "198.51.100.128", 993, id="a bit too few"),
        pytest.param("198.51.100.0/25", "198.51.100.0/26", "198.51.100.127", 993, id="a bit too many"),
        pytest.param("203.0.113.16/28", "203.0.113.16-203.0.113.32", "203.0.113.32", 587, id="one address over"),
        pytest.param("2001:db8:200:1::/64", "2001:db8:200::/63", "2001:db8:200:0:ffff:ffff:ffff:ffff", 587, id="an IPv6 bit too few"),
        pytest.param("\t\tip6 saddr @connectors6 accept\n", "", "2001:db8:ffff::25", 993, id="IPv6 forgotten"),
        pytest.param("\t\tip saddr", "\t\tmeta nfproto ipv6 accept\n\t\tip saddr", "3fff::1", 993, id="IPv6 open to all"),
        pytest.param("\t\ttcp dport 587 goto services\n", "", "10.0.0.1", 587, id="a port not guarded"),
        pytest.param("tcp dport 587", "tcp dport { 25, 587 }", "10.0.0.1", 25, id="port 25 closed"),
        pytest.param("tcp dport 587", "tcp dport 587-588", "10.0.0.1", 588, id="a port beside it closed"),
        pytest.param("\t\tdrop\n", "", "10.0.0.1", 993, id="nothing closed"),
    ],
)
def test_one_mistake_in_the_guard_is_caught(lab: Lab, old: str, new: str, source: str, port: int) -> None:
    load(lab, change(GUARD, old, new))

    found = find_disagreements(lab, PLAN, Layout.GUARD, admit_everything)

    assert (source, port) in {(wrong.source, wrong.port) for wrong in found}


@pytest.mark.parametrize(
    ("old", "new", "source", "port"),
    [
        pytest.param("add rule inet filter input jump gatepost_acme", "", "192.0.2.7", 993, id="no jump"),
        pytest.param("{ 25, 587, 993 } ip6", "{ 587, 993 } ip6", "2001:db8:ffff::25", 25, id="a port missing over IPv6"),
        pytest.param("tcp dport { 25, 587, 993 } ip saddr", "ip saddr", "192.0.2.7", 26, id="every port opened"),
    ],
)
def test_one_mistake_in_the_include_is_caught(lab: Lab, old: str, new: str, source: str, port: int) -> None:
    NFT_CLOSED.load(lab)
    load(lab, change(INCLUDE, old, new))

    found = find_disagreements(lab, PLAN, Layout.INCLUDE, NFT_CLOSED.admits)

    assert (source, port) in {(wrong.source, wrong.port) for wrong in found}


def test_half_a_hole_is_no_denial(lab: Lab) -> None:
    cut_later = change(GUARD, "\t\tct state established,related accept\n", "")
    load(lab, change(cut_later, "\t\tdrop\n", "\t\ttcp flags != syn drop\n"))

    found = find_disagreements(lab, PLAN, Layout.GUARD, admit_everything)

    assert ("10.0.0.1", 993, False, Verdict.MUTE) in found


def test_the_edges_of_a_prefix_are_its_first_and_last_address_and_their_neighbours() -> None:
    assert boundaries(["198.51.100.0/25"]) == ["198.51.99.255", "198.51.100.0", "198.51.100.127", "198.51.100.128"]


def test_a_host_prefix_has_three_edges() -> None:
    assert boundaries(["2001:db8::1/128"]) == ["2001:db8::", "2001:db8::1", "2001:db8::2"]


def test_addresses_that_no_packet_comes_from_are_no_edges() -> None:
    assert boundaries(["1.0.0.0/8", "192.0.2.24/32"]) == ["1.0.0.0", "1.255.255.255", "2.0.0.0", "192.0.2.23", "192.0.2.24"]


def test_a_long_list_is_sampled_with_both_its_ends() -> None:
    prefixes = [f"10.{high}.{low}.16/28" for high in range(40) for low in range(250)]

    edges = boundaries(prefixes, most=100)

    assert (len(edges), edges[:2], edges[-1]) == (404, ["10.0.0.15", "10.0.0.16"], "10.39.249.32")
