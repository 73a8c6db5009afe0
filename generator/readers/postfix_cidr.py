"""A cidr table of Postfix, asked with the client's address.

Source: cidr_table(5) and access(5), tried with postmap of 3.7: the first match decides; a line that isn't understood is skipped; `!` and
`if` mean addresses of the pattern's own family alone.
"""

import re
from collections.abc import Iterator
from ipaddress import IPv6Network
from typing import Final, NamedTuple

from generator.diagnostics import Report, Span
from generator.net import Family, PortRange, Prefix, make_prefix, merge_ports, parse_bulk
from generator.net.runs import EVERYTHING, prefix_runs, subtract_runs
from generator.readers.model import Act, Chain, Match, Rule, Ruleset, Stage
from generator.readers.outside import Outside
from generator.readers.parts import RuleMistakeError, read_port_range

# Ours say in their head what they are for; of any other it is known only that Postfix asks it.
_ACCESS: Final = re.compile(r"^# who may connect to \S+, tcp ([0-9, -]+)\.", re.MULTILINE)
_SPARED: Final = re.compile(r"^# who is spared ", re.MULTILINE)
_SMTP: Final = (PortRange(25, 25), PortRange(465, 465), PortRange(587, 587))
_PATTERN: Final = re.compile(r"(?P<not>!\s*)?(?P<network>[^\s!]+)\s+(?P<result>\S.*)", re.DOTALL)
_IF: Final = re.compile(r"if\s+(?P<not>!\s*)?(?P<network>\S+)\s*$", re.IGNORECASE)
_REFUSING: Final = ("REJECT", "DEFER", "DEFER_IF_PERMIT")
_GOING_ON: Final = ("DUNNO", "DEFER_IF_REJECT", "INFO", "WARN", "PREPEND", "HOLD", "BCC", "FILTER", "REDIRECT")
_NEXT: Final = "what follows"
_UNSURE: Final = "another restriction"


class _Line(NamedTuple):
    """A logical line: an entry, an `if` (with an empty result) or an `endif` (with an empty network). `comment` stands above it."""

    number: int
    network: str
    negated: bool
    result: str
    comment: str


def read_postfix_cidr(text: str, path: str, outside: Outside, report: Report) -> Ruleset | None:
    """The ruleset of a table. A line that Postfix skips is a finding, and is skipped here too."""
    ours, spared = _ACCESS.search(text), _SPARED.search(text) is not None
    found = Report()
    chains = _read_chains(text, path, found)
    if not (ours or spared or any(chain.rules for chain in chains.values())):
        report.add("AUD001", _place(path, 1), "this is no cidr table of Postfix", hint="each line is a network and a result")
        return None
    report.extend(found.findings)
    ports = _ports(ours[1]) if ours else () if spared else _SMTP
    doubts = () if ours or spared else ("what follows the table in smtpd_client_restrictions",)
    after = [Rule(Match(doubts=doubts), Act.ACCEPT, text=_NEXT)] if doubts or spared else []
    following, elsewhere = f"{_NEXT} {path}", f"{_UNSURE} of {path}"
    chains[following] = Chain(following, tuple(after), Act.DENY)
    unsure = Rule(Match(doubts=("what the restriction says that the entry names",)), Act.ACCEPT, text=_UNSURE)
    chains[elsewhere] = Chain(elsewhere, (unsure,), Act.DENY)
    others = Rule(Match(ports=_other_ports(ports)), Act.ACCEPT, text="ports that Postfix does not ask the table about")
    table = chains[path]
    head = (others,) if ports else ()
    chains[path] = Chain(path, (*head, *table.rules, Rule(Match(), Act.GOTO, following, text="no entry of the table")), Act.DENY)
    return Ruleset(path, (Stage(path, path),), chains, (Family.V4, Family.V6), ports)


def _ports(text: str) -> tuple[PortRange, ...]:
    """The ports of the head; where somebody has changed them to something else, those of SMTP."""
    try:
        return merge_ports(map(read_port_range, text.split(",")))
    except RuleMistakeError:
        return _SMTP


def _other_ports(ports: tuple[PortRange, ...]) -> tuple[PortRange, ...]:
    edges = [0, *(edge for port in sorted(ports) for edge in (port.first - 1, port.last + 1)), 65535]
    pairs = zip(edges[::2], edges[1::2], strict=True)
    return tuple(PortRange(first, last) for first, last in pairs if first <= last)


