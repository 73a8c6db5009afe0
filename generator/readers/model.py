"""The model of rules read back: chains of ordered rules over sets of sources and ports.

It says what happens to the first packet of a new TCP connection that comes from outside. Readers turn interfaces, connection states and the
like into what they mean for such a packet, or into a doubt.
"""

from enum import StrEnum
from typing import Final, NamedTuple

from generator.net import Family, PortRange
from generator.net.runs import Runs

# What rules can say of a packet besides its addresses and port. More are made as they are needed, such as `in the set x`.
TRANSLATED: Final = "translated"  # its destination was changed (DNAT, redirect)
UNTRACKED: Final = "untracked"  # connection tracking was told to leave it alone
TRACKED: Final = "tracked"  # connection tracking has seen it; the stages before TRACKING are too early for that
LOCAL: Final = "local"  # its destination is this host; follows from the path


def sent_to(port: int) -> str:
    """The fact that the connection was made to that port, wherever it was translated to."""
    return f"sent to port {port}"


class Act(StrEnum):
    """What a rule does with a packet that it matches."""

    ACCEPT = "accept"
    DENY = "deny"  # drop or reject
    JUMP = "jump"  # into `target`; the chain goes on when `target` returns
    GOTO = "goto"  # into `target`; when that returns, so does this chain
    RETURN = "return"
    REDIRECT = "redirect"  # the destination changes: to `port` of this host, or to `destination`; `target` is the path from there
    STOP = "stop"  # the rest of this stage has nothing to say (ACCEPT of a stage that only translates or marks)
    NOTE = "note"  # the packet gets the fact `target`, and goes on
    MARK = "mark"  # the packet gets the mark `mark`, and goes on


class Fact(NamedTuple):
    """A condition on what earlier rules did to a packet: it has the fact `name`, or has it not."""

    name: str
    wanted: bool = True


class Mark(NamedTuple):
    """As a condition: the bits of `mask` are `value` (or are not: `inverted`). As an act: these bits become `value`.

    `value` None, as an act: what the mark becomes depends on what can't be known.
    """

    value: int | None
    mask: int = 0xFFFFFFFF
    inverted: bool = False


class Match(NamedTuple):
    """Which packets a rule means. None: whatever it is.

    `doubts` are conditions that a reader can't judge from outside, in the rule's own words (`-m recent --name x`); with one the rule may
    or may not match what the rest of it says.
    """

    family: Family | None = None
    sources: Runs | None = None  # only with a family
    destinations: Runs | None = None  # only with a family
    ports: tuple[PortRange, ...] | None = None
    doubts: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    mark: Mark | None = None


class Rule(NamedTuple):
    """One rule. `text` is the rule as a person knows it, and `line` its line in the dump: 0 where lines mean nothing.

    `limit` is a bound on connections that the rule enforces, in words. `comment` is the rule's own: ours carry the id of a rule of the
    plan (`acme/hubspot/imaps/v4`). `destination` is an address as an integer.
    """

    match: Match
    act: Act
    target: str = ""
    port: int | None = None
    text: str = ""
    line: int = 0
    limit: str = ""
    comment: str = ""
    destination: int | None = None
    mark: Mark | None = None


class Chain(NamedTuple):
    """Rules in order, and what happens to a packet that gets to the end of them: RETURN, ACCEPT or DENY."""

    name: str
    rules: tuple[Rule, ...]
    otherwise: Act = Act.RETURN


# Where connection tracking stands among the stages: NF_IP_PRI_CONNTRACK before routing.
TRACKING: Final = (0, -200)


class Stage(NamedTuple):
    """A place where every packet is judged. A packet gets in if no stage denies it: ACCEPT ends one stage, DENY ends all.

    `path` says which packets come by: all (``), those for this host (`input`), those for a host behind it (`forward`). `family` says so
    too. `doubt` says why it isn't known whether the stage is passed at all. `translates`: only tracked connections come by.
    Stages are passed in the order of `place`, then as they stand.
    """

    name: str
    chain: str
    path: str = ""
    family: Family | None = None
    doubt: str = ""
    place: tuple[int, int] = (0, 0)
    translates: bool = False


class Ruleset(NamedTuple):
    """All that was read: the stages a packet goes through, in order, and the chains they name.

    `families` are those that the dump speaks about; the rest is unknown, not open. `ports` are those that it speaks about at all: a table
    of Postfix says nothing of others. None: every port. `legacy`: of an iptables whose rules nft does not see.
    """

    title: str
    stages: tuple[Stage, ...]
    chains: dict[str, Chain]
    families: tuple[Family, ...]
    ports: tuple[PortRange, ...] | None = None
    legacy: bool = False
