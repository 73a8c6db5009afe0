"""Names and free text as targets take them: byte limits kept by a digest, one printable line, never a character that quotes or expands."""

import re
from collections.abc import Iterable
from hashlib import sha256
from typing import Final

DIGEST_LETTERS: Final = 8
SHORTEST_FIT: Final = 1 + len("~") + DIGEST_LETTERS  # a letter, and the digest
# Letters that mean nothing to nft, iptables-restore, ipset, sh, Postfix, AWS and pfSense; facts: nft expands `$x` even inside quotes.
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9 ._:/@+=,()-]+")
_BLANKS: Final = re.compile(r"\s+")


def fit(text: str, limit_bytes: int, *, joint: str = "~") -> str:
    """The text itself, or, above the limit, its beginning with a digest of the whole: cut texts stay different from each other.

    `text` is ASCII, so bytes are letters.

    Raises:
        ValueError: the limit has no room for the digest, or the text is not ASCII.
    """
    if not text.isascii():
        raise ValueError(f"{text!r} is not ASCII")
    if len(text) <= limit_bytes:
        return text
    room = limit_bytes - len(joint) - DIGEST_LETTERS
    if room < 1:
        raise ValueError(f"{limit_bytes} bytes leave no room for a digest")
    return text[:room] + joint + sha256(text.encode()).hexdigest()[:DIGEST_LETTERS]


def printable(text: str) -> str:
    """Free text as one line that is safe in every target's comments; what is not safe becomes `?`."""
    return _UNSAFE.sub("?", _BLANKS.sub(" ", text)).strip()


def underscored(slug: str) -> str:
    """A slug as an identifier. Slugs have no `_` and no two `-` in a row, so no two of them meet, and `__` can join two identifiers."""
    return slug.replace("-", "_")


def joined_id(site: str, connectors: Iterable[str], rest: str) -> str:
    """The rule id that several connectors share: `acme/hubspot+nylas/imaps/v4`. With one connector it is that rule's own id."""
    return f"{site}/{'+'.join(connectors)}/{rest}"
