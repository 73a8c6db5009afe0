"""AUD050 to AUD079: what `audit` finds in live rules and in logs."""

from typing import Final

from generator.codes import Code

_OURS: Final = "gatepost's own rule; docs/AUDIT.md"
_NFT: Final = 'nft(8) of 1.0.6, "VERDICT STATEMENTS": a drop is final, an accept ends its own base chain alone'

CODES: Final = (
    Code(
        "AUD050",
        "error",
        "somebody whom the plan lets in, and who does not get in",
        "The live rules drop or reject connections from these addresses to a service that the site lets them use, or never accept\n"
        "them. The finding names the rule that decides. Load the rendered files again, or take the other rule away.",
        _NFT,
    ),
    Code(
        "AUD051",
        "error",
        "somebody whom the plan keeps out, and who gets in",
        "The service is closed in the plan to everybody but its connectors and the trusted networks, and the live rules let others in.\n"
        "The finding names the rule that does, or says that nothing closes the port.",
        _NFT,
    ),
    Code(
        "AUD052",
        "error",
        "an old rule that is wider than the plan",
        "A rule that gatepost did not write lets in addresses of the plan, and others as well: often the rule from the time before\n"
        "there was a list. Delete it: the rendered rules let in whoever should get in.",
        _OURS,
    ),
    Code(
        "AUD053",
        "warning",
        "a part that can't be told",
        "What becomes of these connections depends on something that the dump does not show, such as the interface they come by or a\n"
        "list that is elsewhere. It is said as it is, never guessed. `--interface`, `--to` and more dumps of the host may tell it.",
        _OURS,
    ),
    Code(
        "AUD054",
        "warning",
        "a service that the dump says nothing of",
        "The file is about other ports, as a table of Postfix is about one service alone, and as gatepost's guard is where it is all\n"
        "that was read: what else the host filters with is not in it. Give the rules of the firewall as well.",
        _OURS,
    ),
    Code(
        "AUD055",
        "note",
        "addresses that are refused at a public service",
        "The plan leaves the service open to everybody, and the host refuses some. That is its right: fail2ban does so. None of them\n"
        "is a connector's or a trusted network's; that would be an error.",
        _OURS,
    ),
    Code(
        "AUD056",
        "warning",
        "a rule that no connection gets to",
        "Rules before it have decided about every connection that it is for, or nothing leads to its chain. It does nothing today,\n"
        "and will do something when the others go.",
        _OURS,
    ),
    Code(
        "AUD057",
        "error",
        "a rule of gatepost's that is not as the plan has it",
        "The rule bears the name of a rule of the site, and says something else: it was changed by hand, or is of an earlier version of\n"
        "the site. Render the site and load the files again; what you want to keep belongs into the site.",
        _OURS,
    ),
    Code(
        "AUD058",
        "error",
        "a limit on connections that is not the site's, or too low",
        "A bound on the simultaneous connections of one source that is below what a connector needs refuses it when it is busy. Our own\n"
        "rules have the limit of the target's option `connection_limit`, or none.",
        _OURS,
    ),
    Code(
        "AUD059",
        "note",
        "another rule's limit on connections",
        "It counts connections to the same ports. Whether it ever stops a connector depends on how busy that is.",
        _OURS,
    ),
    Code(
        "AUD060",
        "note",
        "no rule of gatepost's in the dump",
        "Nothing bears the name of the site. The rules may do what the plan says all the same; if the site\n"
        "should be loaded here, it is not.",
        _OURS,
    ),
    Code(
        "AUD061",
        "warning",
        "a connector that was refused, according to a log",
        "The plan lets the address in, and the log says that it was refused. The log may be older than the rules; the finding has the\n"
        "line of the last time.",
        "Linux net/netfilter/nf_log_syslog.c; Postfix smtpd(8); Dovecot's log messages",
    ),
    Code(
        "AUD062",
        "note",
        "outsiders that tried, according to a log",
        "Addresses that are neither a connector's nor trusted wanted to connect to a closed service and were refused, or it is not\n"
        "known what became of it.",
        "Linux net/netfilter/nf_log_syslog.c; Postfix smtpd(8); Dovecot's log messages",
    ),
    Code(
        "AUD063",
        "warning",
        "outsiders that got in, according to a log",
        "The mail server itself spoke with addresses that the plan keeps out. The log may be older than the rules; if it is not,\n"
        "something lets them in.",
        "Postfix smtpd(8); Dovecot's log messages",
    ),
    Code(
        "AUD064",
        "warning",
        "a log without a line that is understood",
        "Lines of netfilter (nftables' `log`, iptables' LOG), of Postfix and of Dovecot are read, of services that are in the plan.",
        "Linux net/netfilter/nf_log_syslog.c; Postfix smtpd(8); Dovecot's log messages",
    ),
    Code(
        "AUD065",
        "error",
        "a log that cannot be read",
        "The operating system refused to read the file, or it is not whole.",
        _OURS,
    ),
)
