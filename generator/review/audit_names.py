"""How rules and objects of a site are recognised in foreign hands: by the comments and names that every target gives them."""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from generator.net import Family

_FAMILIES: Final = {"v4": Family.V4, "v6": Family.V6}
_PUBLIC: Final = "public"
_LIMIT: Final = "limit"
_CLOSING: Final = "neither connector nor trusted"


class RuleName(NamedTuple):
    """A comment that is the id of rules of the plan, of several at once: `acme/hubspot+nylas/submission+imaps/v4`."""

    parties: tuple[str, ...]
    services: tuple[str, ...]
    family: Family

    @property
    def is_public(self) -> bool:
        """Whether it opens a service to everybody."""
        return self.parties == (_PUBLIC,)

    @property
    def is_limit(self) -> bool:
        """Whether it bounds connections."""
        return self.parties == (_LIMIT,)


def read_comment(comment: str, site: str) -> RuleName | None:
    """The rules of the plan that a comment names; None where it names none."""
    parts = comment.split("/")
    if len(parts) != 4 or parts[0] != site or parts[3] not in _FAMILIES or not all(parts) or is_cut(comment):
        return None
    return RuleName(tuple(parts[1].split("+")), tuple(parts[2].split("+")), _FAMILIES[parts[3]])


def is_cut(comment: str) -> bool:
    """Whether a comment was cut to fit: what it names can't be told."""
    return "~" in comment


def is_ours(comment: str, site: str) -> bool:
    """Whether a comment is one that the site's own rules bear."""
    return comment.startswith((f"{site}/", f"{site}: ", f"gatepost {site}: ", f"gatepost {site}/"))


def read_closing(comment: str, site: str) -> tuple[str, ...]:
    """The services that a rule with this comment closes to everybody else; none if it is no such rule."""
    head, _, tail = comment.partition(": ")
    parts = head.split("/")
    return tuple(parts[1].split("+")) if tail == _CLOSING and len(parts) in (2, 3) and parts[0] == site else ()


def our_layout(chain: str, site: str) -> str:
    """What a chain of the model belongs to: `guard`, `include in TABLE`, `iptables IPv4`; '' if it is not the site's.

    A slug has no `_`, so no chain of another site is taken for this one's.
    """
    words: Sequence[str] = chain.split(" ")
    stem = f"gatepost_{site.replace('-', '_')}"
    if len(words) == 3 and words[1] == stem:
        return "guard"
    if len(words) == 3 and re.fullmatch(rf"{re.escape(stem)}(?:__.*)?", words[2]):
        return f"include in {words[0]} {words[1]}"
    if len(words) == 4 and words[0] == "filter" and re.fullmatch(rf"GATEPOST-{re.escape(site.upper())}(?:_GUARD|_CONN)?", words[1]):
        return f"iptables {words[3]}"
    return ""
