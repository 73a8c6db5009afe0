"""The lock beside a site: where it is, reading it, and telling whether it was made from the feeds that the site means now."""

import json
import os
import re
import shlex
from dataclasses import asdict, replace
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple

from generator.decode import Document, decode_lock
from generator.diagnostics import Report
from generator.models import ConnectorModel, ConnectorUse, Feed, LockModel, Pin
from generator.source import read_source

SUFFIX: Final = ".lock"
SAVED: Final = "file:"
IN_DNS: Final = ("spf", "dns")
_MERGE: Final = re.compile("^(<{7}|={7}|>{7})", re.MULTILINE)


class LockInput(NamedTuple):
    """The lock of a site. `path` is None for a site from standard input, which has nowhere to keep one.

    `document` is None where no lock is, or where it cannot be read (`damaged`; the report tells why). `command` is what makes it.
    """

    path: Path | None
    shown: str
    command: str
    document: Document[LockModel] | None
    damaged: bool


class FeedSource(NamedTuple):
    """The feed that one connector of a site means. `url` is empty where nobody knows it, and `spf:NAME` or `dns:NAME` in the DNS."""

    feed: Feed
    url: str
    digest: str


def needs_lock(use: ConnectorUse, profile: ConnectorModel) -> bool:
    """Whether the addresses of a connector come from a feed."""
    return profile.addresses.policy == "feed" and not use.networks_only


def find_feed(use: ConnectorUse, profile: ConnectorModel) -> FeedSource | None:
    """The feed of a connector, with the site's own URL for it; None when its profile does not describe one."""
    feed = profile.addresses.feed
    return None if feed is None else FeedSource(feed, _feed_url(feed, use), definition_digest(feed))


def _feed_url(feed: Feed, use: ConnectorUse) -> str:
    if feed.format in IN_DNS and not (use.feed_url or "").startswith(SAVED):
        names = feed.domain if isinstance(feed.domain, tuple) else (feed.domain or "",)
        return f"{feed.format}:{','.join(names)}"
    return use.feed_url or feed.url or ""


def definition_digest(feed: Feed) -> str:
    """The digest of what a profile says about a feed, its URL and its remarks aside: what is read from the same body in the same way has
    the same digest. Keys that the profile leaves out do not count, so that a new kind of key changes no digest.
    """
    given = {name: value for name, value in asdict(feed).items() if value not in (None, (), {}, "") and name not in ("url", "note")}
    return sha256(json.dumps(given, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def seal(pin: Pin) -> Pin:
    """A pin as `update` writes it, with the digest of all the rest."""
    given = {name: value for name, value in asdict(replace(pin, seal=None)).items() if value}
    return replace(pin, seal=sha256(json.dumps(given, sort_keys=True, ensure_ascii=False, default=str).encode()).hexdigest())


def is_sealed(pin: Pin) -> bool:
    """Whether a pin is as `update` wrote it: no hand, and no merge of two locks, changed it."""
    return pin.seal is not None and seal(pin) == pin


def read_lock(path: Path | None, shown: str, argument: str, report: Report) -> LockInput:
    """Read the lock, if there is one. `argument` is how the user names the site."""
    command = f"gatepost update {shlex.quote(argument)}"
    if path is None or not os.path.exists(path):
        return LockInput(path, shown, command, None, damaged=False)
    source = read_source(path, shown=shown, name=path.name, report=report)
    document = None if source is None else decode_lock(source, report)
    if document is None:
        merged = source is not None and _MERGE.search(source.text)
        what = "a merge left its marks in" if merged else "something is damaged in"
        hint = f"take one whole version of it from version control, not a part of each, and run `{command}`"
        report.add("LCK049", None, f"{what} `{shown}`, which is not to be edited", hint=hint)
    return LockInput(path, shown, command, document, damaged=document is None)
