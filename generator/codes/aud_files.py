"""AUD020 to AUD049: rules in exports of firewalls and clouds, and in tables of mail servers."""

from typing import Final

from generator.codes import Code

_AWS: Final = "EC2 API, IpPermission and GetManagedPrefixListEntries"
_PF: Final = "pfSense's filter.inc (2.7.2); OPNsense's Alias.xml"

CODES: Final = (
    Code(
        "AUD020",
        "note",
        "a rule for machines rather than addresses",
        "The rule lets in the members of a security group, or machines with a tag or an account. Such a rule means machines inside the\n"
        "cloud network by their addresses there, which the dump does not tell. Addresses of the Internet are judged without it; whether\n"
        "private ones get in is reported as unknown.",
        "security group rules of AWS, source tags of Google Cloud, application security groups of Azure, in their documentation",
    ),
    Code(
        "AUD021",
        "warning",
        "a list that a rule names and that is not in the dump",
        "Prefix lists of AWS have a command of their own, and tables that a firewall fetches from a URL are not in its configuration.\n"
        "Whom the rule lets in is reported as unknown until the list is given too. Its hint says how to get it.",
        f"{_AWS}; {_PF}",
    ),
    Code(
        "AUD022",
        "warning",
        "a rule that the firewall itself leaves out",
        "The rule names an alias that does not exist. pfSense and OPNsense then load their rules without this one, and say so only in\n"
        "the system log: what the rule seems to open or to close, it does not.",
        _PF,
    ),
    Code(
        "AUD023",
        "error",
        "an interface that the configuration does not have",
        "Rules of pfSense and OPNsense belong to interfaces. Without a name the one called `wan` is meant; `--interface` takes the\n"
        "configuration's own name (`opt1`), the description (`DMZ`) or the device (`igb1`).",
        _PF,
    ),
    Code(
        "AUD024",
        "warning",
        "a line of a table that Postfix skips",
        "Postfix warns about such a line in its log, goes on without it, and `postfix check` says nothing. So the line lets nobody in\n"
        "and refuses nobody.",
        "cidr_table(5), tried with postmap of Postfix 3.7",
    ),
    Code(
        "AUD025",
        "warning",
        "rules of another kind that are not read",
        "Firewall policies, network ACLs and the like stand in the way of the same connections, and are not part of the answer. See for\n"
        "yourself that they leave the mail ports to the rules that are read.",
        "Google Cloud, hierarchical firewall policies; AWS, network ACLs",
    ),
)
