"""The two YAML parsers of PyYAML, made to agree: the one of the C library, and the one in Python where PyYAML was built without it."""

import re
from typing import Any, Final, NamedTuple

from yaml import YAMLError, __with_libyaml__
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.scanner import Scanner, ScannerError

_FLOW_COLON: Final = re.compile(r":[,?\[\]{}]")
# What libyaml takes and PyYAML refuses, or places elsewhere: tabs, `?` in a plain scalar or for an explicit key, odd tags, `|#`. Lines of
# comment are alike to both.
_ODD: Final = re.compile(r"^(?! *#)[^\n]*(?:[\t?]|(?<![^ \n,\[{])!|[|>][-+0-9]*#)", re.MULTILINE)


class Mistake(NamedTuple):
    """What the parser said: the problem, and where (lines and columns from 0); `context` is where the broken construct starts."""

    problem: str
    line: int
    column: int
    context: tuple[int, int] | None


def has_c_parser(text: str) -> bool:
    """Whether the C library is there and reads this text as the parser in Python does."""
    return bool(__with_libyaml__) and not (any(char in text for char in "\t?!|>") and _ODD.search(text))


def c_parser(text: str) -> Any:
    """The parser of the C library, seven times as fast."""
    from yaml._yaml import CParser

    return CParser(text)


def describe_error(error: YAMLError) -> Mistake:
    """What a parser stumbled over."""
    problem = getattr(error, "problem", None) or str(error).partition("\n")[0]
    mark, context = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    return Mistake(problem, mark.line if mark else 0, mark.column if mark else 0, (context.line, context.column) if context else None)


class PureParser(Reader, Scanner, Parser):
    """PyYAML's own parser, as strict as the C library where that one is stricter (found by the fuzz test that compares them)."""

    def __init__(self, text: str) -> None:
        self._text = text
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)

    def scan_plain(self) -> Any:
        """Refuse `[2001:db8::, x]`, which libyaml refuses and PyYAML takes for a mapping."""
        token = super().scan_plain()
        raw = self._text[token.start_mark.index : token.end_mark.index + 2]
        if self.flow_level and _FLOW_COLON.search(raw):
            raise ScannerError("while scanning a plain scalar", token.start_mark, "found unexpected ':'", token.end_mark)
        return token

    def scan_flow_scalar(self, style: str) -> Any:
        """Refuse escapes of half characters and of none, which libyaml refuses and PyYAML lets through or stumbles over."""
        start = self.get_mark()
        try:
            token = super().scan_flow_scalar(style)
            token.value.encode()
        except ValueError:
            problem = "found invalid Unicode character escape code"
            raise ScannerError("while scanning a double-quoted scalar", start, problem, start) from None
        return token
