"""LCK030 to LCK069: fetching feeds, judging what they say, and the lock. Part of `lck`."""

from typing import Final

from generator.codes import Code

_OURS: Final = "gatepost's own rule; docs/UPDATING.md"
_HTTP: Final = "RFC 9110 (HTTP semantics)"
_SPECIAL: Final = "IANA IPv4 and IPv6 Special-Purpose Address Registries"
_GROW: Final = "vendors' lists grow, are renumbered and are sometimes served empty, cut or wrong; docs/UPDATING.md"

UPDATE_CODES: Final = (
    Code(
        "LCK030",
        "warning",
        "a lock that was made from another feed",
        "The profile, or the site's `feed_url`, now says something else about the feed than when the lock was made: another URL,\n"
        "or another choice of what counts in it. The pinned addresses are used as they are until `gatepost update` runs.",
        _OURS,
    ),
    Code(
        "LCK031",
        "warning",
        "a lock that nobody has refreshed for long",
        "The addresses of the connector were last read from its feed longer ago than the site allows (`updates.max_age_days`, 30\n"
        "if left out). Vendors renumber, so run `gatepost update`; a timer or a pipeline does it best. Only `check` looks at dates.",
        _OURS,
    ),
    Code(
        "LCK032",
        "warning",
        "a profile that nobody has reviewed for long",
        "The profile was last held against its references longer ago than the site allows (`updates.max_review_days`, 365 if left\n"
        "out): ports, requirements, or the feed itself may have changed. Only `check` looks at dates.",
        _OURS,
    ),
    Code(
        "LCK033",
        "note",
        "a network whose grace period is over",
        "The vendor took the network out of the feed, the lock kept it for the site's grace period, and that has passed. The next\n"
        "`gatepost update` takes it out; until then it is let in.",
        _OURS,
    ),
    Code(
        "LCK034",
        "warning",
        "a lock that was edited",
        "Each connector in the lock has a digest of all that `gatepost update` wrote about it, and it no longer fits: somebody edited\n"
        "the lock, or two versions of it were merged. The addresses are used as they stand until `gatepost update` reads the feed\n"
        "anew. To let in addresses that the feed lacks, write them under `networks:` in the site.",
        _OURS,
    ),
    Code(
        "LCK035",
        "error",
        "`--connector` or `--accept` with a name that the site does not have",
        "Both options take the name of one of the site's connectors whose addresses come from a feed.",
        _OURS,
    ),
    Code(
        "LCK036",
        "note",
        "a site without feeds",
        "No connector of the site takes its addresses from a feed, so there is nothing to update and the site needs no lock.",
        _OURS,
    ),
    Code(
        "LCK037",
        "error",
        "`feed_url` where no feed is read",
        "`feed_url` says where to read a feed instead of the profile's URL. This connector's addresses do not come from one, or come\n"
        "from the DNS, or `networks_only` leaves the feed aside.",
        _OURS,
    ),
    Code(
        "LCK038",
        "error",
        "a lock without a place",
        "The lock lies beside the site's file. A site from standard input has no such place.",
        _OURS,
    ),
    Code(
        "LCK039",
        "error",
        "a lock that can't be written",
        "The operating system refused: no space, no permission, a folder in the way. The lock is written whole beside its place and\n"
        "then renamed, so the old one is as it was.",
        "rename(2)",
    ),
    Code(
        "LCK040",
        "error",
        "a feed that can't be reached",
        "No connection, no answer in time, or the server says that it is overloaded (429, 5xx), also after several tries with growing\n"
        "pauses. The lock keeps what it had; exit status 3.",
        _HTTP,
    ),
    Code(
        "LCK041",
        "error",
        "a server whose certificate is not trusted",
        "A feed decides who gets in, so its server must prove who it is: the certificate has to be valid now, for this name, and signed\n"
        "by a CA that the system (or SSL_CERT_FILE) trusts. There is no option to do without. The lock keeps what it had; exit status 3.",
        "RFC 9525 (service identity in TLS)",
    ),
    Code(
        "LCK042",
        "error",
        "a feed that the server does not give",
        "The server answers that it has no such document, or not for everybody (4xx). Feeds move: look for the new address on the\n"
        "vendor's page and write it as `feed_url:` until the profile has it.",
        _HTTP,
    ),
    Code(
        "LCK043",
        "error",
        "a feed behind an address that is not safe",
        "Feeds are read over https, also after a redirect: anybody on the way could change what comes over http. Plain http is taken\n"
        "from this machine alone. An address with a password in it is refused, because the lock would publish it.",
        _OURS,
    ),
    Code(
        "LCK044",
        "error",
        "an answer that is too large",
        "The document is larger than 32 MiB, as it came or unpacked. The largest real feeds have some megabytes.",
        _OURS,
    ),
    Code(
        "LCK045",
        "error",
        "an answer that is damaged",
        "The answer ends before its length, or cannot be unpacked, also after several tries. The lock keeps what it had; exit status 3.",
        _HTTP,
    ),
    Code(
        "LCK046",
        "error",
        "a saved copy that can't be read",
        "`feed_url: file:PATH` reads a copy of the feed that you saved; a relative path counts from the site's folder.",
        _OURS,
    ),
    Code(
        "LCK047",
        "error",
        "a feed whose address only you know",
        "The address of the feed is different for every account, so the profile has none. Write yours as `feed_url:`.",
        _OURS,
    ),
    Code(
        "LCK048",
        "error",
        "a feed in the DNS without an answer",
        "No name server gave an answer in time. The lock keeps what it had; exit status 3.",
        "RFC 1035; RFC 7208 (SPF)",
    ),
    Code(
        "LCK049",
        "note",
        "a damaged lock, and what to do about it",
        "The findings beside this one say what is wrong with the lock. It is made by `gatepost update` and not mended by hand: version\n"
        "control has a whole one, and an update of that goes on from there, with all its checks of what changes. Without any lock an\n"
        "update takes what the feeds say as new.",
        _OURS,
    ),
    Code(
        "LCK050",
        "error",
        "a feed that names no network",
        "The feed could be read, and nothing in it is what the profile looks for. Taking it would lock the connector out. Accept it by\n"
        "name (`--accept NAME=LCK050`) only if the vendor really gave all addresses up.",
        _GROW,
    ),
    Code(
        "LCK051",
        "error",
        "a feed that lost much at once",
        "More of the connector's addresses are gone than the site takes without asking (`updates.shrink_percent`, 20 if left out). Lists\n"
        "that were cut on the way look like this, and so does a vendor that renumbers. Counted in addresses, for each family.",
        _GROW,
    ),
    Code(
        "LCK052",
        "error",
        "a feed that grew much at once",
        "The feed names more new addresses than the site takes without asking (`updates.growth_percent`, 50 if left out). A wrong feed\n"
        "looks like this, and so does a vendor's new region. Counted in addresses, for each family.",
        _GROW,
    ),
    Code(
        "LCK053",
        "error",
        "a feed with a prefix that is too wide",
        "A prefix is wider than the site takes from a feed (`updates.widest`, /12 for IPv4 and /28 for IPv6 if left out) and was not in\n"
        "the lock before.",
        _OURS,
    ),
    Code(
        "LCK054",
        "error",
        "a feed with addresses that are not public",
        "Private, documentation and reserved addresses come from no vendor on the Internet. An `allow:` entry of the site for the same\n"
        "network (NET054, NET055, NET056) accepts them for good.",
        _SPECIAL,
    ),
    Code(
        "LCK055",
        "error",
        "a feed with what never is a source address",
        "Everybody (0.0.0.0/0, ::/0), nobody, loopback, link-local and multicast addresses, and anything wider than /8 (IPv6: /20), are\n"
        "never rendered, so they are never pinned, and can't be accepted.",
        _SPECIAL,
    ),
    Code(
        "LCK056",
        "error",
        "a feed whose version goes backwards",
        "The feed's own version, which only grows, is lower than the one in the lock, or of another kind. An old copy was served, from a\n"
        "cache or by somebody who wants an old list in force.",
        _GROW,
    ),
    Code(
        "LCK057",
        "error",
        "a feed without a region that the site names",
        "The site lets in a region that the feed does not have, or no longer has. Nobody of it would be let in.",
        _GROW,
    ),
    Code(
        "LCK060",
        "note",
        "a change that was accepted by name",
        "`--accept` named this connector, so what would have been refused was taken.",
        _OURS,
    ),
    Code(
        "LCK061",
        "warning",
        "`--accept` of no use",
        "Nothing about this connector was refused under that code. What was accepted once needs no option in the next run.",
        _OURS,
    ),
    Code(
        "LCK062",
        "note",
        "a lock with a connector that the site does not have",
        "The connector was removed, was renamed, or no longer takes its addresses from a feed. `update` takes it out of the lock.",
        _OURS,
    ),
)
