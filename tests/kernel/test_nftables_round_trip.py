"""Random plans, written for nftables, loaded into the kernel over whatever was loaded before, and read back: they mean the plan."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.net import PortRange
from generator.plan import Access, Plan
from tests.kernel.lab import Lab
from tests.kernel.nftables_loaded import HOST, load, read_kernel, read_plan, script
from tests.scale import LONG, scaled
from tests.support.plans import PORTS, make_plan, service
from tests.support.sites import networks
from tests.support.targets import render

SIEVE = (PortRange(4190, 4190), PortRange(10000, 10010))


@pytest.fixture(scope="module")
def used_lab() -> Iterator[Lab]:
    """One lab for all examples, so that each is loaded over the one before, whatever that was."""
    with Lab() as lab:
        lab.run("nft", "-f", "-", stdin=HOST)
        yield lab


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    names = draw(st.lists(st.sampled_from([*PORTS, "sieve"]), min_size=1, unique=True))
    modes = {name: draw(st.sampled_from([Access.ALLOWLIST, Access.ALLOWLIST, Access.PUBLIC])) for name in names}
    if "smtp" in names:
        modes["smtp"] = draw(st.sampled_from(Access))
    services = [service(name, modes[name], *(SIEVE if name == "sieve" else ())) for name in names]
    by_service = st.dictionaries(st.sampled_from(names), st.lists(networks(), min_size=1, max_size=6), max_size=3)
    connectors = draw(st.dictionaries(st.sampled_from(["hubspot", "nylas", "make"]), by_service))
    return make_plan(services, connectors, trusted=draw(st.lists(networks(), max_size=3)))


@settings(max_examples=scaled(800))
@given(
    plan=plans(),
    limit=st.sampled_from(["", ", connection_limit: 9"]),
    log=st.sampled_from(["true", "false"]),
    refuse=st.sampled_from(["drop", "reject"]),
    scope=st.sampled_from(["", ", interface: [eth0, lan0]", ", destination: [192.0.2.25, '2001:db8::25']"]),
)
def test_a_loaded_plan_reads_back_equal(used_lab: Lab, plan: Plan, limit: str, log: str, refuse: str, scope: str) -> None:
    files = render(plan, f"{{log: {log}, refuse: {refuse}{limit}{scope}}}")

    load(used_lab, files)
    script(used_lab, files, "include-apply.sh")

    assert read_kernel(used_lab) == read_plan(plan, closes=True, limited=bool(limit))
    assert read_kernel(used_lab, "inet filter", "gatepost_acme") == read_plan(plan, closes=False, limited=bool(limit))


def test_a_connector_with_the_very_networks_that_are_trusted_is_not_limited_there(used_lab: Lab) -> None:
    plan = make_plan([service("imaps")], {"hubspot": {"imaps": ["192.0.2.0/24"]}}, trusted=["192.0.2.0/24"])

    load(used_lab, render(plan, "{connection_limit: 9}"))

    assert read_kernel(used_lab) == read_plan(plan, closes=True, limited=True)


@pytest.mark.parametrize(
    "prefixes",
    [
        ("0.0.0.0/0", "::/0"),
        ("0.0.0.0/1", "255.255.255.255", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
        ("192.0.2.0/25", "192.0.2.128/26", "192.0.2.192", "192.0.2.193", "2001:db8::/33", "2001:db8:8000::/34"),
    ],
    ids=["everybody", "the ends of the address space", "neighbours"],
)
def test_prefixes_at_the_edges_read_back_equal(used_lab: Lab, prefixes: tuple[str, ...]) -> None:
    plan = make_plan([service("imaps")], {"wide": {"imaps": prefixes}})

    load(used_lab, render(plan))

    assert read_kernel(used_lab) == read_plan(plan, closes=True, limited=False)


def test_a_very_long_list_reads_back_equal(used_lab: Lab) -> None:
    length = 100_000 if LONG else 20_000  # nft's listing takes longer than all the rest
    prefixes = [f"{10 + index // 65536}.{index // 256 % 256}.{index % 256}.1" for index in range(length)]
    plan = make_plan([service("imaps"), service("submission")], {"hubspot": {"imaps": prefixes, "submission": prefixes}})

    script(used_lab, render(plan), "guard-apply.sh")

    assert read_kernel(used_lab) == read_plan(plan, closes=True, limited=False)
