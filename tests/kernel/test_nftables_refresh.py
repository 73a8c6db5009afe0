"""Every shape of the nftables files loads, loading twice changes nothing, and each shape replaces each other one in place."""

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import product
from typing import Final

import pytest

from generator.artifacts import Artifact
from generator.net import PortRange
from generator.plan import Access
from tests.kernel.lab import Lab
from tests.kernel.nftables_loaded import HOST, TABLE, load, objects, read_kernel, read_plan, ruleset, script
from tests.support.plans import make_plan, service
from tests.support.targets import render

V4: Final = ["192.0.2.7", "198.51.100.0/25"]
V6: Final = ["2001:db8:100::/48"]
OFFICE: Final = ["203.0.113.0/28", "2001:db8:a::/48"]
LONG: Final = [f"10.{index // 256}.{index % 256}.1" for index in range(5000)]

ONE: Final = make_plan([service("imaps")], {"hubspot": {"imaps": V4}})
SHAPES: Final = {
    "one service": (ONE, "{}"),
    "nothing to close": (make_plan([service("submission", Access.PUBLIC)], {}), "{}"),
    "nobody let in": (make_plan([service("imaps")], {}), "{}"),
    "both families": (make_plan([service("imaps")], {"hubspot": {"imaps": [*V4, *V6]}}, trusted=OFFICE), "{}"),
    "all well-known services": (
        make_plan(
            [service(name) for name in ("imap", "imaps", "submission", "submissions", "smtp")],
            {"hubspot": dict.fromkeys(("imap", "imaps", "submission"), V4), "nylas": dict.fromkeys(("imaps", "smtp", "submissions"), V6)},
        ),
        "{}",
    ),
    "a service of another name": (
        make_plan([service("accept", Access.ALLOWLIST, PortRange(10000, 10010))], {"crm": {"accept": V4 + V6}}, trusted=OFFICE),
        "{connection_limit: 9}",
    ),
    "port 25 opened": (make_plan([service("smtp", Access.ADDITIVE), service("imaps")], {"crm": {"smtp": V4, "imaps": V6}}), "{}"),
    "limit, log, counters": (ONE, "{connection_limit: 9, log: true, counters: true}"),
    "another limit": (ONE, "{connection_limit: 40, refuse: reject}"),
    "prerouting": (ONE, "{hook: prerouting, refuse: reject, connection_limit: 9}"),
    "interfaces and destinations": (ONE, "{interface: [eth0, br-1a2b3c], destination: [192.0.2.25, '2001:db8::/64']}"),
    "a shared set": (
        make_plan([service("imaps"), service("submission")], {"hubspot": {"imaps": LONG, "submission": LONG}}),
        "{}",
    ),
    "no shared set any more": (
        make_plan([service("imaps"), service("submission")], {"hubspot": {"imaps": LONG[:-1], "submission": LONG}}),
        "{}",
    ),
}


LOOSE: Final = "a service of another name"  # its objects have names that only the scripts clean up
Objects = dict[str, tuple[frozenset[str], frozenset[str]]]


@cache
def files_of(name: str) -> Mapping[str, Artifact]:
    """The files of a shape."""
    return render(*SHAPES[name])


@pytest.fixture(scope="module")
def used_lab() -> Iterator[Lab]:
    """One lab with a host's own rules, for all tests: each loads over what the one before left."""
    with Lab() as lab:
        lab.run("nft", "-f", "-", stdin=HOST)
        yield lab


@pytest.fixture(scope="module")
def wanted() -> Objects:
    """What each shape loads where nothing was before."""
    found = {}
    with Lab() as lab:
        for name in SHAPES:
            lab.run("nft", "-f", "-", stdin=f"flush ruleset\n{HOST}")
            load(lab, files_of(name))
            load(lab, files_of(name), "include.nft")
            found[name] = _objects(lab)
    return found


@pytest.mark.parametrize("name", SHAPES)
def test_loading_twice_changes_nothing(used_lab: Lab, name: str) -> None:
    script(used_lab, files_of(name), "guard-apply.sh")
    script(used_lab, files_of(name), "include-apply.sh")
    once = ruleset(used_lab)

    load(used_lab, files_of(name))
    load(used_lab, files_of(name), "include.nft")

    assert ruleset(used_lab) == once


@pytest.mark.parametrize("name", [name for name in SHAPES if name != LOOSE])
def test_the_files_put_a_shape_in_place_of_every_other_one(used_lab: Lab, wanted: Objects, name: str) -> None:
    script(used_lab, files_of(name), "guard-apply.sh")
    script(used_lab, files_of(name), "include-apply.sh")

    for earlier in [other for other in SHAPES if other != LOOSE]:
        load(used_lab, files_of(earlier))
        load(used_lab, files_of(earlier), "include.nft")
        load(used_lab, files_of(name))
        load(used_lab, files_of(name), "include.nft")

        assert _objects(used_lab) == wanted[name], earlier


@pytest.mark.parametrize("name", SHAPES)
def test_the_scripts_clean_up_after_services_of_other_names(used_lab: Lab, wanted: Objects, name: str) -> None:
    script(used_lab, files_of(LOOSE), "guard-apply.sh")
    script(used_lab, files_of(LOOSE), "include-apply.sh")

    script(used_lab, files_of(name), "guard-apply.sh")
    script(used_lab, files_of(name), "include-apply.sh")

    assert _objects(used_lab) == wanted[name]


@pytest.mark.parametrize(
    ("hook", "interface", "destination", "limit", "refuse"),
    list(
        product(
            ["input", "prerouting"],
            ["[]", "[eth0, lan0.100]"],
            ["any", "server", "[10.0.0.25]"],
            ["", "connection_limit: 9, "],
            ["drop, log: true, counters: true", "reject"],
        )
    ),
)
def test_every_combination_of_options_means_the_same_plan(
    used_lab: Lab, hook: str, interface: str, destination: str, limit: str, refuse: str
) -> None:
    plan = make_plan([service("imaps")], {"hubspot": {"imaps": V4 + V6}}, trusted=OFFICE, addresses=["192.0.2.25", "2001:db8::25"])
    options = f"hook: {hook}, interface: {interface}, destination: {destination}, {limit}refuse: {refuse}"

    load(used_lab, render(plan, f"{{{options}}}"))

    assert read_kernel(used_lab, TABLE, hook) == read_plan(plan, closes=True, limited=bool(limit))


def test_a_host_file_that_flushes_everything_first_may_include_the_guard(used_lab: Lab, wanted: Objects) -> None:
    load(used_lab, files_of("both families"))
    guard = used_lab.folder / "acme" / "guard.nft"

    used_lab.run("nft", "-f", "-", stdin=f'flush ruleset\ninclude "{guard}"\n{HOST}')

    assert objects(used_lab) == wanted["both families"][0]


def _objects(lab: Lab) -> tuple[frozenset[str], frozenset[str]]:
    return objects(lab), objects(lab, "inet filter")
