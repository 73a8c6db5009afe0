"""Why a text is no network, in words: one probe per kind of mistake, each with a cure that is itself a valid network where there is one.

Only texts that `parsing` has refused come here, so nothing in it needs to be fast, and a probe may rely on the ones before it.
They run from the outside in: the whole text, the two ends of a range, the address, the prefix length.
"""

import re
import unicodedata
from itertools import pairwise
from typing import Final

from generator.net.faults import FORMS, Fault, quote, refuse_all
from generator.net.grammar import REFUSALS, read_networks
from generator.net.second_opinion import read_mask
from generator.net.values import Prefix, PrefixError
from generator.net.wording_address import explain_address, explain_name
from generator.net.wording_length import explain_length

_HIDDEN_NAMES: Final = {" ": "a space", "\t": "a tab", "\n": "a line break", "\r": "a carriage return", "\0": "a NUL character"}

# The dashes and minus signs that web pages and word processors print between two addresses.
_DASHES: Final = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"))

# What the two ends of a range are made of. `ec2-192-0-2-7.example.org` is a host name.
_RANGE: Final = re.compile(r"([0-9a-f:./]+)-([0-9a-f:./]+)", re.IGNORECASE)
_SEPARATORS: Final = re.compile("[:.]")

# What is left around a network that was copied out of a program, a sentence or another file.
_PUNCTUATION: Final = "'\"`,;<>(){}"


def explain_refusal(text: str) -> PrefixError:
    """The finding for a text that the grammar refuses, or for a range in a place that takes none."""
    fault = _find_fault(text)
    hint = fault.hint if fault.repaired is None else _cure(fault.repaired) + fault.hint
    return PrefixError(fault.code, fault.message, hint)


def _cure(text: str) -> str:
    """What to write for a text whose first mistake has been taken out, or else the hint about its next mistake."""
    prefixes = _read(text)
    if not prefixes:
        return explain_refusal(text).hint
    return f"write {prefixes[0].host_text if len(prefixes) == 1 else text}"


def _read(text: str) -> list[Prefix]:
    """The prefixes of a text that the grammar takes; none of another."""
    try:
        return read_networks(text)
    except REFUSALS:
        return []


def _find_fault(text: str) -> Fault:
    for probe in _WHOLE_TEXT_PROBES:
        fault = probe(text)
        if fault:
            return fault
    ends = _RANGE.fullmatch(text)
    if ends and _SEPARATORS.search(ends[1]) and (_SEPARATORS.search(ends[2]) or ends[2].isdecimal()) and not ends[1].endswith("/"):
        return _explain_range(text, ends[1], ends[2])
    return explain_address(text) or explain_length(text) or refuse_all(text)


def _find_empty(text: str) -> Fault | None:
    return None if text.strip() else Fault("NET015", "an empty text where a network belongs", FORMS)


def _find_several(text: str) -> Fault | None:
    parts = [part for part in re.split(r"[\s,;]+", text) if part]
    if len(parts) == 2 and _read(parts[0]) and read_mask(parts[1]):
        # Cisco's spelling: an address and its netmask or wildcard mask.
        return explain_length(text, "/".join(parts))
    if len(parts) < 2 or not all(map(_read, parts)):
        return None
    return Fault("NET024", f"{quote(text)} is {len(parts)} networks in one entry", "write each as an entry of its own")


def _find_punctuation(text: str) -> Fault | None:
    inside = text.strip(_PUNCTUATION)
    if inside == text or not _read(inside):
        return None
    return Fault("NET027", f"{quote(text)} has punctuation around the network", repaired=inside)


