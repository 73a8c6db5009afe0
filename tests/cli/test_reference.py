"""What is there: connectors, targets, schemas, codes."""

import json
from pathlib import Path

import jsonschema
import pytest

from generator import codes
from generator.resources import shipped_profiles, target_folders
from tests.support.cli import gatepost

HUBSPOT = [
    "hubspot: ",
    "addresses    per-account: the vendor shows yours in your account; the site file lists them",
    "imaps            tcp 993         imap, implicit",
    "submission       tcp 587         smtp, starttls",
    "https://knowledge.hubspot.com/connected-email/technical-requirements-for-connecting-your-inbox-to-hubspot-with-imap",
    "(of 2024-01-29, read on 2026-11-23)",
    "View connection IPs",
    "Use static IP addresses",
    "5 for each mailbox (2 permanent",
    "SSLv3, TLSv1.0, TLSv1.1, TLSv1.2",
    "unsupported  courier-imap",
    "conversations inbox",
    "insecure certificate",
]
CRM = """\
crm: Example CRM mailbox sync
  vendor       Example
  addresses    per-account: the vendor shows yours in your account; the site file lists them
  services
    imaps            tcp 993         imap, implicit
    imap             tcp 143         imap, starttls
    submissions      tcp 465         smtp, implicit
    submission       tcp 587         smtp, starttls
  references   none

Example CRM mailbox sync (crm): at the vendor
  before       fixed addresses are switched on in the CRM
  addresses    in the CRM, Settings > Mail > Addresses
  IMAP host    your server's name (the site file can say it: `server: {imap: ...}`)
  IMAP port    993, implicit TLS (vendors also say SSL/TLS); or 143, STARTTLS
  SMTP host    your server's name (the site file can say it: `server: {smtp: ...}`)
  SMTP port    465, implicit TLS (vendors also say SSL/TLS); or 587, STARTTLS
  user name    the mailbox's own
  password     that mailbox's own; where the server has app passwords, one made for this connector
  certificate  it has to carry the host names above
  certificate  if no public CA signed it, choose: accept any certificate
  TLS          the connector speaks TLSv1.2, TLSv1.3
  connections  5 for each mailbox (2 permanent; 3 while mail is sent)
  unsupported  courier-imap
  note         the shared inbox takes no IMAP
"""


def test_connectors_are_listed_with_where_their_addresses_come_from_and_their_services() -> None:
    result = gatepost("connectors", "list")

    assert result.status == 0
    head, *lines = result.out.splitlines()
    assert head.split() == ["connector", "addresses", "networks", "confidence", "services", "title"]
    assert [line.split()[0] for line in lines] == list(shipped_profiles())
    assert next(line.split()[1:8] for line in lines if line.startswith("hubspot ")) == [
        *("per-account", "-", "high"),
        *("imaps", "imap", "submissions", "submission"),
    ]


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (("HUBSPOT",), ["hubspot"]),
        (("microsoft", "smtp"), ["m365-outbound", "power-platform"]),
        (("spf",), ["gmail-outbound"]),
        (("feed", "low"), ["m365-imap-migration", "mimecast", "zoho"]),
        (("eu1.make.com",), ["make"]),
    ],
)
def test_connectors_are_found_by_words_that_all_stand_in_what_is_known_of_them(words: tuple[str, ...], names: list[str]) -> None:
    result = gatepost("connectors", "list", *words, "--format", "json")

    assert [found["name"] for found in json.loads(result.out)["connectors"]] == names


def test_a_search_that_finds_nothing_says_so() -> None:
    assert gatepost("connectors", "list", "hubspot", "nobody") == (
        1,
        "",
        "no shipped connector has `hubspot` and `nobody`; without words, all are listed\n",
    )


def test_a_search_that_finds_nothing_is_an_empty_list_in_json() -> None:
    result = gatepost("connectors", "list", "nobody", "--format", "json")

    assert (result.status, json.loads(result.out)["connectors"]) == (1, [])


def test_what_is_derived_and_what_an_allowlist_does_not_do_is_said_where_a_connector_is_shown() -> None:
    out = gatepost("connectors", "show", "mimecast").out

    assert "  addresses    feed: " in out
    assert "  feed         ripestat: AS42427 at RIPEstat\n" in out
    assert "  confidence   low: the addresses are derived, not the vendor's own list for this use" in out
    assert "  warning      the list is what Mimecast's AS42427 announces" in out


def test_the_part_of_a_feed_that_counts_is_shown() -> None:
    out = gatepost("connectors", "show", "jira-cloud").out

    assert "    items[] prefix cidr where product is jira and direction is egress and perimeter is commercial\n" in out


def test_connectors_are_listed_in_json() -> None:
    document = json.loads(gatepost("connectors", "list", "--format", "json").out)

    assert document["schema"] == "gatepost.connectors/1"
    assert [connector["name"] for connector in document["connectors"]] == list(shipped_profiles())
    assert next(found for found in document["connectors"] if found["name"] == "freshservice") == {
        "name": "freshservice",
        "title": "Freshservice custom mailbox (IMAP and SMTP)",
        "vendor": "Freshworks",
        "policy": "published",
        "confidence": "low",
        "services": ["imaps", "imap", "submissions", "submission"],
        "regions": ["au", "euc", "eun", "ind", "mec", "us"],
        "networks": 43,
        "feed": None,
        "warnings": [
            "the page speaks of outgoing webhooks, not of custom mailboxes; that those come from the same NAT addresses is a conclusion",
            "other customers of the vendor come from the same addresses, so an allowlist never replaces authentication",
        ],
        "reviewed": "2026-11-23",
    }


