"""The list of networks in Dovecot's `allow_nets`, from which it takes passwords.

Sources: "allow_nets extra field" of the documentation of 2.3 and 2.4, tried on 2.3.19 and 2.4.1.
"""

import re
from collections.abc import Iterator
from typing import Final

from generator.diagnostics import Report, Span
from generator.net import Family, PortRange
from generator.net.runs import intersect_runs, unite_runs
from generator.readers.model import Act, Chain, Match, Rule, Ruleset, Stage
from generator.readers.outside import Outside
from generator.readers.parts import ANYWHERE, Part, make_rules, read_addresses

_SETTING: Final = re.compile(r"(?P<before>.*?\b)allow_nets\s*=\s*(?P<nets>.*)")
_LOCAL: Final = "local"  # what does not come over a network
# Wherever people log in, which is every port but the one of other mail servers.
_PORTS: Final = (PortRange(1, 24), PortRange(26, 65535))
_NAME: Final = "allow_nets"


def read_dovecot(text: str, path: str, outside: Outside, report: Report) -> Ruleset | None:
    """The ruleset of the lists in a file. Of several, what all of them hold is let in, and what only some hold is a doubt."""
    lists = [(number, *_read(nets, number, path, report)) for number, nets in _settings(text)]
    if not lists:
        hint = "name the file that sets it: `allow-nets-2.3.inc`, or what `doveconf -n` prints"
        report.add("AUD001", Span(path, 1, 1, 1, 1), "there is no `allow_nets` in this file", hint=hint)
        return None
    number, both, _ = lists[0]
    every = both
    for _, part, _ in lists[1:]:
        both = Part(intersect_runs(both.v4, part.v4), intersect_runs(both.v6, part.v6))
        every = Part(unite_runs(every.v4, part.v4), unite_runs(every.v6, part.v6))
    frame = Rule(Match(), Act.ACCEPT, text=_NAME, line=number)
    rules = [Rule(Match(ports=(PortRange(25, 25),)), Act.ACCEPT, text="where nobody logs in"), *make_rules(frame, [both], None)]
    if every != both:
        rules += make_rules(frame, [every], None, doubts=("which passdb with `allow_nets` takes the password",))
    for words in dict.fromkeys(words for _, _, words in lists if words):
        rules += make_rules(frame, [ANYWHERE], None, doubts=(words,))
    name = f"{_NAME} of {path}"
    return Ruleset(path, (Stage(name, name),), {name: Chain(name, tuple(rules), Act.DENY)}, (Family.V4, Family.V6), _PORTS)


def _settings(text: str) -> Iterator[tuple[int, str]]:
    """The value of each `allow_nets`, with its line. In the settings of 2.3 other fields may stand beside it, after a blank."""
    for number, line in enumerate(text.splitlines(), 1):
        found = None if line.lstrip().startswith("#") else _SETTING.match(line)
        if found:
            yield number, found["nets"].split()[0] if "=" in found["before"] and found["nets"].split() else found["nets"]


def _read(nets: str, number: int, path: str, report: Report) -> tuple[Part, str]:
    """The networks of one list, and a doubt where there is more in it than networks."""
    listed = [text for text in re.split(r"[,\s]+", nets.strip().strip('"')) if text and text != _LOCAL]
    part, strange = read_addresses(listed)
    if not nets.strip():
        report.add("AUD002", Span(path, number, 1, number, 1), "`allow_nets` is empty", hint="whom it lets in is reported as unknown")
        return part, "whom an empty `allow_nets` lets in"
    for text in strange:
        message = f"`{text}` in `allow_nets` is no network"
        report.add("AUD002", Span(path, number, 1, number, 1), message, hint="whom it lets in is reported as unknown")
    return part, f"whom {', '.join(f'`{text}`' for text in strange)} in `allow_nets` lets in" if strange else ""
