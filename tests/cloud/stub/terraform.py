"""Terraform, offline, with the stub in place of the clouds' providers."""

import json
import os
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.cloud.tools import run, tool

STUB = Path(__file__).resolve().parent
PROVIDERS = tuple(sorted(path.stem for path in STUB.glob("*.json")))


class Terraform:
    """A folder with .tf files and a state. `variables` are for every plan; what a command prints on stderr is in the failing assertion."""

    def __init__(self, folder: Path, scratch: Path, **variables: str) -> None:
        program = shutil.which("terraform")
        if program is None:
            pytest.skip("terraform: not on this machine")
        self.program, self.folder = program, folder
        self.variables = [f"-var={name}={value}" for name, value in variables.items()]
        self.env = {
            "PATH": os.environ["PATH"],
            "HOME": str(scratch),
            "TF_CLI_CONFIG_FILE": str(_configure(scratch)),
            "TF_IN_AUTOMATION": "1",
            "CHECKPOINT_DISABLE": "1",
            "LC_ALL": "C",
        }

    def call(self, *words: str, status: int = 0) -> str:
        """What a subcommand prints; fails on another exit status."""
        done = run([self.program, *words], self.folder, self.env)
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr if status else done.stdout

    def check_format(self) -> None:
        """Fail unless the files are as `terraform fmt` writes them."""
        self.call("fmt", "-check", "-diff")

    def validate(self) -> None:
        """Fail if the files are not valid for the provider's schema."""
        found = json.loads(self.call("validate", "-json"))
        assert found["valid"], found["diagnostics"]

    def plan(self) -> dict[str, Any]:
        """The plan, as `terraform show -json` prints it."""
        self.call("plan", "-input=false", "-out=the.plan", "-no-color", *self.variables)
        shown: dict[str, Any] = json.loads(self.call("show", "-json", "the.plan"))
        return shown

    def apply(self) -> dict[str, Any]:
        """Carry out a plan, with the state as all there is; gives the plan."""
        shown = self.plan()
        self.call("apply", "-input=false", "-no-color", "the.plan")
        return shown

    def state(self) -> dict[str, Any]:
        """The state, as `terraform show -json` prints it."""
        shown: dict[str, Any] = json.loads(self.call("show", "-json"))
        return shown


def actions(plan: dict[str, Any]) -> Counter[str]:
    """How many objects a plan creates, updates, deletes, replaces (`delete/create`), by the words of Terraform; none for what stays."""
    words = ("/".join(change["change"]["actions"]) for change in plan.get("resource_changes", ()))
    return Counter(word for word in words if word != "no-op")


def _configure(scratch: Path) -> Path:
    """Write what makes Terraform take the stub for every provider that there is a schema of."""
    folder = scratch / "providers"
    folder.mkdir(parents=True, exist_ok=True)
    python = tool("stub", "python")
    for name in PROVIDERS:
        program = folder / f"terraform-provider-{name}"
        program.write_text(f'#!/bin/sh\nexec "{python}" "{STUB / "provider.py"}" {name}\n', encoding="utf-8")
        program.chmod(0o755)
    overrides = "".join(f'    "hashicorp/{name}" = "{folder}"\n' for name in PROVIDERS)
    path = scratch / "terraformrc"
    path.write_text(f"provider_installation {{\n  dev_overrides {{\n{overrides}  }}\n  direct {{}}\n}}\n", encoding="utf-8")
    return path