def _read_chains(text: str, path: str, report: Report) -> dict[str, Chain]:
    """The table itself under its path, and each `if` block under the place where it begins."""
    lines = list(_readable(list(_lines(text, path, report)), path, report))
    rules: dict[str, list[Rule]] = {path: []}
    inside = [path]
    batch: list[tuple[Prefix, int]] = []
    for position, (line, prefix) in enumerate(lines):
        if prefix is None:
            inside = inside[:-1] if len(inside) > 1 else inside  # one `endif` too many is nothing to Postfix
            continue
        here = rules[inside[-1]]
        batch.append((prefix, line.number))
        block = "" if line.result else f"{path} from line {line.number}"
        if block:
            rules[block] = []
            inside.append(block)
        elif position + 1 < len(lines) and _alike(line, lines[position + 1][0]):
            continue
        here += [_make_rule(line, family, batch, block, path) for family in Family if any(one.family is family for one, _ in batch)]
        batch = []
    return {name: Chain(name, tuple(listed)) for name, listed in rules.items()}


def _readable(lines: list[_Line], path: str, report: Report) -> Iterator[tuple[_Line, Prefix | None]]:
    """The lines that Postfix reads, with the prefix of each but `endif`; the others are findings."""
    prefixes = _read_networks(lines)
    for position, line in enumerate(lines):
        if not line.network or position in prefixes:
            yield line, prefixes.get(position)
        else:
            message = f"Postfix skips this line: `{line.network}` is no network in canonical form"
            report.add("AUD024", _place(path, line.number), message, hint="write 192.0.2.0/24 or 2001:db8::/32, without host bits")


def _alike(line: _Line, other: _Line) -> bool:
    """Whether two neighbouring entries can be one rule."""
    return bool(other.network) and not line.negated and not other.negated and (line.result, line.comment) == (other.result, other.comment)


def _make_rule(line: _Line, family: Family, entries: list[tuple[Prefix, int]], block: str, path: str) -> Rule:
    """One rule for neighbouring entries of one family, each with its line; `block` is the chain behind an `if`."""
    own = [prefix for prefix, _ in entries if prefix.family is family]
    first = next(number for prefix, number in entries if prefix.family is family)
    runs = prefix_runs(own, family)
    # `!` is about addresses of its own family: one of the other never matches.
    match = Match(family, subtract_runs(EVERYTHING[family], runs) if line.negated else runs)
    shown = f"{'!' if line.negated else ''}{own[0]}" if len(own) == 1 else f"{len(own)} networks from {own[0]} on:"
    if block:
        return Rule(match, Act.JUMP, block, text=f"if {shown}", line=first)
    act, target = _judge_result(line.result, path)
    return Rule(match, act, target, text=f"{shown} {line.result}", line=first, comment=line.comment)


def _judge_result(result: str, path: str) -> tuple[Act, str]:
    word = result.split()[0].upper()
    if re.fullmatch("[45][0-9][0-9]", word) or word in _REFUSING:
        return Act.DENY, ""
    if word in ("OK", "PERMIT", "EXEMPT", "RELAY") or word.isdecimal():
        return Act.ACCEPT, ""
    if word in _GOING_ON:
        return Act.GOTO, f"{_NEXT} {path}"
    return Act.GOTO, f"{_UNSURE} of {path}"


def _read_networks(lines: list[_Line]) -> dict[int, Prefix]:
    """The prefixes by the position of their lines; one that Postfix does not read has none."""
    texts = [line.network.removeprefix("[").replace("]", "", 1) if line.network.startswith("[") else line.network for line in lines]
    prefixes, positions, failures = parse_bulk(texts)
    found = {position: prefix for prefix, position in zip(prefixes, positions, strict=True) if "-" not in texts[position]}
    for position in (position for position, _ in failures if texts[position].startswith("::ffff:")):
        # An IPv4 address in an IPv6 one: Postfix takes it, and no client has it.
        try:
            network = IPv6Network(texts[position])
        except ValueError:
            continue
        found[position] = make_prefix(Family.V6, int(network.network_address), network.prefixlen)
    return found


def _lines(text: str, path: str, report: Report) -> Iterator[_Line]:
    """The logical lines: one that begins with a blank continues the one above, with comments and empty lines between them or not."""
    held, above, comment, number = "", "", "", 1
    for position, raw in enumerate(text.splitlines(), 1):
        shown = raw.strip()
        if not shown or shown.startswith("#"):
            comment = shown.lstrip("# ") if shown else comment
        elif raw[0] in " \t" and held:
            held += raw
        else:
            yield from _split(held, number, above, path, report)
            held, above, number = raw, comment, position
    yield from _split(held, number, above, path, report)


def _split(held: str, number: int, comment: str, path: str, report: Report) -> Iterator[_Line]:
    if not held:
        return
    if held.strip().lower() == "endif":
        yield _Line(number, "", False, "", "")
    elif found := _IF.match(held):
        yield _Line(number, found["network"], found["not"] is not None, "", comment)
    elif found := _PATTERN.match(held):
        yield _Line(number, found["network"], found["not"] is not None, found["result"].strip(), comment)
    else:
        report.add("AUD024", _place(path, number), "Postfix skips this line: it has no result", hint="write a network and `OK` or `REJECT`")


def _place(path: str, line: int) -> Span:
    return Span(path, line, 1, line, 1)
