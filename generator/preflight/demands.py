"""What a connector demands of a mail server, as its profile says it, sized for one run."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from generator.models import ConnectorModel, Messages
from generator.preflight.suites import VERSIONS

UNKNOWN_CONNECTIONS: Final = 5  # as the plan reckons where a vendor says nothing


class Demands(NamedTuple):
    """The requirements that the checks read. Empty texts and tuples: the vendor says nothing of it."""

    connector: str
    title: str
    vendor: str  # short, for sentences
    tls_versions: tuple[str, ...]
    connections_per_mailbox: int
    connections_known: bool
    mailboxes: int
    names_server: bool
    public_ca: str
    insecure_option: str
    login: str
    folders: tuple[str, ...]
    refused_software: tuple[str, ...]
    software_reasons: tuple[str, ...]  # why, in the words of the profile
    messages: Messages
    ipv6_known: bool  # some address that it connects from is an IPv6 one
    reminders: tuple[str, ...]

    @property
    def connections(self) -> int:
        """How many connections one source address may hold at the same time."""
        return self.connections_per_mailbox * self.mailboxes

    @property
    def tls_range(self) -> tuple[str, str]:
        """The newest and the oldest TLS version that the connector speaks; of a vendor that says nothing, those of today."""
        versions = self.tls_versions or ("TLSv1.2", "TLSv1.3")
        return max(versions, key=VERSIONS.__getitem__), min(versions, key=VERSIONS.__getitem__)

    @property
    def login_without(self) -> str:
        """Why no password is tried, for a connector that needs none; else nothing."""
        return "" if self.login == "password" else f"{self.vendor} logs in without a password"


def make_demands(profile: ConnectorModel, *, name: str, mailboxes: int, ipv6_known: bool) -> Demands:
    """The demands of a profile; `name` is what the site calls the connector."""
    asks = profile.requires
    return Demands(
        connector=name,
        title=profile.title,
        vendor=profile.vendor or profile.title,
        tls_versions=asks.tls_versions,
        connections_per_mailbox=asks.connections_per_mailbox or UNKNOWN_CONNECTIONS,
        connections_known=asks.connections_per_mailbox is not None,
        mailboxes=mailboxes,
        names_server=asks.certificate.names_server,
        public_ca=asks.certificate.public_ca,
        insecure_option=profile.insecure_option,
        login=asks.login,
        folders=asks.folders,
        refused_software=asks.refused_software,
        software_reasons=tuple(text.partition(": ")[2] for text in profile.unsupported if text.partition(": ")[0] in asks.refused_software),
        messages=profile.messages,
        ipv6_known=ipv6_known,
        reminders=tuple(_reminders(profile)),
    )


def _reminders(profile: ConnectorModel) -> Iterator[str]:
    """What no connection to the server can show: limits of the connector, and what is to be done at the vendor first."""
    for text in profile.unsupported:
        subject, _, why = text.partition(": ")
        if subject not in profile.requires.refused_software:
            yield f"not supported by {profile.vendor or profile.title}: {subject}" + (f" ({why})" if why else "")
    yield from (f"see to it at {profile.vendor or profile.title}: {text}" for text in profile.preconditions)
