"""What one run of a preflight was told: the demands, the credentials, the clocks, and how patient it is."""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from generator.preflight.demands import Demands
from generator.preflight.resolve import Resolver
from generator.preflight.wire import Clock

DEFAULT_SECONDS: Final = 90.0


@dataclass(frozen=True, slots=True)
class Credentials:
    """The mailbox's user name and password. `sender` is the address that mail is sent as; empty where the user name is none."""

    user: str
    password: str = field(repr=False)
    sender: str = ""

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not be shown: the password, as it is and as upper case (capabilities are kept so), and as SASL PLAIN sends it."""
        token = base64.b64encode(f"\0{self.user}\0{self.password}".encode()).decode()
        return self.password, self.password.upper(), token


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What one run was told. `timeout` is for everything on one endpoint, in seconds, without the time that it waits for others."""

    demands: Demands
    clock: Clock
    pause: Callable[[float], None]  # between connections beyond the first: servers and fail2ban count them
    now: datetime
    resolver: Resolver
    trusted: bytes  # PEM of the roots that count as public
    timeout: float = DEFAULT_SECONDS
    credentials: Credentials | None = None
    count_without_login: bool = False
    all_versions: bool = False
    published: tuple[str, ...] = ()  # the server's addresses as the site lists them
    name_server: tuple[str, int] | None = None
    tell: Callable[[str], None] = lambda _doing: None  # what is being done, for somebody who waits
