"""A network security group written from a plan in the plainest way, for a reader to compare with."""

import json
from pathlib import Path
from typing import Any

from generator.plan import Access, Plan


def by_hand(plan: Plan) -> list[dict[str, Any]]:
    """The plan in the plainest way there is: a rule for each of its rules, then one that denies. Nothing is shared with the product."""
    closed = [str(port) for one in plan.services if one.access is Access.ALLOWLIST for port in one.ports]
    public = [str(port) for one in plan.services if one.access is Access.PUBLIC for port in one.ports]
    rules = [(list(map(str, rule.sources)), list(map(str, rule.ports)), "Allow") for rule in plan.rules]
    rules += [(["0.0.0.0/0"], public, "Allow"), (["::/0"], public, "Allow")] if public else []
    rules += [(["*"], closed, "Deny")] if closed else []
    return [
        {
            "name": f"r{number}",
            "properties": {
                "priority": 200 + number,
                "direction": "Inbound",
                "access": access,
                "protocol": "Tcp",
                "sourcePortRange": "*",
                **({"sourceAddressPrefix": sources[0]} if len(sources) == 1 else {"sourceAddressPrefixes": sources}),
                "destinationAddressPrefix": "*",
                "destinationPortRanges": ports,
            },
        }
        for number, (sources, ports, access) in enumerate(rules)
    ]


def group(path: Path, rules: list[dict[str, Any]]) -> Path:
    """A whole group as `az network nsg show` gives it, for a reader."""
    one = {
        "id": "/subscriptions/s/resourceGroups/r/providers/Microsoft.Network/networkSecurityGroups/nsg-mail",
        "name": "nsg-mail",
        "type": "Microsoft.Network/networkSecurityGroups",
        "properties": {"securityRules": rules},
    }
    path.write_text(json.dumps([one]), encoding="utf-8")
    return path
