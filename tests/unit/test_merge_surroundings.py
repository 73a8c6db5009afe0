"""What else is in a backup: separators that move, uses of our aliases, numbers that are taken, rules that are judged first."""

import re

import pytest

from tests.support.backups import (
    FRAGMENTS,
    OPNSENSE,
    PFSENSE,
    area,
    codes_of,
    merge,
    merged_text,
    opnsense_rule,
    pfsense_alias,
    pfsense_rule,
    removed_text,
)

OTHER_RULE = "\t\t<rule>\n\t\t\t<tracker>{}</tracker>\n\t\t\t<interface>wan</interface>\n{}\t\t</rule>\n"
NOTHING = ("", "")


def rows(text: str) -> list[int]:
    """The rows of all separators, in order."""
    return [int(number) for number in re.findall(r"<row>fr(\d+)</row>", text)]


def with_rows(text: str, first: int, second: int) -> str:
    """The text with its two separators at other rows."""
    numbers = iter((first, second))
    return re.sub(r"<row>fr\d+</row>", lambda _: f"<row>fr{next(numbers)}</row>", text)


def with_rule(text: str, inside: str, tracker: int = 1690000009) -> str:
    """The text with another foreign rule, the first of all."""
    return text.replace("\t<filter>\n", "\t<filter>\n" + OTHER_RULE.format(tracker, inside), 1)


def foreign_alias(name: str, address: str, kind: str = "host") -> str:
    """An alias of somebody else."""
    return f"\t\t<alias>\n\t\t\t<name>{name}</name>\n\t\t\t<type>{kind}</type>\n\t\t\t<address>{address}</address>\n\t\t</alias>\n"


def place(text: str, needle: str) -> str:
    """The line and column of a text."""
    offset = text.index(needle)
    return f"{text.count(chr(10), 0, offset) + 1}:{offset - text.rfind(chr(10), 0, offset)}"


def test_separators_move_down_by_our_rules() -> None:
    assert rows(merged_text(PFSENSE, "pfsense")) == [2, 3]


def test_separators_of_other_interfaces_stay() -> None:
    text = PFSENSE.replace("<wan>\n\t\t\t\t<sep0>", "<lan>\n\t\t\t\t<sep0>").replace("</wan>\n\t\t\t<lan></lan>", "</lan>")

    assert rows(merged_text(text, "pfsense")) == [0, 1]


def test_separators_move_with_the_change_of_the_number() -> None:
    merged = merged_text(PFSENSE, "pfsense")

    assert rows(merged_text(merged, "pfsense", (FRAGMENTS["pfsense"][0], pfsense_rule(2000000001)))) == [1, 2]
    assert rows(removed_text(merged, "pfsense")) == [0, 1]


@pytest.mark.parametrize(("moved", "after"), [((0, 2), (0, 1)), ((1, 2), (1, 1)), ((0, 1), (0, 1))])
def test_a_separator_that_somebody_put_above_or_among_ours_stays_there(moved: tuple[int, int], after: tuple[int, int]) -> None:
    merged = with_rows(merged_text(PFSENSE, "pfsense"), *moved)

    assert merged_text(merged, "pfsense") == merged
    assert rows(merged_text(merged, "pfsense", (FRAGMENTS["pfsense"][0], pfsense_rule(2000000001)))) == list(after)


def test_separators_follow_rules_to_another_interface() -> None:
    merged = merged_text(PFSENSE, "pfsense")
    lan = "".join(pfsense_rule(number, interface="lan") for number in (2000000001, 2000000002))

    assert rows(merged_text(merged, "pfsense", (FRAGMENTS["pfsense"][0], lan))) == [0, 1]


def test_floating_and_empty_rules_count_for_no_separator() -> None:
    floating = with_rule(PFSENSE, "\t\t\t<floating>yes</floating>\n").replace("\t<filter>\n", "\t<filter>\n\t\t<rule/>\n")

    assert rows(removed_text(merged_text(floating, "pfsense"), "pfsense")) == [0, 1]


def test_rows_that_nobody_understands_stay() -> None:
    text = PFSENSE.replace("<row>fr0</row>", "<row>top</row>").replace("<row>fr1</row>", "<row/>")

    assert removed_text(merged_text(text, "pfsense"), "pfsense") == text


def test_a_rule_that_uses_an_alias_that_would_vanish_is_named_by_its_line_and_tracker() -> None:
    merged = with_rule(merged_text(PFSENSE, "pfsense"), "\t\t\t<source><address>gatepost_acme__crm</address></source>\n")

    found = codes_of(merged, "pfsense", NOTHING)

    assert found == [f"TGT147 {place(merged, '<address>gatepost_acme__crm</address></source>')}"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<local-port>s3cr3t_web<", "<local-port>gatepost_acme__crm<"),
        ("<address>10.20.0.80</address>", "<address>10.20.0.80 gatepost_acme__crm</address>"),
        ("<prv>s3cr3tkey==</prv>", "<anywhere>!gatepost_acme__crm,x</anywhere>"),
    ],
)
def test_every_use_of_an_alias_that_would_vanish_is_found(old: str, new: str) -> None:
    assert old in PFSENSE
    merged = merged_text(PFSENSE, "pfsense").replace(old, new)

    assert [code.partition(" ")[0] for code in codes_of(merged, "pfsense", NOTHING)] == ["TGT147"]


