"""Fetching a document over HTTPS: conditional, bounded in time and size, tried again with pauses. The only module that knows urllib3."""

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from typing import Final, NamedTuple

import urllib3
from urllib3 import exceptions as faults

from generator.feeds.unpack import DamagedError, too_large, unpack
from generator.feeds.web import Clock, FetchError, Limits, TryAgainError, check_url, proxy_for

_PIECE: Final = 65536
_REDIRECTS: Final = (301, 302, 303, 307, 308)
_BUSY: Final = (408, 425, 429, 500, 502, 503, 504)
_LATER: Final = "try again later; the lock keeps what it had"


class Answer(NamedTuple):
    """What a server said. `body` is None where nothing changed since the answer that the request named."""

    body: bytes | None
    etag: str | None
    last_modified: str | None


class Web:
    """The way out: one pool of connections for each proxy, with the system's trust in certificates. Threads may share it."""

    def __init__(self, *, agent: str, environ: Mapping[str, str], limits: Limits, clock: Clock) -> None:
        self.limits = limits
        self.clock = clock
        self._agent = agent
        self._environ = environ
        self._trust = ssl.create_default_context()  # the system's, or what SSL_CERT_FILE and SSL_CERT_DIR name
        self._pools: dict[str | None, urllib3.PoolManager] = {}

    def pool(self, url: str) -> urllib3.PoolManager:
        """The connections for an address."""
        proxy = proxy_for(url, self._environ)
        if proxy not in self._pools:
            self._pools[proxy] = self._open(proxy)
        return self._pools[proxy]

    def _open(self, proxy: str | None) -> urllib3.PoolManager:
        if proxy is None:
            return urllib3.PoolManager(ssl_context=self._trust)
        parts = urllib3.util.parse_url(proxy)
        headers = urllib3.make_headers(proxy_basic_auth=parts.auth) if parts.auth else None
        bare = parts._replace(auth=None).url
        return urllib3.ProxyManager(bare, proxy_headers=headers, ssl_context=self._trust, proxy_ssl_context=self._trust)

    def headers(self, etag: str | None, last_modified: str | None) -> dict[str, str]:
        """What a request says."""
        conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        given = {name: value for name, value in conditions.items() if value and value.isascii() and value.isprintable()}
        return {"User-Agent": self._agent, "Accept-Encoding": "gzip", "Accept": "*/*", **given}


def fetch(web: Web, url: str, until: float, *, etag: str | None = None, last_modified: str | None = None) -> Answer:
    """Fetch a document; `etag` and `last_modified` are those of the answer that is known. `until` is when patience ends on the clock.

    Raises:
        FetchError: it could not be had.
    """
    limits = web.limits
    for number in range(1, limits.tries + 1):
        try:
            return _follow(web, url, until, web.headers(etag, last_modified))
        except TryAgainError as failed:
            pause = limits.backoff_seconds * 2 ** (number - 1) if failed.wait_seconds is None else failed.wait_seconds
            last = number == limits.tries or pause > limits.longest_wait_seconds or web.clock.seconds() + pause >= until
            if last:
                raise failed.error from failed
        web.clock.sleep(pause)
    raise AssertionError("the last try returns or raises")


def _follow(web: Web, url: str, until: float, headers: Mapping[str, str]) -> Answer:
    """Ask, and go where redirects lead, as long as that is safe."""
    here = check_url(url)
    for _ in range(web.limits.redirects + 1):
        with _spoken(here), _asked(web, here, until, headers) as response:
            if response.status not in _REDIRECTS:
                return _take(web, here, response, until, conditional=bool({"If-None-Match", "If-Modified-Since"} & headers.keys()))
            target = response.headers.get("Location", "")
        here = check_url(target, here)
    raise FetchError("LCK043", f"{url} redirects more than {web.limits.redirects} times", "look where it leads", reachable=True)


@contextmanager
def _asked(web: Web, url: str, until: float, headers: Mapping[str, str]) -> Iterator[urllib3.BaseHTTPResponse]:
    left = until - web.clock.seconds()
    if left <= 0:
        raise _timeout(url)
    timeout = urllib3.Timeout(connect=min(web.limits.connect_seconds, left), read=min(web.limits.read_seconds, left))
    response = web.pool(url).request(
        "GET", url, headers=headers, redirect=False, retries=False, timeout=timeout, preload_content=False, decode_content=False
    )
    try:
        yield response
    finally:
        response.close()


