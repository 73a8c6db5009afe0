"""`python -m tests.preflight.lab`: a Dovecot and a Postfix with a mailbox, and a shell beside them to try `gatepost preflight` in."""

import os
import subprocess
import sys

from tests.house.tree import ROOT
from tests.mail.lab.people import ALICE, PASSWORDS
from tests.preflight.lab import NAME_SERVER, PreflightLab
from tests.preflight.scenarios.row import PASSWORD_VARIABLE

_TEXT = """\
A mail server of its own is running, in a network of its own; nothing else on this machine sees it.
The shell that starts now is in that network, and its `gatepost` is this folder's. Try:

  gatepost preflight --connector hubspot --imap dovecot.example.org --smtp postfix.example.org $lab
  gatepost preflight --connector hubspot --imap dovecot.example.org --smtp postfix.example.org $lab --user {user} --password-env {variable}
  gatepost preflight --connector hubspot --imap limit-three.example.org $lab --user {user} --password-env {variable} --connections
  gatepost preflight --connector hubspot --imap only-tls13.example.org $lab       # TLS 1.3 alone
  gatepost preflight --connector hubspot --imap expired.example.org $lab          # also: self-signed, incomplete, cn-only, wrong-name
  gatepost preflight --connector hubspot --smtp postfix.example.org:25 $lab       # the wrong port

${variable} holds {user}'s password. $lab says which name server to ask and which roots are public: {options}
Leave with `exit`; the server ends with it.
"""


def main() -> int:
    """Start it, and a shell beside it."""
    with PreflightLab() as lab:
        _ = lab.mail
        options = f"--resolver {NAME_SERVER} --ca-bundle {lab.office.roots}"
        sys.stdout.write(_TEXT.format(user=ALICE, variable=PASSWORD_VARIABLE, options=options))
        sys.stdout.flush()
        path = f"{ROOT / '.venv' / 'bin'}:{os.environ['PATH']}"
        environment = {**os.environ, "PATH": path, "lab": options, PASSWORD_VARIABLE: PASSWORDS[ALICE]}
        shell = [os.environ.get("SHELL", "/bin/sh")]
        return lab.namespace.run(subprocess.run, shell, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
