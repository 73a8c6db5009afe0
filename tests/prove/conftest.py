"""The labs that the kernel's tests have too."""

from pathlib import Path

import pytest

from tests.kernel.conftest import lab, small_lab, tools
from tests.prove.sites import write

__all__ = ["lab", "small_lab", "tools"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the site `acme.yaml`, which commands run in."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path, "nftables: {layouts: [guard]}")
    return tmp_path
