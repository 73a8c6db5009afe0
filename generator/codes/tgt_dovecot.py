"""TGT120 to TGT129: what Dovecot cannot say. Part of `tgt`."""

from typing import Final

from generator.codes import Code

_ALLOW_NETS = "doc.dovecot.org, passdb extra field allow_nets; tried on Dovecot 2.3.19 and 2.4.1 with real logins"
_LIMITS = "doc.dovecot.org, service configuration and mail_max_userip_connections; tried on Dovecot 2.3.19 and 2.4.1"

DOVECOT_CODES: Final = (
    Code(
        "TGT120",
        "error",
        "Dovecot without an IMAP service",
        "The target `dovecot` sets TLS, listeners and limits of the plan's IMAP services, and the plan has none. With\n"
        "`allow_nets: true` it also restricts who may log in at all, which is of use where Dovecot checks passwords for SMTP.",
        "gatepost's own rule; generator/targets/dovecot.py",
    ),
    Code(
        "TGT121",
        "error",
        "more ports than Dovecot should have listeners",
        "Dovecot takes no range of ports: every port is a listener with a name and sockets of its own. A long range is mostly the\n"
        "outside of a port forwarding, and Dovecot listens on few of its ports.",
        "doc.dovecot.org, inet_listener",
    ),
    Code(
        "TGT122",
        "error",
        "a limit of Dovecot that would refuse a connector",
        "`userip_connections` counts the connections of one user from one address: connectors that share addresses add up there.\n"
        "`login_processes` and `imap_processes` count the sessions of everybody, so there every mailbox adds its connections.",
        _LIMITS,
    ),
    Code(
        "TGT123",
        "error",
        "`allow_nets` beside a public service",
        "`allow_nets` acts on every password that Dovecot checks, whatever it is for: IMAP, POP3, sieve, webmail, and SMTP where Postfix\n"
        "asks Dovecot. Its list would shut the world out of the public service.",
        _ALLOW_NETS,
    ),
    Code(
        "TGT124",
        "error",
        "`allow_nets` beside services with different networks",
        "Dovecot has one list for all passwords and does not know which service they are for. With the union of the networks a connector\n"
        "could log in to a service that the plan closes to it; with the intersection it could not log in to its own.",
        _ALLOW_NETS,
    ),
    Code(
        "TGT125",
        "note",
        "an allowlist that Dovecot does not keep",
        "A listener of Dovecot takes connections from any address. What keeps strangers from an allowlisted service is a firewall, or the\n"
        "option `allow_nets`, which refuses their logins.",
        "doc.dovecot.org, inet_listener: it has no setting for client addresses",
    ),
    Code(
        "TGT126",
        "error",
        "`allow_nets` without a service with passwords",
        "Port 25 is where other mail servers deliver; nobody logs in there. A plan with that service alone says nothing about logins.",
        _ALLOW_NETS,
    ),
)
