"""Compares the pictures of two sides, port by port and family by family."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from generator.compile import TRUSTED
from generator.diagnostics import Span
from generator.net import Family, PortRange, merge_ports, parse_prefix
from generator.net.runs import EVERYTHING, Runs, prefix_runs
from generator.review.diff import EVERYBODY_ELSE, Change, Setting
from generator.review.picture import TARGET, UNTOUCHED, USED, Door, Doubtful, Fact, Party, Picture, Slot, State
from generator.review.sets import Sets

# What a host sends to itself never comes from outside, and files for programs let it in: alone, it is no difference.
_LOOPBACK: Final = {
    Family.V4: prefix_runs((parse_prefix("127.0.0.0/8"),), Family.V4),
    Family.V6: prefix_runs((parse_prefix("::1"),), Family.V6),
}


class _Shift(NamedTuple):
    """Sources that moved from one state to another, before anybody asks whose they are."""

    before: State
    after: State
    sources: Runs
    doubts: tuple[str, ...] = ()


def compare_pictures(old: Picture, new: Picture) -> tuple[tuple[Change, ...], tuple[Setting, ...]]:
    """The changes from one picture to the other, by port, family and party; and the settings that both sides know."""
    work = _Work(Sets(), old.named, new.named, old.opens or new.opens)
    changes = [
        change
        for frame, before, after in _pair_slots(old, new)
        for family, old_door, new_door in zip((Family.V4, Family.V6), before, after, strict=True)
        if old_door is not new_door
        for change in _compare_doors(frame, family, old_door, new_door, work)
    ]
    return tuple(_join_ports(changes)), tuple(_compare_facts(old, new))


class _Work(NamedTuple):
    """What all comparisons of two pictures share: the sets, which sides are plans, and whether rules beside a plan open what they name."""

    sets: Sets
    old_plan: bool
    new_plan: bool
    opens: bool

    def rests(self, before: Door, after: Door) -> tuple[bool, bool, bool]:
        """Whether what becomes of everybody else is a statement of the old side, of the new one, and to be compared.

        Beside rules, a plan that leaves a port as the host has it contradicts nothing, and neither do rules that only close and leave it to
        those who open it. Rules that leave open what a plan closes do.
        """
        if self.old_plan is self.new_plan:
            return True, True, True
        said_before, said_after = (door.rest is not State.UNTOUCHED for door in (before, after))
        if self.old_plan:
            return said_before, said_after or self.opens, said_before
        return said_before or self.opens, said_after, said_after


class _Frame(NamedTuple):
    service: str
    protocol: str
    ports: tuple[PortRange, ...]
    place: Span | None


def _pair_slots(old: Picture, new: Picture) -> Iterator[tuple[_Frame, tuple[Door, Door], tuple[Door, Door]]]:
    """The ports of both sides in groups of one slot each; a port without a slot is untouched."""
    nothing = (UNTOUCHED, UNTOUCHED)
    protocols = sorted({slot.protocol for slot in (*old.slots, *new.slots)})
    for protocol in protocols:
        before, after = ([slot for slot in side.slots if slot.protocol == protocol] for side in (old, new))
        pairs: dict[tuple[int, int], list[PortRange]] = {}
        for first, last, one, other in _sweep(before, after):
            pairs.setdefault((one, other), []).append(PortRange(first, last))
        for (one, other), ports in pairs.items():
            left, right = before[one] if one >= 0 else None, after[other] if other >= 0 else None
            if (left is None or right is None) and not (old.limited and new.limited):
                continue  # a plan leaves other ports to the host, and a host says what it does with them: no contradiction
            name = _service_name(left, right, old, new)
            place = right.place if right else left.place if left else None
            yield _Frame(name, protocol, merge_ports(ports), place), left.doors if left else nothing, right.doors if right else nothing


def _sweep(before: Sequence[Slot], after: Sequence[Slot]) -> Iterator[tuple[int, int, int, int]]:
    """Runs of ports with the positions of the two slots that have them, -1 for none."""
    edges = sorted({edge for slot in (*before, *after) for port in slot.ports for edge in (port.first, port.last + 1)})
    holders = []
    for slots in (before, after):
        starts = {port.first: (index, port.last) for index, slot in enumerate(slots) for port in slot.ports}
        found, index, last = [], -1, 0
        for edge in edges:
            if edge > last:
                index = -1
            if edge in starts:
                index, last = starts[edge]
            found.append(index)
        holders.append(found)
    for position in range(len(edges) - 1):
        one, other = holders[0][position], holders[1][position]
        if (one, other) != (-1, -1):
            yield edges[position], edges[position + 1] - 1, one, other


def _service_name(left: Slot | None, right: Slot | None, old: Picture, new: Picture) -> str:
    """What the ports are called: a plan's word counts more than the port's own name, the new side's more than the old one's."""
    by_weight = sorted(((not side.named, index, slot.name) for index, (side, slot) in enumerate(((new, right), (old, left))) if slot))
    return next((name for _, _, name in by_weight if name), "")


def _compare_doors(frame: _Frame, family: Family, before: Door, after: Door, work: _Work) -> Iterator[Change]:
    blank = Change(frame.service, frame.protocol, frame.ports, family, State.OPEN, State.OPEN, EVERYBODY_ELSE, ())
    shifts = list(_find_shifts(before, after, family, work))
    if not (work.old_plan and work.new_plan):
        shifts = [shift for shift in shifts if work.sets.but(shift.sources, _LOOPBACK[family])]
    for shift in shifts:
        door = after if State.OPEN is shift.after or shift.after is State.UNKNOWN else before
        shifted = blank._replace(before=shift.before, after=shift.after, doubts=shift.doubts)
        for party, sources in _share(shift.sources, door.parties, work.sets):
            places = party.spans or ((frame.place,) if frame.place else ())
            yield shifted._replace(party=party.name, sources=sources, why=party.why, spans=places)
    if work.old_plan and work.new_plan:
        gained = work.sets.union(*(shift.sources for shift in shifts if shift.after is State.OPEN))
        lost = work.sets.union(*(shift.sources for shift in shifts if shift.before is State.OPEN))
        everybody = EVERYTHING[family] in (before.open, after.open)
        for move in _find_moves(blank, before.parties, after.parties, (gained, lost), work.sets):
            if not (everybody and move.party == TRUSTED):  # a public service has no need of rules for the trusted
                yield move


def _find_shifts(before: Door, after: Door, family: Family, work: _Work) -> Iterator[_Shift]:
    """The sources whose state changed."""
    sets = work.sets
    old_unknown, new_unknown = (sets.union(*(part.sources for part in door.unknown)) for door in (before, after))
    told_before, told_after, told = work.rests(before, after)
    if told_before:
        yield from _shift(before.rest, State.OPEN, sets.but(sets.but(after.open, before.open), old_unknown))
    if told_after:
        yield from _shift(State.OPEN, after.rest, sets.but(sets.but(before.open, after.open), new_unknown))
    if told and before.rest is not after.rest:
        known = sets.union(before.open, after.open, old_unknown, new_unknown)
        yield from _shift(before.rest, after.rest, sets.but(EVERYTHING[family], known))
    same = _same_doubts(before.unknown, after.unknown, sets)
    for part in after.unknown:
        fresh = sets.but(part.sources, same)
        yield from _shift(State.OPEN, State.UNKNOWN, sets.both(fresh, before.open), part.doubts)
        if told_before:
            yield from _shift(before.rest, State.UNKNOWN, sets.but(sets.but(fresh, before.open), old_unknown), part.doubts)
        yield from _shift(State.UNKNOWN, State.UNKNOWN, sets.both(fresh, old_unknown), part.doubts)
    for part in before.unknown:
        gone = sets.but(sets.but(part.sources, same), new_unknown)
        yield from _shift(State.UNKNOWN, State.OPEN, sets.both(gone, after.open), part.doubts)
        if told_after:
            yield from _shift(State.UNKNOWN, after.rest, sets.but(gone, after.open), part.doubts)


def _shift(before: State, after: State, sources: Runs, doubts: tuple[str, ...] = ()) -> Iterator[_Shift]:
    if sources:
        yield _Shift(before, after, sources, doubts)


def _same_doubts(before: Iterable[Doubtful], after: Iterable[Doubtful], sets: Sets) -> Runs:
    """The sources about which both sides have the same doubts, and say the same where these turn out to mean others."""
    old = {(part.doubts, part.otherwise): part.sources for part in before}
    both = (sets.both(old.get((part.doubts, part.otherwise), ()), part.sources) for part in after)
    return sets.union(*both)


def _share(sources: Runs, parties: Sequence[Party], sets: Sets) -> Iterator[tuple[Party, Runs]]:
    """Whose the sources are. Parties overlap, so a source may be several ones'; what is nobody's comes last."""
    rest = sources
    for party in parties:
        own = sets.both(sources, party.sources)
        if own:
            yield party, own
            rest = sets.but(rest, own)
    if rest:
        yield Party(EVERYBODY_ELSE, rest), rest


def _find_moves(blank: Change, before: Sequence[Party], after: Sequence[Party], shifted: tuple[Runs, Runs], sets: Sets) -> Iterator[Change]:
    """Sources that got in and still do, and that are another party's now. `shifted` are those that gained, and those that lost."""
    old, new = ({party.name: party for party in parties} for parties in (before, after))
    nobody = Party("", ())
    for name in sorted({*old, *new}):
        left, right = old.get(name, nobody), new.get(name, nobody)
        joined = sets.but(sets.but(right.sources, left.sources), shifted[0])
        if joined:
            yield blank._replace(party=name, sources=joined, joined=True, why=right.why, spans=right.spans)
        gone = sets.but(sets.but(left.sources, right.sources), shifted[1])
        if gone:
            yield blank._replace(party=name, sources=gone, joined=False, why=left.why, spans=left.spans)


