"""Findings for machines: JSON, GitHub workflow commands, SARIF."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import quote

from generator import __version__, codes
from generator.cli.printable import printable
from generator.diagnostics import Diagnostic, Related, Severity, Span

FINDINGS_SCHEMA: Final = "gatepost.findings/1"
_SARIF_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_GITHUB_LEVELS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}

Json = dict[str, object]


def to_json(document: object) -> str:
    """JSON text for a terminal or a pipe: ASCII, so that no control character of the input gets through; a newline at the end."""
    return json.dumps(document, indent=2) + "\n"


def plain_data(value: object) -> Json:
    """The fields of a document's model as JSON has them; what is not given is left out."""
    return {field.name: _plain(part) for field in fields(value) for part in [getattr(value, field.name)] if part is not None}  # type: ignore[arg-type]


def _plain(value: object) -> object:
    if is_dataclass(value):
        return plain_data(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    return value if isinstance(value, bool | int) or value is None else str(value)


def finding_documents(findings: Iterable[Diagnostic]) -> list[Json]:
    """The findings as every JSON output carries them."""
    return [
        {
            "code": finding.code,
            "severity": str(finding.severity),
            "message": finding.message,
            "hint": finding.hint or None,
            "span": span_document(finding.span),
            "related": [{"span": span_document(related.span), "message": related.message} for related in finding.related],
        }
        for finding in findings
    ]


def span_document(span: Span | None) -> Json | None:
    """A place as JSON."""
    return None if span is None else dict(span._asdict())


def format_json(findings: Sequence[Diagnostic]) -> str:
    """The document `gatepost.findings/1`."""
    counts = {f"{severity}s": sum(finding.severity is severity for finding in findings) for severity in Severity}
    return to_json({"schema": FINDINGS_SCHEMA, "findings": finding_documents(findings), "summary": counts})


def format_github(findings: Sequence[Diagnostic]) -> str:
    """One workflow command for each finding, which GitHub shows at the line of the pull request.

    Source: GitHub documentation, "Workflow commands for GitHub Actions"; the escapes are those of actions/toolkit, core/src/command.ts.
    """
    return "".join(_github_line(finding) for finding in findings)


def _github_line(finding: Diagnostic) -> str:
    properties = {} if finding.span is None else _github_place(finding.span)
    properties["title"] = f"{finding.code} {codes.lookup(finding.code).summary}"
    text = [finding.message, *(f"note: {related.span}: {related.message}" for related in finding.related)]
    text += [f"help: {finding.hint}"] if finding.hint else []
    listed = ",".join(f"{key}={_escape_github(value).replace(':', '%3A').replace(',', '%2C')}" for key, value in properties.items())
    return f"::{_GITHUB_LEVELS[finding.severity]} {listed}::{'%0A'.join(map(_escape_github, text))}\n"


def _github_place(span: Span) -> dict[str, str]:
    place = {"file": span.path, "line": str(span.line), "endLine": str(span.end_line)}
    if span.line == span.end_line:  # columns are allowed in one line only; the end is included
        place |= {"col": str(span.column), "endColumn": str(max(span.column, span.end_column - 1))}
    return place


def _escape_github(text: str) -> str:
    return printable(text).replace("%", "%25")  # line ends are already visible escapes


def format_sarif(findings: Sequence[Diagnostic]) -> str:
    """A SARIF 2.1.0 log with one run; its rules are the codes that were found, as the catalogue explains them."""
    names = sorted({finding.code for finding in findings})
    driver: Json = {"name": "gatepost", "version": __version__, "rules": [_sarif_rule(name) for name in names]}
    seen: dict[str, int] = {}
    results = [_sarif_result(finding, names.index(finding.code), seen) for finding in findings]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return to_json({"$schema": _SARIF_SCHEMA, "version": "2.1.0", "runs": [run]})


def _sarif_rule(name: str) -> Json:
    code = codes.lookup(name)
    return {
        "id": name,
        "shortDescription": {"text": code.summary},
        "fullDescription": {"text": code.explanation},
        "help": {"text": f"{code.explanation}\n\nSource: {code.source}"},
        "defaultConfiguration": {"level": code.severity},
    }


def _sarif_result(finding: Diagnostic, rule_index: int, seen: dict[str, int]) -> Json:
    result: Json = {
        "ruleId": finding.code,
        "ruleIndex": rule_index,
        "level": str(finding.severity),
        "message": {"text": f"{finding.message}\n{finding.hint}" if finding.hint else finding.message},
        "partialFingerprints": {"gatepostFinding/v1": _fingerprint(finding, seen)},
    }
    if finding.span is not None:
        result["locations"] = [_sarif_location(finding.span)]
    if finding.related:
        result["relatedLocations"] = [_sarif_related(number, related) for number, related in enumerate(finding.related)]
    return result


def _fingerprint(finding: Diagnostic, seen: dict[str, int]) -> str:
    """Names a finding without its line, so that it stays the same finding when lines are added above it."""
    path = finding.span.path if finding.span else ""
    key = "\n".join((finding.code, path, finding.message))
    seen[key] = seen.get(key, 0) + 1
    return sha256(f"{key}\n{seen[key]}".encode(errors="surrogateescape")).hexdigest()


def _sarif_related(number: int, related: Related) -> Json:
    return {"id": number, "message": {"text": related.message}, **_sarif_location(related.span)}


def _sarif_location(span: Span) -> Json:
    region = {"startLine": span.line, "startColumn": span.column, "endLine": span.end_line, "endColumn": span.end_column}
    return {"physicalLocation": {"artifactLocation": {"uri": _uri(span.path)}, "region": region}}


def _uri(path: str) -> str:
    quoted = quote(path.encode(errors="surrogateescape"))
    return f"file://{quoted}" if PurePosixPath(path).is_absolute() else quoted
