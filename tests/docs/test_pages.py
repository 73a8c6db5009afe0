"""The pages agree with the code: links, lists of findings, layers, libraries, keys of the JSON documents, commands of the targets."""

import re
import tomllib
from pathlib import Path
from typing import Final

import pytest

from generator import resources
from generator.diagnostics import Report
from generator.targets.manifest import load_manifest
from tests.docs.connectors import connectors_page
from tests.docs.findings import findings_page
from tests.docs.markdown import PAGES, README, anchors, codes_in, links, rows, section, text_of
from tests.house.test_layers import LAYERS, LIBRARIES
from tests.house.tree import ROOT, relative

DOCS = ROOT / "docs"
RELATIVE = [pytest.param(page, link, id=f"{relative(page)}: {link}") for page in PAGES for link in links(page) if "://" not in link]


@pytest.mark.parametrize(("page", "link"), RELATIVE)
def test_a_link_leads_to_a_file_and_a_heading(page: Path, link: str) -> None:
    name, _, anchor = link.partition("#")
    target = page.parent / name if name else page

    assert target.exists()
    assert not anchor or anchor in anchors(target)


def test_the_list_of_findings_is_the_catalogue() -> None:
    assert text_of(DOCS / "FINDINGS.md") == findings_page()  # python -m tests.docs.findings > docs/FINDINGS.md


def test_the_page_of_connectors_is_what_the_profiles_say() -> None:
    assert text_of(DOCS / "connectors.md") == connectors_page()  # python -m tests.docs.connectors > docs/connectors.md


def test_the_table_of_modules_is_the_one_that_is_held() -> None:
    table = rows(section(DOCS / "ARCHITECTURE.md", "## The modules"))

    told = {codes_in(name)[0]: set(codes_in(imports)) for name, _, imports in table if name.startswith("`")}

    assert told == {unit: set(allowed.split()) for unit, allowed in LAYERS.items()}


def test_every_library_has_its_reason_and_its_home() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = {re.split(r"[><=~ ]", dependency)[0].lower() for dependency in project["dependencies"]}
    table = [row for row in rows(text_of(DOCS / "DEPENDENCIES.md")) if row[0].startswith("[")]

    told = {re.sub(r"[\[\]]|\(.*", "", name).lower(): {f"generator.{home}" for home in codes_in(homes)} for name, homes, _ in table}

    imported = {name: {"pyyaml": "yaml", "dnspython": "dns"}.get(name, name) for name in needed}
    assert told == {name: LIBRARIES[module] for name, module in imported.items()}


TITLES: Final = {
    "AWS": ("aws-cli", "aws-cloudformation", "aws-terraform"),
    "Azure": ("azure-arm", "azure-bicep", "azure-cli", "azure-terraform"),
    "Dovecot": ("dovecot",),
    "GCP": ("gcp-rest", "gcp-terraform"),
    "OPNsense": ("opnsense",),
    "Postfix": ("postfix",),
    "iptables": ("iptables",),
    "nftables": ("nftables",),
    "pfSense": ("pfsense",),
}


def test_the_readme_has_a_section_for_every_target() -> None:
    assert sorted(name for names in TITLES.values() for name in names) == sorted(resources.target_folders())


@pytest.mark.parametrize("title", TITLES)
def test_the_readme_tells_how_to_check_apply_and_undo_every_file(title: str) -> None:
    loaded = [load_manifest(resources.target_folders()[name], Report()) for name in TITLES[title]]
    outputs = [output for target in loaded if target is not None for output in target.manifest.outputs]
    rules = [output for output in outputs if output.apply and not output.file.endswith(".sh")]
    table = [row for row in rows(section(README, f"## {title}")) if row[0].startswith("`") and codes_in(row[1])]

    told = {(file, *(codes_in(cell)[0] for cell in commands)) for files, *commands in table for file in codes_in(files)}

    assert told == {(output.file.replace("{name}", "NAME"), output.check, output.apply, output.undo) for output in rules}


def test_the_readme_names_shipped_connectors_and_no_others() -> None:
    table = rows(section(README, "## Where the addresses come from"))

    told = {codes_in(row[0])[0] for row in table if row[0].startswith("`")}

    assert (bool(told), told - set(resources.shipped_profiles())) == (True, set())
