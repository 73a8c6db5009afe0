"""What `merge` changes in the bytes of a backup, and that removing gives the very bytes back."""

import pytest

from generator.merge.layout import PFSENSE as LAYOUT
from generator.merge.tree import parse_xml
from tests.support.backups import (
    FRAGMENTS,
    OPNSENSE,
    PFSENSE,
    TEXTS,
    area,
    merge,
    merged_text,
    opnsense_alias,
    opnsense_rule,
    pfsense_alias,
    pfsense_rule,
    removed_text,
)

PRODUCTS = ["pfsense", "opnsense"]
PFSENSE_PARTS = {"aliases": "<aliases>\n\t\t<alias>", "filter": "<filter>\n\t\t<rule>"}


def without(text: str, name: str) -> tuple[str, str, str]:
    """A text in three: before an element, the element, behind it."""
    start, end = text.index(f"<{name}>"), text.index(f"</{name}>") + len(f"</{name}>")
    return text[:start], text[start:end], text[end:]


def lines_between(old: str, new: str) -> tuple[list[str], list[str]]:
    """The lines that only one of two texts has."""
    before, after = old.splitlines(), new.splitlines()
    return [line for line in before if line not in after], [line for line in after if line not in before]


@pytest.mark.parametrize("product", PRODUCTS)
def test_removing_gives_the_original_bytes_back(product: str) -> None:
    assert removed_text(merged_text(TEXTS[product], product), product) == TEXTS[product]


@pytest.mark.parametrize("product", PRODUCTS)
def test_merging_again_changes_nothing(product: str) -> None:
    once = merged_text(TEXTS[product], product)

    assert merged_text(once, product) == once


@pytest.mark.parametrize("product", PRODUCTS)
def test_no_line_of_the_backup_is_lost_but_rows_of_separators(product: str) -> None:
    lost, _ = lines_between(TEXTS[product], merged_text(TEXTS[product], product))

    assert [line.strip() for line in lost] == (["<row>fr0</row>", "<row>fr1</row>"] if product == "pfsense" else [])


def test_aliases_go_behind_the_others_and_rules_before_them() -> None:
    text = merged_text(PFSENSE, "pfsense")

    assert text.index("gatepost_acme__SERVER") > text.index("<name>s3cr3t_hosts</name>")
    assert text.index("2000000001") < text.index("2000000002") < text.index("1690000001")


def test_new_objects_have_the_indentation_of_their_neighbours() -> None:
    text = merged_text(PFSENSE, "pfsense")

    assert "\n\t\t<alias>\n\t\t\t<name>gatepost_acme__SERVER</name>\n" in text
    assert "\n\t\t<rule>\n\t\t\t<id></id>\n\t\t\t<tracker>2000000001</tracker>\n" in text
    assert "\n\t\t\t<source>\n\t\t\t\t<address>gatepost_acme__crm</address>\n\t\t\t</source>\n" in text


def test_lines_of_a_text_are_not_indented() -> None:
    text = merged_text(OPNSENSE, "opnsense")

    assert "\n            <content>192.0.2.1\n192.0.2.2</content>\n" in text


@pytest.mark.parametrize("product", PRODUCTS)
def test_line_ends_of_windows_are_kept(product: str) -> None:
    text = TEXTS[product].replace("\n", "\r\n")

    merged = merged_text(text, product)

    assert merged.count("\r\n") == merged.count("\n") > text.count("\n")
    assert removed_text(merged, product) == text


@pytest.mark.parametrize("product", PRODUCTS)
def test_a_byte_order_mark_is_kept(product: str) -> None:
    text = "\ufeff" + TEXTS[product]

    assert removed_text(merged_text(text, product), product) == text


@pytest.mark.parametrize("product", PRODUCTS)
def test_a_document_in_one_line_stays_one(product: str) -> None:
    text = "".join(line.strip() for line in TEXTS[product].replace("10.20.0.80\n", "10.20.0.80 ").splitlines())

    merged = merged_text(text, product)

    assert "\n" not in merged.replace("192.0.2.1\n192.0.2.2", "")
    assert removed_text(merged, product) == text


@pytest.mark.parametrize("name", ["aliases", "filter"])
@pytest.mark.parametrize("form", ["", "<{0}></{0}>", "<{0}/>", "<{0} />", "<{0}>\n\t</{0}>", "<{0}>  </{0}>", "<{0}><!-- none --></{0}>"])
def test_an_empty_or_missing_list_of_pfsense_comes_back_as_it_was(name: str, form: str) -> None:
    before, _, after = without(PFSENSE, name)
    text = (before.rstrip() + after) if not form else before + form.format(name) + after

    merged = merged_text(text, "pfsense")

    assert PFSENSE_PARTS[name] in merged.replace("<!-- none -->", "")
    assert merged_text(merged, "pfsense") == merged
    assert removed_text(merged, "pfsense") == text


