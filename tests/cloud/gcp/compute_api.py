"""A server that answers as the Compute Engine API does about firewall rules, on this machine, and remembers what it was sent."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.cloud.json_server import serve_json

FIREWALLS = re.compile(r"/compute/v1/projects/([^/]+)/global/firewalls(?:/([^/?]+))?$")


class ComputeApi:
    """The rules by name, and every request that changed something: its method and body."""

    def __init__(self) -> None:
        self.rules: dict[str, dict[str, Any]] = {}
        self.changes: list[tuple[str, dict[str, Any]]] = []
        self.url = ""

    def answer(self, method: str, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Status and JSON of the answer to one request."""
        found = FIREWALLS.search(path)
        if found is None:
            return 404, {"error": {"code": 404, "message": f"not found: {path}"}}
        name = found[2] or body.get("name", "")
        link = f"{self.url}projects/{found[1]}/global/firewalls/{name}"
        if method == "GET":
            if found[2] is None:
                return 200, {"kind": "compute#firewallList", "items": [self.rules[key] for key in sorted(self.rules)]}
            return (200, self.rules[name]) if name in self.rules else (404, {"error": {"code": 404, "message": name}})
        self.changes.append((method, body))
        if method == "DELETE":
            del self.rules[name]
        else:
            self.rules[name] = {**self.rules.get(name, {}), **body, "kind": "compute#firewall", "selfLink": link}
        operation = f"{self.url}projects/{found[1]}/global/operations/one"
        kind = {"POST": "insert", "DELETE": "delete"}.get(method, "patch")
        done = {"kind": "compute#operation", "name": "one", "status": "DONE", "operationType": kind}
        return 200, {**done, "selfLink": operation, "targetLink": link}


@contextmanager
def serve() -> Iterator[ComputeApi]:
    """Run the server while the block runs."""
    api = ComputeApi()
    with serve_json(lambda method, path, sent: api.answer(method, path, json.loads(sent or b"{}"))) as port:
        api.url = f"http://127.0.0.1:{port}/compute/v1/"
        yield api
