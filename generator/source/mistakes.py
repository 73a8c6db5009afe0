"""Words for YAML syntax errors: what the parser stumbled over is rarely what the person did wrong."""

import re
from typing import Final

from generator.diagnostics import Related, Report, Span
from generator.source.parsers import Mistake
from generator.source.words import escaped, quoted

_GLUED_KEY: Final = re.compile(r"\s*(?:- +)*([\w-]+):(?=[^\s:/])")
_KEY: Final = re.compile(r"\s*(?:- +)*([\w-]+):(?:\s|$)")
_BLOCK_START: Final = re.compile(r":\s+[|>][-+0-9]*\s*$")
_NO_ESCAPES: Final = "use '…' for text with backslashes, or write each of them twice"
_ENDS: Final = {"'<stream end>'", "'<document end>'", "'<document start>'"}


def report_syntax(mistake: Mistake, path: str, text: str, report: Report) -> None:
    """Add one finding for a document that no YAML parser can read."""
    lines = text.split("\n")
    here = _span(path, lines, mistake.line, mistake.column)
    opened = _span(path, lines, *mistake.context) if mistake.context else here
    problem = mistake.problem
    if problem.startswith("found character"):
        _report_character(lines[mistake.line], mistake.column, here, report)
    elif problem == "mapping values are not allowed here":
        _report_second_colon(lines, mistake, path, report)
    elif problem == "could not find expected ':'":
        _report_no_colon(lines, mistake, path, report)
    elif problem == "found unexpected end of stream":
        report.add("YML028", opened, "the quote that opens here is never closed", hint="close it, or remove it; write '' for a ' in '…'")
    elif problem.startswith(("expected ',' or", "did not find expected ',' or")):
        _report_flow(lines, mistake, path, report)
    elif problem.startswith(("expected <block end>", "did not find expected key", "did not find expected '-'")):
        _report_block(lines, mistake, path, report)
    elif problem == "found unexpected ':'" or problem.startswith("expected the node content, but found ':'"):
        hint = 'in [ ] and { } put IPv6 addresses in quotes: "2001:db8::"'
        report.add("YML012", here, "YAML takes this colon for the end of a key", hint=hint)
    elif problem == "found invalid Unicode character escape code":
        report.add("YML012", opened, "the quoted text escapes a character that does not exist", hint=_NO_ESCAPES)
    elif problem.startswith(("found unknown escape character", "expected escape sequence")):
        report.add("YML012", here, "a backslash escapes what YAML has no escape for", hint=_NO_ESCAPES)
    else:
        report.add("YML012", here, f"YAML cannot be read from here: {problem}", hint="compare with a shipped example; quote the value")


def _report_character(line: str, column: int, here: Span, report: Report) -> None:
    character = line[column : column + 1]
    if character == "\t":
        report.add("YML025", here, "a tab stands in the indentation", hint="indent with spaces, two a level")
    else:
        report.add("YML012", here, f"{quoted(character)} cannot start a value in YAML", hint="put the value in quotes")


def _report_second_colon(lines: list[str], mistake: Mistake, path: str, report: Report) -> None:
    line, column = lines[mistake.line], mistake.column
    here = _span(path, lines, mistake.line, column)
    if key := _KEY.match(line[:column]):
        value = line[key.end() :].strip()
        hint = f"put the value in quotes: {key[1]}: {_double_quoted(value)}"
        report.add("YML027", here, f"a second `: ` stands in the value of {quoted(key[1])}", hint=hint)
        return
    above = _line_above(lines, mistake.line)
    if above is not None and (glued := _GLUED_KEY.match(lines[above])):
        _report_glued(glued, path, above, report)
        return
    start = len(line) - len(line.lstrip())
    place = Span(path, mistake.line + 1, start + 1, mistake.line + 1, max(column, start + 1) + 1)
    hint = "give both keys the same indentation, or remove the value above it"
    message = f"{quoted(line[start:column])} is indented deeper than the line above, which has its value already"
    report.add("YML018", place, message, hint=hint)


