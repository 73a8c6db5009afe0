"""PRE: what a preflight can't begin with. What it finds on a server is in its own report."""

from typing import Final

from generator.codes import Code

_OURS: Final = "gatepost's own rule; generator/preflight/joined.py"

CODES: Final = (
    Code(
        "PRE001",
        "error",
        "a site that does not name the host to connect to",
        "`gatepost preflight` connects where the connector would: to `server.imap` and `server.smtp` of the site, at the ports of\n"
        "its services. The option --imap or --smtp names a host for one run.",
        _OURS,
    ),
)
