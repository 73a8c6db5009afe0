"""Network security groups of Azure as people have them: what is understood, what is said about the rest."""

import json
from typing import Any

import pytest

from generator.net import Family
from generator.readers.model import Ruleset
from tests.review.meaning import doubts, read_back, read_files, shown

INSIDE = "10.0.0.0/8 100.64.0.0/10 172.16.0.0/12 192.168.0.0/16"
NONE = {"closed": "everybody"}
ALL = {"open": "everybody"}


def rule(name: str, priority: int, access: str = "Allow", source: str | list[str] = "*", **more: Any) -> dict[str, Any]:
    """A rule as the CLI prints it: both keys of every pair, one of them empty."""
    several = isinstance(source, list)
    return {
        "name": name,
        "priority": priority,
        "access": access,
        "direction": "Inbound",
        "protocol": "Tcp",
        "sourceAddressPrefix": None if several else source,
        "sourceAddressPrefixes": source if several else [],
        "sourcePortRange": "*",
        "sourcePortRanges": [],
        "destinationAddressPrefix": "*",
        "destinationAddressPrefixes": [],
        "destinationPortRange": "993",
        "destinationPortRanges": [],
        "provisioningState": "Succeeded",
        "etag": 'W/"1"',
        "id": f"/subscriptions/s/resourceGroups/r/providers/Microsoft.Network/networkSecurityGroups/nsg/securityRules/{name}",
        "type": "Microsoft.Network/networkSecurityGroups/securityRules",
        "resourceGroup": "r",
        **more,
    }


DEFAULTS = [
    rule(
        "AllowVnetInBound",
        65000,
        source="VirtualNetwork",
        protocol="*",
        destinationPortRange="*",
        destinationAddressPrefix="VirtualNetwork",
    ),
    rule("AllowAzureLoadBalancerInBound", 65001, source="AzureLoadBalancer", protocol="*", destinationPortRange="*"),
    rule("DenyAllInBound", 65500, "Deny", protocol="*", destinationPortRange="*"),
    rule("AllowInternetOutBound", 65001, protocol="*", destinationPortRange="*", direction="Outbound"),
]


def nsg(*rules: dict[str, Any], name: str = "nsg", defaults: list[dict[str, Any]] = DEFAULTS) -> dict[str, Any]:
    return {"name": name, "id": f"/x/{name}", "securityRules": list(rules), "defaultSecurityRules": defaults, "networkInterfaces": None}


def read(*documents: Any) -> tuple[Ruleset | None, list[str]]:
    return read_files(("nsg.json", "\n".join(map(json.dumps, documents))))


def test_the_smallest_number_decides_whatever_the_order() -> None:
    first, second = rule("first", 100, "Deny", "198.51.100.0/25"), rule("second", 200, "Allow", ["198.51.100.0/24", "2001:db8::/32"])
    found = [read(nsg(*rules)) for rules in ((first, second), (second, first))]

    assert [findings for _, findings in found] == [[], []]
    assert [shown(ruleset, Family.V4, 993)["open"] for ruleset, _ in found] == ["168.63.129.16/32 198.51.100.128/25"] * 2
    assert [shown(ruleset, Family.V6, 993)["open"] for ruleset, _ in found] == ["2001:db8::/32 fe80::1234:5678:9abc/128"] * 2


def test_the_default_rules_let_in_probes_and_perhaps_the_virtual_network() -> None:
    ruleset, findings = read(nsg())

    assert findings == []
    assert shown(ruleset, Family.V4, 993) == {"open": "168.63.129.16/32", "closed": "the rest", "unknown": INSIDE}
    assert doubts(ruleset, Family.V4, 993) == ["which addresses the virtual network has"]


def test_without_the_default_rules_what_no_rule_names_is_refused() -> None:
    ruleset, findings = read([rule("only", 300, source="192.0.2.0/24")])

    assert findings == []
    assert shown(ruleset, Family.V4, 993)["open"] == "192.0.2.0/24"
    assert shown(ruleset, Family.V6, 993) == NONE


def test_the_group_of_the_subnet_and_that_of_the_interface_both_let_in() -> None:
    subnet, interface = (nsg(rule("in", 100, source=source), name=source, defaults=[]) for source in ("192.0.2.0/24", "192.0.2.128/25"))
    ruleset, findings = read(subnet, interface)

    assert findings == []
    assert shown(ruleset, Family.V4, 993)["open"] == "192.0.2.128/25"


def test_of_all_groups_of_a_subscription_none_is_sure_to_stand_before_the_server() -> None:
    ruleset, findings = read(
        [nsg(rule("in", 100), name="a", defaults=[]), nsg(rule("in", 100, source="192.0.2.0/24"), name="b", defaults=[])]
    )

    assert findings == []
    assert shown(ruleset, Family.V4, 993) == {"open": "192.0.2.0/24", "unknown": "the rest"}


def test_what_applies_to_an_interface_is_read_with_the_addresses_of_its_tags() -> None:
    effective = {
        "name": "securityRules/in",
        "protocol": "Tcp",
        "priority": 100,
        "access": "Allow",
        "direction": "Inbound",
        "sourceAddressPrefix": "Storage",
        "sourceAddressPrefixes": ["Storage"],
        "expandedSourceAddressPrefix": ["192.0.2.0/24"],
        "sourcePortRange": "0-65535",
        "sourcePortRanges": ["0-65535"],
        "destinationAddressPrefix": "0.0.0.0/0",
        "destinationAddressPrefixes": ["0.0.0.0/0"],
        "destinationPortRange": "900-1000",
        "destinationPortRanges": ["900-1000"],
    }
    applied = {"networkSecurityGroup": {"id": "/x/nsg"}, "association": {"subnet": {"id": "/s"}}, "effectiveSecurityRules": [effective]}
    ruleset, findings = read({"value": [applied]})

    assert findings == []
    assert shown(ruleset, Family.V4, 993)["open"] == "192.0.2.0/24"


