"""NET: addresses, prefixes, ranges and ports, as single texts. What is odd about lists of them is in `net_lists`."""

from typing import Final

from generator.codes import Code
from generator.codes.net_lists import LIST_CODES

_GRAMMAR: Final = "RFC 4632 §3.1 and RFC 4291 §2.2 and §2.3, strictly; inet_pton(3)"
_MEASURED: Final = "measured: nft 1.0.6, iptables 1.8.9, ipset 7.17"

CODES: Final = (
    Code(
        "NET001",
        "error",
        "a text that is no network",
        "A network is an address (192.0.2.7, 2001:db8::7), a prefix (198.51.100.0/24, 2001:db8::/32) or, in lists, a range\n"
        "from one address to another (192.0.2.7-192.0.2.9). Nothing stands before it, behind it or inside it.\n"
        "Where the netaddr library can make sense of the text all the same, the hint says what it reads.",
        _GRAMMAR,
    ),
    Code(
        "NET002",
        "error",
        "a prefix with host bits set",
        "The bits of the address behind the prefix length are not all zero. Either the whole network is meant, or the one\n"
        "host; the two differ in who gets in. Programs differ as well: nft, iptables, ipset and ufw clear the bits without a\n"
        "word and let the whole network in, Postfix drops the line with a warning in its log, cfn-lint refuses the template.",
        f"{_MEASURED}; Postfix 3.7.11, ufw 0.36, cfn-lint 1.58",
    ),
    Code(
        "NET003",
        "error",
        "a prefix length that is too large",
        "The prefix length counts the leading bits that are fixed: 0 to 32 for IPv4, 0 to 128 for IPv6. A length above 32 on\n"
        "an IPv4 address is often one that belongs to an IPv6 prefix nearby.",
        _GRAMMAR,
    ),
    Code(
        "NET004",
        "error",
        "an IPv4 address with numbers left out",
        "An IPv4 address has four numbers. Programs disagree about the place of the missing ones: for 10/8, iptables reads\n"
        "10.0.0.0/8 and nft reads 0.0.0.0/8; for 192.0.2, iptables reads 192.0.2.0 and ipset 192.0.0.2. Write all four.",
        _MEASURED,
    ),
    Code(
        "NET005",
        "error",
        "an IPv4 address with a leading zero",
        "A number with a leading zero is octal to the C library's inet_aton and to everything built on it: nft, iptables and\n"
        "ipset read 010.0.0.1 as 8.0.0.1 and let a stranger in. Postfix refuses it. Write the numbers without leading zeros.",
        f"{_MEASURED}; RFC 6943 §3.1.1",
    ),
    Code(
        "NET006",
        "error",
        "a netmask where the prefix length belongs",
        "198.51.100.0/255.255.255.0 means 198.51.100.0/24. iptables takes it, nft and ipset refuse it, and a mask that is\n"
        "mistyped by one bit is no mask any more. 0.0.0.0 is the worst of them: behind it, iptables lets every address in.\n"
        "Write the prefix length.",
        _MEASURED,
    ),
    Code(
        "NET007",
        "error",
        "a hostmask where the prefix length belongs",
        "198.51.100.0/0.0.0.255, with the bits of the mask turned round, is how Cisco's access lists (wildcard masks) write\n"
        "198.51.100.0/24. iptables takes it for a netmask and matches every address that ends in .0. Write the prefix length.",
        _MEASURED,
    ),
    Code(
        "NET008",
        "error",
        "a prefix length that is not a plain number",
        "The prefix length is a decimal number without sign, leading zero, underscore or blank. Behind a leading zero it is\n"
        "octal for many programs: nft, iptables and ipset read 192.0.2.0/024 as 192.0.0.0/20, sixteen times as wide.",
        _MEASURED,
    ),
    Code(
        "NET009",
        "error",
        "a character outside ASCII in a network",
        "Text that was copied from a web page or a document may hold digits of another width or script, or a dash that only\n"
        "looks like a hyphen. Some programs read them as digits, others refuse them, and nobody sees the difference.",
        "Unicode Technical Standard 39 §4; netaddr 1.3.0 and Python's int() take full-width digits",
    ),
    Code(
        "NET010",
        "error",
        "a blank or an invisible character in a network",
        "There is a space, a tab, a line break or a character without width in the text. Files in most formats trim it or\n"
        "refuse it or let it split the entry in two, depending on the reader. In YAML a comment needs a blank before its #.",
        _GRAMMAR,
    ),
    Code(
        "NET011",
        "error",
        "an address with a zone id",
        "The zone id behind the percent sign names an interface of one machine, so it means nothing elsewhere. nft refuses it;\n"
        "ip6tables drops it without a word. It belongs to link-local addresses, from which no connector ever connects.",
        f"RFC 4007 §11; {_MEASURED}",
    ),
    Code(
        "NET012",
        "error",
        "an IPv4-mapped IPv6 address",
        "::ffff:192.0.2.1 is how a program with one IPv6 socket shows an IPv4 client in its own logs. On the wire the packet\n"
        "is IPv4, so a firewall rule or a Postfix table with the mapped address loads and never matches. Write the IPv4\n"
        "address.",
        f"RFC 4291 §2.5.5.2 and RFC 4038 §4.2; {_MEASURED}; Postfix 3.7.11",
    ),
    Code(
        "NET013",
        "error",
        "a host name where a network belongs",
        "gatepost renders addresses alone: the same bytes for the same file. nft, iptables and ipset look a name up once,\n"
        "when the rules are loaded, at boot often before there is a network, and keep that answer however the name\n"
        "changes. Write the addresses that the vendor publishes.",
        _MEASURED,
    ),
    Code(
        "NET014",
        "error",
        "a URL where a network belongs",
        "A list of networks holds networks. If the URL is where the vendor publishes its list, put the list into a file and\n"
        "name it with `networks_file:`, and keep the URL in the profile's `references:`.",
        _GRAMMAR,
    ),
    Code(
        "NET015",
        "error",
        "an empty text where a network belongs",
        "There are quotes with nothing in them, or only blanks. Remove the entry, or write the network that is missing.",
        _GRAMMAR,
    ),
    Code(
        "NET016",
        "error",
        "a range that is upside down",
        "The second address of a range is below the first. ipset swaps the two without a word, nft refuses to load. A number\n"
        "may be mistyped, so gatepost asks which is right.",
        _MEASURED,
    ),
    Code(
        "NET017",
        "error",
        "a range from one address family to the other",
        "A range stays within IPv4 or within IPv6: there is no way from one to the other. Write one range for each.",
        _GRAMMAR,
    ),
    Code(
        "NET018",
        "error",
        "an address with a port",
        "Ports belong to services: a connector has the same addresses for all of them. Write the address alone, and the port\n"
        "of your own server under `server: {ports: …}` if it differs from the usual one.",
        _GRAMMAR,
    ),
    Code(
        "NET019",
        "error",
        "an address in brackets",
        "Brackets keep an IPv6 address and a port apart in URLs. Nothing needs to be kept apart here.",
        "RFC 3986 §3.2.2; " + _GRAMMAR,
    ),
    Code(
        "NET020",
        "error",
        "a wildcard where a network belongs",
        "192.0.2.* is not a network that firewalls know; the prefix for it is 192.0.2.0/24. For everybody there is no\n"
        "wildcard: a service that is open to all says so, `access: {imaps: public}`.",
        _MEASURED,
    ),
    Code(
        "NET021",
        "error",
        "a malformed IPv4 address",
        "An IPv4 address is four decimal numbers from 0 to 255 with dots between. nft and ipset take a text that is none for\n"
        "a host name and ask the name servers for it.",
        f"{_GRAMMAR}; {_MEASURED}",
    ),
    Code(
        "NET022",
        "error",
        "a malformed IPv6 address",
        "An IPv6 address is eight groups of up to four hexadecimal digits with colons between. `::` stands, once, for one or\n"
        "more groups of zeros. The last two groups may be written as an IPv4 address.",
        "RFC 4291 §2.2",
    ),
    Code(
        "NET023",
        "error",
        "a plain number where a network belongs",
        "An IPv4 address is a number of 32 bits, and nft, iptables and ipset take it as one: 3221225985 is 192.0.2.1. More\n"
        "often it is a slip, such as a port, an identifier or an address without its dots.",
        _MEASURED,
    ),
    Code(
        "NET024",
        "error",
        "several networks in one entry",
        "One entry holds one network, so that every finding, every `exclude:` and every difference between two versions can\n"
        "point at it. A networks file takes one entry a line.",
        _GRAMMAR,
    ),
    Code(
        "NET025",
        "error",
        "a malformed range",
        "A range goes from one whole address to another, both included: 192.0.2.1-192.0.2.9. Neither end has a prefix length,\n"
        "and the second is not shortened to its last number.",
        _GRAMMAR,
    ),
    Code(
        "NET026",
        "error",
        "a range where one prefix is needed",
        "Lists of networks take ranges and turn them into the prefixes that hold exactly the same addresses. A single value,\n"
        "such as an address of your server or the network of an `allow:` entry, is one address or one prefix.",
        _GRAMMAR,
    ),
    Code(
        "NET027",
        "error",
        "punctuation around a network",
        "Quotes, commas, semicolons or brackets came along when the network was copied. In YAML quotes around the whole text\n"
        "are fine and are not part of it; a second pair inside is.",
        _GRAMMAR,
    ),
    *LIST_CODES,
    Code(
        "NET100",
        "error",
        "a port out of range",
        "A TCP port is a number from 1 to 65535. Port 0 never appears on the wire, and 65536 does not fit into its 16 bits.",
        "RFC 9293 §3.1; RFC 6335 §6",
    ),
    Code(
        "NET101",
        "error",
        "a port range that is upside down",
        "The last port of a range is below the first. nft and iptables refuse to load such a rule; a number may be mistyped,\n"
        "so gatepost asks which is right.",
        _MEASURED,
    ),
    Code(
        "NET102",
        "error",
        "a text that is no port",
        "A port is a decimal number without sign, leading zero or blank; a range is two of them with a hyphen between. Names\n"
        "are not taken, because the same name stands for different ports in different systems' /etc/services.",
        "RFC 6335 §5; services(5)",
    ),
)