def _report_no_colon(lines: list[str], mistake: Mistake, path: str, report: Report) -> None:
    line, column = mistake.context or (mistake.line, mistake.column)
    place = _line_span(path, lines, line, column)
    if glued := _GLUED_KEY.match(lines[line]):
        _report_glued(glued, path, line, report)
        return
    what = quoted(lines[line][column:].strip())
    above = _line_above(lines, line)
    if above is not None and _BLOCK_START.search(lines[above]):
        report.add("YML018", place, f"{what} is not indented deeper than the key of the text", hint="indent every line of the text")
        return
    report.add("YML012", place, f"{what} is no `key: value`", hint="write a colon and a space after the key")


def _report_glued(glued: re.Match[str], path: str, line: int, report: Report) -> None:
    place = Span(path, line + 1, glued.start(1) + 1, line + 1, glued.end() + 1)
    report.add("YML026", place, f"no space stands after the colon of {quoted(glued[1])}", hint=f"write {glued[1]}: VALUE")


def _report_flow(lines: list[str], mistake: Mistake, path: str, report: Report) -> None:
    here = _span(path, lines, mistake.line, mistake.column)
    opened = _span(path, lines, *mistake.context) if mistake.context else here
    bracket = lines[opened.line - 1][opened.column - 1 : opened.column]
    closing = {"[": "]", "{": "}"}.get(bracket, "]")
    at_end = mistake.problem.endswith(tuple(_ENDS))
    if at_end or here.line > opened.line:
        related = () if at_end else (Related(here, f"a `,` or `{closing}` is missing before this"),)
        report.add("YML029", opened, f"the `{bracket}` that opens here is not closed", hint=f"write the `{closing}`", related=related)
        return
    related = (Related(opened, "opened here"),)
    hint = f"separate values with `, `; quote a value with {bracket} or {closing} in it"
    report.add("YML012", here, f"`,` or `{closing}` is missing before this", hint=hint, related=related)


def _report_block(lines: list[str], mistake: Mistake, path: str, report: Report) -> None:
    line = lines[min(mistake.line, len(lines) - 1)]
    here = _line_span(path, lines, mistake.line, mistake.column)
    if line[mistake.column : mistake.column + 1] in ("]", "}"):
        bracket = line[mistake.column]
        place = here._replace(end_column=here.column + 1)
        report.add("YML012", place, f"`{bracket}` closes nothing", hint="remove it, or open it where the list or mapping starts")
        return
    if not line[: mistake.column].strip():
        hint = "give it the indentation of its neighbours; YAML takes indentation for structure"
        report.add("YML018", here, f"{quoted(line.strip())} is indented unlike the lines it belongs to", hint=hint)
        return
    rest = line[mistake.column :].strip()
    ended_early = line[mistake.column - 1] in "'\""
    hint = """write '' for a ' in '…', and \\" for a " in "…\"""" if ended_early else "put the whole value in quotes"
    report.add("YML012", here, f"{quoted(rest)} stands after the end of the value", hint=hint)


def _line_above(lines: list[str], line: int) -> int | None:
    """The nearest line above that has more than blanks and a comment."""
    return next((index for index in range(line - 1, -1, -1) if lines[index].split("#")[0].strip()), None)


def _double_quoted(text: str) -> str:
    shown = text if len(text) <= 40 else f"{text[:39]}…"
    return '"' + escaped(shown.replace("\\", "\\\\").replace('"', '\\"')) + '"'


def _line_span(path: str, lines: list[str], line: int, column: int) -> Span:
    """From a place to the end of its line."""
    start = _span(path, lines, line, column)
    return start._replace(end_column=max(start.end_column, len(lines[start.line - 1].rstrip()) + 1))


def _span(path: str, lines: list[str], line: int, column: int) -> Span:
    """One character, inside the file: parsers count a line below the last one."""
    line = min(line, len(lines) - 1)
    column = min(column, len(lines[line]))
    return Span(path, line + 1, column + 1, line + 1, column + 2)
