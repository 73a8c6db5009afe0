"""The compiled form of the shipped templates is kept beside our modules: a matter of time, never of what is rendered."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.tree import ROOT

RENDER = ["-m", "generator", "render", "hubspot", "--network", "198.51.100.10", "-t", "nftables", "-o"]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what a render needs, in which nothing is kept yet."""
    for name in ("generator", "templates", "profiles"):
        shutil.copytree(ROOT / name, tmp_path / "checkout" / name, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path / "checkout"


def render(checkout: Path, output: str, *options: str) -> dict[str, bytes]:
    """The rendered files by name."""
    command = [sys.executable, *RENDER, output, *options]
    subprocess.run(command, cwd=checkout, check=True, capture_output=True, env={"PATH": ""})
    return {path.name: path.read_bytes() for path in (checkout / output).glob("*/*/*")}


def kept(checkout: Path) -> list[Path]:
    """The files that hold compiled templates."""
    return sorted((checkout / "generator" / "__pycache__").glob("*.jinja-*"))


def test_a_kept_template_renders_the_same_bytes(checkout: Path) -> None:
    first = render(checkout, "first")

    assert kept(checkout) != []
    assert render(checkout, "second") == first


def test_a_changed_template_is_compiled_anew(checkout: Path) -> None:
    render(checkout, "first")
    template = checkout / "templates" / "nftables" / "guard.nft.j2"
    template.write_text(template.read_text(encoding="utf-8").replace("{{ header }}", "{{ header }}\n# changed", 1), encoding="utf-8")

    assert b"# changed" in render(checkout, "second")["guard.nft"]


@pytest.mark.parametrize("damage", [b"", b"\n", b"garbage", b"\x00" * 100])
def test_damaged_files_are_passed_over(checkout: Path, damage: bytes) -> None:
    first = render(checkout, "first")
    for path in kept(checkout):
        path.write_bytes(path.read_bytes()[:41] + damage)

    assert render(checkout, "second") == first


def test_nothing_is_kept_of_a_user_s_own_templates(checkout: Path) -> None:
    own = checkout / "own" / "nftables"
    own.mkdir(parents=True)
    (own / "guard.nft.j2").write_text(
        '{% extends "builtin/nftables/guard.nft.j2" %}{% block after %}# mine\n{% endblock %}', encoding="utf-8"
    )

    files = render(checkout, "first", "--templates", "own")

    assert b"# mine" in files["guard.nft"]
    assert [path.name for path in kept(checkout) if b"# mine" in path.read_bytes()] == []
