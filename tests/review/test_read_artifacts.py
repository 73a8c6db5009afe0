"""What we write for nftables and iptables, read back from the files: for every random plan it lets in whom the plan lets in."""

from collections.abc import Iterable

from hypothesis import example, given, settings
from hypothesis import strategies as st

from generator.diagnostics import Report
from generator.net import Family, PortRange
from generator.net.runs import EVERYTHING, Runs, prefix_runs, unite_runs
from generator.plan import Access, Plan
from generator.readers.judge import Entry, Question, judge
from generator.readers.model import Ruleset
from generator.readers.outside import Outside
from generator.readers.registry import Dump, read_host
from tests.scale import scaled
from tests.support.iptables import render_iptables
from tests.support.plans import PORTS, make_plan, service
from tests.support.sites import networks
from tests.support.targets import render

SIEVE = (PortRange(4190, 4190), PortRange(10000, 10010))


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


Answers = dict[tuple[Family, int], Runs]


def admitted(ruleset: Ruleset | None, plan: Plan) -> Answers:
    """Who gets in to every port of the plan; nothing may be unknown."""
    assert ruleset is not None
    answers: Answers = {}
    for family, port in questions(plan):
        by_entry = {segment.entry: segment.sources for segment in judge(ruleset, Question(family, port))}
        assert Entry.UNKNOWN not in by_entry
        answers[family, port] = by_entry.get(Entry.OPEN, ())
    return answers


def expected(plan: Plan, *, closes: bool) -> Answers:
    """Who gets in according to the plan; `closes`: by a file that only closes, so that what is not closed is open."""
    answers: Answers = {}
    for family, port in questions(plan):
        found = next(item for item in plan.services if any(run.first <= port <= run.last for run in item.ports))
        runs = unite_runs(
            *(prefix_runs(rule.sources, family) for rule in plan.rules if rule.service == found.name and rule.family is family), ()
        )
        everybody = found.access is Access.PUBLIC or (closes and found.access is not Access.ALLOWLIST)
        answers[family, port] = EVERYTHING[family] if everybody else runs
    return answers


def questions(plan: Plan) -> Iterable[tuple[Family, int]]:
    ends = sorted({end for item in plan.services for ports in item.ports for end in ports})
    return [(family, port) for family in Family for port in ends]


def read(files: dict[str, str]) -> Ruleset | None:
    report = Report()
    ruleset = read_host([Dump(name, text) for name, text in files.items()], Outside(), report)
    assert report.findings == ()
    return ruleset


@example(make_plan([service("smtp", Access.ADDITIVE)], {}), "plain", None, "drop")
@settings(max_examples=scaled(500))
@given(
    plan=plans(), layout=st.sampled_from(("plain", "ipset")), limit=st.sampled_from((None, 9)), refuse=st.sampled_from(("drop", "reject"))
)
def test_the_iptables_files_let_in_whom_the_plan_lets_in(plan: Plan, layout: str, limit: int | None, refuse: str) -> None:
    files = render_iptables(plan, layout=layout, connection_limit=limit, log=True, refuse=refuse)
    dumps = {name: text for name, text in files.items() if not name.endswith(".sh")}

    assert admitted(read(dumps), plan) == expected(plan, closes=False)


@settings(max_examples=scaled(300))
@given(plan=plans(), limit=st.sampled_from(("", ", connection_limit: 9")), log=st.sampled_from(("true", "false")))
def test_the_nftables_files_let_in_whom_the_plan_lets_in(plan: Plan, limit: str, log: str) -> None:
    files = render(plan, f"{{log: {log}{limit}}}")
    guard, include = (read({name: files[name].content}) for name in ("guard.nft", "include.nft") if name in files or name == "guard.nft")

    assert admitted(guard, plan) == expected(plan, closes=True)
    assert admitted(include, plan) == expected(plan, closes=False)
