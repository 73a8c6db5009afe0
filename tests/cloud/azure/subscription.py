"""An Azure subscription that is not one: a stand-in for `az` with a file, and what the scripts do with it."""

import json
import os
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from generator.plan import Plan
from tests.cloud.azure.reading import rows
from tests.cloud.ordered import meaning_of_plan, meaning_of_rows
from tests.cloud.tools import tool

FAKE = Path(__file__).resolve().parent / "fake_az.py"
FOREIGN: Final[dict[str, Any]] = {
    "name": "ssh",
    "description": None,
    "priority": 300,
    "direction": "Inbound",
    "access": "Allow",
    "protocol": "Tcp",
    "sourcePortRange": "*",
    "sourceAddressPrefix": "*",
    "sourceAddressPrefixes": [],
    "destinationAddressPrefix": "*",
    "destinationAddressPrefixes": [],
    "destinationPortRange": "22",
    "destinationPortRanges": [],
}


class Azure:
    """A subscription with one group, and the `az` to it."""

    def __init__(self, folder: Path, *foreign: dict[str, Any], groups: Iterable[str] = ("nsg-mail",)) -> None:
        self.folder, self.state_file, self.az = folder, folder / "state.json", folder / "az"
        self.az.write_text(f'#!/bin/sh\nexec "{tool("models", "python")}" -I "{FAKE}" "$@"\n', encoding="utf-8")
        self.az.chmod(0o755)
        rules = {rule["name"]: rule for rule in foreign}
        self.state = {"groups": {name: {"rules": rules, "tags": {}} for name in groups}, "calls": []}

    @property
    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.state_file.read_text(encoding="utf-8"))
        return found

    @state.setter
    def state(self, value: dict[str, Any]) -> None:
        self.state_file.write_text(json.dumps(value), encoding="utf-8")

    def rules(self, group: str = "nsg-mail") -> dict[str, Any]:
        found: dict[str, Any] = self.state["groups"][group]["rules"]
        return found

    def writes(self) -> int:
        """How many calls changed something."""
        return sum(1 for call in self.state["calls"] if not {"list", "show"} & set(call[2:4]))

    def run(self, folder: Path, *words: str, status: int = 0) -> str:
        """What a script prints; fails on another exit status."""
        env = {**os.environ, "AZ": str(self.az), "FAKE_AZ_STATE": str(self.state_file)}
        done = subprocess.run(["sh", *words], cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr

    def means(self, plan: Plan, group: str = "nsg-mail") -> bool:
        """Whether the site's own rules of the group mean what the plan means."""
        kept = [{key: value for key, value in rule.items() if value} for name, rule in self.rules(group).items() if "--" in name]
        return meaning_of_rows(rows(kept), plan) == meaning_of_plan(plan)
