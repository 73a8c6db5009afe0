"""docs/DIFF.md shows what the command prints, and describes every key of its JSON."""

import json
import shutil
from itertools import pairwise
from pathlib import Path
from typing import Final

import pytest

from tests.docs.markdown import blocks
from tests.docs.shell import type_in
from tests.docs.test_json_documents import described, faults, load_schema, objects
from tests.house.tree import ROOT
from tests.support.cli import gatepost

PAGE: Final = ROOT / "docs" / "DIFF.md"
COMMIT: Final = "git -c user.name=it -c user.email=it@example.org -c commit.gpgsign=false commit --quiet --all -m"


@pytest.fixture
def shown(tmp_path: Path) -> Path:
    """A repository whose `main` has the shipped example, and whose branch changes what the page shows."""
    folder = tmp_path / "home"
    folder.mkdir()
    for name in ("acme.yaml", "acme-make.txt"):
        shutil.copy(ROOT / "profiles" / "sites" / name, folder)
    type_in(f"git init --quiet --initial-branch main && git add . && {COMMIT} one && git checkout --quiet -b more", folder)
    (changes,) = blocks(PAGE, "diff")
    site = (folder / "acme.yaml").read_text(encoding="utf-8")
    lines = changes.splitlines()
    for old, new in pairwise(lines):
        if old.startswith("-") and new.startswith("+"):
            assert old[1:] in site
            site = site.replace(old[1:], new[1:])
    (folder / "acme.yaml").write_text(site, encoding="utf-8")
    type_in(f"{COMMIT} two", folder)
    return folder


def test_the_pull_request_looks_as_shown(shown: Path) -> None:
    command = blocks(PAGE, "console")[0].strip()

    assert type_in(f"{command} || test $? = 1", shown) == blocks(PAGE, "markdown")[0]


def test_the_workflow_s_lines_are_lines_that_the_command_takes(shown: Path) -> None:
    never, _, wider = blocks(PAGE, "yaml")[0].splitlines()
    first, last = (line.removeprefix("- run: ").partition("   #")[0].replace("origin/$GITHUB_BASE_REF", "main") for line in (never, wider))

    type_in(f"{first}\n{last} && exit 9 || test $? = 1", shown)

    assert (shown / "comment.md").read_text(encoding="utf-8").startswith("### gatepost: **wider**")


def test_a_printed_difference_satisfies_its_schema(shown: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(shown)
    gatepost("render", "acme.yaml", "-t", "iptables", "-o", "out")

    printed = [gatepost("diff", *sides, "--format", "json").out for sides in (("main:acme.yaml", "acme.yaml"), ("main:acme.yaml", "out"))]

    assert [faults("diff-1", text) for text in printed] == [[], []]
    assert [bool(json.loads(text)["changes"]) for text in printed] == [True, True]


@pytest.mark.parametrize(("name", "keys"), objects(load_schema("diff-1"), ""))
def test_the_page_describes_every_key(name: str, keys: set[str]) -> None:
    assert described(PAGE, name) == keys
