"""fwshift, another reader, sees one policy in the product's merge and in the reference, and sees every difference that is planted."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.pfsense import checker_opnsense, checker_pfsense_rules, fwshift
from tests.pfsense.documents import OPNSENSE, PFSENSE, edited, followable
from tests.pfsense.product import merge
from tests.pfsense.random_sites import Case, plan_of
from tests.pfsense.reference import into_opnsense, into_pfsense
from tests.pfsense.sites import ADDITIVE, EXCLUSIVE, TWO_WAYS
from tests.pfsense.world import MAIL

TARGETS = ["pfsense", "opnsense"]
CONFIGS = {"pfsense": followable(PFSENSE), "opnsense": followable(OPNSENSE)}
INTO: dict[str, Callable[..., str]] = {"pfsense": into_pfsense, "opnsense": into_opnsense}
CHECKS = {"pfsense": checker_pfsense_rules.check, "opnsense": checker_opnsense.check}
CASES = [pytest.param(ADDITIVE, id="additive"), pytest.param(EXCLUSIVE, id="exclusive"), pytest.param(TWO_WAYS, id="two-ways-in")]
SEQUENCE = re.compile(r"<sequence>\d+</sequence>")
# One rule of the reference is one line.
REFERENCE_RULE = re.compile(r"<rule\b.*>reference</descr(?:iption)?></rule>\n")


def refer(target: str, case: Case, folder: Path) -> str:
    """The reference for a site."""
    return INTO[target](CONFIGS[target], plan_of(case.write(folder)), MAIL, interfaces=case.interfaces)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("case", CASES)
def test_a_merge_is_the_same_policy_as_the_reference(target: str, case: Case, tmp_path: Path) -> None:
    reference = refer(target, case, tmp_path)

    merged = merge(tmp_path / "site.yaml", target, CONFIGS[target])

    assert fwshift.compare(reference, merged, target, tmp_path) == []


@pytest.mark.parametrize("target", TARGETS)
def test_a_merge_changes_the_policy(target: str, tmp_path: Path) -> None:
    merged = merge(ADDITIVE.write(tmp_path), target, CONFIGS[target])

    found = fwshift.compare(CONFIGS[target], merged, target, tmp_path)

    assert {difference.origin for difference in found} == {"WAN"}
    assert {difference.destinations for difference in found} == {(MAIL[0],), (MAIL[1],)}
    assert {difference.change for difference in found} == {"opened", "closed"}


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize(
    ("old", "new", "seen"),
    [
        pytest.param("192.0.2.0/26", "192.0.2.0/27", ("closed", "192.0.2.32/27", "tcp/1993"), id="one-bit-narrower"),
        pytest.param("192.0.2.0/26", "192.0.2.0/25", ("opened", "192.0.2.64/26", "tcp/1993"), id="one-bit-wider"),
        pytest.param("2001:db8:100::/48", "2001:db8:100::/49", ("closed", "2001:db8:100:8000::/49", "tcp/1993"), id="one-bit-of-ipv6"),
    ],
)
def test_a_planted_prefix_is_seen(target: str, old: str, new: str, seen: tuple[str, str, str], tmp_path: Path) -> None:
    reference = refer(target, ADDITIVE, tmp_path)

    found = fwshift.compare(reference, reference.replace(old, new), target, tmp_path)

    assert any(difference.change == seen[0] and seen[1] in difference.sources and seen[2] in difference.services for difference in found)


@pytest.mark.parametrize("target", TARGETS)
def test_a_forgotten_family_is_seen(target: str, tmp_path: Path) -> None:
    reference = refer(target, ADDITIVE, tmp_path)
    only_v4 = REFERENCE_RULE.sub(lambda rule: "" if "inet6" in rule[0] else rule[0], reference)

    found = fwshift.compare(reference, only_v4, target, tmp_path)

    assert {(difference.change, difference.destinations) for difference in found} == {("closed", (MAIL[1],))}


@pytest.mark.parametrize("target", TARGETS)
def test_a_missing_port_is_seen(target: str, tmp_path: Path) -> None:
    reference = refer(target, ADDITIVE, tmp_path)
    without = REFERENCE_RULE.sub(lambda rule: "" if ">1993<" in rule[0] and "pass" in rule[0] else rule[0], reference)

    found = fwshift.compare(reference, without, target, tmp_path)

    assert {(difference.change, difference.services) for difference in found} == {("closed", ("tcp/1993",))}


@pytest.mark.parametrize("target", TARGETS)
def test_a_block_before_the_pass_is_seen(target: str, tmp_path: Path) -> None:
    reference = refer(target, ADDITIVE, tmp_path)
    swapped = REFERENCE_RULE.sub(_turned_round(REFERENCE_RULE.findall(reference)), reference)

    found = fwshift.compare(reference, swapped, target, tmp_path)

    assert {difference.change for difference in found} == {"closed"}
    assert any("tcp/1993" in difference.services for difference in found)


def _turned_round(rules: list[str]) -> Callable[[re.Match[str]], str]:
    numbers = (found[0] for rule in rules if (found := SEQUENCE.search(rule)))
    last_first = iter([SEQUENCE.sub(lambda _old: next(numbers), rule) for rule in rules[::-1]])
    return lambda _rule: next(last_first)


@pytest.mark.parametrize("target", TARGETS)
def test_another_interface_is_seen(target: str, tmp_path: Path) -> None:
    plan = plan_of(ADDITIVE.write(tmp_path))
    reference, elsewhere = (INTO[target](CONFIGS[target], plan, MAIL, interfaces=(name,)) for name in ("wan", "opt1"))

    found = fwshift.compare(reference, elsewhere, target, tmp_path)

    assert {difference.origin for difference in found} == {"WAN", "DMZ"}


# What the firewall itself refuses or takes in another sense, and fwshift lets pass: the checker is there for these.
BLIND = [
    ("pfsense", "<descr>reference<", f"<descr>{60 * 'x'}<", "rule-description"),
    ("pfsense", "<tracker>1600000000<", "<tracker>1600000001<", "rule-tracker-twice"),
    ("pfsense", "<tracker>1600000000<", "<tracker>10001<", "rule-tracker-of-the-system"),
    ("pfsense", "<protocol>tcp<", "<protocol>TCP<", "rule-protocol-case"),
    ("pfsense", "<name>Home<", f"<name>{40 * 'x'}<", "alias-name-length"),
    ("pfsense", "smtp||imap||", "imap||", "alias-detail-count"),
    ("pfsense", "<row>fr6<", "<row>fr99<", "separator-row"),
    ("opnsense", '<rule uuid="00000000-0000-4000-9000-000000000001">', '<rule uuid="1">', "uuid"),
    ("opnsense", "<description>reference<", f"<description>{300 * 'x'}<", "rule-description"),
    ("opnsense", "<name>Unused<", f"<name>{40 * 'x'}<", "alias-name"),
]


@pytest.mark.parametrize(("target", "old", "new", "fault"), BLIND)
def test_what_fwshift_is_blind_to_is_found_by_the_checker(target: str, old: str, new: str, fault: str, tmp_path: Path) -> None:
    reference = refer(target, ADDITIVE, tmp_path)
    broken = edited(reference, old, new)

    assert fwshift.compare(reference, broken, target, tmp_path) == []
    assert fault in {found.name for found in CHECKS[target](broken)}
