"""Judges source prefixes as they were written, before merging: special-purpose space and width. `allow:` silences by name."""

from collections.abc import Iterator
from typing import Final

from generator.codes import lookup
from generator.compile.lists import SourceList
from generator.decode import Document
from generator.diagnostics import Report
from generator.models import SiteModel
from generator.net import Family, Prefix, PrefixError, Special, classify, parse_prefix, touches_special

SPECIAL_CODES: Final = {
    "unspecified": "NET050",
    "loopback": "NET051",
    "link-local": "NET052",
    "multicast": "NET053",
    "private": "NET054",
    "unique-local": "NET054",
    "shared": "NET054",
    "documentation": "NET055",
}
OTHER_SPECIAL: Final = "NET056"
_SAY_PUBLIC: Final = "to let everybody in, say so for the service: `access: {imaps: public}`"
WIDEST: Final = {Family.V4: (8, 16), Family.V6: (20, 32)}  # shorter than the first is an error, than the second a warning


class Allowances:
    """The `allow:` entries of a site: which warning about which network is meant to be. Remembers which were of use."""

    def __init__(self, site: Document[SiteModel], report: Report) -> None:
        self._site = site
        self._entries: list[tuple[int, str, Prefix]] = []
        self._used: set[int] = set()
        for index, entry in enumerate(site.model.allow):
            span = site.spans.at("allow", index, "network")
            try:
                self._entries.append((index, entry.code, parse_prefix(entry.network)))
            except PrefixError as error:
                report.add(error.code, span, str(error), hint=error.hint)

    def covers(self, code: str, prefix: Prefix) -> bool:
        """Whether the site allows this warning for this prefix. Errors can't be allowed away."""
        if not self._entries or lookup(code).severity == "error":
            return False
        hits = [index for index, named, network in self._entries if named == code and network.covers(prefix)]
        self._used.update(hits)
        return bool(hits)

    def report_unused(self, report: Report) -> None:
        """Tell every entry that silenced nothing; not after an error, for what was not understood may be what an entry is about."""
        if report.has_errors:
            return
        for index, code, network in self._entries:
            if index not in self._used:
                report.add(
                    "NET082",
                    self._site.spans.at("allow", index),
                    f"nothing in this site gives {code} for {network.host_text}",
                    hint="remove the entry; errors can't be allowed, and the network must contain the prefix that the finding names",
                )


def judge_connector_list(listed: SourceList, who: str, allowances: Allowances, report: Report) -> None:
    """Report what is wrong or odd about the addresses of a connector, each at its own line."""
    for index, special in _find_specials(listed):
        _judge_special(listed, index, special, who, allowances, report)
    widest = {family: advised for family, (_, advised) in WIDEST.items()}
    for index, (family, _, length) in enumerate(listed.prefixes):
        if 0 < length < widest[family]:
            _judge_width(listed, index, allowances, report)


def judge_trusted_list(listed: SourceList, merged: tuple[Prefix, ...], report: Report) -> None:
    """Trusted networks are the site's own, so private and loopback are fine; everybody, also in several parts, and nobody are not."""
    written = set(listed.prefixes)
    for prefix in merged:
        if prefix.length == 0 and prefix not in written:
            message = f"`trusted` holds everybody: its networks together are {prefix}"
            report.add("NET050", listed.origin, message, hint=_SAY_PUBLIC)
    for index, special in _find_specials(listed):
        if special.kind == "unspecified":
            _add_unspecified(listed, index, listed.prefixes[index], report)
        elif special.kind == "multicast":
            text = listed.prefixes[index].host_text
            report.add("NET053", listed.span(index), f"`{text}` is multicast ({special.source}), which never is a source address")


def _find_specials(listed: SourceList) -> Iterator[tuple[int, Special]]:
    """The positions of prefixes in special-purpose space. Long lists of public addresses cost one look."""
    if touches_special(listed.prefixes):
        for index, prefix in enumerate(listed.prefixes):
            if (special := classify(prefix)) is not None:
                yield index, special


def _judge_special(listed: SourceList, index: int, special: Special, who: str, allowances: Allowances, report: Report) -> None:
    prefix, code = listed.prefixes[index], SPECIAL_CODES.get(special.kind, OTHER_SPECIAL)
    if code == "NET050":
        _add_unspecified(listed, index, prefix, report)
    elif not allowances.covers(code, prefix):
        hint = f"write the public addresses that {who} connects from"
        if lookup(code).severity == "warning":
            hint += f", or, if this is meant, {_allow_entry(code, prefix.host_text)}"
        report.add(code, listed.span(index), f"`{prefix.host_text}` is {special.name} ({special.source})", hint=hint)


def _allow_entry(code: str, network: str) -> str:
    """What silences a warning, as YAML: `2001:db8::` before a comma would be read as a key."""
    text = f'"{network}"' if ":" in network else network
    return f"`allow: [{{code: {code}, network: {text}, reason: …}}]`"


def _add_unspecified(listed: SourceList, index: int, prefix: Prefix, report: Report) -> None:
    meaning = "everybody" if prefix.length == 0 else "no address that a packet can come from"
    hint = _SAY_PUBLIC if prefix.length == 0 else "write the real address"
    report.add("NET050", listed.span(index), f"`{prefix.host_text}` is {meaning}", hint=hint)


def _judge_width(listed: SourceList, index: int, allowances: Allowances, report: Report) -> None:
    prefix = listed.prefixes[index]
    limit, advised = WIDEST[prefix.family]
    code = "NET060" if prefix.length < limit else "NET061"
    if allowances.covers(code, prefix):
        return
    bound = limit if code == "NET060" else advised
    hint = f"check the prefix length; nothing wider than /{limit} is rendered"
    if code == "NET061":
        hint = f"check the prefix length, or, if this is meant, {_allow_entry(code, str(prefix))}"
    count = f"{prefix.size:,}" if prefix.family is Family.V4 else f"2^{prefix.family.bits - prefix.length}"
    report.add(code, listed.span(index), f"`{prefix}` is wider than /{bound}: {count} addresses", hint=hint)
