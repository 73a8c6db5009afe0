"""A real Dovecot in Debian's layout, with its users in a passwd-file."""

import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from subprocess import CompletedProcess
from typing import Final

from tests.kernel.lab import LabError
from tests.mail.lab.certificates import Certificates
from tests.mail.lab.machine import Machine
from tests.mail.lab.people import PASSWORDS, VMAIL_ID, home_of
from tests.mail.lab.texts import edit, write_lines

FOLDER: Final = "/etc/dovecot"
_LOG: Final = "/var/log/dovecot.log"

_PASSWDFILE_24: Final = (
    *("passdb passwd-file {", "  auth_username_format = %{user}", "  passwd_file_path = /etc/dovecot/users", "}", ""),
    *("userdb passwd-file {", "  auth_username_format = %{user}", "  passwd_file_path = /etc/dovecot/users", "}"),
)
# No delay after a wrong password: tests try many.
_LAB: Final = (
    *(f"log_path = {_LOG}", "auth_verbose = yes", "auth_failure_delay = 0s", "auth_cache_size = 10 M", f"first_valid_uid = {VMAIL_ID}"),
    *("service anvil {", "  unix_listener anvil-auth-penalty {", "    mode = 0", "  }", "}"),
)


class Dovecot:
    """Dovecot on the lab's server. `folder` is its configuration, on the server also under /etc/dovecot."""

    def __init__(self, machine: Machine, certificates: Certificates) -> None:
        self._machine = machine
        self._certificates = certificates
        self.folder: Path = machine.outside(FOLDER)
        shipped = machine.root / "usr/share/dovecot"
        self.is_24 = "dovecot_config_version" in shipped.joinpath("dovecot.conf").read_text(encoding="utf-8")
        self._shipped = shipped

    def configure(self, *, settings: Iterable[str], files: Mapping[str, str]) -> None:
        """Write Debian's configuration as an administrator would have edited it; `files` are more, by their path in the folder."""
        shutil.copy(self._shipped / "dovecot.conf", self.folder)
        shutil.copytree(self._shipped / "conf.d", self.folder / "conf.d", dirs_exist_ok=True)
        self.folder.joinpath("private").mkdir(mode=0o700, exist_ok=True)
        conf = self.folder / "conf.d"
        edit(
            conf / "10-auth.conf",
            (r"^!include auth-system\.conf\.ext", "#!include auth-system.conf.ext"),
            (r"^#!include auth-passwdfile\.conf\.ext", "!include auth-passwdfile.conf.ext"),
        )
        edit(
            conf / "10-master.conf",
            (
                r"^  #unix_listener /var/spool/postfix/private/auth \{\n  #  mode = 0666\n  #\}",
                "  unix_listener /var/spool/postfix/private/auth {\n    mode = 0660\n    user = postfix\n    group = postfix\n  }",
            ),
        )
        certificate, key = self._certificates.certificate, self._certificates.key
        if self.is_24:
            edit(conf / "10-mail.conf", (r"^mail_driver = mbox", "mail_driver = maildir"), (r"^mail_path = .*", "mail_path = ~/Maildir"))
            edit(conf / "10-mail.conf", (r"^mail_inbox_path = ", "#mail_inbox_path = "))
            edit(conf / "10-ssl.conf", (r"^ssl_server_cert_file = .*", f"ssl_server_cert_file = {certificate}"))
            edit(conf / "10-ssl.conf", (r"^ssl_server_key_file = .*", f"ssl_server_key_file = {key}"))
            write_lines(conf / "auth-passwdfile.conf.ext", _PASSWDFILE_24)
        else:
            edit(conf / "10-mail.conf", (r"^mail_location = .*", "mail_location = maildir:~/Maildir"))
            edit(conf / "10-ssl.conf", (r"^ssl_cert = .*", f"ssl_cert = <{certificate}"), (r"^ssl_key = .*", f"ssl_key = <{key}"))
        write_lines(conf / "00-lab.conf", _LAB)
        write_lines(conf / "80-site.conf", settings)  # later than what Debian sets
        for name, text in files.items():
            self.folder.joinpath(name).write_text(text, encoding="utf-8")
        self._write_users()

    def start(self) -> None:
        """Start it; it listens afterwards.

        Raises:
            LabError: it did not start; the text is what it said.
        """
        done = self.run("dovecot", check=False)
        if done.returncode:
            raise LabError(f"Dovecot did not start\n{done.stdout}{done.stderr}{self.log()}")

    def reload(self) -> None:
        """Have it read its configuration again."""
        self.run("doveadm", "reload")

    def stop(self) -> None:
        """Stop it."""
        self.run("doveadm", "stop")

    def run(self, *command: str, stdin: str = "", check: bool = True) -> CompletedProcess[str]:
        """Run a command on the server (`doveconf`, `doveadm`, `sh -c …`), in its configuration's folder."""
        return self._machine.run(*command, stdin=stdin, check=check, folder=FOLDER)

    def log(self) -> str:
        """What it has logged."""
        log = self._machine.outside(_LOG)
        return log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""

    def _write_users(self) -> None:
        users = self.folder / "users"
        lines = (f"{user}:{{PLAIN}}{word}:{VMAIL_ID}:{VMAIL_ID}::/var/mail/{home_of(user)}::" for user, word in PASSWORDS.items())
        write_lines(users, lines)
        users.chmod(0o640)
        os.chown(users, 0, self._machine.find_id("dovecot", "group"))
        for user in PASSWORDS:
            home = self._machine.outside(f"/var/mail/{home_of(user)}")
            home.mkdir(exist_ok=True)
            os.chown(home, VMAIL_ID, VMAIL_ID)
