"""Writes docs/connectors.md from the profiles: `python -m tests.docs.connectors > docs/connectors.md`."""

import sys
from collections.abc import Iterable, Iterator
from typing import Final

from generator.models import ConnectorModel, Reference, ServiceFacts
from generator.review.handover import DOUBTS
from generator.review.search import count_networks, feed_choice, feed_place
from tests.profiles.shipped import CONNECTORS, connector

_HEAD: Final = """\
# Connectors

The services that ship with gatepost, made from [`profiles/`](../profiles). `gatepost connectors list WORD…` searches them, and
`gatepost connectors show NAME` prints one with all its networks; both take `--format json`. What is not here is at [the end](#left-out).

| addresses | means |
| --- | --- |
| published | the vendor has a list on a page. The profile holds it with the day it was read, or says where the site's owner finds it |
| feed | the vendor has a list for machines. The profile says which part of it counts; `gatepost update` pins it in the site's lock |
| per-account | the vendor shows them in your account; the site lists them |
| none | no fixed addresses are known. Nothing is rendered until the site decides: networks that you know, or `access: {SERVICE: public}` |

Confidence is `high` where the vendor's own words are about this use, `medium` where some fact is not the vendor's or was concluded, and
`low` where the addresses are derived from something else; then `check` and `render` say so as well. No address is without a source.
"""
_POLICIES: Final = {
    "published": "published on a page",
    "feed": "a feed",
    "per-account": "shown in your account",
    "none": "no fixed ones known",
}
_TLS: Final = {"implicit": "implicit TLS", "starttls": "STARTTLS"}
_TAIL: Final = """\

## Left out

Looked at, and not shipped:

| service | why |
| --- | --- |
| HubSpot, sending mail | it delivers to port 25 as all the world does, which needs no rule; not the networks of [`hubspot`](#hubspot) |
| Atlassian, sending mail | the same; its list holds /17 networks of a mail provider that anybody can send from |
| Zendesk | has a feed of what it connects from, but nothing says that it connects to a mail server of yours |
| Intercom | the same: its feed is for webhooks |
| Gmail fetching mail from other accounts | closed to new users, ends in 2026, and has no list; all networks of Google would be none |

Of these, nothing that could be read names addresses for mail; that is "not found", not "unpublished": ActiveCampaign, Amazon SES, Apollo,
Asana, Copper, Dynamics server-side synchronisation, Einstein Activity Capture, Freshdesk, Front, Gorgias, Help Scout, Instantly, Mailchimp,
Mailgun, Mailshake, Missive, monday.com, Outreach, Reply.io, Salesloft, ServiceNow, Site24x7, Smartlead, Spark, Streak, Superhuman, Tray,
Uptime.com, Woodpecker, Yesware, Zapier. Some of them may reach mailboxes through [Nylas](#nylas); ask. A profile of your own is short:
[profiles/README.md](../profiles/README.md#a-connector-of-your-own).
"""


def connectors_page() -> str:
    """The whole page."""
    models = [connector(path).model for path in CONNECTORS]
    rows = ["| connector | what connects | services | addresses | networks | confidence |", "| --- | --- | --- | --- | --: | --- |"]
    return "".join((_HEAD, "\n", *(f"{row}\n" for row in (*rows, *map(_row, models))), *map(_section, models), _TAIL))


def _row(model: ConnectorModel) -> str:
    services = ", ".join(model.services)
    count = count_networks(model) or ""
    return f"| [`{model.name}`](#{model.name}) | {model.title} | {services} | {model.addresses.policy} | {count} | {model.confidence} |"


def _section(model: ConnectorModel) -> str:
    return f"\n## {model.name}\n\n{model.title}. Vendor: {model.vendor}.\n\n" + "".join(f"- {line}\n" for line in _lines(model))


def _lines(model: ConnectorModel) -> Iterator[str]:
    yield from _address_lines(model)
    yield f"**services**: {'; '.join(_service(name, facts) for name, facts in model.services.items())}"
    for label, texts in (
        ("before", model.preconditions),
        ("warning", model.warnings),
        ("not with it", model.unsupported),
        ("note", model.notes),
    ):
        yield from (f"**{label}**: {text}" for text in texts)
    if model.requires.connections_per_mailbox:
        yield f"**connections**: {model.requires.connections_per_mailbox} at once for each mailbox"
    if model.requires.tls_versions:
        yield f"**TLS**: {', '.join(model.requires.tls_versions)}"
    yield f"**reviewed**: {model.reviewed}; **confidence**: {DOUBTS.get(model.confidence or '', model.confidence)}"
    yield "**references**:\n" + "\n".join(f"  - {_reference(reference)}" for reference in model.references)


def _address_lines(model: ConnectorModel) -> Iterator[str]:
    addresses, count = model.addresses, count_networks(model)
    source = f"; source: <{addresses.source}>" if addresses.source else ""
    read = f", read on {addresses.retrieved}" if addresses.retrieved else ""
    held = f", {count} network{'s' if count != 1 else ''} in the profile" if count else ""
    missing = ", which no copy had: the site lists them" if addresses.policy == "published" and not count else ""
    yield f"**addresses**: {_POLICIES[addresses.policy]}{held}{missing}{source}{read}"
    if addresses.how:
        yield f"**where**: {addresses.how}"
    if addresses.feed is not None:
        choice = "".join(f", `{line}`" for line in feed_choice(addresses.feed))
        note = f"; {addresses.feed.note}" if addresses.feed.note else ""
        yield f"**feed**: {addresses.feed.format}, `{feed_place(addresses.feed)}`{choice}{note}"
    if model.regions:
        yield f"**regions**: {_listed(_region(name, len(facts.networks), facts.note) for name, facts in model.regions.items())}"


def _region(name: str, count: int, note: str) -> str:
    return f"`{name}` ({count}{f': {note}' if note else ''})"


def _listed(texts: Iterable[str]) -> str:
    return ", ".join(texts)


def _service(name: str, facts: ServiceFacts) -> str:
    return f"`{name}` {facts.port}, {_TLS[facts.tls]}"


def _reference(reference: Reference) -> str:
    dates = [f"of {reference.date}"] * bool(reference.date) + [f"read on {reference.retrieved}"] * bool(reference.retrieved)
    return f"<{reference.url}> ({', '.join(dates)}): {reference.says}"


if __name__ == "__main__":
    sys.stdout.write(connectors_page())
