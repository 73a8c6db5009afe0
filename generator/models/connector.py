"""The connector profile: the vendor's facts."""

from typing import Annotated, Literal

from generator.models.feed import Feed
from generator.models.fields import Date, Filled, Line, Network, Ports, RegionKey, Slug, Url, Whole, key, part

TlsVersion = Literal["SSLv3", "TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3"]
Software = Literal["courier-imap"]  # what preflight can tell from the outside
Folder = Literal["inbox", "sent"]
Connections = Annotated[int, Whole(1, 1000)]


@part
class Reference:
    """A public page and what it says."""

    url: Url = key("Where the fact can be read.", examples=("https://example.org/docs",))
    date: Date | None = key("The date printed on the page.", default=None, examples=("2024-01-29",))
    retrieved: Date | None = key("The day it was read for this profile.", default=None, examples=("2026-11-23",))
    says: Line = key("What it says, in one line.", default="")


@part
class Addresses:
    """Where the connector's addresses come from."""

    policy: Literal["published", "feed", "per-account", "none"] = key(
        "`published`: a list on a page; `feed`: a list for machines; `per-account`: shown in the account; `none`: no fixed ones."
    )
    how: Line = key("Where a user finds the addresses.", default="")
    source: Url | None = key("The page or feed the networks were taken from.", default=None, examples=("https://example.org/addresses",))
    retrieved: Date | None = key("The day the networks were taken from the source.", default=None, examples=("2026-11-23",))
    feed: Feed | None = key("The list for machines; it goes with the policy `feed`.", default=None)


@part
class Region:
    """The networks of one region of the vendor."""

    networks: Annotated[tuple[Network, ...], Filled()] = key("Source prefixes of the region.", examples=(["192.0.2.0/24"],))
    note: Line = key("What the region is, in one line.", default="")


@part
class ServiceFacts:
    """A service of the mail server that the connector uses."""

    port: Ports = key("Destination port: a number, a range such as `10000-10010`, or a list of those.", examples=(993,))
    protocol: Literal["tcp"] = key("Transport protocol.", default="tcp")
    application: Literal["imap", "smtp"] = key("What is spoken on the port.")
    tls: Literal["implicit", "starttls"] = key("How TLS starts: with the connection, or by STARTTLS.")


@part
class ConnectionUse:
    """One reason for simultaneous connections."""

    count: Connections = key("How many connections.", examples=(2,))
    when: Line = key("When they are open.", examples=("permanent, for the inbox and sent mail",))


@part
class CertificateRules:
    """What the connector asks of the server's certificate."""

    names_server: bool = key("The certificate must carry the name the connector connects to.", default=False)
    public_ca: Literal["required", "preferred", "no"] = key("Whether a public CA must have signed it.", default="no")


@part
class Requires:
    """What the connector asks of the mail server."""

    tls_versions: tuple[TlsVersion, ...] = key("The TLS versions that the connector can speak.", default=())
    connections_per_mailbox: Connections | None = key("Most simultaneous connections for one mailbox.", default=None)
    connections: tuple[ConnectionUse, ...] = key("What the connections are for.", default=())
    certificate: CertificateRules = key("Rules for the certificate.", default=CertificateRules())
    login: Literal["password", "oauth", "none"] = key("How the connector logs in.", default="password")
    fields: tuple[Line, ...] = key("What the connector's form asks for.", default=(), examples=(["username", "password"],))
    folders: tuple[Folder, ...] = key("The folders that the connector keeps in step with.", default=(), examples=(["inbox", "sent"],))
    refused_software: tuple[Software, ...] = key("IMAP servers that the connector does not work with.", default=())


@part
class Messages:
    """What the connector's user reads when something is wrong, word for word."""

    imap_settings: Line = key("The IMAP server is not reached, or TLS fails.", default="", examples=("IMAP settings incorrect",))
    imap_login: Line = key("The IMAP server refuses the login.", default="")
    smtp_settings: Line = key("The SMTP server is not reached, or TLS fails.", default="")
    smtp_login: Line = key("The SMTP server refuses the login.", default="")


@part
class ConnectorModel:
    """A connector profile: what a vendor says about its service that logs in to other people's mail servers."""

    kind: Literal["connector"] = key("Says that this document is a connector profile.")
    name: Slug = key("The connector's name in sites, rule ids and file names.", examples=("hubspot",))
    title: Line = key("The connector's name for people.", examples=("HubSpot connected inbox",))
    vendor: Line = key("Who runs it.", default="")
    reviewed: Date | None = key("The day somebody last held this file against its references.", default=None, examples=("2026-11-23",))
    confidence: Literal["high", "medium", "low"] | None = key("How sure the facts are.", default=None)
    references: tuple[Reference, ...] = key("Public pages that the facts come from.", default=())
    addresses: Addresses = key("Where the connector's addresses come from.", default=Addresses(policy="none"))
    networks: tuple[Network, ...] = key("Source prefixes of every region.", default=())
    regions: dict[RegionKey, Region] = key("Source prefixes by region of the vendor.", default={})
    services: Annotated[dict[Slug, ServiceFacts], Filled()] = key("What the connector uses, by name of the service.")
    requires: Requires = key("What the connector asks of the mail server.", default=Requires())
    insecure_option: Line = key("The connector's option for a certificate that no public CA signed.", default="")
    unsupported: tuple[Line, ...] = key("Servers and features that do not work with it.", default=())
    messages: Messages = key("What the connector's user reads when something is wrong.", default=Messages())
    preconditions: tuple[Line, ...] = key("What must be done at the vendor before the allowlist is applied.", default=())
    warnings: tuple[Line, ...] = key("What an allowlist of these addresses does not do, or lets in besides.", default=())
    notes: tuple[Line, ...] = key("What else a user should know.", default=())
