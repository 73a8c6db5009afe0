"""Names of chains and sets: within their limits, and never another site's."""

from hypothesis import given
from hypothesis import strategies as st

from generator.net import Family
from generator.targets.iptables_names import name_chains, name_log_prefix, name_set, name_set_prefix, name_twin

SLUGS = st.from_regex(r"[a-z][a-z0-9]{0,9}(-[a-z0-9]{1,9}){0,4}", fullmatch=True).filter(lambda slug: len(slug) <= 63)
SERVICES = st.lists(SLUGS, min_size=1, max_size=5, unique=True)


def test_names_of_a_short_site_are_readable() -> None:
    shared = name_set(("imap", "imaps"), Family.V6, trusted=False, only=False)

    assert name_chains("acme", 28) == ("GATEPOST-ACME", "GATEPOST-ACME_GUARD", "GATEPOST-ACME_CONN")
    assert name_set_prefix("hubspot", 31) == "gatepost-hubspot"
    assert name_set(("submissions",), Family.V4, trusted=False, only=False) == "submissions4"
    assert shared == "imap6+19421"
    assert name_set(("imap", "imaps"), Family.V4, trusted=True, only=True) == "TRUSTED4"
    assert name_log_prefix("acme", "drop", 29) == "gatepost-acme drop: "


@given(SLUGS, SERVICES, st.sampled_from(Family), st.booleans(), st.booleans())
def test_names_are_within_their_limits(site: str, services: list[str], family: Family, trusted: bool, only: bool) -> None:
    prefix = name_set_prefix(site, 31)
    name = name_set(services, family, trusted=trusted, only=only)

    assert max(map(len, name_chains(site, 28))) <= 28
    assert max(len(f"{prefix}_{name}"), len(name_twin(prefix, name))) <= 31
    assert len(name_log_prefix(site, "limit", 29)) <= 29


@given(SLUGS, SLUGS)
def test_no_chain_is_another_site_s(one: str, other: str) -> None:
    shared = set(name_chains(one, 28)) & set(name_chains(other, 28))

    assert shared == (set(name_chains(one, 28)) if one == other else set())


@given(SLUGS, SLUGS, SERVICES)
def test_no_set_is_taken_for_another_site_s(one: str, other: str, services: list[str]) -> None:
    mine, theirs = name_set_prefix(one, 31), name_set_prefix(other, 31)
    name = name_set(services, Family.V4, trusted=False, only=False)

    taken = [full for full in (f"{theirs}_{name}", name_twin(theirs, name)) if full.startswith((f"{mine}_", f"{mine}~"))]

    assert bool(taken) == (one == other)


@given(SERVICES, SERVICES)
def test_a_set_s_name_stands_for_its_services(some: list[str], others: list[str]) -> None:
    one, other = (name_set(services, Family.V4, trusted=False, only=False) for services in (some, others))

    assert (one == other) == (some == others)
