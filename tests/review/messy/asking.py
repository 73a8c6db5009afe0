"""The same question twice: the readers and `judge` are asked who gets in, and so is the kernel, by packets."""

import random
import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from ipaddress import ip_address
from typing import Final, NamedTuple

from generator.diagnostics import Report
from generator.net import Family, address_text, parse_prefix
from generator.net.runs import has_number
from generator.readers.combine import combine
from generator.readers.iptables import read_iptables
from generator.readers.judge import Entry, Question, Segment, judge, trace
from generator.readers.model import Ruleset
from generator.readers.nftables import read_nftables
from generator.readers.outside import Outside
from generator.readers.routes import read_routes
from tests.kernel.lab import OUTSIDERS, Lab, Verdict, boundaries
from tests.review.messy.cases import Messy
from tests.review.messy.container import run_container

INTERFACE: Final = "eth0"
_ADDRESS: Final = re.compile(r"(?<![\w.:/])(?:\d+\.\d+\.\d+\.\d+|[0-9a-f]*:[0-9a-f:]*:[0-9a-f]*)(?:/\d+)?(?![\w.:/])")
_CONTAINERS: Final = ("172.17.", "fd00:17:")  # nobody outside has such an address
_MOST: Final = 90  # sources of one family, besides the well-known outsiders
_TOOLS: Final = {Family.V4: "iptables", Family.V6: "ip6tables"}


class Answer(NamedTuple):
    """What the readers and the packets say of one connection, where they don't agree."""

    source: str
    port: int
    read: str
    met: str


class Answers(NamedTuple):
    """What came of one ruleset. `findings` are the readers'."""

    tried: int
    wrong: tuple[Answer, ...]  # with all that is known about the host
    wrong_from_less: tuple[Answer, ...]  # by a reader that knows less of it, and may say `unknown`
    unknown: Mapping[int, tuple[str, ...]]  # by port: the doubts
    findings: tuple[str, ...]


def ask(case: Messy) -> Answers:
    """Load the ruleset on the server of a lab, read it back, and try every connection that could show a difference."""
    with Lab(interface=INTERFACE) as lab, ExitStack() as stack:
        lab.run("ip", "link", "set", "lo", "up")
        listeners = sorted({*case.ports, *_redirected(case)})
        lab.listen(*listeners)
        if case.container:
            stack.enter_context(run_container(lab, listeners, case.container))
        for command, stdin in case.parts:
            lab.run(*command, stdin=stdin)
        report = Report()
        ways = read_routes(lab.run("ip", "-j", "route", "show", "table", "all").stdout)
        whole = _read(lab, case, Outside(INTERFACE, ways), report)
        less = [_read(lab, case, Outside(), Report()), _read(lab, case, Outside(INTERFACE, ways), Report(), nft_alone=True)]
        probes = [(source, port) for source in _sources(case, whole, lab) for port in case.ports]
        met = dict(zip(probes, lab.probe(probes), strict=True))
        answers = {probe: verdict is Verdict.ACCEPTED for probe, verdict in met.items()}
        wrong = _compare(whole, answers, lab)
        vague = [answer for ruleset in less if ruleset for answer in _compare(ruleset, answers, lab)]
        return Answers(len(probes), tuple(wrong), tuple(vague), _unknown(whole, case, lab), _words(report))


def _redirected(case: Messy) -> tuple[int, ...]:
    """Ports that rules lead to."""
    found = re.findall(r"(?:--to-ports |--to-destination \S*:|redirect to :|dnat \S* ?to \S*:|: )(\d+)\b", case.text)
    return tuple({int(port) for port in found if 0 < int(port) < 65536})


def _read(lab: Lab, case: Messy, outside: Outside, report: Report, *, nft_alone: bool = False) -> Ruleset | None:
    found = [read_nftables(lab.run("nft", "-j", "list", "ruleset").stdout, "nft", outside, report)]
    legacy = "-legacy" if "-legacy" in " ".join(word for command, _ in case.parts for word in command) else ""
    if nft_alone:
        return found[0] if not legacy else None
    sets = lab.run("ipset", "save").stdout
    for family, tool in _TOOLS.items():
        text = lab.run(f"{tool}{legacy}-save").stdout
        if text.strip():
            found.append(read_iptables(text, f"{tool}-save", outside, report, family=family, sets=sets))
    return combine([ruleset for ruleset in found if ruleset is not None])


def _judge(ruleset: Ruleset, source: str, port: int, lab: Lab, cache: dict[tuple[Family, int], tuple[Segment, ...]]) -> Segment:
    family = Family.V6 if ":" in source else Family.V4
    if (family, port) not in cache:
        own = next(int(ip_address(address)) for address in lab.addresses if (":" in address) == (family is Family.V6))
        cache[family, port] = judge(ruleset, Question(family, port, own))
    number = int(ip_address(source))
    return next(segment for segment in cache[family, port] if has_number(segment.sources, number))


def _compare(ruleset: Ruleset | None, answers: Mapping[tuple[str, int], bool], lab: Lab) -> Iterator[Answer]:
    assert ruleset is not None
    cache: dict[tuple[Family, int], tuple[Segment, ...]] = {}
    for (source, port), accepted in answers.items():
        entry = _judge(ruleset, source, port, lab, cache).entry
        if entry is not Entry.UNKNOWN and (entry is Entry.OPEN) != accepted:
            yield Answer(source, port, entry.value, "accepted" if accepted else "not accepted")


def _unknown(ruleset: Ruleset | None, case: Messy, lab: Lab) -> dict[int, tuple[str, ...]]:
    assert ruleset is not None
    found: dict[int, tuple[str, ...]] = {}
    for port in case.ports:
        for address in lab.addresses:
            family = Family.V6 if ":" in address else Family.V4
            for segment in judge(ruleset, Question(family, port, int(ip_address(address)))):
                if segment.entry is Entry.UNKNOWN:
                    found[port] = tuple(dict.fromkeys((*found.get(port, ()), *segment.doubts)))
    return found


def _sources(case: Messy, ruleset: Ruleset | None, lab: Lab) -> list[str]:
    """The edges of all that the ruleset names and of all that the judge divides, outsiders, and some addresses by chance."""
    assert ruleset is not None
    named = [text for text in _ADDRESS.findall(case.text) if "." in text or "::" in text]
    chance = random.Random(case.name)
    found: list[str] = []
    for family in Family:
        edges = boundaries([str(parse_prefix(text.rstrip("/"))) for text in named if (":" in text) == (family is Family.V6)])
        divided = dict.fromkeys(
            address_text(family, number)
            for port in case.ports
            for segment in trace(ruleset, Question(family, port))
            for run in segment.sources
            for number in (run.first - 1, run.first, run.last, run.last + 1)
            if 0 <= number < 1 << family.bits
        )
        usable = list(dict.fromkeys([*edges, *boundaries([f"{address}/{family.bits}" for address in divided])]))
        found += chance.sample(usable, _MOST) if len(usable) > _MOST else usable
        found += [address_text(family, (0x20 << family.bits - 8) | chance.getrandbits(family.bits - 8)) for _ in range(3)]
    return [source for source in dict.fromkeys([*found, *OUTSIDERS]) if source not in lab.addresses and not source.startswith(_CONTAINERS)]


def _words(report: Report) -> tuple[str, ...]:
    return tuple(f"{finding.code} {finding.span}: {finding.message}" for finding in report.findings)