def _join_ports(changes: Iterable[Change]) -> Iterator[Change]:
    """Changes that differ in nothing but the ports are one; ports of no service are together, whatever they are."""
    joined: dict[Change, list[PortRange]] = {}
    for change in changes:
        joined.setdefault(change._replace(ports=()), []).extend(change.ports)
    for change, ports in joined.items():
        yield change._replace(ports=merge_ports(ports))


def _compare_facts(old: Picture, new: Picture) -> Iterator[Setting]:
    """The settings of both sides that differ. A subject that is on one side alone is one line, its settings are no more."""
    common = old.knows & new.knows
    before, after = ({(fact.subject, fact.name): fact for fact in side.facts if _kind(fact) in common} for side in (old, new))
    old_subjects, new_subjects = ({subject for subject, _ in facts} for facts in (before, after))
    told: set[str] = set()
    for key in dict.fromkeys((*after, *before)):
        subject, name = key
        if subject in told or (key in before and key in after and before[key].value == after[key].value):
            continue
        then, now = before.get(key), after.get(key)
        place = now.place if now else None
        if subject in old_subjects and subject in new_subjects:
            yield Setting(subject, name, then.value if then else None, now.value if now else None, place)
        else:
            told.add(subject)
            yield Setting(subject, "", _sum_up(subject, before), _sum_up(subject, after), place)


def _kind(fact: Fact) -> str:
    """What a side has to know to be compared in it. Whoever knows the targets knows all options of each, whichever these are."""
    return USED if fact.subject.startswith(TARGET) else fact.name


def _sum_up(subject: str, facts: dict[tuple[str, str], Fact]) -> str | None:
    """All settings of one subject in a line; None where there is no such subject."""
    words = [f"{name} {fact.value}" for (owner, name), fact in facts.items() if owner == subject and fact.value]
    return ", ".join(words) if any(owner == subject for owner, _ in facts) else None