def test_the_forms_of_the_api_and_of_a_template_say_the_same() -> None:
    held = {"name": "in", "properties": {key: value for key, value in rule("in", 100, source="192.0.2.0/24").items() if key != "name"}}
    group = {"type": "Microsoft.Network/networkSecurityGroups", "name": "nsg", "properties": {"securityRules": [held]}}
    template = {"$schema": "https://schema.management.azure.com/…", "contentVersion": "1.0.0.0", "resources": [group]}
    child = {**held, "type": "Microsoft.Network/networkSecurityGroups/securityRules", "name": "nsg/in"}
    found = [read(one) for one in (group, template, {**template, "resources": [child]}, [held])]

    assert [findings for _, findings in found] == [[]] * 4
    assert [shown(ruleset, Family.V4, 993)["open"] for ruleset, _ in found] == ["192.0.2.0/24"] * 4


@pytest.mark.parametrize(
    ("held", "v4", "v6"),
    [
        (rule("a", 100, protocol="*"), ALL, ALL),
        (rule("a", 100, protocol="Udp"), NONE, NONE),
        (rule("a", 100, source="0.0.0.0/0"), ALL, NONE),
        (rule("a", 100, source="::/0"), NONE, ALL),
        (rule("a", 100, source="Any"), ALL, ALL),
        (rule("a", 100, destinationPortRange="*"), ALL, ALL),
        (rule("a", 100, destinationPortRange=None, destinationPortRanges=["25", "900-1000"]), ALL, ALL),
        (rule("a", 100, destinationPortRange=None, destinationPortRanges=["25", "900-992"]), NONE, NONE),
        (rule("a", 100, direction="Outbound"), NONE, NONE),
        (rule("a", 100, direction="inbound", access="allow", protocol="TCP"), ALL, ALL),
        (rule("a", 100, destinationAddressPrefix="10.20.0.0/16"), ALL, NONE),
        (rule("a", 100, destinationAddressPrefix="10.21.0.0/16"), NONE, NONE),
        (rule("a", 100, source="Internet"), {"open": "the rest", "unknown": INSIDE}, {"open": "the rest", "unknown": "fc00::/7"}),
        (rule("a", 100, source="AzureCloud.WestEurope"), {"unknown": "everybody"}, {"unknown": "everybody"}),
        (rule("a", 100, sourcePortRange="1024-65535"), {"unknown": "everybody"}, {"unknown": "everybody"}),
    ],
)
def test_a_rule_means_what_azure_says(held: dict[str, Any], v4: dict[str, str], v6: dict[str, str]) -> None:
    ruleset, findings = read(nsg(held, defaults=[]))

    assert findings == []
    assert (shown(ruleset, Family.V4, 993), shown(ruleset, Family.V6, 993)) == (v4, v6)


def test_application_security_groups_are_a_matter_of_private_addresses_and_of_the_server() -> None:
    groups = [{"id": "/subscriptions/s/applicationSecurityGroups/web"}]
    source = rule("source", 100, source="", sourceApplicationSecurityGroups=groups)
    target = rule("target", 200, source="192.0.2.0/24", destinationAddressPrefix="", destinationApplicationSecurityGroups=groups)
    ruleset, findings = read(nsg(source, target, defaults=[]))

    assert findings == ["AUD020 a rule lets in the members of `web`, whose addresses are not in the dump"]
    assert shown(ruleset, Family.V4, 993)["unknown"] == "10.0.0.0/8 100.64.0.0/10 172.16.0.0/12 192.0.2.0/24 192.168.0.0/16"


@pytest.mark.parametrize(
    ("held", "why"),
    [
        (rule("a", 100, sourceCountry="CH"), "`sourceCountry` is not known here"),
        (rule("a", 100, source="[parameters('x')]"), "`[parameters('x')]` is no address"),
        (rule("a", 100, access="Maybe"), "`Maybe` is neither Allow nor Deny"),
        (rule("a", 100, source=""), "it names no source"),
        (rule("a", 100, destinationPortRange="imaps"), "`imaps` is no port"),
        (rule("a", 100, protocol="Tpc"), "`tpc` is no protocol that is known here"),
        ({**rule("a", 100), "priority": "[variables('p')]"}, "it has no priority"),
    ],
)
def test_a_rule_that_is_not_understood_makes_its_verdict_unknown(held: dict[str, Any], why: str) -> None:
    ruleset, findings = read(nsg(held, rule("b", 200, source="192.0.2.0/24"), defaults=[]))

    assert findings == [f"AUD002 the rule `a` is not understood: {why}"]
    assert shown(ruleset, Family.V4, 993) == {"unknown": "everybody"}


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"value": []}', "nothing"])
def test_another_document_is_refused(text: str) -> None:
    ruleset, findings = read_back("azure", text)

    assert ruleset is None
    assert [finding[:6] for finding in findings] == ["AUD001"]


def test_a_table_with_a_torn_line_is_refused() -> None:
    ruleset, findings = read_back("azure-table", "# gatepost\nname\t100\tInbound\n")

    assert ruleset is None
    assert findings == ["AUD001 this line has not the 10 fields of a rule"]
