"""The table of scenarios: a server, the command line, and what the preflight must say of it."""

from tests.preflight.scenarios.certificates import CERTIFICATES
from tests.preflight.scenarios.dialogues import DIALOGUES
from tests.preflight.scenarios.logins import LOGINS
from tests.preflight.scenarios.network import NETWORK
from tests.preflight.scenarios.peers import BAD_PEERS
from tests.preflight.scenarios.real import REAL
from tests.preflight.scenarios.row import Row
from tests.preflight.scenarios.tls import TLS

SCENARIOS: tuple[Row, ...] = (*REAL, *CERTIFICATES, *TLS, *NETWORK, *DIALOGUES, *LOGINS, *BAD_PEERS)

__all__ = ["SCENARIOS", "Row"]
