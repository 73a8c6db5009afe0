"""Labs for the kernel tests. A tool that is missing fails them: a packet test that was skipped has shown nothing."""

from collections.abc import Iterator

import pytest

from tests.kernel.lab import Lab, find_tool

_TOOLS = ("ip", "nft", "iptables", "ip6tables", "ipset")


@pytest.fixture(scope="session", autouse=True)
def tools() -> None:
    """Everything that the kernel tests run."""
    for name in _TOOLS:
        find_tool(name)


@pytest.fixture
def lab() -> Iterator[Lab]:
    """A fresh lab: root's where the tests run as root."""
    with Lab() as fresh:
        yield fresh


@pytest.fixture(params=[pytest.param(False, id="root"), pytest.param(True, id="nobody")])
def small_lab(request: pytest.FixtureRequest) -> Iterator[Lab]:
    """A fresh lab, once root's and once an ordinary user's; there, one nft transaction holds some 5,000 prefixes."""
    with Lab(rootless=request.param) as fresh:
        yield fresh
