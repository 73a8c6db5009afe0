"""What docs/UPDATING.md and the files of docs/automation promise."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from typer.main import get_command

from generator.cli.every import app
from generator.codes import area_codes
from generator.feeds.update import Status
from generator.feeds.web import Limits
from generator.models import Updates
from tests.docs.markdown import codes_in, rows, section, text_of
from tests.docs.shell import type_in
from tests.docs.test_json_documents import faults
from tests.house.tree import ROOT

PAGE: Final = ROOT / "docs" / "UPDATING.md"
AUTOMATION: Final = ROOT / "docs" / "automation"
UNITS: Final = ("gatepost-update.service", "gatepost-update.timer")
PROFILE: Final = """\
kind: connector
name: crm
title: Example
addresses:
  policy: feed
  feed: {format: text, url: "https://feeds.example.org/list.txt"}
services:
  imaps: {port: 993, application: imap, tls: implicit}
"""
SITE: Final = """\
kind: site
name: acme
connectors: [{use: ./crm.yaml, feed_url: "file:list.txt"}]
updates: {grace_days: 14}
"""


def load(name: str) -> Any:
    """A file of docs/automation."""
    return yaml.safe_load((AUTOMATION / name).read_text(encoding="utf-8"))


def scripts() -> dict[str, str]:
    """The shell scripts of the two pipelines."""
    steps = load("github-workflow.yml")["jobs"]["update"]["steps"]
    github = {f"github: {step.get('name', step['run'])}": step["run"] for step in steps if "run" in step}
    return {**github, "gitlab": "\n".join(load("gitlab-job.yml")["gatepost-update"]["script"])}


def commands() -> list[list[str]]:
    """Every call of gatepost in the page and in the files, as words."""
    texts = [text_of(PAGE), *(path.read_text(encoding="utf-8") for path in AUTOMATION.iterdir())]
    found = [call for text in texts for call in re.findall(r"^(?:\s*(?:run: |- |ExecStart=)?)gatepost ([^\n>|]+)", text, re.MULTILINE)]
    return [call.replace('"', "").split() for call in found]


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_a_command_and_its_options_are_there(words: list[str]) -> None:
    command = get_command(app).commands[words[0]]  # type: ignore[attr-defined]  # a group
    options = {name for parameter in command.params for name in parameter.opts}

    assert {word for word in words if word.startswith("-")} <= options


@pytest.mark.parametrize(("name", "script"), scripts().items(), ids=lambda value: value if ":" in value or value == "gitlab" else "")
def test_a_script_of_a_pipeline_is_clean(name: str, script: str, tmp_path: Path) -> None:
    path = tmp_path / "script.sh"
    path.write_text("#!/bin/bash\nset -e\n" + re.sub(r"\$\{\{.*?\}\}", "0", script) + "\n")

    done = subprocess.run(["shellcheck", str(path)], capture_output=True, text=True, check=False)

    assert done.stdout == ""


@pytest.mark.parametrize("name", UNITS)
def test_systemd_takes_the_unit(name: str, tmp_path: Path) -> None:
    for unit in UNITS:
        shutil.copy(AUTOMATION / unit, tmp_path)
    service = tmp_path / UNITS[0]
    service.write_text(service.read_text().replace("ExecStart=gatepost", "ExecStart=true"))  # it is not installed here

    done = subprocess.run(["systemd-analyze", "verify", str(tmp_path / name)], capture_output=True, text=True, check=False)

    assert (done.returncode, [line for line in done.stderr.splitlines() if str(tmp_path) in line or name in line]) == (0, [])


def test_the_workflow_asks_for_no_more_than_it_needs() -> None:
    workflow = load("github-workflow.yml")

    assert workflow["permissions"] == {"contents": "write", "pull-requests": "write"}
    assert "timeout-minutes" in workflow["jobs"]["update"]


def test_the_table_of_refusals_has_the_codes_of_the_catalogue() -> None:
    told = {row[1] for row in rows(section(PAGE, "## What is refused")) if re.fullmatch("LCK[0-9]+", row[1])}

    assert told == {code.name for code in area_codes("LCK") if "LCK050" <= code.name < "LCK060"}


def test_the_table_of_statuses_has_every_status() -> None:
    told = [codes_in(row[1])[0] for row in rows(section(PAGE, "## Exit status")) if codes_in(row[1]) and row[0].isdecimal()]

    assert sorted(told) == sorted(Status)


def test_the_numbers_on_the_page_are_those_of_the_code() -> None:
    text, updates, limits = text_of(PAGE), Updates(), Limits()

    assert f"more than {updates.shrink_percent} %" in text
    assert f"more than {updates.growth_percent} %" in text
    assert f"/{updates.widest.ipv4} (IPv6: /{updates.widest.ipv6})" in text
    assert f"`max_age_days` ({updates.max_age_days})" in text
    assert f"`max_review_days` ({updates.max_review_days})" in text
    assert f"at most {limits.max_bytes >> 20} MiB" in text
    assert (limits.tries, "tried four times" in text) == (4, True)


def test_a_printed_update_satisfies_its_schema(tmp_path: Path) -> None:
    (tmp_path / "crm.yaml").write_text(PROFILE)
    (tmp_path / "acme.yaml").write_text(SITE)
    lists = ["1.2.3.4 1.2.3.5 1.2.3.6 1.2.3.7 1.2.3.8 1.2.3.9", "1.2.3.5 1.2.3.6 1.2.3.7 1.2.3.8 1.2.3.9 1.2.3.10", "1.2.3.5", "10.0.0.1"]

    printed = [
        type_in(f"printf '%s\\n' {given} >list.txt; gatepost update acme.yaml --today 2026-11-23 --format json || test $? = 1", tmp_path)
        for given in lists
    ]

    assert [faults("update-1", text) for text in printed] == [[], [], [], []]
    assert [json.loads(text)["status"] for text in printed] == ["written", "written", "refused", "refused"]
    assert len(json.loads(printed[1])["connectors"][0]["leaving"]) == 1


def test_an_update_of_nothing_satisfies_its_schema(tmp_path: Path) -> None:
    assert faults("update-1", type_in("gatepost update nothing.yaml --format json || test $? = 1", tmp_path)) == []
