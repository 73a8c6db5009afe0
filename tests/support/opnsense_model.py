"""A stand-in for the models of an OPNsense."""

import json
from typing import Any

Items = dict[str, dict[str, Any]]  # by UUID


class RefusedError(Exception):
    """An answer that a call does not expect."""


class Firewall:
    """Aliases and rules of an OPNsense, and what is in effect; ApiMutableModelControllerBase, AliasController and FilterController."""

    def __init__(self) -> None:
        self.aliases: Items = {"00000000-0000-4000-8000-000000000001": {"name": "office", "content": "192.0.2.128/28"}}
        self.rules: Items = {
            "00000000-0000-4000-8000-000000000002": {"description": "web", "interface": "wan", "sequence": "100", "source_net": "office"},
            "00000000-0000-4000-8000-000000000003": {
                "description": "gatepost acme-2: hubspot to imaps",
                "interface": "wan",
                "sequence": "1",
            },
        }
        self.loaded: list[str] = []

    def call(self, method: str, path: str, body: Any) -> Any:
        """Answer one call."""
        _, _, module, controller, action, *words = path.split("/")
        assert (module, method) == ("firewall", "GET" if action == "get" else "POST")
        answer = getattr(self, f"_{controller}_{action}")(*words, *([body] if body else []))
        return json.loads(json.dumps(answer))

    def answer(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        """Answer one call as the web server does."""
        try:
            return 200, self.call(method, path, body)
        except RefusedError as error:
            return 500, {"errorMessage": str(error), "errorTitle": "Alias in use"}

    def _alias_import(self, body: Any) -> Any:
        for content in body["data"]["aliases"]["alias"].values():
            known = [uuid for uuid, alias in self.aliases.items() if alias["name"] == content["name"]]
            uuid = known[0] if known else f"00000000-0000-4000-9000-{len(self.aliases):012}"
            self.aliases[uuid] = self.aliases.get(uuid, {}) | content
        return {"status": "ok"}

    def _alias_get(self) -> Any:
        return {"alias": {"aliases": {"alias": self.aliases or []}}}

    def _alias_del_item(self, uuid: str) -> Any:
        name = self.aliases[uuid]["name"]
        if any(name in (rule.get("source_net"), rule.get("destination_net"), rule.get("destination_port")) for rule in self.rules.values()):
            raise RefusedError(f"{name} is in use")
        del self.aliases[uuid]
        return {"result": "deleted"}

    def _alias_reconfigure(self) -> Any:
        self.loaded.append("aliases")
        return {"status": "ok"}

    def _filter_set_rule(self, uuid: str, body: Any) -> Any:
        names = {alias["name"] for alias in self.aliases.values()} | {"any"}
        rule = body["rule"]
        if not {rule["source_net"], rule["destination_net"], rule["destination_port"]} <= names:
            return {"result": "failed"}
        self.rules[uuid] = rule
        return {"result": "saved"}

    def _filter_get(self) -> Any:
        return {"filter": {"rules": {"rule": {uuid: _shown(rule) for uuid, rule in self.rules.items()} or []}}}

    def _filter_del_rule(self, uuid: str) -> Any:
        del self.rules[uuid]
        return {"result": "deleted"}

    def _filter_apply(self) -> Any:
        self.loaded.append("rules")
        return {"status": "OK\n\n"}


def _shown(rule: dict[str, Any]) -> dict[str, Any]:
    """A rule as BaseListField and BooleanField show it: of a list, everything that could be chosen."""
    chosen = rule.get("interface", "").split(",")
    interfaces = {name: {"value": name.upper(), "selected": int(name in chosen)} for name in ("lan", "opt1", "wan")}
    return {"enabled": "1", "quick": "1", "interfacenot": "0"} | rule | {"interface": interfaces}
