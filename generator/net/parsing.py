"""Text to prefixes: one, several, or a long list at once."""

from collections.abc import Iterator, Sequence
from typing import Final

from generator.net.collector import collector_paused
from generator.net.grammar import REFUSALS, Run, read_networks, read_run
from generator.net.keys import key_texts, merge_keys, pack_prefixes
from generator.net.values import V4, V6, Prefix, PrefixError

# Texts are read in runs, short enough that the work stays in the processor's cache. A run with a range or a mistake in it is halved until
# few texts are left to be read one by one.
_RUN_TEXTS: Final = 512
_FEW_TEXTS: Final = 4


def parse_prefix(text: str) -> Prefix:
    """Read an address or a prefix.

    Raises:
        PrefixError: `text` is neither, or it is a range.
    """
    try:
        return read_run([text]).prefixes()[0]
    except REFUSALS:
        raise _explain(text) from None


def parse_networks(text: str) -> tuple[Prefix, ...]:
    """Read an address, a prefix, or a range `low-high`, which becomes the prefixes that cover it exactly.

    Raises:
        PrefixError: `text` is none of them.
    """
    try:
        return tuple(read_networks(text))
    except REFUSALS:
        raise _explain(text) from None


def parse_bulk(texts: Sequence[str]) -> tuple[list[Prefix], list[int], list[tuple[int, PrefixError]]]:
    """Read a long list: the prefixes, for each the position of its text, and (position, error) of the texts that are none.

    The same as `parse_networks` on every text, at a tenth of the time.
    """
    prefixes: list[Prefix] = []
    positions: list[int] = []
    failures: list[tuple[int, PrefixError]] = []
    with collector_paused():
        for run, places in _read_all(texts, failures):
            prefixes += run.prefixes()
            positions += places
    return prefixes, positions, failures


def merge_texts(texts: Sequence[str]) -> tuple[list[str], list[tuple[int, PrefixError]]]:
    """The texts of the merged prefixes of a list, and (position, error) of the texts that are no networks.

    The same as parsing, merging and printing, without a Prefix for each text in between: half the time and memory.
    """
    v4: list[int] = []
    v6: list[int] = []
    failures: list[tuple[int, PrefixError]] = []
    for run, _ in _read_all(texts, failures):
        v4 += run.v4
        v6 += run.v6
    return key_texts(merge_keys(v4, V4), V4) + key_texts(merge_keys(v6, V6), V6), failures


_Read = Iterator[tuple[Run, Sequence[int]]]  # what was read, and for each of its prefixes the position of its text


def _read_all(texts: Sequence[str], failures: list[tuple[int, PrefixError]]) -> _Read:
    """Yield what the texts say, in their order; the texts that say nothing go to `failures`."""
    for start in range(0, len(texts), _RUN_TEXTS):
        yield from _read_part(texts[start : start + _RUN_TEXTS], start, failures)


def _read_part(texts: Sequence[str], start: int, failures: list[tuple[int, PrefixError]]) -> _Read:
    try:
        run = read_run(texts)
    except REFUSALS:
        half = len(texts) // 2
        if len(texts) <= _FEW_TEXTS:
            yield from _read_singly(texts, start, failures)
        else:
            yield from _read_part(texts[:half], start, failures)
            yield from _read_part(texts[half:], start + half, failures)
    else:
        yield run, range(start, start + len(texts))


def _read_singly(texts: Sequence[str], start: int, failures: list[tuple[int, PrefixError]]) -> _Read:
    for position, text in enumerate(texts, start):
        try:
            found = parse_networks(text)
        except PrefixError as error:
            failures.append((position, error))
            continue
        yield Run((text,), pack_prefixes(found, V4), pack_prefixes(found, V6)), [position] * len(found)


def _explain(text: str) -> PrefixError:
    # Imported on the first mistake: clean input pays neither for the words nor for netaddr.
    from generator.net.wording import explain_refusal

    return explain_refusal(text)
