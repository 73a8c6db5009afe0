"""`make test` ends with the truth: what passed, what was not run, and what is missing on the machine."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.tree import ROOT

JUNIT = """\
<testsuites><testsuite tests="3" failures="1" errors="0" skipped="1">
  <testcase classname="tests.unit.test_net" time="1.0" />
  <testcase classname="tests.kernel.test_guard" time="1.0"><failure message="no" /></testcase>
  <testcase classname="tests.cloud.test_aws" time="2.0"><skipped message="terraform is not in PATH" /></testcase>
</testsuite></testsuites>
"""
SUMMARY = """\

area         seconds  budget
install           10     180
lint               5      60
core              50     180
clouds            50     120

1 passed, 1 failed
NOT RUN: terraform is not in PATH
"""


def summarise(folder: Path, require: str) -> tuple[int, str]:
    """The status and the text of the summary of one made-up run."""
    phases, junit = folder / "phases", folder / "junit.xml"
    phases.write_text("install 10000000\nlint 5000000\ntests 100000000\n", encoding="utf-8")
    junit.write_text(JUNIT, encoding="utf-8")
    command = [sys.executable, str(ROOT / ".ci" / "summary.py"), str(phases), str(junit)]
    done = subprocess.run(command, env={"GATEPOST_REQUIRE": require}, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


@pytest.mark.parametrize(("require", "status"), [("", 0), ("all", 1)])
def test_what_was_not_run_is_told_last_and_fails_where_all_is_required(require: str, status: int, tmp_path: Path) -> None:
    assert summarise(tmp_path, require) == (status, SUMMARY)


def test_whoever_cannot_install_is_told_what_to_type() -> None:
    script = ROOT.joinpath(".ci", "packages").read_text(encoding="utf-8")
    nobody = 65534 if os.geteuid() == 0 else None

    command = ["bash", "-s", "nftables", "ipset"]
    done = subprocess.run(command, input=script, user=nobody, cwd="/", capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert "apt-get update && apt-get install --yes --no-install-recommends nftables ipset" in done.stderr


def test_ci_runs_make_test_and_nothing_else() -> None:
    lines = ROOT.joinpath(".ci", "run").read_text(encoding="utf-8").splitlines()

    commands = [line for line in lines if line and not line.startswith("#")]

    assert commands == ["set -euo pipefail", 'cd "$(dirname "$0")/.."', "exec make test </dev/null"]


def test_the_demo_renders_the_example_and_shows_what_opens_what() -> None:
    done = subprocess.run([str(ROOT / ".ci" / "demo")], cwd="/", capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
    assert "cd build/demo/acme/nftables\n  written    guard-apply.sh, " in done.stdout
    for target in ("dovecot", "iptables", "opnsense", "pfsense", "postfix"):
        assert f"cd build/demo/acme/{target}\n" in done.stdout
    assert "build/demo/merged.xml: written for you alone to read" in done.stdout
    assert "  opens   an ACCEPT in our chains is final" in done.stdout
    assert "  closes  the guard closes allowlisted services" in done.stdout
    assert "198.51.100.10 to imaps (tcp 993): allow\n" in done.stdout
    assert "198.51.100.11 to imaps (tcp 993): deny\n" in done.stdout
