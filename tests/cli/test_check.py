"""`gatepost check`: findings, formats and exit status."""

import json
import os
import threading
from pathlib import Path

import jsonschema
import pytest

from tests.house.tree import ROOT
from tests.support.cli import SITE, gatepost, write_site

BROKEN = SITE.replace("name: acme", "name: Acme").replace("use: ./crm.yaml", "use: crn")


def test_a_good_site_has_no_findings(folder: Path) -> None:
    assert gatepost("check", "acme.yaml", "--strict") == (0, "", "no findings\n")


def test_all_mistakes_are_told_in_one_run_with_a_count(folder: Path) -> None:
    write_site(folder, SITE.replace("- 203.0.113.0/28", "- 203.0.113.7/28") + "  ftp: public\n")

    result = gatepost("check", "acme.yaml")

    assert result.status == 1
    assert result.out == ""
    assert result.err.startswith(
        "acme.yaml:9:9: error[NET002]: `203.0.113.7/28` has host bits set\n"
        "  |\n"
        "9 |       - 203.0.113.7/28\n"
        "  |         ^^^^^^^^^^^^^^\n"
        "  = help: "
    )
    assert "acme.yaml:19:3: error[PLN020]: " in result.err
    assert result.err.endswith("\n\n2 errors\n")


def test_a_missing_file_is_a_finding(folder: Path) -> None:
    result = gatepost("check", "nope.yaml")

    assert result.status == 1
    assert result.err.startswith("nope.yaml:1:1: error[YML001]: `nope.yaml` does not exist\n")


def test_a_site_may_come_from_standard_input(folder: Path) -> None:
    result = gatepost("check", "-", given=BROKEN)

    assert result.status == 1
    assert "2 | name: Acme\n" in result.err
    assert result.err.startswith("-:2:7: error[SCH005]: ")


