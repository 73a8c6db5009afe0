"""Real servers of the lab, with an address for each way in which they are set up."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from tests.mail.lab.certificates import Certificates
from tests.mail.lab.dovecot import Dovecot
from tests.mail.lab.machine import Machine
from tests.mail.lab.people import ALICE, VMAIL_ID, home_of
from tests.mail.lab.postfix import Postfix, make_queue
from tests.preflight.lab.addresses import CERTIFICATE_HOSTS, DOVECOT_HOSTS, MORE_ADDRESSES, POSTFIX_HOSTS
from tests.preflight.lab.certificates import Issued, Office

_WILDCARD: Final = "wildcard"
UNSERVED: Final = ("rsa-1024", "sha1", "md5", "sha1-self-signed", "huge")  # OpenSSL as Debian sets it up refuses them; scripted peers don't

# What Dovecot 2.4 calls some of these settings.
_NAMES_24: Final = {
    "ssl_cert = <": "ssl_server_cert_file = ",
    "ssl_key = <": "ssl_server_key_file = ",
    "disable_plaintext_auth = no": "auth_allow_cleartext = yes",
}

_DOVECOT: Final[Mapping[str, tuple[str, ...]]] = {
    "only-tls13": ("ssl_min_protocol = TLSv1.3",),
    "limit-three": ("protocol imap {", "  mail_max_userip_connections = 3", "}"),
    "limit-ten": ("protocol imap {", "  mail_max_userip_connections = 10", "}"),
    "plaintext-login": ("disable_plaintext_auth = no",),
}
_POSTFIX: Final[Mapping[str, tuple[str, ...]]] = {
    "postfix-tls13": ("smtpd_tls_mandatory_protocols=>=TLSv1.3", "smtpd_tls_protocols=>=TLSv1.3"),
    "postfix-no-login": ("smtpd_sasl_auth_enable=no",),
    "postfix-sender": (
        "smtpd_delay_reject=no",
        "smtpd_sender_login_maps=static:nobody",
        "smtpd_sender_restrictions=reject_sender_login_mismatch",
    ),
}


def start_dovecot(machine: Machine, office: Office) -> Dovecot:
    """Dovecot on all its addresses; alice has a folder for sent mail and bob has none."""
    issued = office.issue(_WILDCARD)
    dovecot = Dovecot(machine, Certificates(office.roots, issued.chain, issued.key))
    hosts = {name: address for name, address in CERTIFICATE_HOSTS.items() if name not in UNSERVED}
    listen = ", ".join([*DOVECOT_HOSTS.values(), *hosts.values(), *MORE_ADDRESSES])
    settings = [f"listen = {listen}", "mail_max_userip_connections = 100"]
    for name, address in hosts.items():
        settings += _local(address, *_ssl(office.issue(name)))
    for name, address in DOVECOT_HOSTS.items():
        settings += _local(address, *_DOVECOT.get(name, ()))
    for old, new in _NAMES_24.items() if dovecot.is_24 else ():
        settings = [line.replace(old, new) for line in settings]
    dovecot.configure(settings=settings, files={})
    make_queue(machine)  # it puts a socket in there
    _make_folder(machine.outside("/var/mail") / home_of(ALICE) / "Maildir" / ".Sent")
    dovecot.start()
    return dovecot


def start_postfix(machine: Machine, office: Office) -> Postfix:
    """Postfix with three ports on each of its addresses; it asks the Dovecot of the same machine about logins."""
    issued = office.issue(_WILDCARD)
    postfix = Postfix(machine, Certificates(office.roots, issued.chain, issued.key))
    postfix.configure(submission=False, implicit="", postscreen=False, settings={"inet_interfaces": "all", "smtpd_hard_error_limit": "50"})
    master = postfix.folder / "master.cf"
    lines = [line for line in master.read_text(encoding="utf-8").splitlines() if not line.startswith("smtp      inet")]
    expired = office.issue("expired")
    for name, address in POSTFIX_HOSTS.items():
        options = list(_POSTFIX.get(name, ()))
        if name == "postfix-expired":
            options += [f"smtpd_tls_cert_file={expired.chain}", f"smtpd_tls_key_file={expired.key}"]
        lines += _listen(name, address, options)
    master.write_text("\n".join([*lines, ""]), encoding="utf-8")
    postfix.start()
    return postfix


def _listen(name: str, address: str, options: list[str]) -> Iterator[str]:
    """The ports 25, 587 and 465 of one address, in master.cf."""
    login = ("smtpd_sasl_auth_enable=yes", "smtpd_tls_auth_only=yes")
    for port, more in (
        (25, ()),
        (587, ("smtpd_tls_security_level=encrypt", *login)),
        (465, ("smtpd_tls_security_level=encrypt", "smtpd_tls_wrappermode=yes", *login)),
    ):
        yield f"{address}:{port} inet n - n - - smtpd"
        yield f"  -o syslog_name=postfix/{name}"
        yield from (f"  -o {option}" for option in (*more, *options))


def _local(address: str, *lines: str) -> list[str]:
    return [f"local {address} {{", *(f"  {line}" for line in lines), "}"] if lines else []


def _ssl(issued: Issued) -> tuple[str, str]:
    return f"ssl_cert = <{issued.chain}", f"ssl_key = <{issued.key}"


def _make_folder(folder: Path) -> None:
    """A maildir's folder that the mailbox's owner may write."""
    for name in ("", "cur", "new", "tmp"):
        folder.joinpath(name).mkdir(parents=True, exist_ok=True)
    for path in (folder.parent.parent, folder.parent, folder, *folder.iterdir()):
        os.chown(path, VMAIL_ID, VMAIL_ID)