@pytest.mark.parametrize("fact", HUBSPOT)
def test_hubspot_is_shown_with_every_fact_that_a_user_needs(fact: str) -> None:
    assert fact in gatepost("connectors", "show", "hubspot").out


def test_a_profile_of_one_s_own_is_shown(folder: Path) -> None:
    assert gatepost("connectors", "show", "./crm.yaml") == (0, CRM, "")


@pytest.mark.parametrize("name", shipped_profiles())
def test_a_connector_in_json_has_its_sources_with_dates(name: str) -> None:
    document = json.loads(gatepost("connectors", "show", name, "--format", "json").out)

    assert (document["schema"], document["kind"], document["name"]) == ("gatepost.connector/1", "connector", name)
    assert all(reference["url"].startswith("https://") for reference in document["references"])


def test_a_published_list_is_shown_by_region_with_its_source() -> None:
    out = gatepost("connectors", "show", "nylas").out

    assert "  region       us, 48 networks\n    34.67.39.103, 34.67.117.182, " in out
    assert "  source       https://" in out


def test_a_network_is_shown_with_the_word_about_it() -> None:
    out = gatepost("connectors", "show", "lockstep-collect").out

    assert "  networks     4\n    23.96.189.32/30 (additional), 23.96.207.177 (additional), " in out


def test_an_unknown_connector_gets_a_suggestion() -> None:
    result = gatepost("connectors", "show", "hubsopt")

    assert result.status == 2
    assert "did you mean `hubspot`?" in result.err


def test_a_profile_with_a_mistake_is_shown_as_its_findings(folder: Path) -> None:
    (folder / "crm.yaml").write_text((folder / "crm.yaml").read_text(encoding="utf-8").replace("993", "70000"), encoding="utf-8")

    result = gatepost("connectors", "show", "./crm.yaml")

    assert (result.status, result.out) == (1, "")
    assert result.err.startswith("./crm.yaml:9:17: error[NET")


def test_targets_are_listed() -> None:
    result = gatepost("targets", "list")

    assert result.status == 0
    assert [line.split()[0] for line in result.out.splitlines()] == list(target_folders())


def test_targets_are_listed_in_json() -> None:
    document = json.loads(gatepost("targets", "list", "--format", "json").out)

    assert [target["name"] for target in document["targets"]] == list(target_folders())
    assert all(target["opens"] and target["closes"] for target in document["targets"])


@pytest.mark.parametrize(("name", "folder"), target_folders().items())
def test_a_target_says_where_its_templates_are(name: str, folder: Path) -> None:
    assert f"\n  folder  {folder}\n" in gatepost("targets", "show", name).out


@pytest.mark.parametrize("name", target_folders())
def test_every_option_and_limit_of_a_target_is_shown(name: str) -> None:
    shown = gatepost("targets", "show", name).out
    document = json.loads(gatepost("targets", "show", name, "--format", "json").out)

    assert all(f"    {option}: " in shown and facts["help"] in shown for option, facts in document["options"].items())
    assert all(f"    {limit}: {facts['value']}\n      {facts['source']}\n" in shown for limit, facts in document["limits"].items())
    assert all(f"    {output['file']} ({output['role']}): " in shown for output in document["outputs"])


def test_an_unknown_target_gets_a_suggestion() -> None:
    result = gatepost("targets", "show", "nftable")

    assert result.status == 2
    assert "did you mean `nftables`?" in result.err


@pytest.mark.parametrize("kind", ["site", "connector"])
def test_schemas_are_printed(kind: str) -> None:
    document = json.loads(gatepost("schema", kind).out)

    jsonschema.Draft202012Validator.check_schema(document)
    assert document["properties"]["kind"]["const"] == kind


def test_a_code_is_explained() -> None:
    code = codes.lookup("TGT055")

    result = gatepost("explain-code", "tgt055")

    assert result == (0, f"TGT055 (error): a damaged manifest\n\n{code.explanation}\n\nSource: {code.source}\n", "")


def test_every_code_is_explained_on_demand() -> None:
    out = gatepost("explain-code", "--all").out

    assert all(f"{code.name} ({code.severity}): {code.summary}\n" in out for code in codes.all_codes())


def test_codes_come_in_json() -> None:
    document = json.loads(gatepost("explain-code", "--all", "--format", "json").out)

    assert [code["name"] for code in document["codes"]] == [code.name for code in codes.all_codes()]


@pytest.mark.parametrize(
    ("arguments", "says"), [(("NET0002",), "did you mean NET002"), ((), "name one code"), (("NET002", "--all"), "name one")]
)
def test_an_unknown_code_gets_a_suggestion(arguments: tuple[str, ...], says: str) -> None:
    result = gatepost("explain-code", *arguments)

    assert result.status == 2
    assert says in result.err
