"""The checker takes what pfSense takes, and finds every way to say something that pfSense refuses or takes in another sense."""

import pytest

from tests.pfsense.checker_pfsense_rules import check
from tests.pfsense.documents import PFSENSE, area, edited

OFFICE = "192.0.2.128/26 2001:db8:b::/48"
HOME = "203.0.113.200 2001:db8:c::1 home.example.net"
NAMED = "<name>Office</name>"
INTERFACES = frozenset({"wan", "lan", "opt1", "dmz"})
KNOWN = {"Banned": "network", "Spammers": "urltable", "MailPorts": "port", "Staff": "network"}
SOURCE = "<address>Banned</address>"
MAIL_V6 = "<address>2001:db8:a::25</address>"
PING_STATE = PFSENSE[PFSENSE.index("<max-src-conn>", PFSENSE.index("<tracker>1690000200")) : PFSENSE.index("<icmptype>")]
WAN = "<interface>wan</interface>\n\t\t\t<ipprotocol>inet46"
LONG = "descr><![CDATA[" + 53 * "x"


# The fault, then one edit of a good configuration that brings it about.
ALIASES = [
    ("alias-name-length", NAMED, f"<name>{32 * 'x'}</name>"),
    ("alias-name-alphabet", NAMED, "<name>the-office</name>"),
    ("alias-name-digits", "<name>Home</name>", "<name>1234</name>"),
    ("alias-name-service", NAMED, "<name>imaps</name>"),
    ("alias-name-protocol", NAMED, "<name>esp</name>"),
    ("alias-name-keyword", NAMED, "<name>quick</name>"),
    ("alias-name-table", NAMED, "<name>sshguard</name>"),
    ("alias-name-table", NAMED, "<name>WAN__NETWORK</name>"),
    ("alias-name-interface", NAMED, "<name>OPT1</name>"),
    ("alias-name-interface", NAMED, "<name>dmz</name>"),
    ("alias-name-prefix", NAMED, "<name>pkg_office</name>"),
    ("alias-name-twice", NAMED, "<name>Home</name>"),
    ("alias-kind", "<type>host</type>", "<type>hosts</type>"),
    ("alias-empty", f"<address>{HOME}</address>", "<address></address>"),
    ("alias-separator", OFFICE, OFFICE.replace(" ", "\n")),
    ("alias-separator", OFFICE, OFFICE.replace(" ", ",")),
    ("alias-separator", OFFICE, OFFICE.replace(" ", "  ")),
    ("alias-host-bits", OFFICE, "192.0.2.129/26 2001:db8:b::/48"),
    ("alias-entry", OFFICE, "192.0.2.128/33 2001:db8:b::/48"),
    ("alias-entry", OFFICE, "192.0.2.128/26 2001:0DB8:b::/48"),
    ("alias-entry", OFFICE, "192.0.2.128/26 Nobody"),
    ("alias-network-without-mask", OFFICE, "192.0.2.128 2001:db8:b::/48"),
    ("alias-host-with-mask", HOME, "203.0.113.200 2001:db8:c::/64 home.example.net"),
    ("alias-port", "25 143 465 587", "25 143 465 65536"),
    ("alias-port", "25 143 465 587", "25 143 465 587-590"),
    ("alias-port", "25 143 465 587", "25 143 465 590:587"),
    ("alias-nested-kind", "<address>Office Home</address>", "<address>Office MailPorts</address>"),
    ("alias-loop", "<address>Office Home</address>", "<address>Office Staff</address>"),
    ("alias-detail-count", "smtp||imap||", "smtp||"),
    ("alias-detail-bars", "smtp||imap||", "smtp|||imap||"),
    ("alias-entries", OFFICE, " ".join(f"2001:db8:{number:x}::/48" for number in range(5001))),
    ("alias-url", "<url>https://lists", "<url>lists"),
    ("alias-url", "<updatefreq>1</updatefreq>", "<updatefreq></updatefreq>"),
]
RULES = [
    ("rule-tracker", "<tracker>1690000100</tracker>", ""),
    ("rule-tracker", "<tracker>1690000100</tracker>", "<tracker>gatepost</tracker>"),
    ("rule-tracker", "<tracker>1690000100</tracker>", "<tracker>4294967296</tracker>"),
    ("rule-tracker", "<tracker>1690000100</tracker>", "<tracker>0</tracker>"),
    ("rule-tracker-of-the-system", "<tracker>1690000100</tracker>", "<tracker>1000000103</tracker>"),
    ("rule-tracker-of-the-system", "<tracker>1690000100</tracker>", "<tracker>11001</tracker>"),
    ("rule-tracker-twice", "<tracker>1690000100</tracker>", "<tracker>1690000204</tracker>"),
    ("rule-type", "<type>block</type>", "<type>drop</type>"),
    ("rule-interface", WAN, WAN.replace("wan", "WAN")),
    ("rule-interface", "<interface>lan,opt1</interface>", "<interface>lan,opt9</interface>"),
    ("rule-ipprotocol", "<ipprotocol>inet46</ipprotocol>\n\t\t\t<statetype>", "<statetype>"),
    ("rule-protocol-case", "<protocol>tcp</protocol>\n\t\t\t<source>\n\t\t\t\t<address>", "<protocol>TCP</protocol><source><address>"),
    ("rule-protocol", "<protocol>icmp</protocol>", "<protocol>pong</protocol>"),
    ("rule-statetype", "<![CDATA[keep state]]>", "<![CDATA[keep]]>"),
    ("rule-description", "descr><![CDATA[banned", LONG),
    ("rule-description", "descr><![CDATA[banned", "descr><![CDATA[ban\\ned"),
    ("rule-associated", "<associated-rule-id>nat_64a1b2c3d4e5f6.11223344", "<associated-rule-id>nat_0"),
    ("rule-limit-number", PING_STATE, PING_STATE.replace("icmp", "tcp").replace("></max-src-conn>", ">-1</max-src-conn>")),
    ("rule-limit-protocol", PING_STATE, PING_STATE.replace("></max-src-conn>", ">5</max-src-conn>")),
    ("rule-limit-without-state", "<descr><![CDATA[list of spammers", "<max-src-conn>5</max-src-conn><descr><![CDATA[list of spammers"),
    ("rule-side-missing", f"<source>\n\t\t\t\t{SOURCE}\n\t\t\t</source>", ""),
    ("rule-side-count", SOURCE, ""),
    ("rule-side-count", SOURCE, f"{SOURCE}<any></any>"),
    ("rule-side-empty", SOURCE, "<address></address>"),
    ("rule-network-unknown", "<network>opt1</network>", "<network>opt7</network>"),
    ("rule-alias-unknown", SOURCE, "<address>Bannned</address>"),
    ("rule-alias-kind", SOURCE, "<address>MailPorts</address>"),
    ("rule-port-alias-kind", "<port>MailPorts</port>\n\t\t\t</destination>\n\t\t\t<type>", "<port>Office</port></destination><type>"),
    ("rule-alias-unknown", "<port>MailPorts</port>\n\t\t\t</destination>\n\t\t\t<type>", "<port>Ports</port></destination><type>"),
    ("rule-port", "<port>4190-4195</port>", "<port>4190:4195</port>"),
    ("rule-port-protocol", "<protocol>udp</protocol>", "<protocol>esp</protocol>"),
    ("rule-host-bits", MAIL_V6, "<address>2001:db8:a::25/64</address>"),
    ("rule-family", MAIL_V6, "<address>10.20.0.25</address>"),
    ("separator-row", "<row>fr6</row>", "<row>fr7</row>"),
    ("separator-row", "<row>fr0</row>", "<row>0</row>"),
    ("separator-interface", "\t\t\t<opt1></opt1>\n", "\t\t\t<opt3></opt3>\n"),
]
XML = [
    ("xml-not-well-formed", "banned, whatever", "]]> banned & more <![CDATA["),
    ("xml-not-well-formed", "\t</aliases>", "\t"),
    ("xml-doctype", "<pfsense>", "<!DOCTYPE pfsense [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>\n<pfsense>"),
    ("xml-tag-repeated", "<hostname>gw</hostname>", "<hostname>gw</hostname><hostname>gw</hostname>"),
    ("xml-cdata-unescaped", "banned, whatever", "banned & whatever"),
    ("xml-cdata-unescaped", "banned, whatever", "<b>banned</b>, whatever"),
    ("xml-cdata-unescaped", "banned, whatever", '"banned", whatever'),
]


def faults(text: str) -> set[str]:
    return {fault.name for fault in check(text)}


def test_a_real_configuration_has_no_fault() -> None:
    assert check(PFSENSE) == []


@pytest.mark.parametrize("name", ["aliases", "filter"])
def test_an_area_of_it_has_no_fault(name: str) -> None:
    assert check(area(PFSENSE, name), interfaces=INTERFACES, aliases=KNOWN if name == "filter" else {}) == []


def test_another_document_is_refused() -> None:
    assert faults("<opnsense/>") == {"xml-root"}


@pytest.mark.parametrize(("fault", "old", "new"), [*XML, *RULES])
def test_a_fault_is_found_by_its_name(fault: str, old: str, new: str) -> None:
    assert faults(edited(PFSENSE, old, new)) == {fault}


@pytest.mark.parametrize(("fault", "old", "new"), ALIASES)
def test_a_fault_of_an_alias_is_found_by_its_name(fault: str, old: str, new: str) -> None:
    found = {fault.name for fault in check(edited(area(PFSENSE, "aliases"), old, new), interfaces=INTERFACES)}

    # Where the name itself is wrong, the alias that names it misses it too.
    assert fault in found
    assert found <= {fault, "alias-entry", "alias-detail-count"}