@contextmanager
def _spoken(url: str) -> Iterator[None]:
    """Turn what the library raises into words, and say what may be different next time."""
    try:
        yield
    except (faults.ProxySchemeUnknown, faults.ProxySchemeUnsupported) as error:
        raise _unreachable(url, "the environment names a proxy of an unknown kind") from error
    except (faults.SSLError, faults.ProxyError) as error:
        _check_trust(url, error)
        proxy = isinstance(error, faults.ProxyError)
        raise TryAgainError(_unreachable(url, "the proxy refuses or is not there" if proxy else "TLS fails")) from error
    except faults.NameResolutionError as error:
        raise TryAgainError(_unreachable(url, "the name is not known")) from error
    except faults.TimeoutError as error:
        raise TryAgainError(_timeout(url)) from error
    except DamagedError as error:
        raise TryAgainError(_damaged(url)) from error
    except faults.NewConnectionError as error:
        raise TryAgainError(_unreachable(url, "no connection")) from error
    except (faults.HTTPError, OSError) as error:
        raise TryAgainError(_unreachable(url, "the connection broke, or it is no web server")) from error


def _take(web: Web, url: str, response: urllib3.BaseHTTPResponse, until: float, *, conditional: bool) -> Answer:
    """What a final answer says. "Not changed" counts only where something was known."""
    status = response.status
    etag, changed = response.headers.get("ETag"), response.headers.get("Last-Modified")
    if status == 304 and conditional:
        return Answer(None, etag, changed)
    if status in _BUSY:
        error = _unreachable(url, f"the server answers {status}")
        raise TryAgainError(error, _read_wait(response.headers.get("Retry-After"), response.headers.get("Date")))
    if status != 200:
        hint = "look for the feed's new address on the vendor's page, and write it as `feed_url:`"
        raise FetchError("LCK042", f"the server answers {status} for {url}", hint, reachable=True)
    body = _read_body(web, url, response, until)
    return Answer(unpack(body, response.headers.get("Content-Encoding", ""), web.limits.max_bytes, url), etag, changed)


def _read_body(web: Web, url: str, response: urllib3.BaseHTTPResponse, until: float) -> bytes:
    """The bytes as they come: each piece in time, all together in time and below the limit, and none missing."""
    body = bytearray()
    while piece := _read_piece(response):
        body += piece
        if len(body) > web.limits.max_bytes:
            raise too_large(url, web.limits.max_bytes)
        if web.clock.seconds() >= until:
            raise _timeout(url)
    length = response.headers.get("Content-Length", "")
    if length.isdecimal() and len(body) != int(length):
        raise DamagedError("it is shorter than it says")
    return bytes(body)


def _read_piece(response: urllib3.BaseHTTPResponse) -> bytes:
    try:
        return response.read1(_PIECE, decode_content=False)
    except (faults.ProtocolError, faults.SSLError) as error:  # behind the head of an answer it is no question of trust
        raise DamagedError(str(error)) from error


def _read_wait(text: str | None, now: str | None) -> float | None:
    """The seconds of a `Retry-After`: a number, or a moment counted from the answer's own `Date`; None for any other."""
    if text and text.strip().isdecimal() and text.isascii():
        return float(text[:9])
    try:
        return max(0.0, (parsedate_to_datetime(text or "") - parsedate_to_datetime(now or "")).total_seconds())
    except (TypeError, ValueError, OverflowError):
        return None


def _unreachable(url: str, why: str) -> FetchError:
    return FetchError("LCK040", f"{url} can't be read: {why}", _LATER, reachable=False)


def _timeout(url: str) -> FetchError:
    return FetchError("LCK040", f"{url} can't be read: it takes too long", _LATER, reachable=False)


def _damaged(url: str) -> FetchError:
    return FetchError("LCK045", f"the answer of {url} is cut short or damaged", _LATER, reachable=False)


def _check_trust(url: str, error: BaseException) -> None:
    """Raise if what was wrong is the certificate, of the server or of the proxy; the library wraps it several times."""
    cause: BaseException | None = error
    for _ in range(5):
        if isinstance(cause, ssl.SSLCertVerificationError):
            hint = "check the clock, the proxy and the system's CA certificates; SSL_CERT_FILE names others"
            message = f"the certificate of {url} is not trusted: {cause.verify_message}"
            raise FetchError("LCK041", message, hint, reachable=False) from error
        inner = cause.args[-1] if cause is not None and cause.args and isinstance(cause.args[-1], BaseException) else None
        cause = inner or (cause.__cause__ if cause is not None else None)
