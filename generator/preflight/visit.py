"""One endpoint: its checks in the order in which a connector would fail at them. What can't be asked any more is a SKIP with the reason."""

from collections.abc import Callable
from typing import Final, TypeVar

from generator.plan import TlsMode
from generator.preflight.context import Context
from generator.preflight.dialogue import Dialogue
from generator.preflight.imap import ImapDialogue
from generator.preflight.outcome import EndpointReport, Info
from generator.preflight.reach import OUR_SIDE, Attempt
from generator.preflight.result import Check, Endpoint, Status
from generator.preflight.settings import with_setting
from generator.preflight.smtp import SmtpDialogue
from generator.preflight.software import Signs, all_capabilities, judge_software, recognise
from generator.preflight.transcript import Transcript
from generator.preflight.wire import Channel, Deadline

T = TypeVar("T")

_ORDER: Final = (
    *("dns", "tcp", "greeting", "inspection", "starttls", "tls.version", "tls.handshake", "tls.kex", "tls.dh", "tls.clientcert"),
    *("cert.name", "cert.validity", "cert.key", "cert.purpose", "cert.chain", "cert.intercepted", "plaintext", "auth"),
    *("login", "inbox", "folders", "sender", "connections", "software", "port"),
)
_TITLES: Final = {
    "tcp": "connection to the port",
    "greeting": "greeting",
    "starttls": "STARTTLS",
    "tls.version": "TLS version",
    "tls.handshake": "TLS handshake",
    "tls.kex": "key exchange",
    "cert.name": "name in the certificate",
    "cert.validity": "dates of the certificate",
    "cert.key": "key of the certificate",
    "cert.purpose": "purpose of the certificate",
    "cert.chain": "chain of the certificate",
    "auth": "login on offer",
    "login": "login",
    "inbox": "inbox",
    "folders": "folder for sent mail",
    "sender": "sender",
    "connections": "simultaneous connections",
    "software": "server software",
}
_AFTER_LOGIN: Final = {"auth", "login"}  # a FAIL of these shows as the vendor's words for a refused login
_SHORTEST_MASKED: Final = 6
_SILENT: Final = {"software", "sender", "inbox", "folders", "port", "plaintext"}  # no known words of a vendor for these


