"""LCK: vendors' feeds and the lock."""

from typing import Final

from generator.codes import Code
from generator.codes.lck_spf import SPF_CODES
from generator.codes.lck_update import UPDATE_CODES

_OURS: Final = "gatepost's own rule; docs/UPDATING.md"
_RFC1035: Final = "RFC 1035, section 5.1 (records as text)"

_READING_CODES: Final = (
    Code(
        "LCK001",
        "error",
        "a feed that is not what its format says",
        "The answer is no text, no JSON, or a web page. Behind a feed's address stands a login, the notice of a proxy or of a\n"
        "failure; or the feed moved; or the answer was cut off. JSON that says a key twice is refused too, because programs\n"
        "disagree about which one counts. Nothing is taken from such an answer.",
        "RFC 8259 (JSON), sections 4 and 8.1",
    ),
    Code(
        "LCK002",
        "error",
        "a feed of another shape",
        "Something else stands where the profile's `feed:` expects an array, an object, a prefix or a version. The message has the\n"
        "path in the document. Vendors change their feeds, and a list that is read in the old way would be half a list. If the new\n"
        "shape is meant, the profile needs another `path`, `prefix` or `where`.",
        _OURS,
    ),
    Code(
        "LCK003",
        "error",
        "a text in a feed that is no network",
        "Every text that the profile selects must be an address, a prefix, or a range with a hyphen. One that is none refuses the\n"
        "whole feed: what it was meant to be is not known, and leaving it out would close the door to somebody.",
        _OURS,
    ),
    Code(
        "LCK004",
        "warning",
        "a network of a feed with host bits set",
        "Some vendors write an address with the prefix length of its network (`198.51.100.7/24`). It is read as the whole network,\n"
        "which is what the length says, and never as something wider.",
        "seen in the feeds of several vendors; see also NET002 for your own files",
    ),
    Code(
        "LCK005",
        "warning",
        "a selection from a feed that selects nothing",
        "The feed has records, and none of them is what `where` asks for. The vendor may have renamed a service or a region. A feed\n"
        "that gives no network at all is refused; this tells of a part of it.",
        _OURS,
    ),
    Code(
        "LCK006",
        "error",
        "a line of a feed that is no entry",
        "A plain text has one address or prefix a line, or the name of a host and its address; `#` begins a comment. Tables and other\n"
        "texts have columns that only a person can tell apart.",
        _OURS,
    ),
    Code(
        "LCK007",
        "error",
        "a region of a feed without a name of its own",
        "A region's name is written in a site in small letters, with hyphens for everything else but dots: `US East_1` is\n"
        "`us-east-1`. This one has nothing left, is too long, or becomes the same as another one, and a site could not choose.",
        _OURS,
    ),
    Code(
        "LCK008",
        "error",
        "a name without an address",
        "The DNS has no A and no AAAA record for a name that the profile asks for.",
        "RFC 1034, section 3.6; RFC 3596",
    ),
    Code(
        "LCK009",
        "error",
        "a feed with too many networks",
        "More than half a million networks, with those that stand in several regions counted in each. No vendor lets that many\n"
        "machines log in to a mail server: the feed is the wrong one, or the selection too wide.",
        _OURS,
    ),
    Code(
        "LCK010",
        "error",
        "a service tag that the feed does not have",
        "Azure's file lists addresses by service tag. The profile's `tag` is none of them, neither alone nor with a region behind a dot.",
        "learn.microsoft.com: Virtual network service tags",
    ),
    Code(
        "LCK020",
        "error",
        "a saved DNS answer that is none",
        "In the place of the DNS a site may name a file with answers that were saved (`feed_url: file:…`): one record a line, with\n"
        "name, perhaps TTL and class, type (A, AAAA, MX, TXT, CNAME) and data, as `dig +noall +answer` prints them.",
        _RFC1035,
    ),
)

CODES: Final = (*_READING_CODES[:-1], *SPF_CODES, _READING_CODES[-1], *UPDATE_CODES)
