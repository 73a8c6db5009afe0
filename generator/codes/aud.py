"""AUD: rules that were read back, and what they say that the plan does not."""

from typing import Final

from generator.codes import Code
from generator.codes.aud_audit import CODES as AUDIT_CODES
from generator.codes.aud_diff import DIFF_CODES
from generator.codes.aud_files import CODES as FILE_CODES
from generator.codes.aud_report import REPORT_CODES

_IPTABLES: Final = "iptables-save(8) of 1.8.9"
_NFT: Final = "libnftables-json(5) of nft 1.0.6"

CODES: Final = (
    Code(
        "AUD001",
        "error",
        "a file that is not the dump that it is read as",
        "Rules are read from what the firewall itself prints: `nft -j list ruleset`, `iptables-save`, `ip6tables-save`,\n"
        "`ipset save`, or an export. This file, or this line of it, is none of them.",
        f"{_NFT}; {_IPTABLES}",
    ),
    Code(
        "AUD002",
        "warning",
        "a rule that is not understood",
        "The rule uses something that gatepost can't judge, or names what is not in the dump. Nothing is guessed: what the rule\n"
        "may decide is reported as unknown.",
        f"{_NFT}; iptables-extensions(8) of 1.8.9",
    ),
    Code(
        "AUD003",
        "warning",
        "rules below IP that are not read",
        "The chain judges frames of a bridge, or of ARP, before they are IP packets of this host. Its rules are not part of the\n"
        "answer: see for yourself that it lets the mail ports through.",
        "nft(8) of 1.0.6, address families",
    ),
    Code(
        "AUD004",
        "error",
        "a file of nft's own language, and no nft to read it",
        "Only nft itself reads its language as the kernel does, so such a file is loaded into an empty network namespace and listed\n"
        "from there. That needs the program nft and the right to make a namespace, or a dump made elsewhere: `nft -j list ruleset`.",
        "nft(8); user_namespaces(7)",
    ),
    *FILE_CODES,
    *AUDIT_CODES,
    *DIFF_CODES,
    *REPORT_CODES,
)
