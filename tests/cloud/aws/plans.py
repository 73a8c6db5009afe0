"""Plans for the tests of AWS: one with everything, long ones, and random ones."""

from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Final

from generator.diagnostics import Report
from generator.net import PortRange
from generator.pipeline import compile_sites
from generator.plan import Access, Plan
from tests.support.plans import make_plan, service
from tests.support.sites import RandomConnector, RandomSite

SERVICES: Final = ("imaps", "submissions", "imap", "submission", "smtp")
LONG: Final = tuple(f"198.51.{index // 256}.{index % 256}" for index in range(0, 20000, 2))  # no two of them merge
LONG_V6: Final = tuple(f"2001:db8:{index:x}::/48" for index in range(0, 20000, 2))
# More than a group holds, in both ways to write it; of each connector more than one service, and networks that merge.
MIXED: Final = RandomSite(
    (
        RandomConnector("one", ("imap", "imaps", "smtp"), (*LONG[:40], *LONG_V6[:30], "203.0.113.0/25", "203.0.113.128/25"), None, 1),
        RandomConnector("two", ("imaps", "submission"), LONG[30:70], LONG[69], 2),
    ),
    ("192.0.2.0/28", "192.0.2.64/28", "2001:db8:ffff::/48"),
    (("imap", "allowlist"), ("submission", "public")),
)


def full_plan(*more: str, site: str = "acme") -> Plan:
    """Every access, both families, connectors that overlap, a service of several ports; `more` are networks of the first connector."""
    return make_plan(
        [
            service("imaps", Access.ALLOWLIST, PortRange(993, 993), PortRange(1993, 1995)),
            service("imap"),
            service("submission", Access.PUBLIC),
            service("smtp", Access.ADDITIVE),
        ],
        {
            "hubspot": dict.fromkeys(("imaps", "imap", "smtp"), ("192.0.2.7", "198.51.100.0/25", "2001:db8:100::/48", *more)),
            "nylas": {"imaps": ("198.51.100.128/25", "2001:db8:ffff::25"), "submission": ("203.0.113.9",)},
        },
        trusted=["192.0.2.0/28", "203.0.113.128/28", "2001:db8:a::/48"],
        site=site,
    )


def long_plan(v4: int, v6: int = 0, *, services: int = 1, site: str = "acme") -> Plan:
    """One connector with many prefixes for some services."""
    names = SERVICES[:services]
    return make_plan([service(name) for name in names], {"hubspot": dict.fromkeys(names, (*LONG[:v4], *LONG_V6[:v6]))}, site=site)


def compile_site(shuffle: int | None = None) -> Plan:
    """The plan of a site, by way of its YAML; `shuffle` seeds the order of its YAML."""
    with TemporaryDirectory() as folder:
        (compiled,) = compile_sites([str(MIXED.write(Path(folder), shuffle=shuffle))], (), Report())
    return compiled.plan


def random_plan(seed: int, *, site: str = "acme", most: int = 60) -> Plan:
    """Some connectors, services, accesses and networks."""
    draw = Random(seed)
    names = draw.sample(SERVICES, draw.randint(1, 4))
    services = [service(name, _access(name, draw)) for name in names]
    connectors = {
        connector: dict.fromkeys(draw.sample(names, draw.randint(1, len(names))), _networks(draw, draw.randint(1, most)))
        for connector in draw.sample(("hubspot", "make", "nylas"), draw.randint(1, 3))
    }
    return make_plan(services, connectors, trusted=_networks(draw, draw.randint(1, 5)), site=site)


def _access(name: str, draw: Random) -> Access:
    closed = Access.ADDITIVE if name == "smtp" else Access.ALLOWLIST
    return draw.choice((closed, closed, closed, Access.PUBLIC))


def _networks(draw: Random, count: int) -> tuple[str, ...]:
    """Networks that overlap and touch each other, of both families."""
    return tuple(draw.choice((_v4, _v4, _v6))(draw) for _ in range(count))


def _v4(draw: Random) -> str:
    length = draw.choice((24, 26, 28, 32, 32))
    address = 0xC6336400 + draw.randrange(1 << 10) >> 32 - length << 32 - length
    return f"{address >> 24}.{address >> 16 & 255}.{address >> 8 & 255}.{address & 255}/{length}"


def _v6(draw: Random) -> str:
    return f"2001:db8:{draw.randrange(64):x}::/{draw.choice((48, 48, 64, 128))}"
