"""The preflight's lab, one for each worker."""

from collections.abc import Iterator

import pytest

from tests.preflight.lab import PreflightLab


@pytest.fixture(scope="session")
def preflight_lab() -> Iterator[PreflightLab]:
    """The lab; its hosts listen once they are started."""
    with PreflightLab() as lab:
        yield lab
