"""LCK011 to LCK019: SPF records as feeds. Part of `lck`."""

from typing import Final

from generator.codes import Code

_LIST: Final = "gatepost's own rule: a firewall holds a list of addresses, an SPF record may ask a question"

SPF_CODES: Final = (
    Code(
        "LCK011",
        "error",
        "a domain without one SPF record",
        "Exactly one TXT record of the domain begins with `v=spf1`. Without one nobody knows who may send; with several, mail servers\n"
        "take none.",
        "RFC 7208, section 4.5",
    ),
    Code(
        "LCK012",
        "error",
        "an SPF term that no list can hold",
        "`exists` and `ptr` ask the DNS about each sender, and a macro (`%{i}`) stands for something else each time. Which\n"
        "addresses pass can only be tried, not listed. Leaving the term out would give half a list, so none is given.",
        _LIST,
    ),
    Code(
        "LCK013",
        "error",
        "an SPF record that lets everybody send",
        "`all` without `-`, `~` or `?` before it lets every address of the internet pass. As a list for a firewall it says nothing.",
        "RFC 7208, section 5.1",
    ),
    Code(
        "LCK014",
        "error",
        "an SPF record that includes itself",
        "The domains behind `include` and `redirect` lead back to one on the way. Mail servers take such a record for broken.",
        "RFC 7208, section 4.6.4",
    ),
    Code(
        "LCK015",
        "warning",
        "an SPF record with more look-ups than mail servers make",
        "Terms that ask the DNS (`include`, `a`, `mx`, `redirect`) may be ten together. The list is complete nevertheless, because\n"
        "gatepost looks further; but mail servers reject the record, so the vendor will have to change it soon.",
        "RFC 7208, section 4.6.4",
    ),
    Code(
        "LCK016",
        "error",
        "an SPF record that asks too much",
        "More than a hundred questions to the DNS, or more than ten mail servers behind one `mx`. The search ends here, and half a list\n"
        "is no list.",
        "RFC 7208, section 4.6.4 (mx); the hundred are gatepost's own",
    ),
    Code(
        "LCK017",
        "error",
        "a mistake in an SPF record",
        "A term is not in the grammar of SPF: an unknown word, a domain or network that is none, a prefix length out of range.\n"
        "Mail servers then take nothing from the whole record.",
        "RFC 7208, sections 4.6 and 12",
    ),
    Code(
        "LCK018",
        "warning",
        "an SPF term that names no address",
        "The name behind `a` or `mx` has no address in the DNS, so the term adds nothing. The vendor forgot it, or the name is wrong.",
        "RFC 7208, section 4.6.4 (void look-ups)",
    ),
    Code(
        "LCK019",
        "note",
        "an SPF term that lets nobody send",
        "A term with `-`, `~` or `?` before it does not say `pass`, so its addresses are no part of the list; and those that it matches\n"
        "first are not let in by a later term either.",
        "RFC 7208, sections 4.6.2 and 2.6",
    ),
)