@pytest.mark.parametrize("form", ["<rules/>", "<rules></rules>", "<rules>\n        </rules>", ""])
def test_an_empty_or_missing_list_of_opnsense_comes_back_as_it_was(form: str) -> None:
    before, _, after = without(OPNSENSE, "rules")
    text = (before.rstrip() + after) if not form else before + form + after

    merged = merged_text(text, "opnsense")

    assert "<rules>\n          <rule uuid=" in merged
    assert merged_text(merged, "opnsense") == merged
    assert removed_text(merged, "opnsense") == text


def test_a_model_that_opnsense_never_wrote_is_made_and_removed_again() -> None:
    start, end = OPNSENSE.index("      <Filter"), OPNSENSE.index("    </Firewall>")
    text = OPNSENSE[:start] + OPNSENSE[end:]

    merged = merged_text(text, "opnsense")

    assert "\n      <Filter>\n        <rules>\n          <rule uuid=" in merged
    assert removed_text(merged, "opnsense") == text


def test_both_lists_may_be_missing() -> None:
    text = "<?xml version='1.0'?>\n<pfsense>\n\t<version>22.9</version>\n</pfsense>\n"

    merged = merged_text(text, "pfsense")

    assert "\n\t<aliases>\n\t\t<alias>" in merged
    assert "\n\t<filter>\n\t\t<rule>" in merged
    assert merged_text(merged, "pfsense") == merged
    assert removed_text(merged, "pfsense") == text


@pytest.mark.parametrize("name", ["aliases", "filter"])
def test_the_area_of_pfsense_gets_its_own_part_alone(name: str) -> None:
    text = area(PFSENSE, name)

    done = merge(text, "pfsense", FRAGMENTS["pfsense"])

    assert done is not None
    assert (done.area, list(done.counts)) == (name, [{"aliases": "aliases", "filter": "rules"}[name]])
    assert (b"<name>gatepost_acme__crm</name>" in done.data) == (name == "aliases")
    assert (b"<tracker>2000000001</tracker>" in done.data) == (name == "filter")
    assert removed_text(done.data, "pfsense") == text


@pytest.mark.parametrize(
    "text", ["\n<aliases>\n</aliases>\n", "<aliases></aliases>", "<aliases/>", "<?xml version='1.0'?><filter>\n</filter>"]
)
def test_an_empty_area_is_filled_and_emptied(text: str) -> None:
    merged = merged_text(text, "pfsense")

    assert merged.lstrip().startswith(("<aliases>", "<filter>", "<?xml version='1.0'?><filter>"))  # what pfSense looks for
    assert removed_text(merged, "pfsense") == text


def test_an_empty_rule_is_no_rule_and_stays() -> None:
    text = PFSENSE.replace("\t\t<rule>\n\t\t\t<id></id>", "\t\t<rule></rule>\n\t\t<rule/>\n\t\t<rule>\n\t\t\t<id></id>", 1)

    assert removed_text(merged_text(text, "pfsense"), "pfsense") == text


def test_names_of_elements_may_be_upper_case_for_pfsense() -> None:
    text = (
        PFSENSE.replace("<filter>", "<FILTER>")
        .replace("</filter>", "</FILTER>")
        .replace("<pfsense>", "<PfSense>")
        .replace("</pfsense>", "</PfSense>")
    )

    assert removed_text(merged_text(text, "pfsense"), "pfsense") == text


def test_an_object_that_changed_is_replaced_where_it_is() -> None:
    merged = merged_text(PFSENSE, "pfsense").replace("\t</aliases>", "\t\t<alias>\n\t\t\t<name>later</name>\n\t\t</alias>\n\t</aliases>")
    aliases = pfsense_alias("gatepost_acme__SERVER", "192.0.2.9") + pfsense_alias("gatepost_acme__crm")

    again = merged_text(merged, "pfsense", (aliases, FRAGMENTS["pfsense"][1]))

    lost, new = lines_between(merged, again)
    assert ([line.strip() for line in lost], [line.strip() for line in new]) == ([], ["<address>192.0.2.9</address>"])
    assert again.index("192.0.2.9") < again.index("<name>later</name>")


@pytest.mark.parametrize("product", PRODUCTS)
def test_an_earlier_version_is_replaced_as_if_it_had_never_been(product: str) -> None:
    older = {
        "pfsense": (pfsense_alias("gatepost_acme__old") + pfsense_alias("gatepost_acme__crm", "192.0.2.9"), pfsense_rule(2000000002)),
        "opnsense": (opnsense_alias("gatepost_acme__old", 9) + opnsense_alias("gatepost_acme__crm", 2, "192.0.2.9"), opnsense_rule(2)),
    }

    over = merged_text(merged_text(TEXTS[product], product, older[product]), product)

    assert over == merged_text(TEXTS[product], product)


