"""Azure's security rules, in whichever form, as rows to compare with a plan; and what the documentation refuses about them."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from generator.net import parse_prefix
from tests.cloud.ordered import Row, read_ports

Rule = Mapping[str, Any]
# The arguments of the Terraform provider, by the properties of the API.
TERRAFORM = {
    "description": "description",
    "priority": "priority",
    "direction": "direction",
    "access": "access",
    "protocol": "protocol",
    "sourcePortRange": "source_port_range",
    "sourceAddressPrefix": "source_address_prefix",
    "sourceAddressPrefixes": "source_address_prefixes",
    "destinationAddressPrefix": "destination_address_prefix",
    "destinationAddressPrefixes": "destination_address_prefixes",
    "destinationPortRange": "destination_port_range",
    "destinationPortRanges": "destination_port_ranges",
}


def rows(rules: Iterable[Rule]) -> list[Row]:
    """The rules of one group, each with its name and properties, after a look at what Azure asks of them together."""
    every = list(rules)
    priorities = [rule["priority"] for rule in every]
    assert len(set(priorities)) == len(every), "every rule has a priority of its own"
    assert len(every) <= 1000
    assert sum(len(_sources(rule)) for rule in every) <= 4000
    return [_row(rule) for rule in every]


def from_terraform(plan: dict[str, Any]) -> list[Rule]:
    """The rules that a plan leaves, in the words of the API."""
    resources = plan["planned_values"]["root_module"].get("resources", [])
    found = [resource["values"] for resource in resources if resource["type"] == "azurerm_network_security_rule"]
    return [
        {"name": values["name"], **{key: values[name] for key, name in TERRAFORM.items() if values[name] is not None}} for values in found
    ]


def _row(rule: Rule) -> Row:
    sources = _sources(rule)
    assert re.fullmatch(r"\w([\w.-]{0,78}\w)?", rule["name"]), rule["name"]
    assert len(rule["description"]) <= 140
    assert 100 <= rule["priority"] <= 4096
    assert (rule["direction"], rule["protocol"], rule["sourcePortRange"]) == ("Inbound", "Tcp", "*")
    assert ("destinationAddressPrefix" in rule) is not ("destinationAddressPrefixes" in rule)
    families = {parse_prefix(text).family for text in [*sources, *rule.get("destinationAddressPrefixes", ())] if text != "*"}
    assert len(families) <= 1, f"{rule['name']}: one family"
    ports = rule.get("destinationPortRanges") or [rule["destinationPortRange"]]
    assert all(isinstance(port, str) for port in ports), "ports are texts"
    prefixes = () if sources == ["*"] else tuple(parse_prefix(text) for text in sources)
    assert prefixes or rule["access"] == "Deny", f"{rule['name']}: nobody is let in by leaving something out"
    return Row(rule["name"], rule["priority"], rule["access"] == "Allow", read_ports(ports), prefixes)


def _sources(rule: Rule) -> list[str]:
    assert ("sourceAddressPrefix" in rule) is not ("sourceAddressPrefixes" in rule)
    sources = [rule["sourceAddressPrefix"]] if "sourceAddressPrefix" in rule else list(rule["sourceAddressPrefixes"])
    assert sources, f"{rule['name']}: no empty list"
    return sources
