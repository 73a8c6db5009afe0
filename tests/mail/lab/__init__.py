"""Mail servers in throw-away networks: real Postfix and Dovecot, judged by real clients that speak from any address.

    with MailLab() as lab:                      # MailLab("trixie"): Debian 13's Postfix 3.10 and Dovecot 2.4
        dovecot = lab.dovecot()                 # before Postfix: it makes the socket for SMTP logins
        postfix = lab.postfix(implicit="smtps", settings={"mynetworks": "127.0.0.1"})

        (postfix.folder / "x.cidr").write_text(…)            # its /etc/postfix; dovecot.folder is its /etc/dovecot
        postfix.run("postconf", "-e", "x=y"); postfix.reload()
        dovecot.run("sh", "./apply.sh"); dovecot.reload()

        lab.try_imap("198.51.100.7", ALICE).reached == Reached.DONE          # IMAP over TLS on 993, the right password
        lab.try_imap("2001:db8::7", BOB, "guess", port=143).reached == Reached.LOGIN   # STARTTLS
        lab.smtp("203.0.113.5", 587).text                    # greets, encrypts, leaves: Outcome(reached, text, offers, tls)
        lab.smtp("203.0.113.5", 465, user=ALICE, recipient=BOB, message="Subject: hello\\n\\nmarker-1")
        lab.smtp("203.0.113.5", 25, recipient="somebody@example.com").reached == Reached.RECIPIENT   # no relay
        lab.read_mail("198.51.100.7", BOB, "marker-1")       # waits for the message, by IMAP
        lab.hold_imap(5, "198.51.100.7", port=143)           # five logins, all open at the same time
        at_once(lambda: …, lambda: …)                        # anything side by side

On the server, configuration is in /etc/postfix and /etc/dovecot, as everywhere: each is a folder of the lab's, mounted over the real one
for the lab's processes alone. Scripts run there without any option; the lab's folder `lab.folder` has the same path inside and outside, so
that files for the server may be put there. Nothing has a name on the machine and everything ends with the `with`, or with the test.

Fixtures (tests/mail/conftest.py): `mail_lab` is fresh for each test and `module_lab` for each module, both once with each Debian release;
`machine_lab` is fresh, with the machine's own programs alone. A lab with both servers is up in a third of a second.

Every Postfix program waits until main.cf has been left alone for two seconds, so a script that changes it takes as long; before a test
calls such a program itself, `postfix.age()` (part of `start` and `reload`) makes the files look old. `settings` of Dovecot are lines of
its conf.d/80-site.conf; logins are cached (auth_cache_size), and a wrong password is answered without delay.

Sources are any addresses but the server's (`lab.addresses`); 127.0.0.1, ::1 and the server's own speak from the server itself. Users are
ALICE, BOB and CAROL with their PASSWORDS. Both servers log to `dovecot.log()` and `postfix.log()`, with the clients' addresses.
"""

from generator.prove.lab.network import SERVER_ADDRESSES
from tests.kernel.lab import LabError
from tests.mail.lab.certificates import IMAP_NAME, SMTP_NAME
from tests.mail.lab.dovecot import Dovecot
from tests.mail.lab.imap import ImapSession
from tests.mail.lab.lab import SENDER, MailLab, Options, at_once
from tests.mail.lab.outcome import Outcome, Reached, Tls
from tests.mail.lab.people import ALICE, BOB, CAROL, DOMAIN, PASSWORDS
from tests.mail.lab.postfix import Postfix
from tests.mail.lab.releases import MACHINE, RELEASES, TRIXIE, MissingRelease, find_root

__all__ = [
    "ALICE",
    "BOB",
    "CAROL",
    "DOMAIN",
    "IMAP_NAME",
    "MACHINE",
    "PASSWORDS",
    "RELEASES",
    "SENDER",
    "SERVER_ADDRESSES",
    "SMTP_NAME",
    "TRIXIE",
    "Dovecot",
    "ImapSession",
    "LabError",
    "MailLab",
    "MissingRelease",
    "Options",
    "Outcome",
    "Postfix",
    "Reached",
    "Tls",
    "at_once",
    "find_root",
]