@pytest.mark.parametrize("product", PRODUCTS)
def test_the_numbers_tell_what_became_of_the_objects(product: str) -> None:
    older = {
        "pfsense": (pfsense_alias("gatepost_acme__old") + pfsense_alias("gatepost_acme__crm", "192.0.2.9"), pfsense_rule(2000000002)),
        "opnsense": (opnsense_alias("gatepost_acme__old", 9) + opnsense_alias("gatepost_acme__crm", 2, "192.0.2.9"), opnsense_rule(2)),
    }

    done = merge(merged_text(TEXTS[product], product, older[product]), product, FRAGMENTS[product])

    assert done is not None
    assert done.counts == {"aliases": (1, 1, 1, 0), "rules": (1, 0, 0, 1)}


def test_rules_that_stand_first_already_are_not_touched_however_they_are_written() -> None:
    merged = merged_text(PFSENSE, "pfsense")
    respelled = merged.replace("<id></id>", "<id/>").replace("<![CDATA[gatepost acme: 2000000001]]>", "gatepost acme: 2000000001")

    assert merged_text(respelled, "pfsense") == respelled


def test_rules_that_somebody_moved_down_come_to_the_top_again() -> None:
    merged = merged_text(PFSENSE, "pfsense")
    start, end = (
        merged.index("\t\t<rule>", merged.index("<filter>")),
        merged.index("\t\t<rule>\n\t\t\t<id></id>\n\t\t\t<tracker>1690000001"),
    )
    ours, rest = merged[start:end], merged[end:]
    place = rest.index("\t\t<rule>\n\t\t\t<tracker>1690000002")
    moved = merged[:start] + rest[:place] + ours + rest[place:]

    again = merged_text(moved, "pfsense")

    assert again.index("2000000001") < again.index("1690000001")


def test_floating_rules_and_rules_of_other_interfaces_before_ours_move_nothing() -> None:
    floating = "\t\t<rule>\n\t\t\t<tracker>1</tracker>\n\t\t\t<interface>wan</interface>\n\t\t\t<floating>yes</floating>\n\t\t</rule>\n"
    lan = "\t\t<rule>\n\t\t\t<tracker>2</tracker>\n\t\t\t<interface>lan</interface>\n\t\t</rule>\n"
    merged = merged_text(PFSENSE, "pfsense")
    sorted_by_gui = merged.replace("\t<filter>\n", f"\t<filter>\n{floating}{lan}", 1)

    assert merged_text(sorted_by_gui, "pfsense") == sorted_by_gui


@pytest.mark.parametrize("product", PRODUCTS)
def test_two_sites_do_not_touch_each_other(product: str) -> None:
    mark, aliases = "gatepost acme-2: ", FRAGMENTS[product][0].replace("gatepost_acme__", "gatepost_acme_2__").replace("-8000-", "-8002-")
    rules = {
        "pfsense": pfsense_rule(2100000001, mark, source="gatepost_acme_2__crm"),
        "opnsense": opnsense_rule(3, mark),
    }
    one, two = FRAGMENTS[product], (aliases, rules[product])

    both = merged_text(merged_text(TEXTS[product], product, one), product, two, site="acme-2")

    assert merged_text(both, product, one) == both
    assert merged_text(both, product, two, site="acme-2") == both
    assert removed_text(both, product) == merged_text(TEXTS[product], product, two, site="acme-2")
    assert removed_text(both, product, site="acme-2") == merged_text(TEXTS[product], product, one)


def test_a_rule_without_the_mark_is_ours_by_its_tracker_and_alias() -> None:
    merged = merged_text(PFSENSE, "pfsense").replace("gatepost acme: 2000000001", "what somebody wrote")

    assert "2000000001" not in removed_text(merged, "pfsense")


def test_entities_are_resolved_twice_as_pfsense_does() -> None:
    merged = merged_text(PFSENSE, "pfsense").replace("gatepost acme: 2000000001", "gatepost&amp;#32;acme: 2000000001")

    assert removed_text(merged, "pfsense") == PFSENSE


def test_elements_know_their_bytes() -> None:
    data = b'\xef\xbb\xbf<a x=">"\n y=\'"/>\'><b/><c >t&amp;<![CDATA[<]]></c ></a>'

    root = parse_xml(data)

    spelled = [data[element.start : element.end] for element in root.walk()]
    assert spelled == [data[3:], b"<b/>", b"<c >t&amp;<![CDATA[<]]></c >"]
    assert [(element.is_self_closing, element.text) for element in root.children] == [(True, ""), (False, "t&<")]
    assert LAYOUT.text(root, "c") == "t&<"
