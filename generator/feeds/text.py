"""Plain text: one address or prefix a line, or a host name and its address; `#` begins a comment."""

import re
from collections.abc import Iterator
from typing import Final

from generator.feeds.body import decode_text
from generator.feeds.collect import bounded
from generator.feeds.values import Entry, Extract, FeedError, Note
from generator.models import Feed
from generator.source import quoted

# A host name beside an address, as in /etc/hosts the other way round. The last label starts with a letter, so no address passes for one.
_HOST: Final = re.compile(r"(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?\.)*[A-Za-z](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.?")


def read_lines(feed: Feed, body: bytes) -> Extract:
    """The entries of a text.

    Raises:
        FeedError: it is no text, or a line holds something else.
    """
    text = decode_text(body)
    if text.lstrip()[:1] in ("[", "{"):
        raise FeedError(Note("LCK001", "the answer is JSON, plain text is expected", "write `format: json`, or the address of the text"))
    return Extract(bounded(_entries(text)))


def _entries(text: str) -> Iterator[Entry]:
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        if len(words) > 2 or (len(words) == 2 and not _HOST.fullmatch(words[0])):
            message = f"line {number} of the feed is {quoted(line.strip())}"
            raise FeedError(Note("LCK006", message, "a line holds one address or prefix, or a host name and its address"))
        yield Entry("", words[-1], f"line {number}")
