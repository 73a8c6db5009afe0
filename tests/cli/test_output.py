"""output/ is, byte for byte, what the user's own `render` writes for the shipped example sites. `make output` makes it again."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from generator.cli.every import app
from tests.house.tree import ROOT

SITES = sorted((ROOT / "profiles" / "sites").glob("*.yaml"))


@pytest.mark.parametrize("site", SITES, ids=lambda site: site.stem)
def test_the_shipped_output_is_what_render_writes(site: Path) -> None:
    result = CliRunner().invoke(app, ["render", str(site), "--output", str(ROOT / "output"), "--check"])

    assert (result.exit_code, result.stdout) == (0, "")


def test_no_output_is_left_of_an_example_that_is_gone() -> None:
    folders = {folder.name for folder in (ROOT / "output").iterdir()}

    names = {line.split()[1] for site in SITES for line in site.read_text(encoding="utf-8").splitlines() if line.startswith("name: ")}
    assert folders == names
