"""A proof: the rules on a host of the lab, and what real connections met there."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from generator.artifacts import Artifact
from generator.plan import Plan
from generator.prove.answer import Answer, Claim, Setting
from generator.prove.besides import compare_traffic, hold_many, hold_open, judge_refusal, list_traffic, reach_ssh, see_traffic
from generator.prove.hosts import BANNED, Host
from generator.prove.lab.lab import CONTROL_PORT, HammerCounts, Lab
from generator.prove.lab.saved import save, without_ours
from generator.prove.lab.sockets import LabError, Verdict
from generator.prove.questions import Question, Reach, make_questions

ROOTLESS_PREFIXES: Final = 5000  # one nft transaction is bounded by the socket's send buffer where SO_SNDBUFFORCE is refused
MOST_AT_ONCE: Final = 2000

_TOO_LONG: Final = "Message too long"  # strerror(EMSGSIZE)
_COUNTED: Final = re.compile(r'"elem": \[(?=.*"ct count").*?\}\}\], ')


class Way(NamedTuple):
    """One way to use a target: the artifact whose commands load and undo it, what it can do, and the host it is tried on."""

    artifact: Artifact
    reach: Reach
    host: Host


class Proof(NamedTuple):
    """All that one way showed. `untried` is how many prefixes were left out: for their number, or all where nobody could knock."""

    way: Way
    answers: tuple[Answer, ...]
    claims: tuple[Claim, ...]
    untried: int

    @property
    def holds(self) -> bool:
        """Whether the rules do what the plan says, and nothing else."""
        return all(claim.holds for claim in self.claims) and not any(answer.is_lie for answer in self.answers)


def prove(plan: Plan, way: Way, files: Sequence[Artifact], setting: Setting, most: int) -> Proof:
    """Load the files on a host of the lab, knock from everywhere, load them again, undo them.

    Raises:
        LabError: the lab itself could not be had, or broke: nothing was shown.
    """
    with Lab(rootless=setting.rootless, addresses=setting.addresses, interface=setting.interface) as lab:
        folder = _place(lab.folder / "site", files)
        way.host.load(lab)
        before = save(lab)
        questions, untried = make_questions(plan, way.reach, way.host, setting.addresses, setting.families, most)
        lab.listen(CONTROL_PORT, *sorted({question.port for question in questions}))
        open_before = hold_open(lab, plan, way.host, questions, setting)
        traffic = list_traffic(lab, plan.services[0].ports[0].first)
        passed = see_traffic(traffic)
        claims = [_command("the rules load", lab, folder, way.artifact.apply)]
        if setting.rootless and _TOO_LONG in claims[0].seen:
            raise LabError("the rules are too many to load without root: an ordinary user's transactions are bounded")
        loaded = save(lab)
        claims.append(_compare("the rules of others are as they were", before, without_ours(loaded)))
        if not claims[0].holds:
            return Proof(way, (), tuple(claims), _count_prefixes(plan))
        claims.append(reach_ssh(lab))
        answers: tuple[Answer, ...] = ()
        if claims[-1].holds:
            answers = tuple(_ask(lab, questions, setting))
            claims += judge_refusal(plan, way.reach, answers, setting.refusal)
            claims += hold_many(plan, lab, answers, setting.connection_limit)
            claims += _load_again(lab, folder, way, answers, loaded, setting)
            claims.append(compare_traffic(traffic, passed))
        claims.append(Claim("connections that were open before are still open", all(held.alive() for held in open_before)))
        claims.append(_command("they are undone", lab, folder, way.artifact.undo))
        claims.append(_compare("nothing of them is left, and nothing else is gone", before, save(lab)))
    return Proof(way, answers, tuple(claims), untried if answers else _count_prefixes(plan))


def _count_prefixes(plan: Plan) -> int:
    return sum(len(rule.sources) for rule in plan.rules)


def _place(folder: Path, files: Sequence[Artifact]) -> Path:
    folder.mkdir()
    folder.chmod(0o755)
    for artifact in files:
        path = folder / artifact.path.rpartition("/")[2]
        path.write_bytes(artifact.data)
        path.chmod(artifact.mode | 0o444)
    return folder


def _command(title: str, lab: Lab, folder: Path, command: str) -> Claim:
    """A command of the files. One that does not end in time is a fault of theirs; where the lab itself broke, the next step tells."""
    try:
        done = lab.run("sh", "-c", f"cd '{folder}' && {command}", check=False)
    except LabError as error:
        return Claim(title, False, f"`{command}` did not end: {error}")
    return Claim(
        title, done.returncode == 0, "" if done.returncode == 0 else f"`{command}` ended with {done.returncode}: {done.stderr.strip()}"
    )


def _compare(title: str, before: Sequence[str], after: Sequence[str]) -> Claim:
    before, after = _without_counted(before), _without_counted(after)
    gone, new = Counter(before) - Counter(after), Counter(after) - Counter(before)
    seen = "; ".join([f"gone: {line}" for line in list(gone)[:3]] + [f"new: {line}" for line in list(new)[:3]])
    return Claim(title, list(before) == list(after), seen or ("" if list(before) == list(after) else "in another order"))


def _without_counted(lines: Sequence[str]) -> list[str]:
    """The lines without the sources whose connections the kernel is counting: they come and go with the knocking."""
    return [_COUNTED.sub("", line) for line in lines]


def _ask(lab: Lab, questions: Sequence[Question], setting: Setting) -> Iterator[Answer]:
    """Knock in turns; with a limit on connections one port of the plan after the other, so that the limit is not what answers."""
    by_port: dict[int, list[Question]] = {}
    for question in questions:
        by_port.setdefault(question.port if setting.connection_limit and question.service else 0, []).append(question)
    for turn in by_port.values():
        for start in range(0, len(turn), MOST_AT_ONCE):
            some = turn[start : start + MOST_AT_ONCE]
            met = lab.probe([(question.source, question.port) for question in some])
            yield from map(Answer, some, met)


def _load_again(lab: Lab, folder: Path, way: Way, answers: Sequence[Answer], loaded: Sequence[str], setting: Setting) -> list[Claim]:
    """Load once more while connections come in: nobody is refused, nobody gets in, and the rules are the same."""
    friends = [answer.question for answer in answers if answer.met is Verdict.ACCEPTED and answer.question.rule]
    # Connections as fast as they can be made are more at once than a limit allows.
    inside = [(question.source, question.port) for question in friends if setting.connection_limit is None]
    # A banned source begins with a public service and is cut off then: no stranger to it, and no friend.
    strangers = [answer.question for answer in answers if not answer.question.accepted and answer.question.source not in BANNED]
    outside = [(question.source, question.port) for question in strangers]
    claims: list[Claim] = []

    def load() -> None:
        claims.append(_command("they load again", lab, folder, way.artifact.apply))

    try:
        counts = lab.hammer(allowed=inside[:50], outside=outside[:50], during=load)
    except LabError as error:
        return [*claims, Claim("nobody is refused, and nobody let in, while they load again", False, str(error))]
    claims.append(_count_hits(counts))
    claims.append(_compare("loaded twice they are the same", loaded, save(lab)))
    return claims


def _count_hits(counts: HammerCounts) -> Claim:
    title = f"while they load again, {counts.allowed} allowed connections get in and {counts.outside} others do not"
    if not counts.allowed:  # with a limit on connections none is tried
        title = f"while they load again, {counts.outside} connections of others do not get in"
    seen = f"{counts.refused} allowed ones were refused, {counts.admitted} others were let in"
    return Claim(title, not counts.refused and not counts.admitted, seen if counts.refused or counts.admitted else "")
