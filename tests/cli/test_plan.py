"""`gatepost plan`: the normalised meaning, as text and as JSON."""

import json
from pathlib import Path

import jsonschema

from tests.house.tree import ROOT
from tests.support.cli import SITE, gatepost, write_site

PLAN = """\
site acme: 4 services, 7 rules

imap             tcp 143          starttls  allowlist
submissions      tcp 465          implicit  allowlist
submission       tcp 587          starttls  public
imaps            tcp 993          implicit  allowlist

acme/crm/imap/v4  tcp 143
  198.51.100.10/32
  203.0.113.0/28

acme/trusted/imap/v4  tcp 143
  10.20.0.0/16

acme/crm/submissions/v4  tcp 465
  198.51.100.10/32
  203.0.113.0/28

acme/trusted/submissions/v4  tcp 465
  10.20.0.0/16

acme/crm/submission/v4  tcp 587
  198.51.100.10/32
  203.0.113.0/28

acme/crm/imaps/v4  tcp 993
  198.51.100.10/32
  203.0.113.0/28

acme/trusted/imaps/v4  tcp 993
  10.20.0.0/16

simultaneous connections that one source may need: 15
"""


def test_the_plan_lists_services_and_rules_with_merged_sources(folder: Path) -> None:
    assert gatepost("plan", "acme.yaml") == (0, PLAN, "")


def test_the_json_plan_keeps_its_published_schema(folder: Path) -> None:
    result = gatepost("plan", "acme.yaml", "--format", "json")

    document = json.loads(result.out)
    jsonschema.validate(document, json.loads((ROOT / "docs/schemas/plan-1.schema.json").read_text(encoding="utf-8")))
    assert (result.status, result.err) == (0, "")
    assert document["schema"] == "gatepost.plan/1"


def test_a_bare_connector_has_a_plan(folder: Path) -> None:
    result = gatepost("plan", "hubspot", "--network", "198.51.100.10", "--network", "198.51.100.11")

    assert result.status == 0
    assert "hubspot/hubspot/imaps/v4  tcp 993\n  198.51.100.10/31\n" in result.out


def test_after_an_error_there_is_no_plan(folder: Path) -> None:
    write_site(folder, SITE.replace("name: acme", "name: Acme"))

    result = gatepost("plan", "acme.yaml")

    assert (result.status, result.out) == (1, "")
    assert "error[SCH005]" in result.err


def test_after_an_error_json_has_the_findings(folder: Path) -> None:
    write_site(folder, SITE.replace("name: acme", "name: Acme"))

    result = gatepost("plan", "acme.yaml", "--format", "json")

    assert (result.status, result.err) == (1, "")
    assert json.loads(result.out)["schema"] == "gatepost.findings/1"


def test_strict_prints_no_plan_after_a_warning(folder: Path) -> None:
    result = gatepost("plan", "hubspot", "--network", "198.51.100.10", "--strict")

    assert (result.status, result.out) == (1, "")
