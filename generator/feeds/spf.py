"""SPF records (RFC 7208) as a list of addresses: exactly those that may send, or a finding that says why no list can tell."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from generator.feeds.collect import read_text
from generator.feeds.spf_terms import Term, parse_record
from generator.feeds.values import Entry, Extract, FeedError, Note, RecordType, Resolve
from generator.models import Feed
from generator.net import Family, Prefix, PrefixError, intersect_prefixes, make_prefix, parse_prefix, subtract_prefixes
from generator.source import quoted

RFC_LOOKUPS: Final = 10  # section 4.6.4: terms that cause look-ups
RFC_EXCHANGES: Final = 10  # section 4.6.4: names of mail servers of one `mx`
MOST_QUERIES: Final = 100  # ours: a list is made once a day and may look further than a mail server for each mail; it still ends
_NO_LIST: Final = "take the addresses from another page of the vendor, or from your account, and write them under `networks`"


@dataclass(slots=True)
class _Search:
    """The state of one search. `lookups` counts as the RFC does, `queries` what was really asked; `done` are domains with their cost."""

    resolve: Resolve
    lookups: int = 0
    queries: int = 0
    notes: list[Note] = field(default_factory=list)
    done: dict[str, tuple[list[Entry], int]] = field(default_factory=dict)

    def ask(self, name: str, kind: RecordType) -> tuple[str, ...]:
        self.queries += 1
        if self.queries > MOST_QUERIES:
            raise FeedError(Note("LCK016", f"the SPF record needs more than {MOST_QUERIES} questions to the DNS", _NO_LIST))
        return self.resolve(name, kind)


def read_spf(feed: Feed, resolve: Resolve) -> Extract:
    """Everybody whom the records of the feed's domains let send.

    Raises:
        FeedError: a record is missing, has a mistake, or says what no list can.
        ResolveError: the DNS gave no answer.
    """
    entries: list[Entry] = []
    notes: list[Note] = []
    for domain in (feed.domain,) if isinstance(feed.domain, str) else feed.domain or ():
        search = _Search(resolve)
        entries += _find_senders(search, domain.lower().rstrip("."), ())
        if search.lookups > RFC_LOOKUPS:
            message = f"the SPF record of {quoted(domain)} causes {search.lookups} look-ups, the limit for mail servers is {RFC_LOOKUPS}"
            search.notes.append(Note("LCK015", message, "mail servers treat it as broken; tell the vendor"))
        notes += search.notes
    return Extract(entries, notes=tuple(dict.fromkeys(notes)))


def _find_senders(search: _Search, domain: str, chain: tuple[str, ...]) -> list[Entry]:
    """The networks that get `pass` from a domain's record. `chain` are the domains that led here."""
    if domain in chain:
        raise FeedError(Note("LCK014", f"the SPF record includes itself: {' → '.join(map(quoted, (*chain, domain)))}", "tell the vendor"))
    if domain in search.done:
        found, cost = search.done[domain]
        search.lookups += cost
        return found
    before = search.lookups
    record = parse_record(domain, search.ask(domain, "TXT"))
    passed: list[Entry] = []
    denied: list[Prefix] = []  # whoever matched an earlier term without `pass`: the first match decides
    for term in record.terms:
        matched = _match(search, term, domain, (*chain, domain))
        if term.qualifier == "+":
            passed += _without(matched, denied)
        else:
            search.notes.append(Note("LCK019", f"the term {quoted(term.text)} of {quoted(domain)} lets nobody send, so it adds no address"))
            denied += (prefix for entry in matched for prefix in read_text(entry.text))
    if record.redirect:
        search.lookups += 1
        passed += _without(_find_senders(search, record.redirect, (*chain, domain)), denied)
    search.done[domain] = passed, search.lookups - before
    return passed


def _without(entries: list[Entry], denied: list[Prefix]) -> list[Entry]:
    """The entries without denied addresses; one that has none of them keeps its text."""
    if not denied:
        return entries
    left: list[Entry] = []
    for entry in entries:
        prefixes = read_text(entry.text)
        touched = intersect_prefixes(prefixes, denied)
        left += [entry._replace(text=str(prefix)) for prefix in subtract_prefixes(prefixes, denied)] if touched else [entry]
    return left


def _match(search: _Search, term: Term, domain: str, chain: tuple[str, ...]) -> list[Entry]:
    """The networks that a term matches."""
    where = f"{quoted(term.text)} of {quoted(domain)}"
    if term.name in ("ip4", "ip6"):
        return [Entry("", _network(term, where), where)]
    search.lookups += 1
    name = term.domain or domain
    if term.name == "include":
        return _find_senders(search, name, chain)
    hosts = [name] if term.name == "a" else _exchanges(search, name)
    found = [Entry("", str(prefix), where) for host in hosts for prefix in _addresses(search, host, term)]
    if not found:
        search.notes.append(Note("LCK018", f"the term {where} names no address", "it adds nothing to the list; tell the vendor"))
    return found


def _network(term: Term, where: str) -> str:
    try:
        prefixes = read_text(term.value) if "-" not in term.value else ()
    except PrefixError as error:
        raise FeedError(Note("LCK017", f"{error} (the term {where})", "tell the vendor")) from None
    family = Family.V4 if term.name == "ip4" else Family.V6
    if not prefixes or prefixes[0].family is not family:
        raise FeedError(Note("LCK017", f"the term {where} has no IPv{family} network", "tell the vendor"))
    return term.value


def _exchanges(search: _Search, name: str) -> Iterable[str]:
    names = [exchange for exchange in search.ask(name, "MX") if exchange.strip(".")]
    if len(names) > RFC_EXCHANGES:
        message = f"{quoted(name)} has {len(names)} mail servers, an `mx` term may have {RFC_EXCHANGES}"
        raise FeedError(Note("LCK016", message, _NO_LIST))
    return names


def _addresses(search: _Search, host: str, term: Term) -> Iterable[Prefix]:
    for kind, length in (("A", term.length_v4), ("AAAA", term.length_v6)):
        for text in search.ask(host, "A" if kind == "A" else "AAAA"):
            try:
                address = parse_prefix(text)
            except PrefixError as error:
                raise FeedError(Note("LCK003", f"{error} (an address of {quoted(host)} in the DNS)", "tell the vendor")) from None
            yield make_prefix(address.family, address.first, length)
