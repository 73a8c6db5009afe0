"""Whatever is in a file: a finding, a doubt or a ruleset that can be judged, and never an exception."""

import itertools
import json
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.diagnostics import Report
from generator.net import Family
from generator.net.runs import EVERYTHING, Runs, subtract_runs, unite_runs
from generator.readers.judge import Entry, Question, judge
from generator.readers.outside import Outside
from generator.readers.registry import Dump, detect, find_reader, read_host
from tests.cloud.files import full_plan
from tests.pfsense.documents import OPNSENSE, PFSENSE
from tests.scale import scaled
from tests.support.plans import make_plan, service
from tests.support.targets import render

INSIDE = "{destination: [10.20.0.25]}"
# Reader, target, role of a file that it reads.
FILES = (
    ("aws", "aws-cli", "permissions", ""),
    ("cloudformation", "aws-cloudformation", "rules", ""),
    ("azure", "azure-arm", "rules", "{create_nsg: true}"),
    ("azure-table", "azure-cli", "rules", ""),
    ("gcp", "gcp-rest", "firewalls", "{target_tags: [mail]}"),
    ("gcp-table", "gcp-rest", "rules", "{target_tags: [mail]}"),
    ("opnsense-api", "opnsense", "api", INSIDE),
    ("pfsense-playback", "pfsense", "playback", INSIDE),
    ("pfsense-rest", "pfsense", "rest", INSIDE),
)
NEVER = st.sampled_from((True, -1, 10**30, 1.5, {"a": 1}, [None], [7], [{}]))  # no rule of any cloud has such a value
USUAL = {"IpProtocol", "ip_protocol", "protocol", "disabled"}  # but here -1 and true are usual
SERVER = {Family.V4: 0x0A140019, Family.V6: 7}
JUNK = st.sampled_from((None, True, -1, 10**30, 1.5, "", "x", "0.0.0.0/0", "*", [], {}, [None], {"a": 1}, ["0.0.0.0/0", 7], "\x00", "::/0"))


@cache
def text_of(target: str, role: str, options: str) -> str:
    return next(one.content for one in render(full_plan(), options, target=target).values() if one.role == role)


@cache
def others() -> dict[str, str]:
    """Files that no target with a plan of every kind has, or that others write."""
    dovecot = make_plan([service("imaps")], {"crm": {"imaps": ["192.0.2.0/24", "2001:db8::/32"]}})
    terraform = {"values": {"root_module": {"resources": [_terraform(*one) for one in TERRAFORM]}}, "terraform_version": "1.9"}
    return {
        "pfsense": PFSENSE,
        "opnsense": OPNSENSE,
        "dovecot": render(dovecot, "{allow_nets: true}", target="dovecot")["allow-nets-2.4.inc"].content,
        "postfix-cidr": "# who may connect to smtp, tcp 25.\nif 192.0.2.0/24\n!192.0.2.7 OK\nendif\n2001:db8::/32 REJECT no\n",
        "terraform": json.dumps(terraform),
    }


TERRAFORM: tuple[tuple[str, dict[str, Any]], ...] = (
    ("aws_vpc_security_group_ingress_rule", {"ip_protocol": "tcp", "from_port": 1, "to_port": 2, "prefix_list_id": "pl-1"}),
    ("aws_ec2_managed_prefix_list", {"id": "pl-1", "entry": [{"cidr": "192.0.2.0/24"}]}),
    ("aws_security_group", {"ingress": [{"protocol": "tcp", "from_port": 1, "to_port": 2, "cidr_blocks": ["192.0.2.0/24"], "self": True}]}),
    ("azurerm_network_security_group", {"name": "a", "security_rule": [{"name": "a", "priority": 1, "access": "Allow", "protocol": "*"}]}),
    ("google_compute_firewall", {"name": "a", "allow": [{"protocol": "tcp", "ports": ["25"]}], "source_ranges": ["192.0.2.0/24"]}),
)


def _terraform(kind: str, values: dict[str, Any]) -> dict[str, Any]:
    return {"address": f"{kind}.a", "mode": "managed", "type": kind, "name": "a", "values": values}