def test_an_alias_that_stays_may_be_used() -> None:
    merged = with_rule(merged_text(PFSENSE, "pfsense"), "\t\t\t<source><address>gatepost_acme__crm</address></source>\n")

    assert codes_of(merged, "pfsense") == []


@pytest.mark.parametrize("text", ["<descr>about gatepost_acme__crm</descr>", "<source><address>gatepost_acme__crm2</address></source>"])
def test_mentions_and_longer_names_are_no_uses(text: str) -> None:
    merged = with_rule(merged_text(PFSENSE, "pfsense"), f"\t\t\t{text}\n")

    assert codes_of(merged, "pfsense", NOTHING) == []


def test_a_use_in_opnsense_is_found() -> None:
    merged = merged_text(OPNSENSE, "opnsense").replace("<source_net>s3cr3t_hosts<", "<source_net>lan,gatepost_acme__crm<")

    assert codes_of(merged, "opnsense", NOTHING) == [f"TGT147 {place(merged, '<source_net>lan,')}"]


def test_somebody_else_s_rule_with_one_of_our_trackers() -> None:
    text = PFSENSE.replace("<tracker>1690000001<", "<tracker>2000000002<")

    assert [code.partition(" ")[0] for code in codes_of(text, "pfsense")] == ["TGT146"]


def test_something_else_with_one_of_our_uuids() -> None:
    text = OPNSENSE.replace("3f0c4a52-0c1b-4a0e-9f43-000000000001", "00000000-0000-4000-9000-000000000002")

    assert [code.partition(" ")[0] for code in codes_of(text, "opnsense")] == ["TGT146"]


@pytest.mark.parametrize(
    ("product", "rule"), [("pfsense", pfsense_rule(2000000001, interface="opt7")), ("opnsense", opnsense_rule(1, interface="opt7"))]
)
def test_an_interface_that_is_not_there(product: str, rule: str) -> None:
    texts = {"pfsense": PFSENSE, "opnsense": OPNSENSE}

    found = codes_of(texts[product], product, (FRAGMENTS[product][0], rule))

    assert found == [f"TGT148 {place(texts[product], '<interfaces>')}"]


def test_groups_of_interfaces_are_interfaces() -> None:
    groups = "\t<ifgroups>\n\t\t<ifgroupentry>\n\t\t\t<ifname>outside</ifname>\n\t\t</ifgroupentry>\n\t</ifgroups>\n\t<nat>"
    rules = pfsense_rule(2000000001, interface="outside") + pfsense_rule(2000000002, interface="openvpn")

    assert codes_of(PFSENSE.replace("\t<nat>", groups), "pfsense", (FRAGMENTS["pfsense"][0], rules)) == []


def test_an_area_does_not_tell_the_interfaces() -> None:
    assert codes_of(area(PFSENSE, "filter"), "pfsense", ("", pfsense_rule(2000000001, interface="opt7"))) == []


@pytest.mark.parametrize(("number", "found"), [("2", True), ("1", True), ("3", False)])
def test_a_rule_that_opnsense_judges_before_ours(number: str, found: bool) -> None:
    text = OPNSENSE.replace("<sequence>100<", f"<sequence>{number}<")

    assert codes_of(text, "opnsense") == ([f"TGT149 {place(text, '<rule uuid=')}"] if found else [])


@pytest.mark.parametrize(
    ("old", "new"),
    [("<enabled>1</enabled>\n            <seq", "<enabled>0</enabled>\n            <seq"), ("<interface>wan<", "<interface>lan<")],
)
def test_disabled_rules_and_those_of_other_interfaces_are_not_judged_before_ours(old: str, new: str) -> None:
    text = OPNSENSE.replace("<sequence>100<", "<sequence>1<").replace(old, new)

    assert codes_of(text, "opnsense") == []


@pytest.mark.parametrize(
    ("inside", "found"),
    [
        ("<floating>yes</floating><quick>yes</quick>", True),
        ("<floating>yes</floating>", False),
        ("<floating>yes</floating><quick>yes</quick><disabled></disabled>", False),
    ],
)
def test_floating_rules_that_are_judged_first_are_told(inside: str, found: bool) -> None:
    text = with_rule(PFSENSE, inside)

    assert [code.partition(" ")[0] for code in codes_of(text, "pfsense")] == (["TGT156"] if found else [])


