"""A difference in words and in groups, as every format tells it."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from generator.compile.services import ports_text
from generator.net import Family, prefix_texts
from generator.net.runs import EVERYTHING, count_numbers, run_prefixes
from generator.review.diff import Change, Difference, Setting, Verdict, smaller_part
from generator.review.picture import State

VERDICTS: Final = {
    Verdict.SAME: "the same addresses get in",
    Verdict.WIDER: "more addresses get in",
    Verdict.NARROWER: "fewer addresses get in",
    Verdict.BOTH: "some addresses gained access, others lost it",
    Verdict.UNKNOWN: "a part can't be told",
}
SIGNS: Final = {Verdict.WIDER: "+", Verdict.NARROWER: "-", Verdict.UNKNOWN: "?", Verdict.SAME: "~"}
_WORDS: Final = {
    (State.CLOSED, State.OPEN): "gets in now",
    (State.UNTOUCHED, State.OPEN): "gets in now; was left as the host has it",
    (State.OPEN, State.CLOSED): "no longer gets in",
    (State.OPEN, State.UNTOUCHED): "is no longer let in; left as the host has it",
    (State.CLOSED, State.UNTOUCHED): "is no longer kept out; left as the host has it",
    (State.UNTOUCHED, State.CLOSED): "is kept out now; was left as the host has it",
    (State.OPEN, State.UNKNOWN): "got in, and may no longer",
    (State.CLOSED, State.UNKNOWN): "was kept out, and may get in now",
    (State.UNTOUCHED, State.UNKNOWN): "was left as the host has it, and may get in now",
    (State.UNKNOWN, State.UNKNOWN): "may get in, for another reason than before",
    (State.UNKNOWN, State.OPEN): "may have got in, and does now",
    (State.UNKNOWN, State.CLOSED): "may have got in, and no longer does",
    (State.UNKNOWN, State.UNTOUCHED): "may have got in, and is left as the host has it now",
}


class Group(NamedTuple):
    """Changes that differ in their services alone, with the services in words: `imaps (tcp 993)`."""

    change: Change
    services: tuple[str, ...]


class Addresses(NamedTuple):
    """Sources as a person reads them. `inverted`: the prefixes are those that do not belong to them."""

    inverted: bool
    prefixes: tuple[str, ...]
    number: int


def group_changes(changes: Iterable[Change]) -> list[Group]:
    """What happens to the same addresses at several services is told once; the widening first."""
    found: dict[Change, list[str]] = {}
    for change in changes:
        found.setdefault(group_key(change), []).append(service_words(change))
    order = list(SIGNS.values())
    groups = [Group(change, tuple(services)) for change, services in found.items()]
    return sorted(groups, key=lambda group: order.index(SIGNS[group.change.verdict]))


def group_key(change: Change) -> Change:
    """What changes of one group have in common."""
    return change._replace(service="", protocol="", ports=(), why=(), spans=())


def service_words(change: Change) -> str:
    """The ports of a change as a person calls them."""
    ports = f"{change.protocol} {ports_text(change.ports)}"
    return f"{change.service} ({ports})" if change.service else ports


def change_words(change: Change) -> str:
    """What happens to the sources of a change, as the end of a sentence about them."""
    if change.joined is not None:
        return f"gets in as before, {'now' if change.joined else 'no longer'} as {change.party}"
    return _WORDS[change.before, change.after]


def party_words(change: Change, addresses: Addresses) -> str:
    """Whom a change is about."""
    if change.party:
        return change.party
    if not addresses.inverted:
        return "somebody"
    return "everybody but these" if addresses.prefixes else "everybody"


def list_addresses(change: Change) -> Addresses:
    """The sources of a change, as the fewest prefixes that say it."""
    inverted, runs = smaller_part(change.sources, change.family)
    return Addresses(inverted, tuple(prefix_texts(run_prefixes(runs, change.family))), count_numbers(change.sources))


def count_words(change: Change, addresses: Addresses) -> str:
    """How many there are: `2 prefixes, 17 addresses`."""
    if change.sources == EVERYTHING[change.family]:
        return "every address"
    count = len(addresses.prefixes)
    prefixes = f"{count:,} {'prefix' if count == 1 else 'prefixes'}"
    return f"{f'all but {prefixes}' if addresses.inverted else prefixes}, {_number_words(addresses.number, change.family)}"


def _number_words(count: int, family: Family) -> str:
    """IPv6 counts are told as powers of two: nobody reads 28 digits."""
    if count == 1:
        return "1 address"
    if family is Family.V4 or count < 1 << 20:
        return f"{count:,} addresses"
    exact = count & (count - 1) == 0
    return f"{'' if exact else 'about '}2^{count.bit_length() - 1} addresses"


def setting_words(setting: Setting) -> str:
    """What a setting is called."""
    return f"{setting.subject} {setting.name}".rstrip() if setting.subject != "server" else f"server {setting.name}"


def value_words(value: str | None) -> str:
    """A value of a setting; there may be none."""
    return "none" if value is None else value or "not set"


def verdict_words(difference: Difference) -> str:
    """The verdict with what it means."""
    words = VERDICTS[difference.verdict]
    if difference.verdict is Verdict.SAME and not difference.is_same:
        words += "; other things differ"
    return f"{difference.verdict}: {words}"
