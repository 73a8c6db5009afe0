"""The scripts with the real `az`, which talks to a server on this machine in place of Azure; and whether our stand-in is like it."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from generator.plan import Plan
from tests.cloud.azure.arm import Body, judge
from tests.cloud.azure.arm_api import ArmApi, serve
from tests.cloud.azure.reading import rows
from tests.cloud.azure.subscription import FOREIGN, Azure
from tests.cloud.files import full_plan, write
from tests.cloud.ordered import meaning_of_plan, meaning_of_rows
from tests.cloud.tools import run, tool
from tests.support.firewall_https import make_certificate
from tests.support.plans import make_plan, service
from tests.support.targets import shipped_target

pytestmark = pytest.mark.long  # Microsoft's own program is installed for a long run alone: it is a thousand times the size of gatepost
OPTIONS = "{resource_group: rg, nsg: nsg-mail}"
NEW_GROUP = "{resource_group: rg, create_nsg: true, location: westeurope, tags: [team=mail, cost centre=12 b]}"
KEPT = ("resourceGroups", "managementGroups")
LONG = [f"2001:db8:aaaa:bbbb:cccc:dddd:eeee:{0x1000 + index * 2:x}/128" for index in range(3200)]


class Az:
    """The real program, with settings of its own, logged in to the server that it takes for a cloud."""

    def __init__(self, folder: Path, api: ArmApi) -> None:
        self.api, self.program = api, tool("azure", "az")
        self.env = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "AZ": str(self.program),
            "AZURE_CONFIG_DIR": str(folder / "settings"),
            "AZURE_CORE_COLLECT_TELEMETRY": "false",
            "AZURE_CORE_INSTANCE_DISCOVERY": "false",  # whether the place to log in at is Microsoft's: it would ask the network
            "REQUESTS_CA_BUNDLE": str(folder / "ca.pem"),
        }
        names = ("resource-manager", "active-directory", "active-directory-resource-id", "active-directory-graph-resource-id")
        places = [word for name in names for word in (f"--endpoint-{name}", api.url)]
        self.call("cloud", "register", "--name", "here", "--skip-endpoint-discovery", *places)
        self.call("cloud", "set", "--name", "here")
        self.call("login", "--service-principal", "--username", "nobody", "--password", "none", "--tenant", "tenant")

    def call(self, *words: str, folder: Path | None = None) -> None:
        """One command of the program itself."""
        self._run([self.program, *words, "--output", "none"], folder or Path(self.env["HOME"]), 0)

    def run(self, folder: Path, *words: str, status: int = 0) -> str:
        """What a script prints; fails on another exit status."""
        return self._run(["sh", *words], folder, status)

    def _run(self, words: list[str | Path], folder: Path, status: int) -> str:
        done = run(words, folder, self.env, timeout=300)
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr


def means(rules: dict[str, dict[str, Any]], plan: Plan) -> bool:
    """Whether the site's own rules of a group mean what the plan means."""
    own = [{"name": name, **{key: value for key, value in rule.items() if value}} for name, rule in rules.items() if "--" in name]
    return meaning_of_rows(rows(own), plan) == meaning_of_plan(plan)


