"""Every file with rules in it, read back by the reader that its target names, lets in whom the plan lets in, for random plans.

So all targets say the same. The files for nftables and iptables have the same law in test_read_artifacts.
"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator import resources
from generator.diagnostics import Report
from generator.net import PortRange
from generator.net.runs import prefix_runs, unite_runs
from generator.plan import Access, Plan, Service
from generator.readers.registry import READERS
from tests.review.meaning import SERVER, Answers, let_in, meant, questions, read_back
from tests.scale import scaled
from tests.support.plans import PORTS, make_plan, service
from tests.support.sites import networks
from tests.support.targets import render, shipped_target

SIEVE = (PortRange(4190, 4190), PortRange(10000, 10010))
INSIDE = f'destination: ["{SERVER[0]}", "{SERVER[1]}"]'
LOOPBACK = ("127.0.0.0/8", "::1/128")
# Target, role of the file, options.
WHOLE = (
    ("aws-cli", "permissions", "{rules_per_group: 1000}"),
    ("aws-cloudformation", "rules", "{rules_per_group: 1000}"),
    ("azure-arm", "rules", "{nsg: mail, resource_group: mail}"),
    ("azure-arm", "rules", "{create_nsg: true, location: westeurope}"),
    ("azure-arm", "rules", f"{{nsg: mail, {INSIDE}}}"),
    ("azure-cli", "rules", "{nsg: mail, resource_group: mail}"),
    ("gcp-rest", "firewalls", "{target_tags: [mail]}"),
    ("gcp-rest", "firewalls", '{target_service_accounts: ["mail@example.iam.gserviceaccount.com"], priority: 10, log: true}'),
    ("gcp-rest", "rules", "{target_tags: [mail, other], name_prefix: post}"),
    ("opnsense", "api", f"{{{INSIDE}, connection_limit: 30}}"),
    ("pfsense", "playback", f"{{{INSIDE}, interface: [wan, opt1], connection_limit: 30}}"),
    ("pfsense", "rest", f"{{{INSIDE}, log: true}}"),
)
ELSEWHERE = {("iptables", "ipset"), ("iptables", "v4"), ("iptables", "v6"), ("nftables", "guard"), ("nftables", "include")}


def mail_service(name: str, access: Access) -> Service:
    made = service(name, access, *(SIEVE if name == "sieve" else ()))
    return made._replace(application="smtp") if name in ("smtp", "submission", "submissions") else made


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    names = draw(st.lists(st.sampled_from([*PORTS, "sieve"]), min_size=1, max_size=4, unique=True))
    modes = {name: draw(st.sampled_from([Access.ALLOWLIST, Access.ALLOWLIST, Access.PUBLIC])) for name in names}
    if "smtp" in names:
        modes["smtp"] = draw(st.sampled_from(Access))
    services = [mail_service(name, modes[name]) for name in names]
    by_service = st.dictionaries(st.sampled_from(names), st.lists(networks(), min_size=1, max_size=5), max_size=3)
    connectors = draw(st.dictionaries(st.sampled_from(["hubspot", "nylas", "make"]), by_service, min_size=1))
    return make_plan(services, connectors, trusted=draw(st.lists(networks(), max_size=3)))


def read_one(plan: Plan, target: str, role: str, options: str) -> Answers:
    """Who gets in by the files of one role; a plan that lets nobody in and closes nothing has none."""
    reader = next(output.reader for output in shipped_target(target).manifest.outputs if output.role == role)
    assert reader is not None
    report = Report()
    artifacts = render(plan, options, target=target, report=report).values()
    asked = questions(plan.services)
    files = [artifact.content for artifact in artifacts if artifact.role == role]
    assert not report.has_errors, report.findings
    answers: Answers = dict.fromkeys(asked, ())
    for text in files:
        ruleset, findings = read_back(reader, text)
        assert findings == []
        answers = {key: unite_runs(answers[key], runs) for key, runs in let_in(ruleset, asked).items()}
    return answers


@pytest.mark.parametrize(("target", "role", "options"), WHOLE)
def test_a_file_of_whole_rules_lets_in_whom_the_plan_lets_in(target: str, role: str, options: str) -> None:
    @settings(max_examples=scaled(160))
    @given(plans())
    def check(plan: Plan) -> None:
        assert read_one(plan, target, role, options) == meant(plan, plan.services)

    check()


@settings(max_examples=scaled(160))
@given(plans().filter(lambda plan: any(item.application == "smtp" for item in plan.services)))
def test_the_tables_of_postfix_let_in_whom_the_plan_lets_in_and_the_server_itself(plan: Plan) -> None:
    artifacts = render(plan, "{limit_exceptions: always}", target="postfix")
    for item in plan.services:
        tables = [artifact for artifact in artifacts.values() if artifact.path.endswith(f"/{item.name}.cidr")]
        assert len(tables) == (item.application == "smtp" and item.access is Access.ALLOWLIST)
        for table in tables:
            ruleset, findings = read_back("postfix-cidr", table.content)

            assert (findings, ruleset.ports if ruleset else None) == ([], item.ports)
            assert let_in(ruleset, questions([item])) == meant(plan, [item], *LOOPBACK)


@settings(max_examples=scaled(160))
@given(plans().filter(lambda plan: any(item.application == "smtp" for item in plan.services)))
def test_the_other_tables_of_postfix_name_the_connectors_and_refuse_nobody(plan: Plan) -> None:
    artifacts = render(plan, "{limit_exceptions: always}", target="postfix")
    for artifact in artifacts.values():
        if artifact.role in ("limits", "postscreen"):
            ruleset, findings = read_back("postfix-cidr", artifact.content)
            name = artifact.path.rpartition("/")[2].partition(".")[0]
            assert ruleset is not None
            spared = [rule.match for rule in ruleset.chains["dump"].rules if rule.comment.startswith("acme/")]
            connectors = [rule for rule in plan.rules if rule.service == name and not rule.trusted]

            assert (findings, ruleset.ports) == ([], ())
            assert {(match.family, match.sources) for match in spared} == {
                (rule.family, prefix_runs(rule.sources, rule.family)) for rule in connectors
            }


@settings(max_examples=scaled(160))
@given(
    listed=st.lists(networks(), min_size=1, max_size=8), trusted=st.lists(networks(), max_size=3), version=st.sampled_from(("2.3", "2.4"))
)
def test_the_list_of_dovecot_lets_in_whom_the_plan_lets_in_and_the_server_itself(
    listed: list[str], trusted: list[str], version: str
) -> None:
    plan = make_plan([service("imap"), service("imaps")], {"hubspot": {"imap": listed, "imaps": listed}}, trusted=trusted)
    text = render(plan, "{allow_nets: true}", target="dovecot")[f"allow-nets-{version}.inc"].content
    ruleset, findings = read_back("dovecot", text)

    assert findings == []
    assert let_in(ruleset, questions(plan.services)) == meant(plan, plan.services, *LOOPBACK)


def test_no_file_with_a_reader_is_forgotten_here() -> None:
    named = {
        (name, output.role) for name in resources.target_folders() for output in shipped_target(name).manifest.outputs if output.reader
    }
    tried = {(target, role) for target, role, _ in WHOLE} | {("dovecot", "addresses")}
    tried |= {("postfix", role) for role in ("access", "limits", "postscreen")}

    assert named == tried | ELSEWHERE


def test_every_reader_that_a_target_names_is_there() -> None:
    outputs = [output for name in resources.target_folders() for output in shipped_target(name).manifest.outputs]

    assert {output.reader for output in outputs if output.reader} <= set(READERS)
