"""Asking the DNS. The only module that knows dnspython."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from generator.feeds.values import RecordType, Resolve, ResolveError

if TYPE_CHECKING:
    from dns.rdata import Rdata
    from dns.resolver import Resolver

_MOST_ALIASES: Final = 8


def make_resolver(nameservers: Sequence[str] = (), *, port: int = 53, timeout_seconds: float = 5.0) -> Resolve:
    """A function that asks the given name servers, or those of the system; one question takes at most `timeout_seconds`.

    Raises (this and the function):
        ResolveError: no server gave an answer, or the system has none.
    """
    from dns.exception import DNSException
    from dns.resolver import Resolver

    try:
        resolver = Resolver(configure=not nameservers)
    except DNSException as error:
        raise ResolveError(f"the system names no DNS server: {_in_words(error)}") from None
    if nameservers:
        resolver.nameservers = list(nameservers)
        resolver.port = port
    resolver.lifetime = timeout_seconds
    resolver.timeout = timeout_seconds / 2  # of one server, so that a second one gets its turn

    def resolve(name: str, kind: RecordType) -> tuple[str, ...]:
        try:
            return _ask(resolver, name, kind)
        except DNSException as error:
            raise ResolveError(f"the DNS gave no answer about `{name}` ({kind}): {_in_words(error)}") from None

    return resolve


def _ask(resolver: "Resolver", name: str, kind: RecordType) -> tuple[str, ...]:
    """The records of a name, through aliases that a server leaves to the one who asks."""
    from dns.resolver import NXDOMAIN

    for _ in range(_MOST_ALIASES):
        try:
            answer = resolver.resolve(f"{name.rstrip('.')}.", kind, raise_on_no_answer=False, search=False)
        except NXDOMAIN:
            return ()
        if answer.rrset is not None:
            return tuple(_text(record, kind) for record in answer.rrset)
        alias = str(answer.canonical_name)
        if alias.lower() == f"{name.rstrip('.')}.".lower():
            return ()
        name = alias
    raise ResolveError(f"the DNS leads through more than {_MOST_ALIASES} aliases, the last is `{name}`")


def _text(record: "Rdata", kind: RecordType) -> str:
    if kind == "TXT":
        strings: tuple[bytes, ...] = record.strings  # type: ignore[attr-defined]  # of the class for TXT
        return b"".join(strings).decode("latin-1")
    if kind == "MX":
        return str(record.exchange).rstrip(".").lower()  # type: ignore[attr-defined]  # of the class for MX
    return record.to_text()


def _in_words(error: Exception) -> str:
    """What dnspython says, on one line, without a full stop, and without the seconds and what each server did, which differ every time."""
    said = re.sub(r" after [0-9.]+ seconds|: Server .*", "", " ".join(str(error).split()))[:200].rstrip(".")
    return said[:1].lower() + said[1:] or type(error).__name__
