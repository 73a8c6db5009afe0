"""TGT110 to TGT119: what Postfix cannot hold."""

from typing import Final

from generator.codes import Code

POSTFIX_CODES: Final = (
    Code(
        "TGT110",
        "error",
        "a site without SMTP for Postfix",
        "Postfix serves SMTP. A site whose services are all IMAP has nothing that Postfix could let in or refuse; the mailbox server\n"
        "(Dovecot) or a firewall does that.",
        "master(5): smtpd is the server for submission, submissions and smtp",
    ),
    Code(
        "TGT111",
        "error",
        "a service on more ports than Postfix should listen on",
        "Each port is a listener of its own in Postfix's master.cf, with its own processes. A range of ports is something for a firewall.",
        "master(5); the bound is gatepost's own",
    ),
    Code(
        "TGT112",
        "error",
        "`smtp` with implicit TLS",
        "`smtp` is the port where other mail servers deliver, which begins without TLS; Postfix's settings for it stay as they are. A\n"
        "service that begins with TLS is `submissions`.",
        "RFC 5321, RFC 8314 section 3.3",
    ),
)
