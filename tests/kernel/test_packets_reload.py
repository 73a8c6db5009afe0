"""While the rules change from one version of the site to another and back, connections are tried in a loop."""

import itertools

import pytest

from tests.kernel.lab import Lab
from tests.kernel.product import GUARD, INCLUDE, INSIDE, IPSET, LEGACY, MIXED, MIXED_LATER, OUTSIDE, PLAIN, Way, install
from tests.scale import scaled

# With a reset a miss of a microsecond shows at once; the include drops by its host's policy, and the kernel's second SYN shows it.
MAIN = [
    pytest.param(GUARD, "refuse: reject", scaled(400), id="guard"),
    pytest.param(INCLUDE, "", scaled(400), id="include"),
    pytest.param(PLAIN, "refuse: reject", scaled(400), id="plain"),
    pytest.param(IPSET, "refuse: reject", scaled(400), id="ipset"),
]
OPTIONS = [
    pytest.param(
        GUARD, "refuse: reject, hook: prerouting, log: true, counters: true", scaled(100), id="guard in prerouting, logged, counted"
    ),
    pytest.param(GUARD, "refuse: reject, connection_limit: 1000", scaled(100), id="guard with a limit"),
    pytest.param(LEGACY, "refuse: reject", scaled(100), id="legacy"),
]
ALLOWED = [(source, port) for source in INSIDE for port in (587, 993)]
BEYOND = [(source, port) for source in OUTSIDE for port in (587, 993)]


@pytest.mark.parametrize(("way", "options", "reloads"), [*MAIN, *OPTIONS])
def test_a_reload_refuses_nobody_and_admits_nobody(lab: Lab, way: Way, options: str, reloads: int) -> None:
    way.foreign.load(lab)
    lab.listen(587, 993)
    versions = [install(lab, way, text, options=options, version=name) for text, name in ((MIXED, "before"), (MIXED_LATER, "after"))]
    versions[0].load()

    def alternate() -> None:
        for site in itertools.islice(itertools.cycle(reversed(versions)), reloads):
            site.load()

    counts = lab.hammer(allowed=ALLOWED, outside=BEYOND, during=alternate)

    assert (counts.refused, counts.admitted) == (0, 0)
    assert counts.allowed > reloads


@pytest.mark.parametrize("way", [pytest.param(way, id=way.name) for way in (GUARD, PLAIN, IPSET)])
def test_the_first_load_and_the_removal_refuse_nobody(lab: Lab, way: Way) -> None:
    lab.listen(587, 993)
    site = install(lab, way, MIXED, options="refuse: reject")

    def come_and_go() -> None:
        for _ in range(scaled(80)):
            site.load()
            site.remove()

    counts = lab.hammer(allowed=ALLOWED, outside=[], during=come_and_go)

    assert counts.refused == 0
