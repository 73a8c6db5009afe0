"""The words of an iptables rule: options with their values, and the numbers and addresses in them."""

import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from ipaddress import ip_address, ip_network
from typing import Final, NamedTuple

from generator.net import Family, PortRange
from generator.net.runs import EVERYTHING, Run, Runs, join_runs, subtract_runs
from generator.readers.ipset import IpSet
from generator.readers.model import Mark
from generator.readers.outside import Outside

_FREE_TEXT: Final = frozenset(
    {"--comment", "--log-prefix", "--nflog-prefix", "--ulog-prefix", "--name", "--string"}
)  # may begin with a dash


class NotUnderstoodError(ValueError):
    """A rule whose form the reader does not know. `str()` is what it found, in words."""


class Setting(NamedTuple):
    """What a rule is read in: its family, the sets that it may name, the way in.

    `growing` are the sets that rules add sources to; `saves_marks` says whether rules give connections a mark.
    """

    family: Family
    sets: Mapping[str, IpSet]
    outside: Outside
    growing: frozenset[str] = frozenset()
    saves_marks: bool = False


class Option(NamedTuple):
    """`! --name value value`, of the match or target `module`. `beside` are the other options that say how the module matches."""

    name: str
    values: tuple[str, ...]
    inverted: bool
    module: str = ""
    beside: tuple[str, ...] = ()

    @property
    def own_words(self) -> str:
        """The option as it was written, without its module."""
        return " ".join(["!"] * self.inverted + [self.name, *self.values])

    @property
    def words(self) -> str:
        """The whole condition as it was written."""
        return " ".join([*([f"-m {self.module}"] if self.module else ()), self.own_words, *self.beside]).rstrip()

    @property
    def value(self) -> str:
        """Its only value.

        Raises:
            NotUnderstoodError: there are others, or none.
        """
        if len(self.values) != 1:
            raise NotUnderstoodError(f"`{self.words}`")
        return self.values[0]


def read_options(words: Sequence[str]) -> Iterator[Option]:
    """`-p tcp -m tcp ! --dport 25` as options with their values; `-m` itself is left out."""
    inverted, module = False, ""
    rest = deque(words)
    while rest:
        word = rest.popleft()
        if word == "!":
            inverted = True
            continue
        if not word.startswith("-"):
            raise NotUnderstoodError(f"`{word}` belongs to no option")
        values: list[str] = []
        while rest and ((word in _FREE_TEXT and not values) or (rest[0] != "!" and not rest[0].startswith("-"))):
            values.append(rest.popleft())
        option = Option(word, tuple(values), inverted, module)
        inverted = False
        if word in ("-m", "--match"):
            module = option.value
            if module not in _EMPTY and (not rest or re.match("-[a-z]", rest[0])):
                yield Option("", (), option.inverted, module)
        elif word in ("-j", "-g", "--jump", "--goto", "-p", "-s", "-d", "-i", "-o", "-f"):
            yield option._replace(module="")
        else:
            yield option


_EMPTY: Final = ("tcp", "comment")  # matches that say nothing without an option; others do, such as `eui64`


def address_runs(option: Option, family: Family) -> Runs:
    """The addresses of `-s`, `-d`, or of a range, after `!`."""
    try:
        if "range" in option.name:
            first, last = (int(ip_address(end)) for end in option.value.split("-"))
            runs = join_runs([(first, last)])
        else:
            networks = [ip_network(text, strict=False) for text in option.value.split(",")]
            runs = join_runs((int(network.network_address), int(network.broadcast_address)) for network in networks)
    except ValueError:
        raise NotUnderstoodError(f"`{option.words}`") from None
    return subtract_runs(EVERYTHING[family], runs) if option.inverted else runs


def port_ranges(option: Option) -> tuple[PortRange, ...]:
    """The ports of `--dport`, `--sports` and the like, after `!`."""
    try:
        ends = [(text.partition(":")[0] or "0", text.partition(":")[2] if ":" in text else text) for text in option.value.split(",")]
        runs = join_runs((int(first), int(last or "65535")) for first, last in ends)
    except ValueError:
        raise NotUnderstoodError(f"`{option.words}`") from None
    runs = subtract_runs((Run(0, 65535),), runs) if option.inverted else runs
    return tuple(PortRange(first, last) for first, last in runs)


def read_mark(option: Option) -> Mark:
    """`0x1/0xff`."""
    value, _, mask = option.value.partition("/")
    try:
        return Mark(int(value, 0), int(mask, 0) if mask else 0xFFFFFFFF, option.inverted)
    except ValueError:
        raise NotUnderstoodError(f"`{option.words}`") from None


def read_destination(text: str) -> tuple[int | None, str]:
    """`192.0.2.1:993`, `[2001:db8::1]:993` or either without the other part: the address, and the port as it is written."""
    if text.startswith("["):
        address, _, port = text[1:].partition("]")
        port = port.removeprefix(":")
    elif text.count(":") > 1:
        address, port = text, ""
    else:
        address, _, port = text.partition(":")
    try:
        return (int(ip_address(address)) if address else None), port
    except ValueError:
        raise NotUnderstoodError(f"the destination `{text}`") from None
