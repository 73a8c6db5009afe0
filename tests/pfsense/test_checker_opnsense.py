"""The checker takes what OPNsense takes, and finds every way to say something that OPNsense refuses or takes in another sense."""

import pytest

from tests.pfsense.checker_opnsense import check
from tests.pfsense.documents import OPNSENSE, edited

OFFICE = "<name>Office</name>"
OFFICE_CONTENT = "192.0.2.128/26\n2001:db8:b::/48"
SPAM = "<sequence>5100</sequence>"
SPAM_SOURCE = "<source_net>Spammers</source_net>"
WEB_TARGET = "<destination_net>10.30.0.80</destination_net>"
WEB_PORT = "<destination_port>443</destination_port>"
WEB_TCP = "<protocol>TCP</protocol>\n            <source_net>any</source_net>"
WEB_FAMILY = "<interface>wan</interface>\n            <direction>in</direction>\n            <ipprotocol>inet</ipprotocol>"
STATE = "<statetype>keep</statetype>\n            <state-policy/>\n            <sequence>5200"

# The fault, then one edit of a good configuration that brings it about.
FAULTS = [
    ("xml-not-well-formed", "list of spammers", "spam & more"),
    ("xml-doctype", "<opnsense>", "<!DOCTYPE opnsense [<!ENTITY x 'y'>]><opnsense>"),
    ("alias-name", "<name>Unused</name>", "<name>1st</name>"),
    ("alias-name", "<name>Unused</name>", "<name>__unused</name>"),
    ("alias-name-service", "<name>Unused</name>", "<name>submission</name>"),
    ("alias-name-protocol", "<name>Unused</name>", "<name>udp</name>"),
    ("alias-name-keyword", "<name>Unused</name>", "<name>port</name>"),
    ("alias-name-twice", "<name>Unused</name>", OFFICE),
    ("alias-kind", "<type>host</type>", "<type>addresses</type>"),
    ("alias-enabled", "<enabled>0</enabled>\n            <name>", "<enabled>no</enabled><name>"),
    ("alias-description", "office and annex", 256 * "x"),
    ("alias-description", "office and annex", "office\nand annex"),
    ("alias-empty", OFFICE_CONTENT, ""),
    ("alias-separator", OFFICE_CONTENT, OFFICE_CONTENT.replace("\n", " ")),
    ("alias-separator", OFFICE_CONTENT, OFFICE_CONTENT.replace("\n", ",")),
    ("alias-separator", OFFICE_CONTENT, OFFICE_CONTENT.replace("\n", "\n  ")),
    ("alias-separator", OFFICE_CONTENT, f"{OFFICE_CONTENT}\n"),
    ("alias-host-bits", OFFICE_CONTENT, "192.0.2.129/26"),
    ("alias-entry", OFFICE_CONTENT, "Nobody"),
    ("alias-entry", OFFICE_CONTENT, "192.0.2.128/33"),
    ("alias-nested-kind", OFFICE_CONTENT, "MailPorts"),
    ("alias-port", "4190:4195", "4190-4195"),
    ("alias-port", "4190:4195", "0"),
    ("uuid", 'uuid="3b0c5c9e-0000-4000-8000-000000000006"', 'uuid="6"'),
    ("uuid-twice", "3b0c5c9e-0000-4000-8000-000000000006", "3b0c5c9e-0000-4000-8000-000000000005"),
    ("rule-sequence", SPAM, "<sequence>1000000</sequence>"),
    ("rule-sequence", SPAM, "<sequence>0</sequence>"),
    ("rule-sequence-twice", SPAM, "<sequence>5200</sequence>"),
    ("rule-action", "<action>block</action>", "<action>deny</action>"),
    ("rule-quick", "<quick>1</quick>\n            <interfacenot>", "<quick>yes</quick>\n            <interfacenot>"),
    ("rule-direction", WEB_FAMILY, WEB_FAMILY.replace("in<", "inbound<", 1)),
    ("rule-ipprotocol", "<ipprotocol>inet46</ipprotocol>\n            <protocol>TCP", "<ipprotocol>any</ipprotocol><protocol>TCP"),
    ("rule-protocol", "<protocol>TCP</protocol>\n            <icmptype/>", "<protocol>tcp</protocol>"),
    ("rule-statetype", STATE, STATE.replace("keep<", "keep state<")),
    ("rule-interface", WEB_FAMILY, WEB_FAMILY.replace("wan", "WAN")),
    ("rule-description", "list of spammers", 256 * "x"),
    ("rule-limit-number", STATE, f"<max-src-conn>0</max-src-conn>{STATE}"),
    ("rule-limit-without-state", SPAM, f"{SPAM}<max-src-conn>5</max-src-conn>"),
    ("rule-limit-protocol", WEB_TCP, "<protocol>UDP</protocol><max-src-conn>5</max-src-conn>"),
    ("rule-alias-unknown", SPAM_SOURCE, "<source_net>Spamers</source_net>"),
    ("rule-alias-kind", SPAM_SOURCE, "<source_net>MailPorts</source_net>"),
    ("rule-any-with-others", SPAM_SOURCE, "<source_net>Spammers,any</source_net>"),
    ("rule-host-bits", WEB_TARGET, "<destination_net>10.30.0.80/24</destination_net>"),
    ("rule-family", WEB_TARGET, "<destination_net>2001:db8:a::25</destination_net>"),
    ("rule-port", WEB_PORT, "<destination_port>443:444</destination_port>"),
    ("rule-port", WEB_PORT, "<destination_port>Ports</destination_port>"),
    ("rule-port-alias-kind", WEB_PORT, "<destination_port>Office</destination_port>"),
    ("rule-port-protocol", WEB_TCP, "<protocol>any</protocol>"),
]


def faults(text: str) -> set[str]:
    return {fault.name for fault in check(text)}


def test_a_real_configuration_has_no_fault() -> None:
    assert check(OPNSENSE) == []


def test_another_document_is_refused() -> None:
    assert faults("<pfsense/>") == {"xml-root"}


@pytest.mark.parametrize(("fault", "old", "new"), FAULTS)
def test_a_fault_is_found_by_its_name(fault: str, old: str, new: str) -> None:
    assert faults(edited(OPNSENSE, old, new)) == {fault}