def answers(reader: str, text: str) -> tuple[dict[tuple[Family, int, Entry], Runs], Report]:
    """Who gets in to some ports, who doesn't, and of whom it is unknown."""
    report = Report()
    ruleset = find_reader(reader)(text, "dump", Outside(), report)
    assert ruleset is not None or report.has_errors
    found: dict[tuple[Family, int, Entry], Runs] = {}
    for family, port in itertools.product(Family, (25, 587, 993) if ruleset is not None else ()):
        segments = judge(ruleset, Question(family, port, SERVER[family])) if ruleset is not None else ()
        for segment in segments:
            key = (family, port, segment.entry)
            found[key] = unite_runs(found.get(key, ()), segment.sources)

        assert unite_runs(*(segment.sources for segment in segments)) == EVERYTHING[family]
    return found, report


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where every value of a document is."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, one in inner for place in places(one, (*path, key)))]


def replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(value[path[0]], path[1:], new)
    return copy


JSON = [
    (reader, target, role, options)
    for reader, target, role, options in FILES
    if reader in ("aws", "azure", "gcp", "opnsense-api", "pfsense-rest")
]


@pytest.mark.parametrize(("reader", "target", "role", "options"), [*JSON, ("terraform", "", "", "")])
def test_a_value_of_another_kind_anywhere_in_a_document(reader: str, target: str, role: str, options: str) -> None:
    document = json.loads(text_of(target, role, options) if target else others()[reader])
    found = places(document)

    @settings(max_examples=scaled(1200))
    @given(st.sampled_from(found), JUNK)
    def change(place: tuple[Any, ...], new: Any) -> None:
        answers(reader, json.dumps(replaced(document, place, new)))

    change()


@pytest.mark.parametrize(("reader", "target", "role", "options"), [*JSON[:3], ("terraform", "", "", "")])
def test_what_no_cloud_prints_is_said_or_changes_no_answer(reader: str, target: str, role: str, options: str) -> None:
    document = json.loads(text_of(target, role, options) if target else others()[reader])
    right, _ = answers(reader, json.dumps(document))

    @settings(max_examples=scaled(1200))
    @given(st.sampled_from([place for place in places(document) if not USUAL & set(place)]), NEVER)
    def change(place: tuple[Any, ...], new: Any) -> None:
        found, report = answers(reader, json.dumps(replaced(document, place, new)))
        sure = {key: runs for key, runs in found.items() if key[2] is not Entry.UNKNOWN}

        assert report.findings or all(subtract_runs(runs, right.get(key, ())) == () for key, runs in sure.items())

    change()


@pytest.mark.parametrize("reader", [*(reader for reader, *_ in FILES), "pfsense", "opnsense", "dovecot", "postfix-cidr", "terraform"])
def test_a_piece_of_a_file_lost_or_put_elsewhere(reader: str) -> None:
    text = next((text_of(*rest) for name, *rest in FILES if name == reader), None) or others()[reader]

    @settings(max_examples=scaled(800))
    @given(
        st.integers(0, len(text)), st.integers(0, 200), st.integers(0, len(text)), st.sampled_from(("", "\x00", "é", "<x/>", "9" * 5000))
    )
    def change(start: int, length: int, target: int, new: str) -> None:
        piece, left = text[start : start + length], text[:start] + text[start + length :]
        answers(reader, left[:target] + piece + new + left[target:])

    change()


@settings(max_examples=scaled(2000))
@given(
    st.text()
    | st.sampled_from(("{", "[", '{"SecurityGroups":', "<pfsense>", "*filter\n", "table inet x {")).flatmap(
        lambda start: st.text().map(start.__add__)
    )
)
def test_any_text_at_all_is_told_apart(text: str) -> None:
    report = Report()
    name = detect(text, "dump")
    if name not in ("nftables", "routes"):
        ruleset = read_host([Dump("dump", text)], Outside(), report)

        assert ruleset is not None or report.has_errors
