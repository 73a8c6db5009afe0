"""What a preflight finds: one `Check` for each question, gathered by endpoint."""

from enum import StrEnum
from typing import NamedTuple

from generator.plan import TlsMode


class Status(StrEnum):
    """The verdict of one check."""

    PASS = "pass"  # noqa: S105 (a verdict)
    NOTE = "note"  # worth knowing; nothing to do
    WARN = "warn"  # works today, or with an option of the connector; counts as a failure under `--strict`
    FAIL = "fail"  # the connector's login or its work will not succeed
    SKIP = "skip"  # not asked, with the reason in `detail`


class Check(NamedTuple):
    """The answer to one question about an endpoint.

    `id` is fixed (`tls.version`, `cert.name`); `title` is the answer in a few words, `detail` the measured facts, `fix` what the server's
    administrator does about it, `vendor_message` what the connector's user would see. `data` holds measured values for machines.
    """

    id: str
    status: Status
    title: str
    detail: str = ""
    fix: str = ""
    vendor_message: str = ""
    data: tuple[tuple[str, str], ...] = ()


class Endpoint(NamedTuple):
    """One listener that the connector would connect to. `host` is as the user wrote it; `service` is the plan's name for it, or ''."""

    application: str  # "imap" or "smtp"
    host: str
    port: int
    tls: TlsMode
    service: str = ""