def bare(rules: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Rules without what has no value, and without the name that one of the two keeps inside."""
    return {name: {key: value for key, value in rule.items() if value and key != "name"} for name, rule in rules.items()}


def as_bodies(rules: dict[str, dict[str, Any]]) -> list[Body]:
    """The site's own rules as they were sent, for Microsoft's models."""
    return [{"name": name, "properties": rule} for name, rule in rules.items() if "--" in name]


def swap(rules: dict[str, dict[str, Any]]) -> None:
    """Give each of the site's own rules the priority of another one, as somebody could by hand."""
    own = [rule for name, rule in rules.items() if "--" in name]
    numbers = [rule["priority"] for rule in own]
    for rule, number in zip(own, [*numbers[1:], numbers[0]], strict=True):
        rule["priority"] = number


class Both:
    """Azure by the real program and by the stand-in, which have to agree after every script."""

    def __init__(self, folder: Path, az: Az) -> None:
        self.az, self.stand_in = az, Azure(folder, FOREIGN)
        self.rules: dict[str, dict[str, Any]] = {"ssh": {key: value for key, value in FOREIGN.items() if key != "name"}}
        az.api.groups["nsg-mail"] = {"location": "westeurope", "tags": {}, "rules": self.rules}

    def run(self, folder: Path, *words: str, status: int = 0) -> str:
        """What a script prints, which is the same with both."""
        told = self.az.run(folder, *words, status=status)
        assert self.stand_in.run(folder, *words, status=status) == told
        assert bare(self.stand_in.rules()) == bare(self.rules)
        return told

    def swap(self) -> None:
        """Somebody swaps the priorities by hand."""
        swap(self.rules)
        state = self.stand_in.state
        swap(state["groups"]["nsg-mail"]["rules"])
        self.stand_in.state = state

    def means(self, plan: Plan) -> bool:
        """Whether the rules mean what the plan means, and somebody else's rule is as it was."""
        return means(self.rules, plan) and bare(self.rules)["ssh"] == bare({"ssh": FOREIGN})["ssh"]


def test_the_scripts_and_the_stand_in_of_their_other_tests_hold_with_the_real_az(tmp_path: Path) -> None:
    before, other = full_plan(*LONG), full_plan("203.0.113.77")
    after = other._replace(rules=tuple(rule for rule in other.rules if rule.connector != "nylas"))
    one, two = (write(tmp_path / name, plan, "azure-cli", OPTIONS) for name, plan in (("one", before), ("two", after)))

    with serve(make_certificate(tmp_path)) as api:  # one story, because az takes its time
        azure = Both(tmp_path, Az(tmp_path, api))
        azure.run(one, "apply.sh")
        assert (azure.means(before), judge(as_bodies(azure.rules))) == (True, [])
        first = len(api.changes)
        azure.run(one, "apply.sh")
        azure.run(one, "apply.sh", "--check")
        assert len(api.changes) == first
        azure.swap()
        azure.run(one, "apply.sh")
        assert azure.means(before)
        azure.run(two, "apply.sh", "--check", status=1)
        azure.run(two, "apply.sh")
        assert azure.means(after)
        azure.run(two, "undo.sh")

    assert list(azure.rules) == ["ssh"]


def test_a_group_of_its_own_is_made_and_goes_again_with_the_real_az(tmp_path: Path) -> None:
    folder = write(tmp_path / "files", make_plan([service("imaps")], {"crm": {"imaps": ["192.0.2.7"]}}), "azure-cli", NEW_GROUP)

    with serve(make_certificate(tmp_path)) as api:
        az = Az(tmp_path, api)
        az.run(folder, "apply.sh", "--check", status=1)
        az.run(folder, "apply.sh")
        az.run(folder, "apply.sh", "--check")
        made = dict(api.groups)
        az.run(folder, "undo.sh")
        az.run(folder, "undo.sh")
        az.call("logout")
        told = az.run(folder, "undo.sh", status=1)

    assert [(name, group["tags"], group["location"]) for name, group in made.items()] == [
        ("gatepost-acme", {"gatepost": "acme", "team": "mail", "cost centre": "12 b"}, "westeurope")
    ]
    assert api.groups == {}
    assert "az login" in told


def test_the_commands_for_a_template_send_it_as_it_is(tmp_path: Path) -> None:
    folder = write(tmp_path / "files", full_plan(), "azure-arm", "{nsg: nsg-mail}")
    output = shipped_target("azure-arm").manifest.outputs[0]
    commands = [output.check, output.apply, output.apply, f"{output.undo} --yes"]

    with serve(make_certificate(tmp_path)) as api:
        az = Az(tmp_path, api)
        for command in commands:
            az.call(*str(command).replace("GROUP", "rg").split()[1:], folder=folder)

    sent = [body["properties"] for method, name, body in api.changes if method != "DELETE" and name == "gatepost-SITE"]
    assert [method for method, _, _ in api.changes] == ["POST", *["POST", "PUT"] * 2, "DELETE"]  # it checks before it writes
    assert [one["template"] for one in sent] == [json.loads((folder / "rules.json").read_text(encoding="utf-8"))] * 5
    assert [one["actionOnUnmanage"] for one in sent] == [{"resources": "delete", **dict.fromkeys(KEPT, "detach")}] * 5
    assert [one["denySettings"]["mode"] for one in sent] == ["none"] * 5
