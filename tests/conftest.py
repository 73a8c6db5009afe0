"""Set-up for every test: where the system's tools are, how many examples Hypothesis tries, which tests wait for a long run."""

import os

import pytest
from hypothesis import HealthCheck, settings

from tests.scale import LONG, scaled

# A loaded machine makes any single example slow; that is no finding.
_PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("developer", _PATIENT, max_examples=scaled(2000))
settings.register_profile("ci", _PATIENT, max_examples=scaled(2000), derandomize=True)
settings.register_profile("long", _PATIENT, max_examples=scaled(2000), print_blob=True)


def pytest_configure() -> None:
    """Find nft and iptables, which an ordinary user's PATH leaves out; pick the profile."""
    os.environ["PATH"] = f"{os.environ['PATH']}:/usr/sbin:/sbin"
    settings.load_profile("long" if LONG else "ci" if "CI" in os.environ else "developer")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long tests to a long run: they are not skipped, they are not part of this one."""
    if LONG:
        return
    long = [item for item in items if item.get_closest_marker("long")]
    config.hook.pytest_deselected(items=long)
    items[:] = [item for item in items if item not in long]