def _find_hidden(text: str) -> Fault | None:
    hidden = [character for character in text if character.isspace() or not character.isprintable()]
    if not hidden:
        return None
    name = _HIDDEN_NAMES.get(hidden[0], f"an invisible character (U+{ord(hidden[0]):04X})")
    if text.endswith(hidden[0]):
        where = f"ends with {name}"
    elif text.startswith(hidden[0]):
        where = f"starts with {name}"
    else:
        where = f"has {name} in it"
    words = "".join(" " if character in hidden else character for character in text).split()
    meant = _close_up(words)
    message = f"{quote(text)} {where}"
    return Fault("NET010", message, repaired=meant) if re.search("[0-9]", meant) else Fault("NET010", message, FORMS)


def _close_up(words: list[str]) -> str:
    """The network in a text with gaps: `192.0.2.0 /24` can be joined, but of `192.0.2.1 2` and `- 192.0.2.1` only one word is certain."""
    joined = "".join(words)
    if any(left[-1].isalnum() and right[0].isalnum() for left, right in pairwise(words)):
        return words[0]
    return joined if _read(joined) else next(filter(_read, words), joined)


def _find_url(text: str) -> Fault | None:
    if "://" not in text:
        return None
    return Fault("NET014", f"{quote(text)} is a URL", "write the addresses behind it; gatepost looks no names up")


def _find_brackets(text: str) -> Fault | None:
    if "[" not in text and "]" not in text:
        return None
    inside = re.fullmatch(r"\[([^\[\]]*)\](/[0-9]+)?(?::[0-9]+)?", text)
    repaired = inside[1] + (inside[2] or "") if inside else re.sub(r"[\[\]]", "", text)
    return Fault("NET019", f"{quote(text)} has brackets around the address", repaired=repaired)


def _find_non_ascii(text: str) -> Fault | None:
    if text.isascii():
        return None
    odd = next(character for character in text if not character.isascii())
    plain = unicodedata.normalize("NFKC", text).translate(_DASHES)
    plain = "".join(str(unicodedata.decimal(character, character)) for character in plain)
    if odd.isalpha() and not plain.isascii():
        return explain_name(text)
    message = f"{quote(text)} has the character {quote(odd)} (U+{ord(odd):04X}), which is not ASCII"
    return Fault("NET009", message, repaired=plain) if plain.isascii() else Fault("NET009", message, FORMS)


def _find_port(text: str) -> Fault | None:
    with_port = re.fullmatch(r"([0-9]+\.[0-9.]+(?:/[0-9]+)?):[0-9]+", text)
    if not with_port:
        return None
    return Fault("NET018", f"{quote(text)} has a port", "; ports belong to services", repaired=with_port[1])


def _explain_range(text: str, low_text: str, high_text: str) -> Fault:
    if "/" in text:
        return Fault("NET025", f"{quote(text)} is a range with a prefix length in it", "a range goes from one address to another")
    if high_text.isdigit() and "." in low_text:
        full = f"{low_text}-{low_text.rpartition('.')[0]}.{high_text}"
        return Fault("NET025", f"{quote(text)} leaves out the start of its second address", repaired=full)
    low_end, high_end = _read(low_text), _read(high_text)
    if not (low_end and high_end):
        return _find_fault(high_text if low_end else low_text)
    low, high = low_end[0], high_end[0]
    if low.family is not high.family:
        return Fault("NET017", f"{quote(text)} mixes IPv4 and IPv6", "write one range for each")
    if low.first > high.first:
        return Fault("NET016", f"{quote(text)} is upside down", f"write {high.host_text}-{low.host_text}")
    cover = [prefix.host_text for prefix in _read(text)]
    hint = f"write {cover[0]}" if len(cover) == 1 else f"write its {len(cover)} prefixes, {cover[0]} to {cover[-1]}, one by one"
    return Fault("NET026", f"{quote(text)} is a range, and only one prefix fits here", hint)


# In order: an earlier one may leave nothing for a later one to find.
_WHOLE_TEXT_PROBES: Final = (
    _find_empty,
    _find_several,
    _find_punctuation,
    _find_hidden,
    _find_url,
    _find_brackets,
    _find_non_ascii,
    _find_port,
)
