"""`gatepost merge` as its users run it: what it writes, where, for whom, and what it never says."""

import json
import os
import stat
from pathlib import Path

import pytest

from tests.support.backups import OPNSENSE, PFSENSE, SECRET, area
from tests.support.cli import Result, gatepost

TARGETS = ["pfsense", "opnsense"]
OPTIONS = "{destination: [10.20.0.25, '2001:db8:a::25']}"
# Mistakes and all other ends of a run, each with a secret in the very line that is wrong.
BROKEN = {
    "not-xml": PFSENSE.replace("</prv>", "</s3cr3t>"),
    "entity": PFSENSE.replace("s3cr3tkey==", "&s3cr3t;"),
    "doctype": PFSENSE.replace("<pfsense>", '<!DOCTYPE s3cr3t [<!ENTITY s3cr3t "s3cr3t">]>\n<pfsense>'),
    "other-root": "<s3cr3t>s3cr3t</s3cr3t>",
    "text": PFSENSE.replace("<aliases>", "<aliases>s3cr3t"),
    "twice": PFSENSE.replace("\t<cert>", "\t<filter s3cr3t='s3cr3t'/>\n\t<cert>"),
    "encrypted": "---- BEGIN config.xml ----\ns3cr3t\n",
    "plain": "s3cr3t: [\n",
    "floating": PFSENSE.replace("<tracker>1690000001</tracker>", "<floating>yes</floating><quick>s3cr3t</quick>"),
    "interface": PFSENSE.replace("<wan>\n\t\t\t<if>", "<s3cr3t>\n\t\t\t<if>").replace("igb0</if>\n\t\t</wan>", "igb0</if>\n\t\t</s3cr3t>"),
    "good": PFSENSE,
}


@pytest.fixture
def site(folder: Path) -> Path:
    """The current folder with a site that has options for both targets, and a backup of each."""
    with (folder / "acme.yaml").open("a") as file:
        file.write(f"targets:\n  pfsense: {OPTIONS}\n  opnsense: {OPTIONS}\n")
    (folder / "pfsense.xml").write_text(PFSENSE)
    (folder / "opnsense.xml").write_text(OPNSENSE)
    return folder


def merge(target: str, *options: str, backup: str = "", output: str = "new.xml") -> Result:
    """The command with the usual names."""
    return gatepost("merge", "acme.yaml", "-t", target, backup or f"{target}.xml", "-o", output, *options)


def mode(path: Path) -> int:
    """The permission bits of a file."""
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("target", TARGETS)
def test_what_was_merged_can_be_merged_again_and_removed(target: str, site: Path) -> None:
    backup = (site / f"{target}.xml").read_bytes()

    results = [
        merge(target),
        merge(target, backup="new.xml", output="again.xml"),
        merge(target, "--remove", backup="new.xml", output="old.xml"),
    ]

    assert [result.status for result in results] == [0, 0, 0]
    assert (site / "again.xml").read_bytes() == (site / "new.xml").read_bytes() != backup
    assert (site / "old.xml").read_bytes() == backup


@pytest.mark.parametrize("target", TARGETS)
def test_the_message_tells_numbers_and_where_to_go_and_how_to_go_back(target: str, site: Path) -> None:
    result = merge(target)

    gui = {"pfsense": "Diagnostics > Backup & Restore", "opnsense": "System > Configuration > Backups"}
    assert result.out == ""
    assert "  aliases  5 added\n  rules    4 added\n" in result.err
    assert gui[target] in result.err
    assert f"gatepost merge acme.yaml -t {target} BACKUP -o FILE --remove" in result.err


def test_a_merge_that_changes_nothing_says_so(site: Path) -> None:
    assert merge("pfsense").status == 0

    again = merge("pfsense", backup="new.xml", output="again.xml").err

    assert "  aliases  5 unchanged\n  rules    4 unchanged\n  restore  nothing: the file is the backup, byte for byte\n" in again


def test_an_interface_that_the_firewall_does_not_have_is_told_at_the_option(site: Path) -> None:
    path = site / "acme.yaml"
    path.write_text(path.read_text().replace("pfsense: {", "pfsense: {interface: opt7, "))

    result = merge("pfsense")

    assert "acme.yaml:20:24: error[TGT148]: the firewall has no interface `opt7`\n   |\n20 |   pfsense: {interface: opt7" in result.err
    assert "= note: pfsense.xml:11:2: the interfaces of the firewall" in result.err


