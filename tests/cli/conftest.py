"""Every test of the command runs in a folder of its own, with the small site in it."""

from pathlib import Path

import pytest

from tests.support.cli import write_site


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with `acme.yaml` and the profile it uses."""
    write_site(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path
