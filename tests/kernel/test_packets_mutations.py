"""Rendered files, broken on purpose in one place: the packets show each one. A comparison that finds nothing would prove nothing."""

import pytest

from tests.kernel.lab import Lab, LabError, find_disagreements
from tests.kernel.lab.foreign import admit_everything
from tests.kernel.product import GUARD, INCLUDE, IPSET, MIXED, PLAIN, Way, install

REFUSAL = "-A GATEPOST-ACME_GUARD -p tcp -m multiport --dports 587,993"
IMAPS6 = """		elements = {
			2001:db8:100::/48,
			2001:db8:200:1::/64,
			2001:db8:ffff::25,
		}
"""


def case(name: str, way: Way, file: str, old: str, new: str, source: str, port: int) -> object:
    return pytest.param(way, file, old, new, source, port, id=f"{way.name}: {name}")


MUTATIONS = [
    case("a bit too many", GUARD, "guard.nft", "198.51.100.128/25", "198.51.100.128/26", "198.51.100.255", 993),
    case("a bit too few", GUARD, "guard.nft", "2001:db8:ffff::25,", "2001:db8:ffff::24/127,", "2001:db8:ffff::24", 587),
    case("an IPv6 set empty", GUARD, "guard.nft", IMAPS6, "", "2001:db8:100::", 993),
    case("a port missing", GUARD, "guard.nft", "\t\ttcp dport 587 goto submission\n", "", "10.0.0.1", 587),
    case("a port range cut", GUARD, "guard.nft", "10000-10010 goto", "10000-10009 goto", "10.0.0.1", 10010),
    case("port 25 closed", GUARD, "guard.nft", "dport 587 goto", "dport { 25, 587 } goto", "10.0.0.1", 25),
    case("another service's set", GUARD, "guard.nft", "ip saddr @imaps4", "ip saddr @submission4", "192.0.2.7", 993),
    case("trusted only over IPv4", GUARD, "guard.nft", "\t\tip6 saddr @trusted6", "\t\t# ", "2001:db8:a::", 993),
    case("nothing refused", GUARD, "guard.nft", 'drop comment "acme/imaps', 'accept comment "acme/imaps', "3fff::1", 993),
    case("a rule missing", INCLUDE, "include.nft", "\t\tip6 saddr @gatepost_acme__smtp6", "\t\t# ", "2001:db8:200:1::", 25),
    case("public only over IPv4", INCLUDE, "include.nft", "\t\tmeta nfproto ipv6", "\t\t# ", "2001:db8:dead:beef::1", 465),
    case("all ports opened", INCLUDE, "include.nft", "tcp dport 993 goto gatepost_acme__imaps", "accept", "10.0.0.1", 994),
    case("no jump", INCLUDE, "include-apply.sh", "insert rule", "# insert rule", "192.0.2.7", 993),
    case("a bit too many", PLAIN, "v4.rules", "-s 198.51.100.128/25", "-s 198.51.100.128/26", "198.51.100.255", 993),
    case("all admitted over IPv6", PLAIN, "v6.rules", 'trusted" -j DROP', 'trusted" -j ACCEPT', "3fff::1", 993),
    case("a port missing", PLAIN, "v4.rules", "--dports 25,465,", "--dports 465,", "192.0.2.7", 25),
    case("an entry missing", IPSET, "sets.ipset", "add gatepost-acme~imaps6 2001:db8:ffff::25\n", "", "2001:db8:ffff::25", 993),
    case("a bit too few", IPSET, "sets.ipset", "imaps4 203.0.113.16/28", "imaps4 203.0.113.0/27", "203.0.113.15", 993),
    case("another service's set", IPSET, "v4.rules", "gatepost-acme_submission4 src", "gatepost-acme_imaps4 src", "192.0.2.7", 587),
]


@pytest.mark.parametrize(("way", "file", "old", "new", "source", "port"), MUTATIONS)
def test_a_broken_file_is_caught(lab: Lab, way: Way, file: str, old: str, new: str, source: str, port: int) -> None:
    way.foreign.load(lab)
    site = install(lab, way, MIXED)
    site.tamper(file, old, new)

    site.load()

    found = find_disagreements(lab, site.plan, way.layout, way.foreign.admits)
    assert (source, port) in {(wrong.source, wrong.port) for wrong in found}


@pytest.mark.parametrize(
    ("way", "file", "old"),
    [
        pytest.param(GUARD, "guard.nft", "\t\tdrop comment", id="guard"),
        pytest.param(PLAIN, "v4.rules", REFUSAL, id="plain"),
        pytest.param(IPSET, "v4.rules", REFUSAL, id="ipset"),
    ],
)
def test_a_refusal_that_is_missing_is_caught_on_a_server_without_rules(lab: Lab, way: Way, file: str, old: str) -> None:
    site = install(lab, way, MIXED)
    site.tamper(file, old, f"#{old}")

    site.load()

    found = find_disagreements(lab, site.plan, way.layout, admit_everything)
    assert {("10.0.0.1", 587), ("10.0.0.1", 993)} <= {(wrong.source, wrong.port) for wrong in found}


def test_a_changed_policy_is_caught(lab: Lab) -> None:
    site = install(lab, GUARD, MIXED)
    site.tamper("guard.nft", "policy accept", "policy drop")

    site.load()

    with pytest.raises(LabError, match="control connection"):
        find_disagreements(lab, site.plan, GUARD.layout, admit_everything)