def test_the_order_of_areas_is_told_for_adding_and_for_removing(site: Path) -> None:
    (site / "aliases.xml").write_text(area(PFSENSE, "aliases"))

    adding = merge("pfsense", backup="aliases.xml", output="new-aliases.xml").err
    removing = merge("pfsense", "--remove", backup="new-aliases.xml").err

    assert "area `Aliases`; the area `Firewall Rules` is to be merged and restored too: this one before that one" in adding
    assert "area `Aliases`; the area `Firewall Rules` is to be merged and restored too: this one after that one" in removing


def test_the_file_is_for_its_owner_alone_whatever_the_umask_and_the_file_before(site: Path) -> None:
    (site / "new.xml").write_text("older")
    (site / "new.xml").chmod(0o644)
    before = os.umask(0)
    try:
        assert merge("pfsense").status == 0
        first = mode(site / "new.xml")
        os.umask(0o777)
        assert merge("pfsense").status == 0
    finally:
        os.umask(before)

    assert (first, mode(site / "new.xml")) == (0o600, 0o600)


def test_what_a_killed_run_left_goes(site: Path) -> None:
    (site / ".gatepost-merge.tmp").write_text("left")

    assert merge("pfsense").status == 0
    assert not (site / ".gatepost-merge.tmp").exists()


@pytest.mark.parametrize("name", ["pfsense.xml", "./pfsense.xml", "soft.xml", "hard.xml"])
def test_the_backup_itself_is_never_written(name: str, site: Path) -> None:
    (site / "soft.xml").symlink_to("pfsense.xml")
    (site / "hard.xml").hardlink_to(site / "pfsense.xml")

    result = merge("pfsense", output=name)

    assert (result.status, result.err.count("error[TGT150]")) == (1, 1)
    assert "is the backup itself" in result.err
    assert (site / "pfsense.xml").read_text() == PFSENSE


def test_only_regular_files_are_written(site: Path) -> None:
    (site / "elsewhere").symlink_to("/nonexistent")

    told = [merge("pfsense", output=name).err.partition("\n")[0] for name in (".", "elsewhere", "/dev/null", "none/new.xml")]

    assert told == [
        "error[TGT150]: `.` is a directory",
        "error[TGT150]: `elsewhere` is a link",
        "error[TGT150]: `/dev/null` is no regular file",
        "error[TGT150]: `none/new.xml` can't be written: no such file or directory",
    ]


def test_standard_output_is_refused(site: Path) -> None:
    result = merge("pfsense", output="-")

    assert (result.status, "name a file" in result.err) == (2, True)


@pytest.mark.parametrize("options", [(), ("--strict",)])
def test_nothing_is_written_when_there_is_an_error_or_under_strict_a_warning(options: tuple[str, ...], site: Path) -> None:
    passing = PFSENSE.replace("<target>10.20.0.80<", "<target>10.20.0.25<").replace(">nat_s3cr3t<", ">pass<")
    (site / "pfsense.xml").write_text(passing)

    result = merge("pfsense", *options)

    assert "warning[TGT155]" in result.err
    assert (result.status, (site / "new.xml").exists()) == ((1, False) if options else (0, True))


def test_mistakes_of_the_site_and_of_the_backup_and_of_the_file_are_told_in_one_run(site: Path) -> None:
    with (site / "acme.yaml").open("a") as file:
        file.write("expect:\n  - {from: 192.0.2.9, to: imaps, verdict: allow}\n")
    (site / "pfsense.xml").write_text(BROKEN["not-xml"])

    result = merge("pfsense", output=".")

    assert result.status == 1
    assert all(code in result.err for code in ("error[TGT150]", "error[TGT142]", "error[PLN"))
    assert not (site / "new.xml").exists()


@pytest.mark.parametrize("form", ["text", "json", "github", "sarif"])
@pytest.mark.parametrize("name", BROKEN)
def test_nothing_of_a_backup_is_ever_printed(name: str, form: str, site: Path) -> None:
    (site / "pfsense.xml").write_text(BROKEN[name])

    results = [merge("pfsense", "--format", form), merge("pfsense", "--format", form, "--remove"), merge("opnsense", backup="pfsense.xml")]

    assert [SECRET in result.out + result.err for result in results] == [False] * 3


