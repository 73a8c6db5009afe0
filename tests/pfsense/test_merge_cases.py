"""`gatepost merge` on the backups that people have: areas, other sites, other layouts, rules that come first, long lists."""

import ipaddress
import re
from pathlib import Path

import pytest

from tests.pfsense import checker_opnsense, checker_pfsense_rules, read_opnsense, read_pfsense
from tests.pfsense.documents import OPNSENSE, PFSENSE, TABLES, area, edited
from tests.pfsense.firewall import Network
from tests.pfsense.foreign import RULE, not_ours
from tests.pfsense.product import merge, ours, read_api, read_rest, read_session, render, try_merge
from tests.pfsense.random_sites import plan_of
from tests.pfsense.sites import ADDITIVE, EXCLUSIVE, TWO_WAYS
from tests.pfsense.world import disagreements

TARGETS = ["pfsense", "opnsense"]
BACKUPS = {"pfsense": PFSENSE, "opnsense": OPNSENSE}
CHECKS = {"pfsense": checker_pfsense_rules.check, "opnsense": checker_opnsense.check}
LOADS = {"pfsense": read_pfsense.load, "opnsense": read_opnsense.load}
EMPTY = re.sub(r"<(aliases|filter)>.*?</\1>", r"<\1></\1>", PFSENSE, flags=re.DOTALL)
LAYOUTS = {
    "empty": EMPTY,
    "self-closed": re.sub(r"<(aliases|filter)></\1>", r"<\1/>", EMPTY),
    "without-aliases": EMPTY.replace("<aliases></aliases>", ""),
    "without-both": EMPTY.replace("<aliases></aliases>", "").replace("<filter></filter>", ""),
    "crlf": PFSENSE.replace("\n", "\r\n"),
    "without-declaration": PFSENSE.partition("\n")[2],
    "with-comments": PFSENSE.replace("\t<filter>\n", "\t<!-- <filter> -->\n\t<filter>\n\t\t<!-- <rule></rule> -->\n"),
    "on-one-line": re.sub(r">\s+<", "><", PFSENSE),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_of_a_backup_is_merged_and_given_back(layout: str, tmp_path: Path) -> None:
    backup, site = LAYOUTS[layout], ADDITIVE.write(tmp_path)

    merged = merge(site, "pfsense", backup)

    assert checker_pfsense_rules.check(merged) == []
    before, after = (read_pfsense.load(text, tables=TABLES) for text in (backup, merged))
    assert disagreements(plan_of(site), before, after) == []
    assert merge(site, "pfsense", merged, "--remove") == backup


@pytest.mark.parametrize("name", ["aliases", "filter"])
def test_an_area_becomes_that_area_of_the_whole(name: str, tmp_path: Path) -> None:
    site = ADDITIVE.write(tmp_path)

    merged = merge(site, "pfsense", area(PFSENSE, name))

    assert merged == area(merge(site, "pfsense", PFSENSE), name)
    assert merge(site, "pfsense", merged, "--remove") == area(PFSENSE, name)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("names", [("one", "two"), ("mail", "mail-2"), (f"{'x' * 40}-one", f"{'x' * 40}-two")])
def test_two_sites_live_side_by_side_and_go_one_by_one(target: str, names: tuple[str, str], tmp_path: Path) -> None:
    first = ADDITIVE.write(tmp_path / "first", name=names[0])
    second = TWO_WAYS.write(tmp_path / "second", name=names[1])
    backup = BACKUPS[target]
    with_first, with_second = merge(first, target, backup), merge(second, target, backup)

    both = merge(second, target, with_first)

    # Sequences of two sites may meet: nothing of one is about a port of the other.
    assert {fault.name for fault in CHECKS[target](both)} <= {"rule-sequence-twice"}
    for site, before, interfaces in ((first, with_second, ("wan",)), (second, with_first, ("wan", "opt1"))):
        loaded = (LOADS[target](text, tables=TABLES) for text in (before, both))
        assert disagreements(plan_of(site), *loaded, entrances=interfaces) == []
    assert merge(second, target, both, "--remove") == with_first
    assert not_ours(merge(first, target, both, "--remove")) == not_ours(with_second)
    assert merge(first, target, both) == both


@pytest.mark.parametrize("target", TARGETS)
def test_two_sites_that_guard_one_port_are_refused(target: str, tmp_path: Path) -> None:
    first, second = EXCLUSIVE.write(tmp_path / "first", name="one"), ADDITIVE.write(tmp_path / "second", name="two")

    done, _ = try_merge(second, target, merge(first, target, BACKUPS[target]))

    assert done.status == 1


def test_our_rules_come_first_again_where_somebody_moved_one_down(tmp_path: Path) -> None:
    site = ADDITIVE.write(tmp_path)
    merged = merge(site, "pfsense", PFSENSE)
    rule = next(rule for rule in RULE.findall(merged) if "gatepost random" in rule)
    moved = edited(merged.replace(rule, ""), "\t\t<separator>\n", f"{rule}\t\t<separator>\n")

    again = merge(site, "pfsense", moved)

    assert ours("pfsense", again, "random") == ours("pfsense", merged, "random")
    before, after = (read_pfsense.load(text, tables=TABLES) for text in (PFSENSE, again))
    assert disagreements(plan_of(site), before, after) == []


@pytest.mark.parametrize("change", ["<disabled></disabled>\n\t\t\t<descr>", "<created>\n<time>1</time>\n</created>\n\t\t\t<descr>"])
def test_a_rule_of_ours_that_somebody_edited_is_as_it_was_after_a_merge(change: str, tmp_path: Path) -> None:
    site = ADDITIVE.write(tmp_path)
    merged = merge(site, "pfsense", PFSENSE)
    rule = next(rule for rule in RULE.findall(merged) if "gatepost random" in rule)

    assert merge(site, "pfsense", merged.replace(rule, rule.replace("<descr>", change))) == merged


@pytest.mark.parametrize("shared", [1, 3])
def test_a_rule_that_opnsense_judges_before_ours_is_refused(shared: int, tmp_path: Path) -> None:
    site = ADDITIVE.write(tmp_path)
    last = len(ours("opnsense", merge(site, "opnsense", OPNSENSE), "random").rules)
    early, late = (edited(OPNSENSE, "<sequence>5100<", f"<sequence>{number}<") for number in (shared, last + 1))

    done, made = try_merge(site, "opnsense", early)

    assert (done.status, made) == (1, None)
    assert "TGT149" in done.err
    before, after = (read_opnsense.load(text, tables=TABLES) for text in (late, merge(site, "opnsense", late)))
    assert disagreements(plan_of(site), before, after) == []


GROUP = """\
	<ifgroups>
		<ifgroupentry>
			<members>wan opt1</members>
			<descr></descr>
			<ifname>Outside</ifname>
		</ifgroupentry>
	</ifgroups>
	<filter>
		<rule>
			<tracker>1690000400</tracker>
			<type>pass</type>
			<interface>Outside</interface>
			<ipprotocol>inet46</ipprotocol>
			<protocol>tcp</protocol>
			<source>
				<any></any>
			</source>
			<destination>
				<any></any>
				<port>1993</port>
			</destination>
			<descr><![CDATA[for the whole group]]></descr>
		</rule>
"""


def test_a_rule_of_an_interface_group_that_is_judged_first_is_told(tmp_path: Path) -> None:
    backup = edited(PFSENSE, "\t<filter>\n", GROUP)

    done, _ = try_merge(ADDITIVE.write(tmp_path), "pfsense", backup)

    assert "group" in done.err


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("extra", ["", ", log: true", ", connection_limit: 40"])
def test_every_form_says_what_the_options_ask_for(target: str, extra: str, tmp_path: Path) -> None:
    site = ADDITIVE.write(tmp_path, extra=extra)
    merged = merge(site, target, BACKUPS[target])
    files, wanted = render(site, target), ours(target, merged, "random")

    assert CHECKS[target](merged) == []
    assert {rule.action for rule in wanted.rules if rule.log} == ({"block"} if "log" in extra else set())
    assert {(rule.action, rule.max_src_conn) for rule in wanted.rules if rule.max_src_conn} == (
        {("pass", "40")} if "limit" in extra else set()
    )
    assert (read_session(files["playback.txt"]) if target == "pfsense" else read_api(files["api.json"])) == wanted
    # The REST API has no word for a limit, so there is no such file rather than one without it.
    assert ("rest.json" in files) == (target == "pfsense" and "limit" not in extra)
    assert "rest.json" not in files or read_rest(files["rest.json"]) == wanted


@pytest.mark.parametrize("target", TARGETS)
def test_fetched_lists_mean_the_same_as_lists_in_the_configuration(target: str, tmp_path: Path) -> None:
    site = ADDITIVE.write(tmp_path, extra=', lists: url, list_url: "https://lists.example.org/gatepost"')
    merged, files = merge(site, target, BACKUPS[target]), render(site, target)
    named = {name: alias for name, alias in ours(target, merged, "random").aliases.items() if alias.kind == "urltable"}
    fetched = {name: _networks(files[f"{name}.txt"]) for name in named}

    assert len(named) == 3
    assert all(f"<{tag}>https://lists.example.org/gatepost/{name}.txt</{tag}>" in merged for name in named for tag in [_tag(target)])
    assert CHECKS[target](merged) == []
    before, after = (LOADS[target](text, tables={**TABLES, **fetched}) for text in (BACKUPS[target], merged))
    assert disagreements(plan_of(site), before, after) == []


def _tag(target: str) -> str:
    return "url" if target == "pfsense" else "content"


def _networks(text: str) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(line) for line in text.splitlines() if line and not line.startswith("#"))


@pytest.mark.parametrize("target", TARGETS)
def test_free_text_of_profiles_harms_no_configuration(target: str, tmp_path: Path) -> None:
    site = ADDITIVE.write(tmp_path)
    profile = tmp_path / "crm.yaml"
    hostile = '"]]> & <b> \\" || | \\\\ \\u00e9 &lt;x&gt; %s $x `id`"'
    profile.write_text(profile.read_text().replace("title: crm", f"title: {hostile}\nvendor: {hostile}"))

    merged = merge(site, target, BACKUPS[target])

    assert CHECKS[target](merged) == []
    assert not_ours(merged) == not_ours(BACKUPS[target])