class Visit:
    """One endpoint while it is being checked. Not for several threads at once."""

    def __init__(self, endpoint: Endpoint, context: Context, known: Callable[[str], str]) -> None:
        self.endpoint = endpoint
        self.context = context
        self.known = known  # what the plan says about a connection from an address of ours
        self.transcript = self.new_transcript()
        self.checks: list[Check] = []
        self.info = Info()
        self.addresses: tuple[str, ...] = ()
        self.attempts: tuple[Attempt, ...] = ()
        self.local_address = ""
        self.connections_made = 0
        self.dialogue: Dialogue | None = None  # while there is one
        self.stopped_by = ""  # why what comes later can't be asked
        self.out_of_reach = False
        self._seconds_left = context.timeout
        self.deadline = Deadline.after(context.clock, 0)

    def new_transcript(self) -> Transcript:
        """A transcript that shows no secret, whoever says it."""
        transcript = Transcript()
        for secret in self.context.credentials.secrets if self.context.credentials else ():
            transcript.hide(secret)
        return transcript

    @property
    def label(self) -> str:
        """The endpoint in a few words."""
        host = self.endpoint.host
        return f"[{host}]:{self.endpoint.port}" if ":" in host else f"{host}:{self.endpoint.port}"

    def add(self, *checks: Check) -> None:
        """Keep answers."""
        self.checks += checks

    def fail(self, check: str, title: str, detail: str = "", fix: str = "", *, because: str = "", polite: bool = False) -> None:
        """Keep a FAIL that makes everything later impossible. `polite`: the dialogue still stands, and is to be ended with a goodbye."""
        self.add(Check(check, Status.FAIL, title, detail, fix))
        self.stop(because or title, polite=polite)

    def stop(self, reason: str, *, polite: bool = False) -> None:
        """Say why nothing more can be asked, and hang up unless somebody will say goodbye."""
        self.stopped_by = self.stopped_by or reason
        if not polite:
            self.hang_up()

    def hang_up(self) -> None:
        """Close the connection, if there is one."""
        if self.dialogue is not None:
            self.dialogue.channel.close()
            self.dialogue = None

    def during(self, part: Callable[["Visit"], T]) -> T:
        """Run a part of the checks on this endpoint's own time."""
        self.deadline = Deadline.after(self.context.clock, self._seconds_left)
        if self.dialogue is not None:
            self.dialogue.channel.deadline = self.deadline
        try:
            return part(self)
        finally:
            self._seconds_left = self.deadline.left

    def seconds(self, most: float, share: float) -> float:
        """How long one step may take: `most`, and no more than its share of the endpoint's time, so that others get theirs."""
        return min(most, self.context.timeout * share)

    def patience(self, addresses: int) -> float:
        """How long one of so many addresses is waited for: they share the time, so that enough is left for the one that answers."""
        return min(self.seconds(10.0, 0.25), self.seconds(30.0, 0.4) / addresses)

    def connect(self, address: str, transcript: Transcript | None = None, *, of: int = 1) -> Channel:
        """One more connection; `of` is how many addresses are tried in a row.

        Raises:
            ConnectFailure: it didn't come to one.
        """
        self.connections_made += 1
        within = self.patience(of)
        return Channel.connect(address, self.endpoint.port, deadline=self.deadline, transcript=transcript or Transcript(), within=within)

    def speak(self, channel: Channel) -> Dialogue:
        """The dialogue of this endpoint's protocol over a channel."""
        return ImapDialogue(channel) if self.endpoint.application == "imap" else SmtpDialogue(channel)

    def tell(self, doing: str) -> None:
        """Say what is being done."""
        self.context.tell(f"{self.label}: {doing}")

    @property
    def tested_address(self) -> str:
        """The address that the dialogue was held with."""
        return next((attempt.address for attempt in self.attempts if not attempt.kind), "")

    def set_out_of_reach(self, *kinds: str) -> None:
        """Tell whether all reasons for not reaching it lie on this side."""
        self.out_of_reach = bool(kinds) and set(kinds) <= OUR_SIDE

    def report(self) -> EndpointReport:
        """Everything about this endpoint, in the order of the checks."""
        self.hang_up()
        signs = self._signs()
        if self.endpoint.application == "imap" and self.info.greeting.startswith("* "):
            software = judge_software(signs, self.context.demands)
            known = software is not None and (software.status is not Status.NOTE or any(check.id == "auth" for check in self.checks))
            self.add(*([software] if software is not None and known else []))
        if self.endpoint.application == "smtp" and self.endpoint.port == 25:
            detail = "it is for mail between servers: many networks block it on the way out, and logins there are rare"
            self.add(Check("port", Status.WARN, "port 25 is not for submission", detail, "use 587 with STARTTLS, or 465 with implicit TLS"))
        product = recognise(signs)
        checks = [self._complete(check, product) for check in (*self.checks, *self._skipped())]
        return EndpointReport(
            endpoint=self.endpoint,
            addresses=self.addresses,
            tested_address=self.tested_address,
            local_address=self.local_address,
            connections_made=self.connections_made,
            info=self._masked_info(),
            checks=tuple(sorted(checks, key=lambda check: _ORDER.index(check.id))),
            transcript=self.transcript.lines,
            out_of_reach=self.out_of_reach,
        )

    def _signs(self) -> Signs:
        info = self.info
        announced = all_capabilities(info.capabilities_before_tls, info.capabilities, info.capabilities_after_login)
        return Signs(info.greeting, info.id, info.bye, announced)

    def _complete(self, check: Check, product: str) -> Check:
        """The check with the configuration line and the vendor's words that belong to it."""
        if check.status is Status.SKIP:
            return check._replace(title=_TITLES.get(check.id, check.title))
        if check.status is Status.FAIL and not check.vendor_message and check.id not in _SILENT:
            kind = "login" if check.id in _AFTER_LOGIN else "settings"
            message = str(getattr(self.context.demands.messages, f"{self.endpoint.application}_{kind}"))
            check = check._replace(vendor_message=message)
        return with_setting(check._replace(detail=self._mask(check.detail)), product, self.endpoint.application)

    def _masked_info(self) -> Info:
        info, mask = self.info, self._mask
        return info._replace(
            greeting=mask(info.greeting),
            capabilities_before_tls=tuple(map(mask, info.capabilities_before_tls)),
            capabilities=tuple(map(mask, info.capabilities)),
            capabilities_after_login=tuple(map(mask, info.capabilities_after_login)),
            id=mask(info.id),
            bye=mask(info.bye),
        )

    def _mask(self, text: str) -> str:
        """The text without secrets. Short ones stay: masking every `a` would tell more than it hides."""
        password = self.context.credentials.password if self.context.credentials else ""
        return self.transcript.mask(text) if len(password) >= _SHORTEST_MASKED else text

    def _skipped(self) -> list[Check]:
        there = {check.id for check in self.checks}
        because = f"not run because {self.stopped_by or 'the dialogue ended before'}"
        return [Check(name, Status.SKIP, _TITLES[name], because) for name in self._expected() if name not in there]

    def _expected(self) -> tuple[str, ...]:
        demands = self.context.demands
        imap = self.endpoint.application == "imap"
        return (
            *("tcp", "greeting"),
            *(("starttls",) if self.endpoint.tls is TlsMode.STARTTLS else ()),
            *("tls.version", "tls.handshake", "tls.kex"),
            *("cert.name", "cert.validity", "cert.key", "cert.purpose", "cert.chain", "auth", "login"),
            *((("inbox",) + (("folders",) if "sent" in demands.folders else ()) + ("connections",)) if imap else ("sender",)),
            *(("software",) if imap and demands.refused_software else ()),
        )
