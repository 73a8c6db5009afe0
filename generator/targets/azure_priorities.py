"""A priority for every rule inside a block: rules keep theirs when others come and go, because Azure gives each number once."""

from collections.abc import Iterable
from hashlib import blake2b


def assign_priorities(names: Iterable[str], slots: range) -> dict[str, int]:
    """A number of `slots` for every name. It does not depend on the order of the names, and seldom on which others there are.

    Every name wants the number that its digest points to, then the next ones. Where two want one, the smaller digest has it, and the other
    moves on: so a new name displaces few, mostly none.

    Raises:
        ValueError: there are more names than numbers.
    """
    waiting = sorted(names)
    if len(waiting) > len(slots):
        raise ValueError(f"{len(waiting)} names for {len(slots)} priorities")
    tried = dict.fromkeys(waiting, 0)
    holders: dict[int, str] = {}
    while waiting:
        name = waiting.pop()
        slot = slots[(_digest(name) + tried[name]) % len(slots)]
        tried[name] += 1
        holder = holders.get(slot)
        if holder is not None and _digest(holder) < _digest(name):
            waiting.append(name)
            continue
        holders[slot] = name
        if holder is not None:
            waiting.append(holder)
    return {name: slot for slot, name in holders.items()}


def writing_order(names: Iterable[str]) -> list[str]:
    """The order in which to write rules one by one so that a number is free before it is given to another rule of ours.

    A rule moves only because one with a smaller digest came, so the larger ones go first. When a rule is gone, another one may move to its
    number: then the one that is gone has to be deleted first.
    """
    return sorted(names, key=_digest, reverse=True)


def _digest(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")