def forwarded(target: str, *, server: str = "192.0.2.1", aliases: str = "") -> list[str]:
    """The codes of merging a rule for a server into a backup with a port forward that passes everybody."""
    text = PFSENSE.replace("<target>10.20.0.80<", f"<target>{target}<").replace(">nat_s3cr3t<", ">pass<")
    text = text.replace("\t<aliases>\n", f"\t<aliases>\n{aliases}")
    rule = pfsense_rule(2000000001).replace("</source>", "</source>\n<destination><address>gatepost_acme__SERVER</address></destination>")
    wanted = (pfsense_alias("gatepost_acme__SERVER", server) + pfsense_alias("gatepost_acme__crm"), rule)
    return [code.partition(" ")[0] for code in codes_of(text, "pfsense", wanted)]


@pytest.mark.parametrize(
    ("target", "found"), [("192.0.2.1", True), ("gatepost_acme__SERVER", True), ("10.20.0.80", False), ("s3cr3t_hosts", False), ("", False)]
)
def test_a_port_forward_that_passes_the_rules_by(target: str, found: bool) -> None:
    assert forwarded(target) == (["TGT155"] if found else [])


@pytest.mark.parametrize("server", ["10.20.0.25", "10.20.0.25/32 2001:db8:5::25", "10.20.0.0/28 10.20.0.16/28"])
@pytest.mark.parametrize("target", ["10.20.0.25", "mbox", "group"])
def test_a_port_forward_is_judged_by_its_addresses(target: str, server: str) -> None:
    aliases = foreign_alias("mbox", "10.20.0.25") + foreign_alias("group", "192.0.2.80 mbox")

    assert forwarded(target, server=server, aliases=aliases) == ["TGT155"]
    assert forwarded(target, server="10.20.1.0/24", aliases=aliases) == []


@pytest.mark.parametrize(
    "alias",
    [
        ("mbox", "mail.example.org", "host"),
        ("mbox", "192.0.2.80 mail.example.org", "host"),
        ("mbox", "https://192.0.2.80/list", "urltable"),
        ("mbox", "192.0.2.80", "url"),
        ("mbox", "mbox nobody", "host"),
        ("other", "192.0.2.80", "host"),
    ],
)
def test_a_port_forward_to_addresses_that_the_backup_does_not_show_is_told(alias: tuple[str, str, str]) -> None:
    assert forwarded("mbox", aliases=foreign_alias(*alias)) == ["TGT155"]


@pytest.mark.parametrize(
    ("inside", "found"),
    [("<pass>pass</pass><disabled>0</disabled>", True), ("<pass>pass</pass><disabled>1</disabled>", False), ("<pass/>", False)],
)
def test_a_port_forward_of_opnsense_is_read_as_it_writes_it(inside: str, found: bool) -> None:
    text = OPNSENSE.replace("  <OPNsense>", f"  <nat>\n<rule><target>192.0.2.1</target>{inside}</rule>\n  </nat>\n  <OPNsense>")
    rule = opnsense_rule(1).replace("</interface>", "</interface>\n<destination_net>gatepost_acme__SERVER</destination_net>")

    assert [code.partition(" ")[0] for code in codes_of(text, "opnsense", (FRAGMENTS["opnsense"][0], rule))] == (
        ["TGT155"] if found else []
    )


def test_aliases_in_a_circle_end() -> None:
    assert forwarded("one", aliases=foreign_alias("one", "two 192.0.2.80") + foreign_alias("two", "one 192.0.2.81")) == []


def test_an_area_of_aliases_does_not_show_who_uses_those_that_vanish() -> None:
    text = merged_text(area(PFSENSE, "aliases"), "pfsense")

    assert codes_of(text, "pfsense", (pfsense_alias("gatepost_acme__crm"), "")) == ["TGT152 1:1"]
    assert codes_of(text, "pfsense", NOTHING) == []


def test_an_area_that_is_empty_after_the_removal() -> None:
    assert codes_of(merged_text("<aliases>\n</aliases>\n", "pfsense"), "pfsense", NOTHING) == ["TGT154 1:1"]


def test_a_section_that_has_to_be_made_is_told() -> None:
    text = OPNSENSE.replace("        <rules>", "        <old>").replace("        </rules>", "        </old>")

    assert codes_of(text, "opnsense") == [f"TGT153 {place(text, '<Filter')}"]


def test_an_alias_with_our_prefix_that_we_did_not_write_does_not_go_silently() -> None:
    text = PFSENSE.replace("<name>s3cr3t_hosts<", "<name>gatepost_acme__s3cr3t<")

    assert codes_of(text, "pfsense") == [f"TGT159 {place(text, '<alias>')}"]
    assert "gatepost_acme__s3cr3t" not in merged_text(text, "pfsense")


def test_a_copy_of_a_rule_of_ours_does_not_go_silently() -> None:
    text = PFSENSE.replace("<![CDATA[s3cr3t rule]]>", "<![CDATA[gatepost acme: copy]]>")

    assert codes_of(text, "pfsense") == ["TGT159 28:3"]


def test_an_error_gives_no_bytes() -> None:
    assert merge(PFSENSE, "pfsense", (FRAGMENTS["pfsense"][0], pfsense_rule(2000000001, interface="opt7"))) is None
