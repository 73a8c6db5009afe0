"""A GCP project that is not one: a stand-in for `gcloud` with a file, and what the scripts do with it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from generator.plan import Plan
from tests.cloud.gcp.reading import rows
from tests.cloud.ordered import meaning_of_plan, meaning_of_rows

FAKE = Path(__file__).resolve().parent / "fake_gcloud.py"
FOREIGN: Final = {
    "name": "ssh",
    "description": "",
    "direction": "INGRESS",
    "disabled": False,
    "network": "https://www.googleapis.com/compute/v1/projects/p/global/networks/default",
    "priority": 1000,
    "sourceRanges": ["0.0.0.0/0"],
    "allowed": [{"IPProtocol": "tcp", "ports": ["22"]}, {"IPProtocol": "icmp"}],
    "logConfig": {"enable": False},
}


class Project:
    """The rules of a project, and the `gcloud` to it."""

    def __init__(self, folder: Path, *foreign: dict[str, Any]) -> None:
        self.state_file, self.gcloud = folder / "state.json", folder / "gcloud"
        self.gcloud.write_text(f'#!/bin/sh\nexec "{sys.executable}" -I "{FAKE}" "$@"\n', encoding="utf-8")
        self.gcloud.chmod(0o755)
        self.save({"rules": {rule["name"]: rule for rule in foreign}, "writes": [], "fail_after": None})

    @property
    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.state_file.read_text(encoding="utf-8"))
        return found

    def save(self, state: dict[str, Any]) -> None:
        self.state_file.write_text(json.dumps(state), encoding="utf-8")

    @property
    def rules(self) -> dict[str, Any]:
        found: dict[str, Any] = self.state["rules"]
        return found

    def run(self, folder: Path, *words: str, status: int = 0) -> str:
        """What a script prints; fails on another exit status."""
        env = {**os.environ, "GCLOUD": str(self.gcloud), "FAKE_GCLOUD_STATE": str(self.state_file)}
        done = subprocess.run(["sh", *words], cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr

    def means(self, plan: Plan) -> bool:
        """Whether the site's own rules of the project mean what the plan means."""
        own = [as_written(rule) for name, rule in self.rules.items() if "--" in name]
        return meaning_of_rows(rows(own), plan) == meaning_of_plan(plan)


def as_written(rule: dict[str, Any]) -> dict[str, Any]:
    """A rule with its ports in one entry, which gcloud sends in several."""
    key = "allowed" if "allowed" in rule else "denied"
    ports = [port for entry in rule[key] for port in entry["ports"]]
    return {"disabled": False, **rule, key: [{"IPProtocol": "tcp", "ports": ports}]}
