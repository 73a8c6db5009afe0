"""One row of the table, and how it is read."""

from collections.abc import Sequence
from typing import Final, NamedTuple

PASSWORD_VARIABLE: Final = "GATEPOST_TEST_PASSWORD"  # noqa: S105 # its name


class Row(NamedTuple):
    """A row. `options` is a command line in which a host of the lab needs no domain, --login stands for alice and her password, and
    `site:IMAP,SMTP` for a site file with these two servers, and the services imaps and submission.

    `imap` and `smtp` tell every check that does not PASS: `cert.chain=warn`; `report` is what is said of the domain. What needs a login,
    and is skipped without one, is understood.
    The last word may be `stop`, or `stop:ID`: whatever comes after that check is skipped. `guess` is a wrong password.
    """

    name: str
    options: str
    status: int = 0
    imap: str = ""
    smtp: str = ""
    report: str = ""
    long: bool = False
    guess: str = ""

    def __str__(self) -> str:
        return self.name


# In which order the checks are done. Those in brackets are there only when there is something to say.
_TLS: Final = "tls.version tls.handshake tls.kex (tls.dh) (tls.clientcert) cert.name cert.validity cert.key cert.purpose cert.chain"
_ORDERS: Final = {
    ("imap", "implicit"): f"dns tcp {_TLS} greeting software auth login inbox folders connections",
    ("imap", "starttls"): f"dns tcp greeting software starttls {_TLS} auth login inbox folders connections",
    ("smtp", "implicit"): f"dns tcp {_TLS} greeting auth login sender",
    ("smtp", "starttls"): f"dns tcp greeting (inspection) starttls {_TLS} auth login sender",
}
_AFTER_LOGIN: Final = {"imap": ("login", "inbox", "folders", "connections"), "smtp": ("login", "sender")}
_IMPLICIT_PORTS: Final = ("", "993", "465")


def expected_checks(row: Row) -> dict[str, dict[str, str]]:
    """Every check that does not pass, by service: what a row tells, and what goes without saying."""
    words = row.options.split()
    if words[0].startswith("site:"):
        words += ["--imap", ":993", *([] if "--service" in words else ["--smtp", ":587"])]
    expected = {"report": dict(word.split("=") for word in row.report.split())}
    for application, text in (("imap", row.imap), ("smtp", row.smtp)):
        option = f"--{application}"
        expected[application] = _expect(text, application, words[words.index(option) + 1], words) if option in words else {}
    return expected


def _expect(text: str, application: str, endpoint: str, words: Sequence[str]) -> dict[str, str]:
    told = dict(word.split("=") for word in text.split() if "=" in word)
    skipped = [] if "--login" in words else list(_AFTER_LOGIN[application])
    if stop := [word for word in text.split() if word.startswith("stop")]:
        last = stop[0].partition(":")[2] or next(name for name, status in told.items() if status == "fail")
        order = [name.strip("()") for name in _order(application, endpoint)]
        skipped += [name for name in order[order.index(last) + 1 :] if name in _order(application, endpoint)]
    return {**dict.fromkeys(skipped, "skip"), **told}


def _order(application: str, endpoint: str) -> list[str]:
    port, _, mode = endpoint.partition(":")[2].partition("/")
    return _ORDERS[application, mode or ("implicit" if port in _IMPLICIT_PORTS else "starttls")].split()
