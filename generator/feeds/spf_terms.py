"""The grammar of SPF records: RFC 7208, sections 4.6.1, 5 and 6, and section 12 for the whole of it."""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from generator.feeds.values import FeedError, Note
from generator.models import DNS_NAME
from generator.source import quoted

_VERSION: Final = "v=spf1"
_MODIFIER: Final = re.compile(r"([A-Za-z][A-Za-z0-9_.-]*)=(.*)", re.DOTALL)
_MECHANISM: Final = re.compile(r"([+?~-]?)([A-Za-z][A-Za-z0-9_.-]*)(.*)", re.DOTALL)
_LENGTHS: Final = re.compile(r"(?::(?P<domain>[^/]+))?(?:/(?P<v4>0|[1-9][0-9]?))?(?://(?P<v6>0|[1-9][0-9]{0,2}))?")
_NO_LIST: Final = "take the addresses from another page of the vendor, or from your account, and write them under `networks`"
_QUESTIONS: Final = {"exists": "asks the DNS about every sender", "ptr": "goes by the names of senders"}


class Term(NamedTuple):
    """A mechanism that matches networks: `ip4`, `ip6`, `a`, `mx`, `include`. `value` is what stands behind the colon of `ip4` and `ip6`."""

    text: str
    qualifier: str
    name: str
    value: str = ""
    domain: str = ""
    length_v4: int = 32
    length_v6: int = 128


class SpfRecord(NamedTuple):
    """The terms that are looked at, in order, and the domain that decides when none of them matches (empty: none does)."""

    terms: tuple[Term, ...]
    redirect: str


def parse_record(domain: str, texts: Sequence[str]) -> SpfRecord:
    """The SPF record among the TXT records of a domain.

    Raises:
        FeedError: there is none, or several; it has a mistake, or says what no list can.
    """
    records = [text for text in texts if text.lower() == _VERSION or text.lower().startswith(f"{_VERSION} ")]
    if len(records) != 1:
        hint = "see whether the vendor moved it" if not records else "mail servers take it for broken; tell the vendor"
        raise FeedError(Note("LCK011", f"{quoted(domain)} has {len(records) or 'no'} SPF record{'s' if records else ''}", hint))
    terms: list[Term] = []
    redirect = ""
    for text in records[0].split(" ")[1:]:
        if not text:
            continue
        if modifier := _MODIFIER.fullmatch(text):
            if modifier[1].lower() == "redirect":
                if redirect:
                    raise _mistake(text, domain, "is a second `redirect`")
                redirect = _name(modifier[2], text, domain)
            continue
        term = _parse_mechanism(text, domain)
        if term.name == "all":  # matches everybody, so nothing behind it is looked at
            return SpfRecord(tuple(terms), "")
        terms.append(term)
    return SpfRecord(tuple(terms), redirect)


def _parse_mechanism(text: str, domain: str) -> Term:
    parts = _MECHANISM.fullmatch(text)
    if parts is None:
        raise _mistake(text, domain, "is no term of SPF")
    qualifier, name, rest = parts[1] or "+", parts[2].lower(), parts[3]
    if name in _QUESTIONS:
        raise FeedError(Note("LCK012", f"the term {quoted(text)} of {quoted(domain)} {_QUESTIONS[name]}, which no list can hold", _NO_LIST))
    if name == "all" and not rest:
        if qualifier == "+":
            raise FeedError(Note("LCK013", f"the SPF record of {quoted(domain)} lets everybody send: {quoted(text)}", _NO_LIST))
        return Term(text, qualifier, name)
    if name in ("ip4", "ip6") and rest.startswith(":"):
        return Term(text, qualifier, name, value=rest[1:])
    if name == "include" and rest.startswith(":"):
        return Term(text, qualifier, name, domain=_name(rest[1:], text, domain))
    lengths = _LENGTHS.fullmatch(rest) if name in ("a", "mx") else None
    if lengths is None:
        _refuse_macros(rest, text, domain)
        raise _mistake(text, domain, "is no term of SPF")
    target = _name(lengths["domain"], text, domain) if lengths["domain"] else ""
    term = Term(text, qualifier, name, "", target, int(lengths["v4"] or 32), int(lengths["v6"] or 128))
    if (lengths["v4"] and term.length_v4 > 32) or term.length_v6 > 128:
        raise _mistake(text, domain, "has a prefix length out of range")
    return term


def _name(name: str, text: str, domain: str) -> str:
    """A domain of a term, in small letters and without the dot at the end."""
    _refuse_macros(name, text, domain)
    plain = name.lower().removesuffix(".")
    if len(plain) > 253 or not re.fullmatch(DNS_NAME, plain):
        raise _mistake(text, domain, f"has {quoted(name)} where a domain belongs")
    return plain


def _refuse_macros(value: str, text: str, domain: str) -> None:
    if "%" in value:
        message = f"the term {quoted(text)} of {quoted(domain)} has a macro, which stands for something else with every sender"
        raise FeedError(Note("LCK012", message, _NO_LIST))


def _mistake(text: str, domain: str, problem: str) -> FeedError:
    return FeedError(
        Note(
            "LCK017", f"{quoted(text)} in the SPF record of {quoted(domain)} {problem}", "mail servers take it for broken; tell the vendor"
        )
    )
