"""The evaluator, the readers and the reference agree with the plan: what the product is held against holds by itself."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings

from tests.pfsense import checker_opnsense, checker_pfsense_rules, read_opnsense, read_pfsense
from tests.pfsense.documents import OPNSENSE, PFSENSE, TABLES, edited
from tests.pfsense.random_sites import Case, cases, plan_of
from tests.pfsense.reference import into_opnsense, into_pfsense
from tests.pfsense.sites import EXCLUSIVE
from tests.pfsense.world import MAIL, disagreements
from tests.scale import scaled


@settings(max_examples=scaled(500))
@given(cases())
def test_the_reference_means_the_plan_and_leaves_the_rest(case: Case) -> None:
    with TemporaryDirectory() as folder:
        plan = plan_of(case.write(Path(folder)))

    pfsense, opnsense = into_pfsense(PFSENSE, plan, MAIL), into_opnsense(OPNSENSE, plan, MAIL)

    assert checker_pfsense_rules.check(pfsense) == []
    assert checker_opnsense.check(opnsense) == []
    before, after = (read_pfsense.load(text, tables=TABLES) for text in (PFSENSE, pfsense))
    assert disagreements(plan, before, after) == []
    before, after = (read_opnsense.load(text, tables=TABLES) for text in (OPNSENSE, opnsense))
    assert disagreements(plan, before, after) == []


LETS_IN = "<type>pass</type><interface>wan</interface><ipprotocol>"
SHUTS_OUT = LETS_IN.replace("pass", "block")
# Each is one edit of a correct configuration, and one packet whose verdict it changes.
WRONG = [
    pytest.param("198.51.100.0/25", "198.51.100.0/26", "198.51.100.127", MAIL[0], 25, id="one-bit-narrower"),
    pytest.param("192.0.2.0/26", "192.0.2.0/25", "192.0.2.64", MAIL[0], 25, id="one-bit-wider"),
    pytest.param("2001:db8:100::/48", "2001:db8:100::/49", "2001:db8:100:ffff:ffff:ffff:ffff:ffff", MAIL[1], 25, id="one-bit-of-ipv6"),
    pytest.param("<port>25</port>", "<port>26</port>", "198.51.100.0", MAIL[0], 25, id="another-port"),
    pytest.param("<port>25</port>", "", "198.51.100.0", MAIL[0], 22, id="every-port"),
    pytest.param(LETS_IN, LETS_IN.replace("wan", "lan"), "203.0.113.7", MAIL[0], 25, id="another-interface"),
    pytest.param(LETS_IN, LETS_IN.replace("pass", "block"), "203.0.113.7", MAIL[0], 25, id="another-verdict"),
    pytest.param("<address>10.20.0.25<", "<address>10.30.0.80<", "203.0.113.7", "10.30.0.80", 25, id="another-host"),
    pytest.param(f"{LETS_IN}inet6", f"{LETS_IN}inet", "2001:db8:100::", MAIL[1], 25, id="another-family"),
    pytest.param(SHUTS_OUT, SHUTS_OUT.replace("block", "pass"), "203.0.113.8", MAIL[0], 25, id="open-to-all"),
    pytest.param("Spammers</address>", "Office</address>", "198.51.100.245", "10.30.0.80", 443, id="a-rule-of-somebody-else"),
]


@pytest.mark.parametrize(("old", "new", "source", "target", "port"), WRONG)
def test_every_kind_of_wrong_configuration_is_told_from_the_right_one(
    old: str, new: str, source: str, target: str, port: int, tmp_path: Path
) -> None:
    plan = plan_of(EXCLUSIVE.write(tmp_path))
    right = into_pfsense(PFSENSE, plan, MAIL)

    before, after = (read_pfsense.load(text, tables=TABLES) for text in (PFSENSE, edited(right, old, new)))

    wrong = {(str(packet.source), str(packet.destination), packet.port) for packet in disagreements(plan, before, after)}
    assert (source, target, port) in wrong
