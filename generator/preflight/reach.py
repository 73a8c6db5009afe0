"""What it says about a host that its name resolves as it does, and that its addresses answer as they do."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from generator.preflight.demands import Demands
from generator.preflight.resolve import Resolved, hidden_kind, is_ipv6
from generator.preflight.result import Check, Endpoint, Status

# What tells about this side rather than about the server; see `Preflight.verdict`.
OUR_SIDE: Final = {"timeout", "no-route", "no-server"}

_CONNECT_WORDS: Final = {
    "timeout": "no answer: packets are dropped on the way (firewall, GeoIP, fail2ban, a provider that blocks the port) or the host is down",
    "refused": "refused: the host is up, but nothing listens on the port, or a firewall or fail2ban rejects this address",
    "reset": "reset: something answers and breaks the connection off, most often a firewall or a full server",
    "unreachable": "unreachable: a router or firewall answers that the host can't be reached or that it is prohibited",
    "no-route": "this machine has no route to it",
    "other": "the connection failed",
}
_CONNECT_FIXES: Final = {
    "timeout": "let the connector's addresses through in every firewall on the way; look for a ban of this address",
    "refused": "start the listener on this port, or give the port it listens on; look for a ban of this address",
    "reset": "look into the server's log and the firewall's for this address",
    "unreachable": "look for the rule that rejects this address, in the server's firewall and in front of it",
    "no-route": "run it from a machine that has a route to the server",
}
_DNS_TITLES: Final = {
    "no-name": "the host name does not exist",
    "no-address": "the host name has no address",
    "no-server": "the host name can't be looked up from here",
    "bad-name": "this can be no host name",
}
_DNS_FIXES: Final = {
    "no-name": "look for a typing mistake, or publish an A record for it",
    "no-address": "publish an A record for it",
    "no-server": "look into the resolver of this machine, or name another one with --resolver",
    "bad-name": "give the full host name that is typed at the vendor",
}


class Attempt(NamedTuple):
    """One try to connect to one address. `kind` is empty for success."""

    address: str
    kind: str
    detail: str
    milliseconds: int


def judge_dns(resolved: Resolved, demands: Demands, published: Sequence[str]) -> Check:
    """The check `dns`; `published` are the addresses that the site says its server has."""
    data = (("addresses", " ".join(resolved.addresses)), ("kind", resolved.failure))
    listed = ", ".join(resolved.addresses)
    if not resolved.addresses:
        kind = resolved.failure
        return Check("dns", Status.FAIL, _DNS_TITLES[kind], resolved.detail, _DNS_FIXES[kind], data=data)
    if all(map(is_ipv6, resolved.addresses)) and not demands.ipv6_known:
        detail = f"{listed}; the addresses of {demands.vendor} that are known here are IPv4"
        return Check("dns", Status.FAIL, "the host name has IPv6 addresses only", detail, "publish an A record for it too", data=data)
    hidden = [f"{address} is {kind}" for address in resolved.addresses if (kind := hidden_kind(address))]
    if hidden:
        detail = f"{'; '.join(hidden)}: the name has other answers outside (split DNS), or {demands.vendor} can't reach the server"
        fix = "compare with what a public resolver says: --resolver ADDRESS"
        return Check("dns", Status.WARN, "the host name leads to an address that the internet can't reach", detail, fix, data=data)
    strange = [address for address in resolved.addresses if published and address not in published]
    if strange:
        detail = f"{', '.join(strange)}; the site says {', '.join(published)}"
        fix = "correct `server.addresses` in the site, or the DNS records"
        return Check("dns", Status.WARN, "the host name leads to addresses that the site does not list", detail, fix, data=data)
    return Check("dns", Status.PASS, "the host name resolves", listed, data=data)


def judge_tcp(endpoint: Endpoint, attempts: Sequence[Attempt], local: str, known: str) -> Check:
    """The check `tcp` over every address that was tried; `known` is what the plan says about this port."""
    failed = [attempt for attempt in attempts if attempt.kind]
    data = tuple((attempt.address, attempt.kind or "connected") for attempt in attempts)
    if not failed:
        times = ", ".join(f"{attempt.address} in {attempt.milliseconds} ms" for attempt in attempts)
        return Check("tcp", Status.PASS, f"port {endpoint.port} answers", f"{times}, from {local}", data=data)
    words = "; ".join(f"{attempt.address}: {_words(attempt)}" for attempt in failed)
    fixes = "; ".join(dict.fromkeys(_CONNECT_FIXES.get(attempt.kind, "") for attempt in failed))
    if len(failed) == len(attempts):
        kinds = " and ".join(dict.fromkeys(attempt.kind for attempt in failed))
        detail = f"{words}. {known}" if known else words
        return Check("tcp", Status.FAIL, f"port {endpoint.port} can't be reached: {kinds}", detail, fixes, data=data)
    if all(attempt.kind == "no-route" for attempt in failed):
        return Check("tcp", Status.NOTE, f"port {endpoint.port} answers, not every address could be tried", words, data=data)
    fix = f"{fixes}; or take the address out of the DNS"
    return Check(
        "tcp",
        Status.WARN,
        f"port {endpoint.port} answers at {len(attempts) - len(failed)} of {len(attempts)} addresses",
        words,
        fix,
        data=data,
    )


def _words(attempt: Attempt) -> str:
    words = _CONNECT_WORDS.get(attempt.kind, _CONNECT_WORDS["other"])
    return f"{words} ({attempt.detail})" if attempt.kind == "other" else words
