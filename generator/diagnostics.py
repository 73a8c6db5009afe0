"""What gatepost says about the user's input: spans, severities, findings, and the report that collects them."""

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from generator import codes


class Severity(StrEnum):
    """How much a finding weighs: an error stops `render`, a warning stops it under `--strict`."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Span(NamedTuple):
    """A stretch of one input file; lines and columns count from 1, the end column is exclusive.

    A NamedTuple and not a dataclass: a list of 100,000 prefixes makes as many spans.
    `path` is the file as the user named it (or `-`, or `builtin/profiles/NAME.yaml` for a shipped profile).
    """

    path: str
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


class Related(NamedTuple):
    """Another place that belongs to a finding, and what is there."""

    span: Span
    message: str


class Diagnostic(NamedTuple):
    """One finding. `message` states the fact, `hint` the cure; both are single lines in lower case without a full stop."""

    code: str
    severity: Severity
    span: Span | None
    message: str
    hint: str = ""
    related: tuple[Related, ...] = ()


class Report:
    """Collects the findings of a run. Stages add to it and go on, so that one run tells all mistakes."""

    __slots__ = ("_found", "_texts")

    def __init__(self) -> None:
        self._found: list[Diagnostic] = []
        self._texts: dict[str, str] = {}

    def remember(self, path: str, text: str) -> None:
        """Keep the text of an input, so that a reporter can show the line that a span points at."""
        self._texts[path] = text

    def text_of(self, path: str) -> str | None:
        """The text of an input that was read in this run, by the path its spans carry."""
        return self._texts.get(path)

    def add(
        self,
        code: str,
        span: Span | None,
        message: str,
        *,
        hint: str = "",
        related: Iterable[Related] = (),
    ) -> None:
        """Record a finding; its severity comes from the catalogue.

        Raises:
            KeyError: `code` is not in the catalogue (a bug).
        """
        severity = Severity(codes.lookup(code).severity)
        self._found.append(Diagnostic(code, severity, span, message, hint, tuple(related)))

    def extend(self, findings: Iterable[Diagnostic]) -> None:
        """Record findings that another report collected."""
        self._found.extend(findings)

    @property
    def findings(self) -> tuple[Diagnostic, ...]:
        """Everything found, each once, in the order of the files and lines (findings without a place come first)."""
        return tuple(sorted(dict.fromkeys(self._found), key=_order))

    def count(self, severity: Severity) -> int:
        """How many different findings of one severity there are."""
        return sum(finding.severity is severity for finding in self.findings)

    @property
    def has_errors(self) -> bool:
        """Whether any finding is an error."""
        return any(finding.severity is Severity.ERROR for finding in self._found)


def _order(finding: Diagnostic) -> tuple[Span, str, str]:
    return (finding.span or Span("", 0, 0, 0, 0), finding.code, finding.message)
