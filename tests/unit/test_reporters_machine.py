"""Findings for machines: JSON after its schema, GitHub's escapes, and a SARIF log that holds together."""

import json
from typing import Any

import jsonschema

from generator.cli.reporters import format_github, format_json, format_sarif
from generator.diagnostics import Diagnostic, Related, Severity, Span
from tests.house.tree import ROOT

HERE = Span("a dir/site.yaml", 12, 9, 12, 24)
THERE = Span("/etc/more.txt", 3, 1, 4, 2)
ERROR = Diagnostic("TGT051", Severity.ERROR, HERE, "`100%` is, well: bad", "do\x1bthis", (Related(THERE, "first"),))
WARNING = Diagnostic("TGT057", Severity.WARNING, THERE, "edited")
NOTE = Diagnostic("TGT022", Severity.NOTE, None, "no place")
ALL = (ERROR, WARNING, NOTE)


def sarif() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(format_sarif(ALL))
    return document


def results() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = sarif()["runs"][0]["results"]
    return found


def test_json_has_every_part_of_a_finding() -> None:
    document = json.loads(format_json([ERROR]))

    assert document == {
        "schema": "gatepost.findings/1",
        "findings": [
            {
                "code": "TGT051",
                "severity": "error",
                "message": "`100%` is, well: bad",
                "hint": "do\x1bthis",
                "span": {"path": "a dir/site.yaml", "line": 12, "column": 9, "end_line": 12, "end_column": 24},
                "related": [
                    {"span": {"path": "/etc/more.txt", "line": 3, "column": 1, "end_line": 4, "end_column": 2}, "message": "first"}
                ],
            }
        ],
        "summary": {"errors": 1, "warnings": 0, "notes": 0},
    }


def test_json_keeps_its_published_schema() -> None:
    schema = json.loads((ROOT / "docs/schemas/findings-1.schema.json").read_text(encoding="utf-8"))

    jsonschema.validate(json.loads(format_json(ALL)), schema)


def test_json_lets_no_control_character_through() -> None:
    assert format_json(ALL).replace("\n", "").isprintable()
    assert format_json(ALL).isascii()


def test_github_gets_one_command_a_finding_with_its_escapes() -> None:
    assert format_github(ALL) == (
        "::error file=a dir/site.yaml,line=12,endLine=12,col=9,endColumn=23,title=TGT051 two files of one name"
        "::`100%25` is, well: bad%0Anote: /etc/more.txt:3:1: first%0Ahelp: do\\x1bthis\n"
        "::warning file=/etc/more.txt,line=3,endLine=4,title=TGT057 an artifact that was edited by hand::edited\n"
        "::notice title=TGT022 an address family that the destination leaves untouched::no place\n"
    )


def test_github_properties_hide_colons_and_commas() -> None:
    span = Span("a:b,c%.yaml", 1, 1, 1, 1)

    line = format_github([Diagnostic("TGT051", Severity.ERROR, span, "x")])

    assert line.startswith("::error file=a%3Ab%2Cc%25.yaml,line=1,endLine=1,col=1,endColumn=1,")


def test_a_line_end_in_a_message_starts_no_new_command() -> None:
    line = format_github([Diagnostic("TGT051", Severity.ERROR, None, "x\n::error::y\r")])

    assert line.count("\n") == 1
    assert "\r" not in line


def test_sarif_says_what_it_is() -> None:
    log = sarif()

    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("/sarif-schema-2.1.0.json")
    assert [run["tool"]["driver"]["name"] for run in log["runs"]] == ["gatepost"]
    assert log["runs"][0]["columnKind"] == "unicodeCodePoints"


def test_sarif_rules_are_the_catalogue_s() -> None:
    rules = sarif()["runs"][0]["tool"]["driver"]["rules"]

    assert [rule["id"] for rule in rules] == ["TGT022", "TGT051", "TGT057"]
    assert [rule["defaultConfiguration"]["level"] for rule in rules] == ["note", "error", "warning"]
    assert all(rule["shortDescription"]["text"] and rule["fullDescription"]["text"] and rule["help"]["text"] for rule in rules)


def test_sarif_results_point_at_their_rules() -> None:
    rules = sarif()["runs"][0]["tool"]["driver"]["rules"]

    assert [rules[result["ruleIndex"]]["id"] for result in results()] == [result["ruleId"] for result in results()]
    assert [result["level"] for result in results()] == ["error", "warning", "note"]
    assert results()[0]["message"] == {"text": "`100%` is, well: bad\ndo\x1bthis"}


def test_sarif_regions_end_behind_the_last_column() -> None:
    assert results()[0]["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "a%20dir/site.yaml"},
                "region": {"startLine": 12, "startColumn": 9, "endLine": 12, "endColumn": 24},
            }
        }
    ]
    assert "locations" not in results()[2]


def test_sarif_paths_are_uris() -> None:
    assert results()[1]["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": "file:///etc/more.txt"}


def test_sarif_tells_related_places() -> None:
    related = results()[0]["relatedLocations"]

    assert [(place["id"], place["message"]["text"]) for place in related] == [(0, "first")]


def test_a_sarif_fingerprint_survives_a_moved_line_and_tells_twins_apart() -> None:
    moved = Diagnostic("TGT051", Severity.ERROR, Span("a dir/site.yaml", 40, 9, 40, 24), ERROR.message)

    log = json.loads(format_sarif([ERROR, moved]))
    prints = [result["partialFingerprints"]["gatepostFinding/v1"] for result in log["runs"][0]["results"]]
    alone = json.loads(format_sarif([moved]))["runs"][0]["results"][0]["partialFingerprints"]["gatepostFinding/v1"]

    assert prints[0] == alone
    assert prints[1] != alone
