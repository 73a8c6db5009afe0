"""What `update` lets itself in for on the web: which addresses it opens, by which proxy, and how long and how much it reads."""

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple
from urllib.parse import SplitResult, urljoin, urlsplit

_LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class Limits(NamedTuple):
    """How much patience there is with one feed. A wait that a server asks for counts only up to `longest_wait_seconds`."""

    connect_seconds: float = 10.0
    read_seconds: float = 30.0
    total_seconds: float = 120.0
    tries: int = 4
    backoff_seconds: float = 1.0
    longest_wait_seconds: float = 60.0
    max_bytes: int = 32 * 1024 * 1024
    redirects: int = 5


class Clock(NamedTuple):
    """Seconds that only grow, and waiting."""

    seconds: Callable[[], float]
    sleep: Callable[[float], None]


class FetchError(Exception):
    """A document that could not be had. `str()` is the finding's message; `reachable` is False where trying again later may do."""

    def __init__(self, code: str, message: str, hint: str, *, reachable: bool) -> None:
        super().__init__(message)
        self.code = code
        self.hint = hint
        self.reachable = reachable


class TryAgainError(Exception):
    """A try that failed in a way that may be different next time. `wait_seconds` is what the server asks for, if it does."""

    def __init__(self, error: FetchError, wait_seconds: float | None = None) -> None:
        super().__init__(str(error))
        self.error = error
        self.wait_seconds = wait_seconds


def check_url(url: str, came_from: str | None = None) -> str:
    """An address that may be opened: https, or http on this machine; after a redirect (`came_from`) made absolute.

    Raises:
        FetchError: it may not.
    """
    try:
        parts = urlsplit(urljoin(came_from, url) if came_from else url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise _refuse(url, "is no web address", came_from) from None
    absolute = parts.geturl()
    if parts.username is not None or parts.password is not None:
        raise _refuse(_without_password(parts), "has a name or password in it", came_from)
    if not host or not (absolute.isascii() and absolute.isprintable()) or " " in absolute:
        raise _refuse(absolute, "is no web address", came_from)
    local = host in _LOCAL and (came_from is None or urlsplit(came_from).hostname in _LOCAL)
    if parts.scheme != "https" and not (parts.scheme == "http" and local):
        raise _refuse(absolute, "is not https", came_from)
    return absolute


def _refuse(shown: str, fact: str, came_from: str | None) -> FetchError:
    hint = "write the https:// address of the feed, without a name or password, as `feed_url:`"
    message = f"{came_from} leads to {_printable(shown)}, which {fact}" if came_from else f"{_printable(shown)} {fact}"
    return FetchError("LCK043", message, hint, reachable=True)


def _without_password(parts: SplitResult) -> str:
    return parts._replace(netloc=f"***@{parts.netloc.rpartition('@')[2]}").geturl()


def _printable(text: str) -> str:
    """At most 200 characters, and none that does not print: a server wrote it."""
    return "".join(char if char.isprintable() and char.isascii() else "?" for char in text[:200])


def proxy_for(url: str, environ: Mapping[str, str]) -> str | None:
    """The proxy that the environment names for an address; `NO_PROXY` lists hosts, domains and `*`. Small letters go before capitals."""

    def read(name: str) -> str:
        return environ.get(name) or environ.get(name.upper()) or ""

    parts = urlsplit(url)
    # A web server hands the request's header `Proxy` to its programs as HTTP_PROXY, so only the spelling in small letters is taken.
    proxy = environ.get("http_proxy", "") if parts.scheme == "http" else read("https_proxy")
    proxy = proxy or read("all_proxy")
    if not proxy or any(_is_in(parts, entry.strip().lower()) for entry in read("no_proxy").split(",")):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def _is_in(parts: SplitResult, entry: str) -> bool:
    """Whether an entry of `NO_PROXY` is about an address: `*`, a host, or a domain with or without a dot before it; maybe with a port."""
    host = parts.hostname or ""
    name, colon, port = entry.rpartition(":") if entry.count(":") == 1 or "]" in entry else (entry, "", "")
    name = name.strip("[]").removeprefix("*").removeprefix(".") if entry != "*" else "*"
    here = port in ("", str(parts.port or {"http": 80}.get(parts.scheme, 443))) if colon else True
    return bool(name) and here and (name in ("*", host) or host.endswith(f".{name}"))
