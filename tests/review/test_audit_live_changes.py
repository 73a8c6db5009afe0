"""`gatepost audit` of live rules in which somebody changed one thing: each is told, in its family and no other."""

import json
import sys

import pytest

from tests.house.tree import ROOT
from tests.kernel.handmade import change
from tests.kernel.lab import Lab
from tests.review.test_audit_live import HOST, audit, facts, lab, load, told

__all__ = ["lab"]


def test_a_guard_that_closes_every_other_port_is_told(lab: Lab) -> None:
    load(lab, "nftables", "guard-apply.sh", HOST)
    lab.run("nft", "add", "chain", "inet", "gatepost_acme", "input", "{ policy drop; }")

    document = audit(lab)

    policy = "guard: the policy of `inet gatepost_acme input` is drop, which closes every port that the site does not have"
    assert (facts(document, "changed"), document["status"]) == ([policy], 1)


@pytest.mark.parametrize(
    ("number", "said"), [("20", []), ("10", ["our rules let in 10 connections at once from one source; the site says 20"] * 4)]
)
def test_limits_are_compared_in_nfts_own_language_too(lab: Lab, number: str, said: list[str]) -> None:
    load(lab, "nftables", "guard-apply.sh", HOST)
    (lab.folder / "live.nft").write_text(
        lab.run("nft", "list", "ruleset").stdout.replace("ct count over 20", f"ct count over {number}"), encoding="utf-8"
    )
    command = (sys.executable, "-m", "generator", "audit", "acme.yaml", "live.nft", "--format", "json")

    document = json.loads(lab.run("env", f"PYTHONPATH={ROOT}", *command, check=False).stdout)

    assert facts(document, "limit") == said


def test_a_ruleset_given_as_json_and_as_text_has_the_same_limits(lab: Lab) -> None:
    load(lab, "nftables", "guard-apply.sh", HOST)
    (lab.folder / "live.nft").write_text(lab.run("nft", "list", "ruleset").stdout, encoding="utf-8")

    document = audit(lab, "live.nft")

    assert facts(document, "limit") == []


def test_an_include_that_nothing_hooks_in_leaves_the_host_open(lab: Lab) -> None:
    load(lab, "nftables", "include-apply.sh", "table inet filter { }\n")

    document = audit(lab)

    doors = [(4, "submission"), (6, "submission"), (4, "imaps"), (6, "imaps")]
    assert [(fault["family"], fault["service"]) for fault in document["faults"] if fault["kind"] == "extra"] == doors
    assert (document["verdict"], document["status"]) == ("different", 1)


def test_a_guard_that_sleeps_is_not_taken_for_one_that_guards(lab: Lab) -> None:
    load(lab, "nftables", "guard-apply.sh", HOST)
    lab.run("nft", "add", "table", "inet", "gatepost_acme", "{ flags dormant; }")

    document = audit(lab)

    assert document["verdict"] != "same"
    assert {fault["kind"] for fault in document["faults"]} & {"extra", "unknown"}


def test_a_limit_that_counts_everybody_together_is_named(lab: Lab) -> None:
    load(lab, "iptables", "apply.sh")
    rules = lab.run("iptables-save").stdout
    lab.run("iptables-restore", stdin=rules.replace("--connlimit-mask 32", "--connlimit-mask 0"))

    document = audit(lab)

    assert facts(document, "limit") == ["our rules count the connections of a whole /0 as if they were one source's"]


@pytest.mark.parametrize(
    ("name", "family", "sources"), [("imaps4", 4, "198.51.100.10 203.0.113.16/28"), ("imaps6", 6, "2001:db8:100::/56")]
)
def test_a_set_that_was_emptied_is_told_in_its_family_and_no_other(lab: Lab, name: str, family: int, sources: str) -> None:
    load(lab, "nftables", "guard-apply.sh", HOST)
    lab.run("nft", "flush", "set", "inet", "gatepost_acme", name)

    document = audit(lab)

    assert [fault for fault in told(document) if fault[0] == "missing"] == [("missing", "imaps", family, sources)]


@pytest.mark.parametrize(
    ("old", "new", "fact"),
    [
        ("2001:db8:100::/56", "2001:db8:100::/57", "iptables IPv6: `hubspot/submission+imaps/v6` lets in less than the plan"),
        (
            "-s 2001:db8:100::/56 -p tcp -m multiport --dports 587,993",
            "-s 2001:db8:100::/56 -p tcp -m multiport --dports 993",
            "iptables IPv6: a rule of `hubspot/submission+imaps/v6` for other ports than 587, 993",
        ),
    ],
)
def test_a_rule_of_ours_that_was_changed_is_told_what_it_says_now(lab: Lab, old: str, new: str, fact: str) -> None:
    load(lab, "iptables", "apply.sh")
    lab.run("ip6tables-restore", stdin=change(lab.run("ip6tables-save").stdout, old, new))

    document = audit(lab)

    assert facts(document, "changed") == [fact]


def test_a_drop_that_somebody_put_into_our_chain_is_told(lab: Lab) -> None:
    load(lab, "nftables", "guard-apply.sh", HOST)
    lab.run("nft", "insert", "rule", "inet", "gatepost_acme", "imaps", "ip", "saddr", "198.51.100.10", "drop")

    document = audit(lab)

    assert facts(document, "changed") == ["guard: a rule that gatepost did not write"]


def test_an_open_door_on_one_interface_is_unknown_for_everybody_whom_the_plan_keeps_out(lab: Lab) -> None:
    load(lab, "iptables", "apply.sh")
    lab.run("iptables", "-I", "INPUT", "1", "-i", "eth7", "-p", "tcp", "--dport", "993", "-j", "ACCEPT")

    document = audit(lab)

    assert facts(document, "unknown") == ["whether everybody else can get in to imaps (tcp 993) over IPv4 can't be told"]
    assert document["verdict"] == "unknown"


def test_a_limit_of_an_earlier_version_of_the_site_is_told(lab: Lab) -> None:
    load(lab, "iptables", "apply.sh")
    site = (lab.folder / "acme.yaml").read_text(encoding="utf-8")
    (lab.folder / "acme.yaml").write_text(change(site, "{layout: plain, connection_limit: 20}", "{layout: plain}"), encoding="utf-8")

    document = audit(lab)

    assert facts(document, "limit") == ["our rules let in 20 connections at once from one source; the site sets no limit"] * 2


def test_a_limit_that_is_gone_in_one_family_is_told(lab: Lab) -> None:
    load(lab, "iptables", "apply.sh")
    lab.run("sh", "-c", "ip6tables-save | grep -v connlimit | ip6tables-restore")

    document = audit(lab)

    assert facts(document, "limit") == ["the site's limit of 20 connections is not in all of our iptables chains"]
