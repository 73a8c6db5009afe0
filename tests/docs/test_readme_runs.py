"""What the README shows is done here: its commands are typed into a shell, on a host of its own."""

import re
import shutil
from pathlib import Path
from typing import Final

import pytest
from typer.main import get_command

from generator.cli.every import app
from tests.docs.markdown import PAGES, README, blocks, codes_in, prose, section
from tests.docs.shell import type_in
from tests.house.tree import ROOT, relative

INLINE = [
    pytest.param(code, id=f"{relative(page)}: {code}")
    for page in PAGES
    for code in codes_in(prose(page))
    if code.startswith("gatepost ") and not code.startswith("gatepost SITE:")  # which is how rules of a firewall are described
]


def shell_blocks(heading: str) -> list[str]:
    """The blocks of shell lines under one heading of the README."""
    return re.findall(r"^```console\n(.*?)^```", section(README, heading), re.MULTILINE | re.DOTALL)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder that the reader stands in."""
    found = tmp_path / "home"
    found.mkdir()
    return found


def test_the_way_from_the_ticket_to_the_rules_and_back_works_as_shown(folder: Path) -> None:
    _install, site, apply, undo = shell_blocks("## From the ticket to the rules")

    typed = type_in("\n".join([site, apply, "nft list tables", undo, "echo AFTER", "nft list ruleset"]), folder)

    assert "198.51.100.10 to imaps (tcp 993): allow\n" in typed
    assert "\ntable inet gatepost_acme\n" in typed
    assert typed.partition("AFTER\n")[2] == ""


def test_the_lines_for_ci_pass_while_nothing_has_drifted(folder: Path) -> None:
    for name in ("acme.yaml", "acme-make.txt"):
        shutil.copy(ROOT / "profiles" / "sites" / name, folder)
    (lines,) = shell_blocks("## In CI")

    type_in(f"gatepost render acme.yaml -o out >/dev/null\n{lines}", folder)

    assert '"version": "2.1.0"' in (folder / "gatepost.sarif").read_text(encoding="utf-8")


def test_the_template_shown_adds_its_line_to_the_guard(folder: Path) -> None:
    (template,) = blocks(README, "jinja")
    (folder / "own" / "nftables").mkdir(parents=True)
    (folder / "own" / "nftables" / "guard.nft.j2").write_text(template, encoding="utf-8")

    rendered = type_in(
        f"gatepost render hubspot --network 8.8.8.8 {ONE_FILE} --templates own >guard.nft\nnft -c -f guard.nft\ncat guard.nft", folder
    )

    assert template.splitlines()[2] in rendered.splitlines()


ONE_FILE: Final = "-t nftables -o - --role guard 2>/dev/null"


def test_the_workflow_runs_the_lines_for_ci() -> None:
    (lines,) = shell_blocks("## In CI")
    workflow = next(text for text in blocks(README, "yaml") if "actions/checkout" in text)

    assert [line for line in lines.splitlines() if f"run: {line}\n" not in workflow] == []


def test_a_mistake_looks_as_shown(folder: Path) -> None:
    _, shown = blocks(README, "text")
    folder.joinpath("acme.yaml").write_text(MISTAKEN, encoding="utf-8")

    typed = type_in("gatepost check acme.yaml 2>&1 || test $? = 1", folder)

    assert typed == shown


MISTAKEN: Final = """\
kind: site
name: acme
connectors:
  - use: hubspot
    networks:
      - 198.51.100.7/24
    services: [imaps, submision]
access:
  imap: public
  imaps: allowlist
"""


@pytest.mark.parametrize("line", INLINE)
def test_a_command_in_the_text_has_the_options_it_is_shown_with(line: str) -> None:
    command = get_command(app)
    words = [word for word in line.split()[1:] if not word.startswith("[")]
    while words and words[0] in getattr(command, "commands", {}):
        command = command.commands[words.pop(0)]  # type: ignore[attr-defined]  # it has them: it is a group
    known = {name for parameter in command.params for name in parameter.opts} | {"--install-completion"}

    unknown = [word for word in words if word.startswith("-") and word not in known]

    assert unknown == []
    assert not hasattr(command, "commands") or all(word.startswith("-") for word in words)
