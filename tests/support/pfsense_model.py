"""A stand-in for a pfSense with pfSense-pkg-RESTAPI 2.1 or later."""

import copy
from typing import Any

Item = dict[str, Any]


class RefusedError(Exception):
    """A status and what is said with it."""


class Firewall:
    """Aliases and rules of a pfSense, and what is in effect; Endpoint, Model, ModelSet, FirewallAlias and FirewallRule of the package.

    The id of an object is its place in the list at the moment. A query leaves conditions about unknown fields aside, as theirs does.
    """

    def __init__(self) -> None:
        self.aliases: list[Item] = [
            {"name": "office", "type": "network", "descr": "", "address": ["192.0.2.128/28"], "detail": ["one"]},
            {"name": "gatepost_acme_2__hubspot", "type": "network", "descr": "", "address": ["192.0.2.9/32"], "detail": ["x"]},
        ]
        self.rules: list[Item] = [
            {"descr": "web", "type": "pass", "interface": ["wan"], "source": "office", "destination": "any", "destination_port": "443"},
            {"descr": "gatepost acme-2: hubspot to imaps", "type": "pass", "interface": ["wan"], "source": "any", "destination": "any"},
        ]
        self.port_forwards: list[Item] = [{"descr": "mail", "interface": "wan", "source": "any", "target": "10.20.0.25"}]
        self.loaded: list[tuple[list[Item], list[Item]]] = []

    def answer(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        """Answer one call as the web server does."""
        try:
            assert path.startswith("/api/v2/firewall/")
            data = getattr(self, f"_{method}_{path.removeprefix('/api/v2/firewall/').replace('/', '_')}".lower())(body)
        except RefusedError as error:
            status, message = error.args
            return status, {"code": status, "status": "bad request", "response_id": "X", "message": message, "data": []}
        return 200, {"code": 200, "status": "ok", "response_id": "SUCCESS", "message": "", "data": data}

    def _get_aliases(self, _body: Any) -> Any:
        return _numbered(self.aliases)

    def _get_rules(self, _body: Any) -> Any:
        return _numbered(self.rules)

    def _get_nat_port_forwards(self, _body: Any) -> Any:
        return _numbered(self.port_forwards)

    def _get_nat_outbound_mappings(self, _body: Any) -> Any:
        return []

    def _get_nat_one_to_one_mappings(self, _body: Any) -> Any:
        return []

    def _post_alias(self, body: Any) -> Any:
        if any(alias["name"] == body["name"] for alias in self.aliases):
            raise RefusedError(400, "Field `name` must be unique")
        self.aliases.append(body)
        return body

    def _patch_alias(self, body: Any) -> Any:
        fields = {key: value for key, value in body.items() if key != "id"}
        alias = self.aliases[body["id"]]
        if fields["name"] != alias["name"]:
            raise RefusedError(400, "Field `name` is not editable")
        alias.update(fields)
        return body

    def _post_rule(self, body: Any) -> Any:
        names = {alias["name"] for alias in self.aliases} | {"any"}
        for field in ("source", "destination", "destination_port"):
            if body[field] not in names:
                raise RefusedError(400, f"Field `{field}` value `{body[field]}` is invalid")
        rule = {key: value for key, value in body.items() if key != "placement"}
        self.rules.insert(min(body["placement"], len(self.rules)), rule)
        return rule

    def _delete_rules(self, body: Any) -> Any:
        return _delete(self.rules, body, least=1)

    def _delete_aliases(self, body: Any) -> Any:
        return _delete(self.aliases, body)

    def _post_apply(self, body: Any) -> Any:
        assert body == {"async": False}
        self.loaded.append(copy.deepcopy((self.aliases, self.rules)))
        return {"applied": True, "pending_subsystems": []}


def _numbered(items: list[Item]) -> list[Item]:
    return [{"id": index, **item} for index, item in enumerate(items)]


def _delete(items: list[Item], query: Item, least: int = 0) -> list[Item]:
    if not query:
        raise RefusedError(400, "At least one query parameter is required to perform mass deletion.")
    found = [item for item in _numbered(items) if all(_matches(item, target, value) for target, value in query.items())]
    for item in reversed(found):
        if len(items) <= least:
            raise RefusedError(403, "Object deletion denied.")
        del items[item["id"]]
    return found


def _matches(item: Item, target: str, value: Any) -> bool:
    field, _, kind = target.partition("__")
    if field not in item:
        return True
    tests: dict[str, bool] = {
        "": item[field] == value,
        "startswith": str(item[field]).startswith(str(value)),
        "gte": kind == "gte" and item[field] >= value,
    }
    return tests[kind]
