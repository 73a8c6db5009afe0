"""Documents with every key, and short ways to read a text and to tell what was found in it."""

from collections.abc import Callable
from typing import Final, TypeVar

from generator.decode import Document, decode_connector, decode_site
from generator.diagnostics import Report
from generator.models import ConnectorModel, SiteModel
from generator.source import Mapping, SourceFile, parse_yaml

SITE: Final = """\
kind: site
name: acme
title: Acme's mail server
notes: [reviewed every year]
server:
  imap: imap.example.org
  smtp: smtp.example.org
  addresses: [192.0.2.25, "2001:db8::25"]
  tls_minimum: TLSv1.2
  ports: {imaps: 1993, submission: "5870-5872", submissions: [465, "4650"]}
trusted:
  - 192.0.2.0/24
  - {network: "2001:db8:a::/48", note: office}
connectors:
  - use: hubspot
    name: hubspot-sales
    networks: [198.51.100.10, 203.0.113.0/28, "2001:db8:100::/48"]
    networks_only: true
    services: [imaps, submission]
    mailboxes: 3
    owner: it@example.org
    ticket: NET-1042
    expires: 2027-06-30
  - use: ./own.yaml
    region: [eu, eu1.example.com]
    networks_file: more.txt
    exclude: [{network: 198.51.100.11}]
  - {use: nylas, region: eu}
allow:
  - {code: NET017, network: 198.51.100.10, reason: "the vendor's */ own \\"lab\\" ]]> ${x}"}
access:
  submission: public
  smtp: {mode: allowlist, exclusive: true}
targets:
  nftables: {connection_limit: 40, counters: true, hook: input, interfaces: [eth0, eth1]}
  iptables: {}
expect:
  - {from: 198.51.100.10, to: imaps, verdict: allow}
  - {from: 203.0.113.200, to: 993, verdict: deny}
"""

CONNECTOR: Final = """\
kind: connector
name: example-sync
title: Example Sync (IMAP and SMTP)
vendor: Example
reviewed: 2026-11-23
confidence: high
references:
  - url: https://example.org/docs?page=1
    date: 2024-01-29
    retrieved: 2026-11-23
    says: at most five simultaneous connections
addresses:
  policy: published
  how: >-
    Settings > Mail:
    tick "Static addresses"
  source: https://example.org/addresses
  retrieved: 2026-11-23
networks:
  - 198.51.100.0/28
  - {network: 198.51.100.64, note: relay}
regions:
  us: {networks: [203.0.113.0/28], note: United States}
  eu1.example.com:
    networks: ["2001:db8:100::/48"]
services:
  imaps:       {port: 993, protocol: tcp, application: imap, tls: implicit}
  submission:  {port: [587, "2525-2526"], application: smtp, tls: starttls}
requires:
  tls_versions: [SSLv3, TLSv1.0, TLSv1.1, TLSv1.2]
  connections_per_mailbox: 5
  connections:
    - {count: 2, when: "permanent, for the inbox and sent mail"}
    - {count: 3, when: while sending}
  certificate: {names_server: true, public_ca: preferred}
  login: password
  fields: [username, password]
insecure_option: allow an insecure certificate
unsupported: [courier-imap]
preconditions:
  - '"Static addresses" is ticked'
notes:
  - the shared inbox takes no IMAP
"""

MINIMAL_SITE: Final = "kind: site\nname: acme\nconnectors:\n  - use: hubspot\n"
MINIMAL_CONNECTOR: Final = "kind: connector\nname: own\ntitle: Own\nservices:\n  imaps: {port: 993, application: imap, tls: implicit}\n"

M = TypeVar("M")


def make_source(text: str) -> SourceFile:
    """A file named `f.yaml` in memory."""
    return SourceFile("f.yaml", "f.yaml", text, "0" * 64)


def read_root(text: str, *, pure: bool = False) -> Mapping:
    """The root of a YAML text without mistakes."""
    report = Report()
    root = parse_yaml(make_source(text), report, pure=pure)
    assert root is not None, report.findings
    assert not report.findings, report.findings
    return root


def find_in_yaml(text: str) -> list[str]:
    """What `parse_yaml` finds: `CODE line:column-line:column`."""
    report = Report()
    parse_yaml(make_source(text), report)
    return [describe(report, index) for index in range(len(report.findings))]


def find_in(text: str, decode: Callable[[SourceFile, Report], object] = decode_site) -> list[str]:
    """What a decoder finds: `CODE line:column-line:column`."""
    report = Report()
    document = decode(make_source(text), report)
    assert (document is None) == report.has_errors
    return [describe(report, index) for index in range(len(report.findings))]


def describe(report: Report, index: int) -> str:
    """One finding in a short form."""
    finding = report.findings[index]
    span = finding.span
    assert span is not None
    return f"{finding.code} {span.line}:{span.column}-{span.end_line}:{span.end_column}"


def read_site(text: str) -> Document[SiteModel]:
    """A site without mistakes."""
    return _read(text, decode_site)


def read_connector(text: str) -> Document[ConnectorModel]:
    """A connector profile without mistakes."""
    return _read(text, decode_connector)


def _read(text: str, decode: Callable[[SourceFile, Report], Document[M] | None]) -> Document[M]:
    report = Report()
    document = decode(make_source(text), report)
    assert document is not None, report.findings
    assert not report.findings, report.findings
    return document


def messages_in(text: str) -> list[str]:
    """The messages about a site."""
    report = Report()
    decode_site(make_source(text), report)
    return [finding.message for finding in report.findings]


def hints_in(text: str) -> list[str]:
    """The hints about a site."""
    report = Report()
    decode_site(make_source(text), report)
    return [finding.hint for finding in report.findings]
