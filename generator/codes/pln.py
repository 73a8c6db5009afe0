"""PLN: what a site means, and where its parts contradict each other."""

from typing import Final

from generator.codes import Code
from generator.codes.pln_connectors import CODES as CONNECTOR_CODES

_PORT_25: Final = "RFC 5321 §4.5.3.2 and RFC 8314 §3: other mail servers deliver to port 25; users submit on 465 or 587"
_OURS: Final = "gatepost's own rule; docs/ARCHITECTURE.md"

CODES: Final = (
    Code(
        "PLN001",
        "error",
        "a connector that is neither shipped nor a file",
        "`use:` takes the name of a shipped connector (`gatepost connectors list`) or the path of a connector profile of your\n"
        "own, relative to the site file and written with a slash or the ending .yaml: `./own.yaml`.",
        _OURS,
    ),
    Code(
        "PLN002",
        "error",
        "a site that uses itself",
        "`use:` names a connector profile. It points back at the site file here, directly or through a link, so there is no\n"
        "profile to read.",
        _OURS,
    ),
    Code(
        "PLN003",
        "error",
        "one connector twice in one site",
        "Rule ids are made of names (`site/connector/service/v4`), so a connector may stand in a site once. Put the networks of\n"
        "both accounts into one entry, or copy the profile to a file of your own under another `name`.",
        _OURS,
    ),
    Code(
        "PLN004",
        "error",
        "a connector without any address",
        "Nothing tells which addresses to let in, and gatepost never invents one. A connector whose addresses belong to your\n"
        "account (`per-account`) shows them inside the account; the hint says where. Put them under `networks:` or into a\n"
        "`networks_file:`.",
        "HubSpot publishes no address of its mailbox connector; they are shown under “View connection IPs” (knowledge.hubspot.com)",
    ),
    Code(
        "PLN005",
        "error",
        "a connector whose feed has not been fetched",
        "The vendor publishes its addresses as a machine-readable feed, and `render` never goes online: it takes them from the\n"
        "lock, a file beside the site that `gatepost update SITE` writes and people review. Without a feed, list the addresses\n"
        "under `networks:` and write `networks_only: true`.",
        _OURS,
    ),
    Code(
        "PLN006",
        "error",
        "a region that the connector does not have",
        "`region:` selects one or several of the regions of a connector profile, by the names that the profile gives them.",
        _OURS,
    ),
    Code(
        "PLN007",
        "note",
        "no region chosen, so all are let in",
        "The vendor lists its addresses by region, and the site names none: the addresses of all regions are let in. Naming\n"
        "your account's region opens the door to fewer machines.",
        _OURS,
    ),
    Code(
        "PLN008",
        "error",
        "`networks_only` without networks",
        "`networks_only: true` says that the vendor's own list is to be left aside, but the site gives no other: nobody would\nbe let in.",
        _OURS,
    ),
    Code(
        "PLN010",
        "error",
        "a service that the connector does not use",
        "`services:` narrows a connector to some of the services in its profile; it can't add others, because the profile says\n"
        "how TLS starts on each.",
        _OURS,
    ),
    Code(
        "PLN011",
        "error",
        "a connector without a service",
        "After `services:` nothing is left to open for this connector. Remove the connector, or the `services:` line to let it\n"
        "use all of its own.",
        _OURS,
    ),
    Code(
        "PLN012",
        "error",
        "two connectors that contradict each other about a service",
        "A service is one listener of your server: it has one set of ports and one TLS mode. Two connectors give it different\n"
        "ones. Where only the ports differ, `server.ports:` decides; a profile's port is the vendor's default.",
        _OURS,
    ),
    Code(
        "PLN013",
        "error",
        "two services on one port",
        "A packet filter sees the port, not the service: two services that share one would share their access as well, whatever\n"
        "the site says of each.",
        _OURS,
    ),
    Code(
        "PLN014",
        "error",
        "port 25 under another name than `smtp`",
        "Port 25 is where the world's mail arrives. gatepost leaves it open unless the site closes it in so many words, and it\n"
        "can keep that promise only if the port goes by its own name.",
        _PORT_25,
    ),
    Code(
        "PLN015",
        "warning",
        "a TLS mode that is not the usual one of the port",
        "993 and 465 start with TLS (implicit); 143, 587 and 25 start in clear and are upgraded with STARTTLS. A client that is\n"
        "told the wrong mode hangs or fails at the first byte, so this is rarely meant.",
        "RFC 8314; IANA service names imaps, submissions, imap, submission",
    ),
    Code(
        "PLN016",
        "error",
        "a port for a service that is not in the plan",
        "`server.ports:` overrides the port of a service that one of the site's connectors uses, or that `access:` names. This\n"
        "one is neither.",
        _OURS,
    ),
    Code(
        "PLN017",
        "error",
        "a server address that is not one address",
        "`server.addresses` are the public addresses that the connector connects to: single addresses, not networks.",
        _OURS,
    ),
    Code(
        "PLN020",
        "error",
        "access to a service that nothing defines",
        "`access:` decides about services that a connector uses, or about the five well-known ones (imap, imaps, smtp,\n"
        "submission, submissions).",
        _OURS,
    ),
    Code(
        "PLN021",
        "error",
        "port 25 closed without saying so in full",
        "An allowlist on `smtp` refuses the mail of the whole world. If mail reaches this server some other way, say it in so\n"
        "many words: `smtp: {mode: allowlist, exclusive: true}`. To let a connector deliver to port 25, no `access:` line is\n"
        "needed at all.",
        _PORT_25,
    ),
    Code(
        "PLN022",
        "error",
        "`exclusive` on a service other than smtp, or without an allowlist",
        "`exclusive: true` is the consent that closing port 25 needs. Every other allowlisted service is closed to others\n"
        "anyway, and a public one is not.",
        _PORT_25,
    ),
    Code(
        "PLN023",
        "warning",
        "an allowlisted service that no connector uses",
        "`access:` closes the service to everybody but the trusted networks, although no connector of the site needs it.",
        _OURS,
    ),
    Code(
        "PLN024",
        "note",
        "the other port of a guarded protocol is left alone",
        "IMAP and submission each have two ports, one with TLS from the first byte and one with STARTTLS. The site guards one\n"
        "of the two; the other is neither opened nor closed by gatepost. If your server listens there, decide about it under\n"
        "`access:`.",
        "RFC 8314",
    ),
    Code(
        "PLN025",
        "note",
        "closed to your own users on the road",
        "An allowlisted service is open to its connectors and to the `trusted` networks alone. People who read mail from\n"
        "elsewhere with a mail program are shut out. `access: {SERVICE: public}` keeps a service open to them; `{SERVICE:\n"
        "allowlist}` says that this is meant and ends the note.",
        _OURS,
    ),
    Code(
        "PLN026",
        "note",
        "mail from the world is refused on port 25",
        "The site closes `smtp` with `exclusive: true`, so only its connectors and trusted networks can deliver mail to this\n"
        "server directly.",
        _PORT_25,
    ),
    Code(
        "PLN030",
        "error",
        "a TLS floor above what a connector can speak",
        "The server would refuse every version of TLS that the connector knows, so its login fails before the password is\n"
        "asked. Lower `server.tls_minimum` to the newest version that the connector speaks.",
        "HubSpot names SSLv3 and TLS 1.0 to 1.2 and nothing newer (knowledge.hubspot.com, 2024-01-29)",
    ),
    Code(
        "PLN040",
        "error",
        "an expectation that the plan does not meet",
        "`expect:` states who must and who must not get in; it is tried against the plan before anything is written.",
        _OURS,
    ),
    Code(
        "PLN041",
        "error",
        "an expectation about a service that is not in the plan",
        "gatepost neither opens nor closes a service outside the plan, so it can't promise a verdict for it.",
        _OURS,
    ),
    Code(
        "PLN042",
        "error",
        "a question that `explain` can't answer",
        "A line of a `--queries` file asks about one source address and one service of the plan, or one port: `198.51.100.10\n"
        "imaps`. Blank lines and what follows a # are left out.",
        _OURS,
    ),
    Code(
        "PLN050",
        "error",
        "the access of a connector has expired",
        "`expires:` is the last day on which the connector is meant to have access. Remove the connector, or agree on a new\n"
        "date. `render` never looks at a date, so the rules in place stay as they are until you render without the connector.",
        _OURS,
    ),
    Code(
        "PLN051",
        "warning",
        "the access of a connector expires soon",
        "`expires:` is at most 14 days away.",
        _OURS,
    ),
    Code(
        "PLN052",
        "warning",
        "a vendor's list that nobody has looked at for long",
        "Vendors renumber, and copies rot. The list in this profile was read from the vendor's page more than 180 days ago:\n"
        "compare it with the source that the profile names.",
        "WorkOS' copied list went stale and lost customers' requests silently: workos/workos-node issue 1697",
    ),
    Code(
        "PLN060",
        "error",
        "two sites that guard the same address and port",
        "On one host each (destination address, port) pair may belong to one site: the first chain to drop a packet decides,\n"
        "whatever the other one allows. Make them one site with several connectors, or give both `destination: server` and\n"
        "different `server.addresses`.",
        "nft(8): a drop verdict ends the evaluation of all base chains; an accept ends only its own",
    ),
    Code(
        "PLN061",
        "error",
        "two sites of one name",
        "Object names and output folders are made from the site's name.",
        _OURS,
    ),
    Code(
        "PLN062",
        "error",
        "a connector named like one of gatepost's own words",
        "Rule ids and comments use `trusted`, `public` and `limit` where a connector's name stands elsewhere, so no connector\n"
        "may be called that.",
        _OURS,
    ),
    Code(
        "PLN063",
        "error",
        "`--network` beside a site file",
        "`--network` gives the addresses of a connector that is rendered without a site file. A site says itself who is let in.",
        _OURS,
    ),
    *CONNECTOR_CODES,
)
