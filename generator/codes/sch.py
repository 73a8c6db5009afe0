"""SCH: the shape of documents: their keys, and the form of single values."""

from typing import Final

from generator.codes import Code

_OURS: Final = "gatepost's own rule; `gatepost schema` prints the whole form"

CODES: Final = (
    Code(
        "SCH001",
        "error",
        "an unknown key",
        "Every key has a meaning, so a key that nobody knows is a mistake: most often in the spelling, or it stands at the wrong\n"
        "level. It is not ignored, because an `exclude` that was misspelt would leave open what it should close. The hint lists the\n"
        "keys that are known at the place.",
        _OURS,
    ),
    Code(
        "SCH002",
        "error",
        "a key that is missing",
        "The mapping lacks a key that it cannot do without. The hint shows how it is written. Keys with a default may be left out;\n"
        "`gatepost schema site` and `gatepost schema connector` tell which those are.",
        _OURS,
    ),
    Code(
        "SCH003",
        "error",
        "a word that is not accepted here",
        "The key takes one of a few words, all of which the hint lists. They are written in small letters, TLS versions like\n"
        "`TLSv1.2`. Connectors reach mail servers over TCP alone, so `tcp` is the only transport protocol.",
        _OURS,
    ),
    Code(
        "SCH004",
        "error",
        "a value of the wrong type",
        "A text stands where a number is needed, a mapping where a list is needed, or the like. Nothing is converted: digits in\n"
        "quotes are text, a list of one entry still is a list. Without quotes only plain decimal digits are a number, and only\n"
        "`true` and `false` are true and false; `1_000`, `0x10`, `25:30`, `yes` and `NO` are text.",
        "YAML 1.2.2, section 10.3.2 (core schema)",
    ),
    Code(
        "SCH005",
        "error",
        "a name with characters that names do not have",
        "Names of sites, connectors and services go into file names, rule ids, chains and comments of every target, so they are\n"
        "small letters, digits and single hyphens, start with a letter and have 63 characters at most. Regions of a vendor may\n"
        "have dots; options of a target have underscores in place of hyphens. People read the `title`.",
        "RFC 1123, section 2.1, made stricter; the alphabets of all targets have it in common",
    ),
    Code(
        "SCH006",
        "error",
        "a date that is none",
        "Dates are year, month and day with hyphens, four, two and two digits: 2027-06-30. Other orders mean different days to\n"
        "different people, and times of day do not matter here.",
        "ISO 8601-1, calendar dates in extended format",
    ),
    Code(
        "SCH007",
        "error",
        "a number outside its bounds",
        "The number is smaller or larger than the key takes. The hint has both bounds.",
        _OURS,
    ),
    Code(
        "SCH008",
        "error",
        "a control character or a line end in a text",
        "Texts go into comments of firewall rules, where a line end would start a rule of its own. So a text is one line of printable\n"
        "characters; quotes, `*/`, `]]>` and `${` are all right, each target quotes what it must. The block styles `|` and `>` end\n"
        "in a line end; `>-` does not.",
        _OURS,
    ),
    Code(
        "SCH009",
        "error",
        "a text that is empty or too long",
        "An empty text says nothing: leave the key out. Names have 63 characters at most, host names 253, texts for people 1,000;\n"
        "what a target cannot hold in a comment it shortens by itself.",
        "RFC 1123, section 2.1 for host names; gatepost's own rule for the others",
    ),
    Code(
        "SCH010",
        "error",
        "a document of another kind",
        "`kind:` says what a document is. A connector profile stands where a site is needed, or the other way round: `use:` names\n"
        "connector profiles, the command line names sites. The keys differ, so the rest of the document is not looked at.",
        _OURS,
    ),
    Code(
        "SCH011",
        "error",
        "a service in cleartext",
        "gatepost opens only ports on which the connection is encrypted: from the start (`implicit`: 993, 465) or after STARTTLS\n"
        "(`starttls`: 143, 587, 25). A service that never is would send passwords over the internet for everybody to read.",
        "RFC 8314 (cleartext considered obsolete), sections 3 and 4",
    ),
    Code(
        "SCH012",
        "error",
        "a host name that is none",
        "`server.imap` and `server.smtp` are what the connector is told and what the certificate must name: full host names with a\n"
        "dot, of letters, digits and hyphens, at most 63 characters a label, no address, no port, no dot at the end. Names with\n"
        "other letters are written in their ASCII form, which starts with `xn--`.",
        "RFC 1123, section 2.1; RFC 5891 (IDNA); RFC 9525 (names in certificates)",
    ),
    Code(
        "SCH013",
        "error",
        "an empty list or mapping",
        "The key needs something in it: a site without connectors, or a connector without services, says nothing. Where empty is\n"
        "meant, leave the key out.",
        _OURS,
    ),
    Code(
        "SCH014",
        "error",
        "a web address that is none",
        "Sources are public pages, so that anybody can look them up: the whole address with `https://` (or `http://`), in ASCII and\n"
        "without blanks.",
        "RFC 3986",
    ),
    Code(
        "SCH015",
        "error",
        "networks without a source",
        "A connector profile that carries networks says where they come from and on which day they were taken from there\n"
        "(`addresses.source` and `addresses.retrieved`). Addresses of vendors change hands; a list that nobody can look up cannot be\n"
        "reviewed. Networks of the user's own account belong into the site.",
        _OURS,
    ),
    Code(
        "SCH016",
        "error",
        "a key without a value",
        "Nothing stands after the colon (or `null`, or `~`). It is not taken for `none` or for the default: whether a list was\n"
        "emptied or a line was lost is not to be seen. Write a value, or remove the key.",
        _OURS,
    ),
    Code(
        "SCH017",
        "error",
        "a text that has not the form it needs",
        "The key takes texts of one form alone, such as a port or a range of ports, or the code of a finding. The hint shows it.",
        _OURS,
    ),
    Code(
        "SCH018",
        "error",
        "a feed without what its format needs",
        "A connector with the policy `feed` says under `addresses.feed` where the feed is and how it is read. Some formats need a key\n"
        "of their own: `tag`, `asn` or `domain`.",
        _OURS,
    ),
    Code(
        "SCH019",
        "error",
        "keys of a feed that do not go together",
        "`feed` goes with the policy `feed`, and each format takes keys of its own. Where one list of a feed names regions, all do:\n"
        "otherwise a site that selects a region could not tell what it leaves out.",
        _OURS,
    ),
)
