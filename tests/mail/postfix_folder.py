"""Configuration folders of a Postfix that does not run, for what apply.sh and undo.sh do to files: on this machine, without a lab."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess
from typing import Final

from tests.mail.postfix_site import tree

_SHIPPED: Final = Path("/usr/share/postfix")
_LONG_AGO: Final = (1_000_000_000, 1_000_000_000)  # Postfix's programs wait while main.cf is new
MAIN: Final = """
smtpd_tls_cert_file = /etc/ssl/certs/ssl-cert-snakeoil.pem
smtpd_tls_security_level = may
smtpd_sasl_type = dovecot
"""
# What an administrator may have made of it, with blanks, comments and a listener for each of several addresses.
SUBMISSION: Final = """
# our own users
submission inet n - y - - smtpd
  -o smtpd_tls_security_level=encrypt
# the webmail
  -o { smtpd_helo_restrictions = permit_mynetworks, reject_invalid_helo_hostname }
  -o smtpd_client_restrictions=permit_mynetworks,permit_sasl_authenticated,reject
"""

Tree = dict[str, tuple[int, int, bytes]]


@dataclass(frozen=True, slots=True)
class Folder:
    """A configuration folder."""

    path: Path

    def run(self, script: Path, *arguments: str, environment: dict[str, str] | None = None) -> CompletedProcess[str]:
        """Run a script of a rendered site on it."""
        command = ["sh", str(script), *arguments, "-c", str(self.path)]
        variables = {**os.environ, "TMPDIR": str(self.path.parent), **(environment or {})}  # what a killed run leaves goes with the test
        return subprocess.run(command, capture_output=True, text=True, check=False, env=variables)

    def apply(self, site: Path, *arguments: str) -> CompletedProcess[str]:
        """Run apply.sh; it has to work."""
        done = self.run(site / "apply.sh", *arguments)
        assert done.returncode == 0, done.stderr
        return done

    def undo(self, site: Path) -> CompletedProcess[str]:
        """Run undo.sh; it has to work."""
        done = self.run(site / "undo.sh")
        assert done.returncode == 0, done.stderr
        return done

    def postconf(self, *arguments: str) -> list[str]:
        """What postconf prints about it."""
        done = subprocess.run(["postconf", "-c", self.path, *arguments], capture_output=True, text=True, check=True)
        return done.stdout.splitlines()

    def settings(self, entry: str) -> dict[str, str]:
        """What an entry of master.cf sets."""
        pairs = (line.removeprefix(f"{entry}/").partition(" =") for line in self.postconf("-P", f"{entry}/*"))
        return {name: value.strip() for name, _, value in pairs}

    def listeners(self) -> list[str]:
        """Every inet service of master.cf."""
        return [line.split()[0] for line in self.postconf("-M", "*/inet")]

    def edit(self, old: str, new: str) -> None:
        """Change master.cf.

        Raises:
            AssertionError: `old` is not there.
        """
        path = self.path / "master.cf"
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in master.cf"
        path.write_text(text.replace(old, new), encoding="utf-8")

    def tree(self) -> Tree:
        """Every file in it."""
        return dict(tree(self.path))


def make_folder(place: Path, *, main: str = MAIN, master: str = "") -> Folder:
    """Debian's configuration, with more lines in both files."""
    place.mkdir(parents=True)
    Path(f"{place}.queue").mkdir()
    shipped = _SHIPPED.joinpath("main.cf.debian").read_text(encoding="utf-8")
    place.joinpath("main.cf").write_text(f"{shipped}{main}queue_directory = {place}.queue\n", encoding="utf-8")
    os.utime(place / "main.cf", _LONG_AGO)
    dist = _SHIPPED.joinpath("master.cf.dist").read_text(encoding="utf-8")
    place.joinpath("master.cf").write_text(f"{dist}{master}", encoding="utf-8")
    return Folder(place)
