"""The site: the user's own file."""

from typing import Annotated, Literal

from generator.models.fields import (
    LINE,
    CodeName,
    Date,
    FeedUrl,
    Filled,
    Fqdn,
    Line,
    Network,
    OptionKey,
    Ports,
    RegionKey,
    Slug,
    Text,
    Whole,
    key,
    part,
)


@part
class ServerFacts:
    """The user's mail server as connectors see it."""

    imap: Fqdn | None = key("The host name that the connector is told for IMAP.", default=None, examples=("imap.example.org",))
    smtp: Fqdn | None = key("The host name that the connector is told for SMTP.", default=None, examples=("smtp.example.org",))
    addresses: tuple[Network, ...] = key("The public addresses that the connector connects to.", default=(), examples=(["192.0.2.25"],))
    tls_minimum: Literal["TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3"] = key(
        "The oldest TLS version that the server accepts.", default="TLSv1.2"
    )
    ports: dict[Slug, Ports] = key("Ports that differ from the connector's, by service.", default={}, examples=({"imaps": 1993},))


@part
class ConnectorUse:
    """One connector that the site lets in."""

    use: Line = key("A shipped connector's name, or the path of a connector profile.", examples=("hubspot", "./own.yaml"))
    name: Slug | None = key(
        "Its name in rule ids; the profile's when left out. Two entries of one profile need two.", default=None, examples=("hubspot-sales",)
    )
    networks: tuple[Network, ...] = key("Source prefixes of the user's own account.", default=(), examples=(["198.51.100.10"],))
    networks_file: Line | None = key("A file with more source prefixes: one a line, or a JSON array of texts.", default=None)
    networks_only: bool = key("Take the site's networks instead of the profile's.", default=False)
    region: RegionKey | Annotated[tuple[RegionKey, ...], Filled()] | None = key(
        "The vendor's region or regions; all when left out.", default=None, examples=("eu",)
    )
    exclude: tuple[Network, ...] = key("Prefixes that are taken out at the end.", default=(), examples=(["198.51.100.10"],))
    services: tuple[Slug, ...] | None = key(
        "Which of the connector's services are used; all when left out.", default=None, examples=(["imaps", "submission"],)
    )
    feed_url: FeedUrl | None = key(
        "Where the feed is, instead of the profile's URL: one that moved, a mirror, or `file:` and the path of a saved copy.",
        default=None,
        examples=("file:saved.json",),
    )
    mailboxes: Annotated[int, Whole(1, 1_000_000)] = key("How many mailboxes are connected.", default=1)
    owner: Line = key("Who answers for this access.", default="", examples=("it@example.org",))
    ticket: Line = key("Where the access was approved.", default="", examples=("NET-1042",))
    expires: Date | None = key("The last day of the access; `check` tells when it has passed.", default=None, examples=("2027-06-30",))


@part
class Widest:
    """The widest prefix that a feed may hold."""

    ipv4: Annotated[int, Whole(8, 32)] = key("Its prefix length in IPv4.", default=12)
    ipv6: Annotated[int, Whole(20, 128)] = key("Its prefix length in IPv6.", default=28)


@part
class Updates:
    """What `update` takes from a feed without asking, and how old its answer may get."""

    shrink_percent: Annotated[int, Whole(0, 100)] = key("How much of a connector's addresses may go at once.", default=20)
    growth_percent: Annotated[int, Whole(0, 1_000_000)] = key("How much may come at once.", default=50)
    widest: Widest = key("The widest prefix that a feed may hold.", default=Widest(), examples=({"ipv4": 16, "ipv6": 32},))
    grace_days: Annotated[int, Whole(0, 3650)] = key(
        "How long a network stays in the lock after the vendor took it out of the feed.", default=0, examples=(14,)
    )
    max_age_days: Annotated[int, Whole(1, 3650)] = key("After how many days `check` calls the lock old.", default=30)
    max_review_days: Annotated[int, Whole(1, 3650)] = key("After how many days `check` calls a profile's review old.", default=365)


@part
class Allowance:
    """One finding that the site silences by name."""

    code: CodeName = key("The code of the finding.", examples=("NET017",))
    network: Line = key("The network that the finding is about.", examples=("198.51.100.10",))
    reason: Line = key("Why it is all right here.", examples=("the vendor confirmed it",))


@part
class AccessMode:
    """Access of a service with its options."""

    mode: Literal["allowlist", "public"] = key("Who may reach the service.")
    exclusive: bool = key("Port 25 alone: close it to the world, incoming mail included.", default=False)


@part
class Expectation:
    """A policy test: what the plan must say about one address and one service."""

    from_: Line = key("A source address or prefix.", named="from", examples=("198.51.100.10",))
    to: Slug | int = key("A service or a port.", examples=("imaps", 993))
    verdict: Literal["allow", "deny"] = key("What the plan must say.")


Access = Literal["allowlist", "public"] | AccessMode
OptionScalar = bool | int | Annotated[str, Text(LINE, 1000)]
OptionSetting = OptionScalar | tuple[OptionScalar, ...]


@part
class SiteModel:
    """A site: which connectors may reach a mail server, and who else may."""

    kind: Literal["site"] = key("Says that this document is a site.")
    name: Slug = key("The site's name in rule ids and file names.", examples=("acme",))
    title: Line = key("The site's name for people.", default="")
    notes: tuple[Line, ...] = key("What else a reader should know.", default=())
    server: ServerFacts = key(
        "The mail server as connectors see it.", default=ServerFacts(), examples=({"imap": "imap.example.org", "smtp": "smtp.example.org"},)
    )
    trusted: tuple[Network, ...] = key("Networks that keep their access to allowlisted services.", default=(), examples=(["192.0.2.0/24"],))
    connectors: Annotated[tuple[ConnectorUse, ...], Filled()] = key("The connectors that are let in.")
    updates: Updates = key("What `update` takes from a feed without asking.", default=Updates(), examples=({"grace_days": 14},))
    allow: tuple[Allowance, ...] = key("Findings that are silenced by name.", default=())
    access: dict[Slug, Access] = key("Who may reach a service; left out: `allowlist`.", default={}, examples=({"submission": "public"},))
    targets: dict[Slug, dict[OptionKey, OptionSetting]] = key("Options by target.", default={}, examples=({"nftables": {}},))
    expect: tuple[Expectation, ...] = key("Policy tests.", default=())