def test_nothing_is_printed_of_what_meets_ours(site: Path) -> None:
    assert merge("pfsense").status == 0
    merged = (site / "new.xml").read_text()
    (site / "pfsense.xml").write_text(merged.replace("<address>s3cr3t_hosts</address>", "<address>gatepost_acme__crm s3cr3t</address>"))

    result = merge("pfsense", "--remove", output="old.xml")

    assert "error[TGT147]: a rule with the tracker 1690000001, which is not of `acme`, uses the alias `gatepost_acme__crm`" in result.err
    assert SECRET not in result.out + result.err
    assert not (site / "old.xml").exists()


def test_swapped_arguments_print_nothing_of_the_backup(site: Path) -> None:
    result = gatepost("merge", "pfsense.xml", "-t", "pfsense", "acme.yaml", "-o", "new.xml")

    assert (result.status, SECRET in result.out + result.err) == (1, False)
    assert "error[TGT157]: `pfsense.xml` is no site, but looks like a backup" in result.err


def test_a_backup_on_standard_input_in_place_of_the_site_prints_nothing(site: Path) -> None:
    for given in ("<s3cr3t>: [", "\ufeff\n<s3cr3t", "---- BEGIN s3cr3t", PFSENSE):
        result = gatepost("merge", "-", "-t", "pfsense", "pfsense.xml", "-o", "new.xml", given=given)

        assert (result.status, SECRET in result.out + result.err) == (1, False)
        assert "error[TGT157]" in result.err


def test_the_findings_come_as_json(site: Path) -> None:
    (site / "pfsense.xml").write_text(BROKEN["not-xml"])

    result = merge("pfsense", "--format", "json")

    document = json.loads(result.out)
    assert (document["schema"], result.err) == ("gatepost.findings/1", "")
    assert [(finding["code"], finding["span"]["path"]) for finding in document["findings"]] == [("TGT142", "pfsense.xml")]


def test_a_site_is_removed_by_its_name_alone(site: Path) -> None:
    assert merge("pfsense").status == 0
    (site / "acme.yaml").write_text("kind: site\nname: acme\nconnectors:\n  - use: ./crm.yaml\n")

    assert merge("pfsense", "--remove", backup="new.xml", output="old.xml").status == 0
    assert (site / "old.xml").read_text() == PFSENSE


def test_targets_without_backups_and_unknown_ones_are_refused(site: Path) -> None:
    assert "error[TGT158]: the target `nftables` has nothing to merge into a backup" in merge("nftables", backup="pfsense.xml").err
    assert "error[TGT003]: there is no target `all`" in merge("all", backup="pfsense.xml").err


def test_templates_of_one_s_own_make_the_objects(site: Path) -> None:
    own = site / "templates" / "pfsense"
    own.mkdir(parents=True)
    (own / "aliases.xml.j2").write_text(
        "{{ header }}\n{% for alias in view.aliases %}\n<alias>\n<name>{{ alias.name }}</name>\n<type>{{ alias.type }}</type>\n"
        "<address>{{ alias.address }}</address>\n<descr>ours</descr>\n</alias>\n{% endfor %}\n"
    )

    result = merge("pfsense", "--templates", "templates")

    assert result.status == 0
    assert (site / "new.xml").read_text().count("\t\t\t<descr>ours</descr>\n") == 5


def test_a_template_that_makes_no_xml_is_told_at_the_manifest(site: Path) -> None:
    own = site / "templates" / "pfsense"
    own.mkdir(parents=True)
    (own / "rules.xml.j2").write_text("{{ header }}\n<rule>\n")

    result = merge("pfsense", "--templates", "templates")

    assert result.status == 1
    assert "builtin/templates/pfsense/target.yaml:" in result.err
    assert "error[TGT151]" in result.err
    assert not (site / "new.xml").exists()


@pytest.mark.parametrize("arguments", [("acme.yaml",), ("acme.yaml", "pfsense.xml"), ("acme.yaml", "pfsense.xml", "-t", "pfsense")])
def test_target_backup_and_file_have_to_be_named(arguments: tuple[str, ...], site: Path) -> None:
    assert gatepost("merge", *arguments).status == 2
