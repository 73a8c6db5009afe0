"""A proof: the rules on a host of the lab, and what real connections met there."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from generator.artifacts import Artifact
from generator.net import Family
from generator.plan import Plan
from generator.prove.hosts import BANNED, Host
from generator.prove.lab.lab import CONTROL_PORT, HammerCounts, Lab
from generator.prove.lab.saved import save, without_ours
from generator.prove.lab.sockets import LabError, Verdict
from generator.prove.questions import Question, Reach, make_questions

ROOTLESS_PREFIXES: Final = 5000  # one nft transaction is bounded by the socket's send buffer where SO_SNDBUFFORCE is refused
MOST_AT_ONCE: Final = 2000

_COUNTED: Final = re.compile(r'"elem": \[(?=.*"ct count").*?\}\}\], ')


class Way(NamedTuple):
    """One way to use a target: the artifact whose commands load and undo it, what it can do, and the host it is tried on."""

    artifact: Artifact
    reach: Reach
    host: Host


class Setting(NamedTuple):
    """Where the rules look at packets: the server's addresses, interface and families; and how many connections one source may hold."""

    addresses: tuple[str, ...]
    interface: str
    families: tuple[Family, ...]
    connection_limit: int | None
    rootless: bool


class Claim(NamedTuple):
    """Something besides single connections that must hold, and what was seen where it does not."""

    title: str
    holds: bool
    seen: str = ""


class Answer(NamedTuple):
    """What a connection met."""

    question: Question
    met: Verdict

    @property
    def is_lie(self) -> bool:
        """Whether the rules did something else than the plan says. Half a hole, a connection that says nothing, is a lie too."""
        return self.met is Verdict.MUTE or self.question.accepted != (self.met is Verdict.ACCEPTED)


class Proof(NamedTuple):
    """All that one way showed. `untried` is how many prefixes were left out for their number."""

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
        open_before = lab.hold(_outsider(setting), CONTROL_PORT)
        claims = [_command("the rules load", lab, folder, way.artifact.apply)]
        loaded = save(lab)
        claims.append(_compare("the rules of others are as they were", before, without_ours(loaded)))
        if not claims[0].holds:
            return Proof(way, (), tuple(claims), untried)
        answers = tuple(_ask(lab, questions, setting))
        claims += _load_again(lab, folder, way, answers, loaded, setting)
        claims.append(Claim("a connection that was open before is still open", open_before.alive()))
        claims.append(_command("they are undone", lab, folder, way.artifact.undo))
        claims.append(_compare("nothing of them is left, and nothing else is gone", before, save(lab)))
    return Proof(way, answers, tuple(claims), untried)


def _place(folder: Path, files: Sequence[Artifact]) -> Path:
    folder.mkdir()
    folder.chmod(0o755)
    for artifact in files:
        path = folder / artifact.path.rpartition("/")[2]
        path.write_bytes(artifact.data)
        path.chmod(artifact.mode | 0o444)
    return folder


def _outsider(setting: Setting) -> str:
    return "203.0.113.254" if Family.V4 in setting.families else "2001:db8:ffff::fe"


def _command(title: str, lab: Lab, folder: Path, command: str) -> Claim:
    done = lab.run("sh", "-c", f"cd '{folder}' && {command}", check=False)
    return Claim(
        title, done.returncode == 0, "" if done.returncode == 0 else f"`{command}` ended with {done.returncode}: {done.stderr.strip()}"
    )


def _compare(title: str, before: Sequence[str], after: Sequence[str]) -> Claim:
    before, after = _without_counted(before), _without_counted(after)
    gone = [line for line in before if line not in set(after)]
    new = [line for line in after if line not in set(before)]
    seen = "; ".join([f"gone: {line}" for line in gone[:3]] + [f"new: {line}" for line in new[:3]])
    return Claim(title, not seen and list(before) == list(after), seen or ("" if list(before) == list(after) else "in another order"))


def _without_counted(lines: Sequence[str]) -> list[str]:
    """The lines without the sources whose connections the kernel is counting: they come and go with the knocking."""
    return [_COUNTED.sub("", line) for line in lines]


def _ask(lab: Lab, questions: Sequence[Question], setting: Setting) -> Iterator[Answer]:
    """Knock in turns; with a limit on connections one port after the other, so that the limit is not what answers."""
    by_port: dict[int, list[Question]] = {}
    for question in questions:
        by_port.setdefault(question.port if setting.connection_limit else 0, []).append(question)
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
    seen = f"{counts.refused} allowed ones were refused, {counts.admitted} others were let in"
    return Claim(title, not counts.refused and not counts.admitted, seen if counts.refused or counts.admitted else "")
