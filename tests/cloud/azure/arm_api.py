"""A server that answers as Azure does about network security groups, on this machine, and remembers what it was sent."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.cloud.json_server import serve_json

# Azure tells names apart without regard to upper and lower case, and programs write `resourceGroups` in both ways.
ROOT = r"/subscriptions/s/resourcegroups/rg/providers/"
GROUPS = re.compile(ROOT + r"Microsoft\.Network/networkSecurityGroups(?:/([^/]+))?", re.IGNORECASE)
RULE = re.compile(ROOT + r"Microsoft\.Network/networkSecurityGroups/([^/]+)/securityRules/([^/]+)", re.IGNORECASE)
STACK = re.compile(ROOT + r"Microsoft\.Resources/deploymentStacks/([^/]+)(/validate)?", re.IGNORECASE)
SUBSCRIPTION = {"id": "/subscriptions/s", "subscriptionId": "s", "displayName": "s", "state": "Enabled"}

Body = dict[str, Any]


class ArmApi:
    """Groups by name, each with `location`, `tags` and its rules' properties by name; stacks; and every request that changed something."""

    def __init__(self) -> None:
        self.groups: dict[str, Body] = {}
        self.stacks: dict[str, Body] = {}
        self.changes: list[tuple[str, str, Body]] = []
        self.url = ""

    def answer(self, method: str, path: str, sent: bytes) -> tuple[int, Body]:
        """Status and JSON of the answer to one request."""
        if path.endswith("/openid-configuration"):
            login = f"{self.url}/tenant/oauth2/v2.0"
            return 200, {"issuer": login, "authorization_endpoint": f"{login}/authorize", "token_endpoint": f"{login}/token"}
        if path.endswith("/token"):
            return 200, {"token_type": "Bearer", "expires_in": 3600, "access_token": "none"}
        if path == "/subscriptions":
            return 200, {"value": [SUBSCRIPTION]}
        body: Body = json.loads(sent or b"{}")
        if found := RULE.fullmatch(path):
            return self._on_rule(method, found[1], found[2], body)
        if found := GROUPS.fullmatch(path):
            return self._on_group(method, found[1], body)
        if found := STACK.fullmatch(path):
            return self._on_stack(method, found[1], body, checked=bool(found[2]))
        return _refuse(404, "InvalidResourceType", path)

    def _on_stack(self, method: str, name: str, body: Body, *, checked: bool) -> tuple[int, Body]:
        """A stack of what a template makes. The templates are kept, not carried out."""
        if method != "GET":
            self.changes.append((method, name, body))
        if method == "PUT":
            self.stacks[name] = body
        if method == "DELETE":
            self.stacks.pop(name)
            return 200, {}
        if name not in self.stacks and not checked:
            return _refuse(404, "DeploymentStackNotFound", name)
        return 200, {"id": name, "name": name, "properties": {"provisioningState": "succeeded"}}

    def _on_group(self, method: str, name: str | None, body: Body) -> tuple[int, Body]:
        if method == "GET" and name is None:
            return 200, {"value": [self._show(each) for each in self.groups]}
        if method != "GET":
            self.changes.append((method, name or "", body))
        if method == "PUT" and name:
            self.groups[name] = {"location": body["location"], "tags": body.get("tags", {}), "rules": {}}
            return 201, self._show(name)
        if name is None or name not in self.groups:
            return _refuse(404, "ResourceNotFound", f"The Resource '{name}' was not found.")
        if method == "DELETE":
            del self.groups[name]
            return 200, {}
        return 200, self._show(name)

    def _on_rule(self, method: str, group: str, name: str, body: Body) -> tuple[int, Body]:
        if group not in self.groups:
            return _refuse(404, "ResourceNotFound", f"The Resource '{group}' was not found.")
        rules = self.groups[group]["rules"]
        if method == "GET":
            return (200, self._show_rule(group, name)) if name in rules else _refuse(404, "NotFound", name)
        self.changes.append((method, name, body))
        if method == "DELETE":
            rules.pop(name)
            return 200, {}
        sent = body["properties"]
        if any(one["priority"] == sent["priority"] and one["direction"] == sent["direction"] for key, one in rules.items() if key != name):
            return _refuse(400, "SecurityRuleConflict", f"{name} has the priority {sent['priority']} of another rule")
        rules[name] = {key: value for key, value in sent.items() if value is not None}
        return 201, self._show_rule(group, name)

    def _show(self, name: str) -> Body:
        """A group as Azure shows it; rules that nobody wrote are not among `securityRules`."""
        group = self.groups[name]
        rules = [self._show_rule(name, rule) for rule in group["rules"]]
        properties = {"provisioningState": "Succeeded", "securityRules": rules, "defaultSecurityRules": []}
        return {"id": _group_id(name), "name": name, "location": group["location"], "tags": group["tags"], "properties": properties}

    def _show_rule(self, group: str, name: str) -> Body:
        """A rule as Azure shows it: every list is there, empty where the property for one value is used."""
        lists = ("sourceAddressPrefixes", "destinationAddressPrefixes", "sourcePortRanges", "destinationPortRanges")
        properties = {"provisioningState": "Succeeded", **{key: [] for key in lists}, **self.groups[group]["rules"][name]}
        return {"id": f"{_group_id(group)}/securityRules/{name}", "name": name, "properties": properties}


@contextmanager
def serve(certificate: Path) -> Iterator[ArmApi]:
    """Run the server while the block runs."""
    api = ArmApi()
    with serve_json(api.answer, certificate) as port:
        api.url = f"https://localhost:{port}"
        yield api


def _group_id(name: str) -> str:
    return f"/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/networkSecurityGroups/{name}"


def _refuse(status: int, code: str, message: str) -> tuple[int, Body]:
    return status, {"error": {"code": code, "message": message}}
