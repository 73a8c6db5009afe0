"""The files that the nftables target writes: idioms that refuse nobody at a reload, nothing that nft misreads, clean scripts."""

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from generator.artifacts import Artifact
from generator.net import PortRange
from generator.plan import Access
from tests.support.plans import make_plan, service
from tests.support.targets import render

FULL: Final = make_plan(
    [
        service("imaps"),
        service("imap"),
        service("submission", Access.PUBLIC),
        service("smtp", Access.ADDITIVE),
        service("sieve", Access.ALLOWLIST, PortRange(4190, 4191)),
    ],
    {
        "hubspot": {"imaps": ["198.51.100.0/25", "2001:db8:100::/48"], "sieve": ["192.0.2.7"], "smtp": ["192.0.2.7"]},
        "nylas": {"imaps": ["192.0.2.7"]},
    },
    trusted=["203.0.113.0/28", "2001:db8:a::/48"],
    addresses=["192.0.2.25", "2001:db8::25"],
)
OPTIONS: Final = {
    "defaults": "",
    "everything": "{connection_limit: 9, log: true, counters: true, refuse: reject, interface: [eth0, eth1], destination: server}",
    "prerouting": "{hook: prerouting}",
}
FILES: Final = {name: render(FULL, options) for name, options in OPTIONS.items()}


def statements(files: Mapping[str, Artifact]) -> list[str]:
    """Every line of the rule files that is no comment."""
    texts = (files[name].content for name in ("guard.nft", "include.nft"))
    return [line.strip() for text in texts for line in text.splitlines() if line.strip() and not line.strip().startswith("#")]


@pytest.mark.parametrize("name", FILES)
def test_no_rule_has_an_anonymous_set(name: str) -> None:
    rules = [re.sub(r"add @\S+ \{ [^{}]+ ct count over \d+ \}", "", line) for line in statements(FILES[name])]

    assert [line for line in rules if re.search(r"(dport|saddr|daddr|iifname|state) (!= )?\{", line)] == []


@pytest.mark.parametrize("name", FILES)
def test_no_table_is_deleted_and_nothing_is_merged_by_nft(name: str) -> None:
    words = {word for line in statements(FILES[name]) for word in line.split()}

    assert words & {"auto-merge", "destroy", "reset"} <= ({"reset"} if name == "everything" else set())
    assert [line for line in statements(FILES[name]) if line.startswith(("delete table", "flush ruleset"))] == []


@pytest.mark.parametrize("name", FILES)
def test_an_empty_set_has_no_elements_clause(name: str) -> None:
    assert "elements = {\n\t\t}" not in "".join(artifact.content for artifact in FILES[name].values())


@pytest.mark.parametrize("name", FILES)
def test_every_verdict_has_a_comment_except_for_loopback_and_established_connections(name: str) -> None:
    verdicts = [line for line in statements(FILES[name]) if re.search(r"\b(accept|drop|reject)\b", line) and "policy" not in line]
    bare = [line for line in verdicts if "comment" not in line and " log " not in f" {line} "]

    assert set(bare) == {'iif "lo" accept', "ct state established,related accept"}


def test_logging_is_rate_limited_and_only_there_when_it_is_wanted() -> None:
    logs = {name: [line for line in statements(files) if " log " in f" {line} "] for name, files in FILES.items()}

    found = [line.split('"')[1] for line in logs["everything"]]
    guard = [f"gatepost-acme {name} drop: " for name in ("imap", "imaps", "sieve")]
    assert found == ["gatepost-acme limit: ", *guard, "gatepost-acme limit: "]
    assert {line.partition(" log ")[0] for line in logs.pop("everything")} == {"limit rate 6/minute burst 10 packets"}
    assert logs == {"defaults": [], "prerouting": []}


@pytest.mark.parametrize("name", FILES)
def test_the_include_touches_only_what_begins_with_its_name(name: str) -> None:
    lines = [line.strip() for line in FILES[name]["include.nft"].content.splitlines()]
    touched = [line.split() for line in lines if line.startswith(("flush ", "delete ", "set ", "chain "))]
    names = {words[4] if words[0] in ("flush", "delete") else words[1] for words in touched}

    assert {item for item in names if item != "gatepost_acme" and not item.startswith("gatepost_acme__")} == set()


@pytest.mark.parametrize("name", FILES)
def test_everything_that_is_declared_is_refreshed_or_deleted(name: str) -> None:
    lines = FILES[name]["guard.nft"].content.splitlines()
    end = lines.index("flush table inet gatepost_acme")
    declared = {line.split()[1] for line in lines[:end] if line.startswith("\tset ")}
    handled = {line.split()[4] for line in lines[end:] if line.startswith(("flush set ", "delete set "))}

    assert declared == handled


@pytest.mark.parametrize("name", FILES)
def test_shellcheck_passes_the_scripts(tmp_path: Path, name: str) -> None:
    scripts = [file for file in FILES[name] if file.endswith(".sh")]
    for file in scripts:
        (tmp_path / file).write_text(FILES[name][file].content, encoding="utf-8")

    checked = subprocess.run(["shellcheck", *scripts], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert (checked.stdout, checked.returncode) == ("", 0)
