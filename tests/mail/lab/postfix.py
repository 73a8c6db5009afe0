"""A real Postfix, set up as on a Debian mail server with mailboxes that Dovecot serves."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from subprocess import CompletedProcess
from typing import Final

from tests.kernel.lab import LabError
from tests.mail.lab.certificates import SMTP_NAME, Certificates
from tests.mail.lab.machine import Machine
from tests.mail.lab.people import DOMAIN, PASSWORDS, VMAIL_ID, home_of
from tests.mail.lab.texts import set_values, write_lines

FOLDER: Final = "/etc/postfix"
_QUEUE: Final = "/var/spool/postfix"
_LONG_AGO: Final = 1_000_000_000.0
_LOG: Final = "/var/log/mail.log"

# Folder, mode, whether Postfix owns it, whether its group is postdrop: what `postfix check` would make, in a second.
_QUEUE_FOLDERS: Final = (
    *((name, 0o700, True, False) for name in ("active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming")),
    *((name, 0o700, True, False) for name in ("private", "saved", "trace")),
    ("maildrop", 0o1730, True, True),
    ("pid", 0o755, False, False),
    ("public", 0o2710, True, True),
)

# What an administrator takes the `#` off, of a service that Debian's master.cf has as a comment.
_OPTIONS: Final = (
    *("syslog_name", "smtpd_tls_security_level", "smtpd_tls_wrappermode", "smtpd_sasl_auth_enable", "smtpd_tls_auth_only"),
    "smtpd_recipient_restrictions",
)


class Postfix:
    """Postfix on the lab's server. `folder` is its configuration, on the server also under /etc/postfix."""

    def __init__(self, machine: Machine, certificates: Certificates) -> None:
        self._machine = machine
        self._certificates = certificates
        self.folder: Path = machine.outside(FOLDER)

    def configure(self, *, submission: bool, implicit: str, postscreen: bool, settings: Mapping[str, str]) -> None:
        """Write main.cf, master.cf and the table of mailboxes."""
        package = self._machine.root / FOLDER.lstrip("/")
        ignored = shutil.ignore_patterns("main.cf", "master.cf", "*.db")
        shutil.copytree(package, self.folder, symlinks=True, dirs_exist_ok=True, ignore=ignored)
        shipped = self._machine.root / "usr/share/postfix"
        main = shipped.joinpath("main.cf.debian").read_text(encoding="utf-8")
        self.folder.joinpath("main.cf").write_text(set_values(main, {**self._settings(), **settings}), encoding="utf-8")
        master = shipped.joinpath("master.cf.dist").read_text(encoding="utf-8")
        self.folder.joinpath("master.cf").write_text(
            _arrange(master, submission=submission, implicit=implicit, postscreen=postscreen), encoding="utf-8"
        )
        write_lines(self.folder / "vmailbox", (f"{user} {home_of(user)}/Maildir/" for user in PASSWORDS))

    def start(self) -> None:
        """Start it; it listens afterwards.

        Raises:
            LabError: it did not start; the text is its log.
        """
        self.age()
        self._machine.outside(_QUEUE).joinpath("quick-start").touch()  # leaves out `postfix check`
        done = self.run("postfix", "start", check=False)
        if done.returncode:
            raise LabError(f"Postfix did not start\n{done.stdout}{done.stderr}{self.log()}")

    def reload(self) -> None:
        """Have it read its configuration again."""
        self.age()
        self.run("postfix", "reload")

    def stop(self) -> None:
        """Stop it."""
        self.run("postfix", "stop")

    def age(self) -> None:
        """Make its files look old: every Postfix program waits until main.cf has been left alone for two seconds."""
        for path in self.folder.iterdir():
            if path.is_file() and not path.is_symlink():
                os.utime(path, (_LONG_AGO, _LONG_AGO))

    def run(self, *command: str, stdin: str = "", check: bool = True) -> CompletedProcess[str]:
        """Run a command on the server (`postconf`, `postmap`, `sh -c …`), in its configuration's folder."""
        return self._machine.run(*command, stdin=stdin, check=check, folder=FOLDER)

    def log(self) -> str:
        """What it has logged."""
        log = self._machine.outside(_LOG)
        return log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""

    def _settings(self) -> dict[str, str]:
        return {
            "myhostname": SMTP_NAME,
            "myorigin": DOMAIN,
            "mydestination": "localhost",
            "mynetworks": "127.0.0.0/8 [::ffff:127.0.0.0]/104 [::1]/128",
            "alias_maps": "",
            "smtpd_relay_restrictions": "permit_mynetworks permit_sasl_authenticated defer_unauth_destination",
            "smtpd_tls_cert_file": str(self._certificates.certificate),
            "smtpd_tls_key_file": str(self._certificates.key),
            "smtpd_tls_security_level": "may",
            "smtpd_sasl_type": "dovecot",
            "smtpd_sasl_path": "private/auth",
            "virtual_mailbox_domains": DOMAIN,
            "virtual_mailbox_base": "/var/mail",
            "virtual_mailbox_maps": "texthash:/etc/postfix/vmailbox",
            "virtual_uid_maps": f"static:{VMAIL_ID}",
            "virtual_gid_maps": f"static:{VMAIL_ID}",
            "smtpd_peername_lookup": "no",  # there is no name server
            "maillog_file": _LOG,  # nor a system log
        }


def make_queue(machine: Machine) -> None:
    """Make the folders of Postfix's queue; Dovecot puts a socket in there."""
    queue, data = machine.outside(_QUEUE), machine.outside("/var/lib/postfix")
    postfix, postdrop = machine.find_id("postfix"), machine.find_id("postdrop", "group")
    os.chown(data, postfix, -1)
    for name, mode, owned, dropped in _QUEUE_FOLDERS:
        folder = queue / name
        folder.mkdir(exist_ok=True)
        os.chown(folder, postfix if owned else 0, postdrop if dropped else 0)
        folder.chmod(mode)


def _arrange(master: str, *, submission: bool, implicit: str, postscreen: bool) -> str:
    """Debian's master.cf with some services made live. `implicit` is the name of the one on 465."""
    lines = master.splitlines()
    if postscreen:
        lines = list(map(_screen, lines))
    if submission:
        lines = _enliven(lines, "submission", "submission")
    if implicit:
        lines = _enliven(lines, "submissions", implicit)
    return "".join(f"{line}\n" for line in lines)


def _screen(line: str) -> str:
    """One line of Debian's master.cf, where postscreen is to be before port 25."""
    if line.startswith("smtp ") and line.endswith(" smtpd"):
        return f"#{line}"
    is_screens = line.endswith((" postscreen", " dnsblog", " tlsproxy")) or _names(line) == "smtpd pass"
    return line.removeprefix("#") if is_screens else line


def _names(line: str) -> str:
    """`smtp inet` for a service's line that is a comment."""
    return " ".join(line[1:].split()[:2]) if line.startswith("#") else ""


def _enliven(lines: list[str], service: str, name: str) -> list[str]:
    """Make a service live that is a comment, and its usual options.

    Raises:
        LabError: there is none.
    """
    place = next((place for place, line in enumerate(lines) if _names(line) == f"{service} inet"), None)
    if place is None:
        raise LabError(f"Debian's master.cf has no comment with {service}")
    made = list(lines)
    made[place] = lines[place][1:].replace(service, name, 1)
    for number in range(place + 1, len(lines)):
        if not lines[number].startswith("#  "):
            break
        option = lines[number].removeprefix("#  -o ").partition("=")[0]
        if option in _OPTIONS:
            made[number] = lines[number][1:]
    return made