def test_a_site_may_come_from_a_pipe_in_this_folder(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    writer = threading.Thread(target=(folder / "pipe").write_text, args=[SITE])
    writer.start()

    result = gatepost("check", "pipe")
    writer.join()

    assert result == (0, "", "no findings\n")


def test_only_a_command_line_means_standard_input_by_a_hyphen(folder: Path) -> None:
    write_site(folder, SITE.replace("    mailboxes: 3", '    networks_file: "-"'))

    result = gatepost("check", "acme.yaml", given="8.8.8.8\n")

    assert result.err.startswith("acme.yaml:10:20: error[YML001]: `./-` does not exist\n")


def test_a_region_that_does_not_exist_is_told_where_no_region_is_looked_at(folder: Path) -> None:
    write_site(folder, SITE.replace("    mailboxes: 3", "    region: eu\n    networks_only: true"))

    assert "acme.yaml:10:13: error[PLN006]: `crm` has no region `eu`\n" in gatepost("check", "acme.yaml").err


def test_a_port_of_the_site_is_judged_at_the_site_s_line(folder: Path) -> None:
    write_site(folder, SITE.replace("server: {", "server: {ports: {submission: 465}, "))

    found = gatepost("check", "acme.yaml").err

    assert "acme.yaml:3:30: error[PLN013]: `submission` and `submissions` share port 465\n" in found
    assert "acme.yaml:3:30: warning[PLN015]: `submission` on port 465 with `tls: starttls`\n" in found


def test_several_sites_are_checked_together(folder: Path) -> None:
    (folder / "other.yaml").write_text(SITE.replace("name: acme", "name: other").replace("10.20.0.0/16", "10.20.0.1/16"), encoding="utf-8")

    result = gatepost("check", "acme.yaml", "other.yaml", "--format", "json")

    spans = [finding["span"] for finding in json.loads(result.out)["findings"] if finding["code"] == "NET002"]
    assert [(span["path"], span["line"]) for span in spans] == [("other.yaml", 4)]


@pytest.mark.parametrize(("arguments", "status"), [((), 0), (("--strict",), 1)])
def test_warnings_count_with_strict_alone(folder: Path, arguments: tuple[str, ...], status: int) -> None:
    write_site(folder, SITE.replace("  - {code: NET055, network: 198.51.100.10, reason: an example}\n", ""))

    result = gatepost("check", "acme.yaml", *arguments)

    assert result.status == status
    assert result.err.splitlines()[-1] == "1 warning"


@pytest.mark.parametrize(("today", "status"), [("2027-06-30", 0), ("2027-07-01", 1)])
def test_access_ends_after_its_last_day(folder: Path, today: str, status: int) -> None:
    write_site(folder, SITE.replace("    mailboxes: 3\n", "    mailboxes: 3\n    expires: 2027-06-30\n"))

    assert gatepost("check", "acme.yaml", "--today", today).status == status


def test_today_is_a_date(folder: Path) -> None:
    assert gatepost("check", "acme.yaml", "--today", "yesterday").status == 2


def test_json_goes_to_stdout_after_its_schema(folder: Path) -> None:
    result = gatepost("check", "-", "--format", "json", given=BROKEN)

    document = json.loads(result.out)
    jsonschema.validate(document, json.loads((ROOT / "docs/schemas/findings-1.schema.json").read_text(encoding="utf-8")))
    assert result.err == ""
    assert document["summary"]["errors"] == len(document["findings"]) > 0


def test_json_without_findings_is_a_document_too(folder: Path) -> None:
    result = gatepost("check", "acme.yaml", "--format", "json")

    assert json.loads(result.out) == {
        "schema": "gatepost.findings/1",
        "findings": [],
        "summary": {"errors": 0, "warnings": 0, "notes": 0},
    }


def test_github_annotations_go_to_stdout(folder: Path) -> None:
    result = gatepost("check", "-", "--format", "github", given=BROKEN)

    assert result.status == 1
    assert result.out.startswith("::error file=-,line=2,endLine=2,col=7,endColumn=10,title=SCH005 ")


def test_sarif_goes_to_stdout(folder: Path) -> None:
    result = gatepost("check", "-", "--format", "sarif", given=BROKEN)

    assert json.loads(result.out)["version"] == "2.1.0"


def test_options_of_targets_are_checked(folder: Path) -> None:
    write_site(folder, SITE + "targets:\n  nftables: {conection_limit: 40}\n")

    result = gatepost("check", "acme.yaml")

    assert result.status == 1
    assert "error[TGT010]" in result.err


def test_an_unknown_target_is_a_finding(folder: Path) -> None:
    assert "error[TGT003]: there is no target `nftable`" in gatepost("check", "acme.yaml", "-t", "nftable").err


def test_control_characters_of_a_file_never_reach_the_terminal(folder: Path) -> None:
    result = gatepost("check", "-", given="kind: site\nname: \x1b[31mred\n")

    assert result.status == 1
    assert "\x1b" not in result.err
    assert "\\x1b[31mred" in result.err


@pytest.mark.parametrize("arguments", [("check",), ("check", "acme.yaml", "--format", "xml"), ("check", "acme.yaml", "--nope"), ("chek",)])
def test_a_wrong_command_line_is_status_2(folder: Path, arguments: tuple[str, ...]) -> None:
    assert gatepost(*arguments).status == 2


@pytest.mark.parametrize(
    ("halves", "whole"),
    [
        ("0.0.0.0/1, 128.0.0.0/1", "0.0.0.0/0"),
        ("'8000::/1', 10.0.0.0/8, '4000::/2', '::/2'", "::/0"),
    ],
)
def test_everybody_in_several_parts_is_still_everybody(folder: Path, halves: str, whole: str) -> None:
    write_site(folder, SITE.replace("trusted: [10.20.0.0/16]", f"trusted: [{halves}]"))

    result = gatepost("check", "acme.yaml")

    assert result.status == 1
    assert f"acme.yaml:4:1: error[NET050]: `trusted` holds everybody: its networks together are {whole}\n" in result.err
