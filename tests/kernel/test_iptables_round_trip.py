"""Random plans, written for iptables, loaded into the kernel over whatever was loaded before, and read back: they mean the plan."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.net import Family
from generator.plan import Access, Plan
from tests.kernel.iptables_loaded import BACKENDS, Site, read_kernel, read_plan
from tests.kernel.lab import Lab
from tests.scale import scaled
from tests.support.iptables import OFFICE, make_plan, render_iptables
from tests.support.sites import networks

SERVICES = {
    "smtp": (25, 25),
    "imap": (143, 143),
    "submissions": (465, 465),
    "submission": (587, 587),
    "imaps": (993, 993),
    "sieve": (4190, 4195),
}
LAYOUTS = ("plain", "ipset")


@pytest.fixture(scope="module", params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def used_lab(backend: str) -> Iterator[Lab]:
    """One lab for all examples, so that each is loaded over the one before, whatever that was."""
    del backend
    with Lab() as lab:
        yield lab


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    names = draw(st.lists(st.sampled_from(sorted(SERVICES)), min_size=1, unique=True))
    services = {name: SERVICES[name] for name in SERVICES if name in names}
    some_services = st.lists(st.sampled_from(names), min_size=1, unique=True)
    grants = draw(
        st.dictionaries(
            st.sampled_from(["hubspot", "nylas", "make"]), st.tuples(some_services, st.lists(networks(), min_size=1, max_size=6))
        )
    )
    access = {name: draw(st.sampled_from([Access.ALLOWLIST, Access.ALLOWLIST, Access.PUBLIC])) for name in names}
    if "smtp" in names:
        access["smtp"] = draw(st.sampled_from(Access))
    return make_plan(services=services, grants=grants, trusted=draw(st.lists(networks(), max_size=3)), access=access)


@settings(max_examples=scaled(400))
@given(
    plan=plans(),
    layout=st.sampled_from(LAYOUTS),
    limit=st.sampled_from([None, 9]),
    log=st.booleans(),
    refuse=st.sampled_from(["drop", "reject"]),
)
def test_a_loaded_plan_reads_back_equal(
    used_lab: Lab, backend: str, plan: Plan, layout: str, limit: int | None, log: bool, refuse: str
) -> None:
    site = Site(used_lab, render_iptables(plan, layout=layout, connection_limit=limit, log=log, refuse=refuse), backend=backend)

    site.apply()

    for family in Family:
        assert read_kernel(used_lab, site, family) == read_plan(plan, family)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_more_ports_than_a_multiport_match_holds_read_back_equal(used_lab: Lab, backend: str, layout: str) -> None:
    singles = {f"service-{port}": (port, port) for port in range(1000, 1032, 2)}
    plan = make_plan(
        services={**singles, "low": ((1100, 1110), (1120, 1130)), "high": ((2000, 2001), (2003, 2003), (2005, 2010))}, trusted=OFFICE
    )
    site = Site(used_lab, render_iptables(plan, layout=layout), backend=backend)

    site.apply()

    assert [read_kernel(used_lab, site, family) for family in Family] == [read_plan(plan, family) for family in Family]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_everybody_as_a_source_reads_back_equal(used_lab: Lab, backend: str, layout: str) -> None:
    plan = make_plan(grants={"open": (("imaps",), ("0.0.0.0/0", "::/0"))})
    site = Site(used_lab, render_iptables(plan, layout=layout), backend=backend)

    site.apply()

    assert [read_kernel(used_lab, site, family) for family in Family] == [read_plan(plan, family) for family in Family]


def test_a_hundred_thousand_prefixes_are_in_one_set(used_lab: Lab, backend: str) -> None:
    prefixes = [f"{10 + index // 65536}.{index // 256 % 256}.{index % 256}.1" for index in range(100_000)]
    plan = make_plan(grants={"hubspot": (("imaps", "submission"), prefixes)})
    Site(used_lab, render_iptables(plan), backend=backend).apply()

    saved = used_lab.run("ipset", "save").stdout.splitlines()

    assert sorted(line.split()[-1] for line in saved if line.startswith("add ")) == sorted(prefixes)
