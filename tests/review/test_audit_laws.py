"""What the audit says of random rules is what the judge says of every single address, and rules that nothing gets to change nothing."""

from hypothesis import given
from hypothesis import strategies as st

from generator.diagnostics import Span
from generator.net import Family, PortRange, parse_prefix
from generator.net.runs import has_number
from generator.plan import Access, Plan, Rule, Server, Service, TlsMode
from generator.readers.judge import Entry, Question, judge
from generator.readers.model import Ruleset
from generator.readers.reached import find_unreached
from generator.review.audit import Kind, audit_services
from generator.review.audit_log_lines import read_line
from tests.review.test_judge import PORTS, SMALL, rulesets

HERE = Span("acme.yaml", 1, 1, 1, 1)
SAID: dict[tuple[bool, Entry], list[list[Kind]]] = {
    (True, Entry.OPEN): [[]],
    (True, Entry.CLOSED): [[Kind.MISSING]],
    (True, Entry.UNKNOWN): [[Kind.UNKNOWN]],
    (False, Entry.OPEN): [[Kind.EXTRA], [Kind.OVER_WIDE]],
    (False, Entry.CLOSED): [[]],
    (False, Entry.UNKNOWN): [[Kind.UNKNOWN]],
}


def plan(prefix: str, access: Access) -> Plan:
    """One service, on port 993, and one connector."""
    ports = (PortRange(993, 993),)
    service = Service("imaps", "tcp", ports, TlsMode.IMPLICIT, "imap", access, HERE, HERE)
    rule = Rule("acme/crm/imaps/v4", Family.V4, "tcp", ports, (parse_prefix(prefix),), "imaps", "crm", (HERE,))
    return Plan("acme", Server("", "", (), "TLSv1.2"), (service,), (rule,), (), 5, ())


PIECES = (
    *("IN=eth0", "OUT=", "SRC=", "SRC=203.0.113.9", "SRC=::ffff:192.0.2.1", "PROTO=TCP", "DPT=993", "DPT=99999999", "SYN", "ACK"),
    *("=", "rip=", "rip=1::2", "rip=999.1.1.1"),
    *("kernel: ", "postfix/submission/smtpd[1]: ", "connect from unknown[", "connect from unknown[1.2.3.4]", "]: 554 ", "imap-login: "),
    *("NOQUEUE: reject: CONNECT from ", "Login: user=<", "allow_nets check failed: IP ", "1.2.3 not in"),
)


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=12), st.sampled_from(("", " ")))
def test_no_line_of_a_log_breaks_its_reader(pieces: list[str], joint: str) -> None:
    found = read_line(joint.join(pieces), "acme")

    assert found is None or 0 <= found.port <= 99999


@given(rulesets(), st.sampled_from(("0.0.0.0/30", "0.0.0.4/31", "0.0.0.0/28", "0.0.0.8/29", "198.51.100.0/24")))
def test_each_address_is_in_the_fault_that_it_is_one_of_and_in_no_other(ruleset: Ruleset, prefix: str) -> None:
    (wanted,) = plan(prefix, Access.ALLOWLIST).rules[0].sources
    faults = [fault for fault in audit_services(plan(prefix, Access.ALLOWLIST), ruleset, [("", {})]) if fault.family is Family.V4]
    segments = judge(ruleset, Question(Family.V4, 993))
    for source in (*range(SMALL + 1), (198 << 24) + (51 << 16) + (100 << 8)):
        entry = next(segment.entry for segment in segments if has_number(segment.sources, source))
        said = [fault.kind for fault in faults if has_number(fault.sources, source)]

        assert said in SAID[wanted.first <= source <= wanted.last, entry]


@given(rulesets(), st.sampled_from(PORTS))
def test_rules_that_nothing_gets_to_can_be_left_out(ruleset: Ruleset, port: int) -> None:
    question = Question(Family.V4, port)
    idle = {id(found.rule) for found in find_unreached(ruleset, [question])}
    chains = {
        name: chain._replace(rules=tuple(rule for rule in chain.rules if id(rule) not in idle)) for name, chain in ruleset.chains.items()
    }
    whole, less = judge(ruleset, question), judge(ruleset._replace(chains=chains), question)
    for source in range(SMALL + 1):
        before, after = (next(one.entry for one in segments if has_number(one.sources, source)) for segments in (whole, less))

        assert before in (after, Entry.UNKNOWN)  # with fewer rules that note something, fewer doubts have consequences
