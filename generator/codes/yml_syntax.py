"""YML012 to YML029: YAML itself."""

from typing import Final

from generator.codes import Code

_OURS: Final = "gatepost's own rule; docs/ARCHITECTURE.md"
_YAML: Final = "yaml.org: YAML Ain't Markup Language, revision 1.2.2"

SYNTAX_CODES: Final = (
    Code(
        "YML012",
        "error",
        "a text that is no YAML",
        "YAML cannot be read from the place on. Most often a value starts with a character that means something in YAML (`@`, a\n"
        "backtick, `%`, `&`, `*`, `!`, `|`, `>`, a brace or a bracket), has a colon in brackets (an IPv6 address that ends in `::`),\n"
        "or goes on after its closing quote. Quotes around the whole value help nearly always. The rest of the file is not looked\n"
        "at: after such a mistake nobody knows what it means.",
        _YAML,
    ),
    Code(
        "YML013",
        "error",
        "a key twice in one mapping",
        "YAML forbids it; most readers take the last one without a word, and a reviewer the first. Both places are told. Where two\n"
        "entries are meant, `connectors:` and `networks:` are lists: write both under the one key.",
        "YAML 1.2.2, section 3.2.1.3",
    ),
    Code(
        "YML014",
        "error",
        "a YAML anchor",
        "`&name` marks a value so that `*name` can stand for it elsewhere. gatepost reads neither: every line shall show what it\n"
        "means to the person who reviews it, and every finding shall point at one place.",
        _OURS,
    ),
    Code(
        "YML015",
        "error",
        "a YAML alias",
        "`*name` stands for a value that is written elsewhere, so a change of one line changes several rules that a diff does not\n"
        "show. Write the value out. A text that starts with a star needs quotes.",
        _OURS,
    ),
    Code(
        "YML016",
        "error",
        "a YAML tag",
        "`!name` and `!!str` tell a reader of which type a value is. Here quotes alone tell: a value in quotes is text; without\n"
        "quotes decimal digits are a number, `true` and `false` are yes and no, and everything else is text, `25:30`, `NO` and\n"
        "`1_000` included.",
        "YAML 1.2.2, section 10.3.2 (core schema)",
    ),
    Code(
        "YML017",
        "error",
        "a YAML merge key",
        "`<<` copies the keys of another mapping. It belongs to YAML 1.1 alone, readers differ in which value wins, and the copy is\n"
        "not to be seen where it counts. Write the keys out.",
        "yaml.org/type/merge.html (a working draft for YAML 1.1)",
    ),
    Code(
        "YML018",
        "error",
        "wrong indentation",
        "In YAML the indentation says what belongs to what. The line stands deeper than a key that has its value already, or at a\n"
        "depth that none of the lines above has. Keys of one mapping, and the dashes of one list, stand under each other.",
        "YAML 1.2.2, section 6.1",
    ),
    Code(
        "YML019",
        "error",
        "several documents in one file",
        "A line `---` starts another document. One file holds one site, or one connector profile; several sites are several files\n"
        "on the command line.",
        _OURS,
    ),
    Code(
        "YML020",
        "error",
        "a YAML directive",
        "Lines that start with `%`, such as `%YAML 1.1`, change how the rest is read. gatepost reads all documents alike, so there\n"
        "is nothing for them to say.",
        "YAML 1.2.2, section 6.8",
    ),
    Code(
        "YML021",
        "error",
        "brackets or lists nested too deep",
        "No document needs more than eight levels; deeper than fifty is refused before it costs memory. Usually a bracket was not\n"
        "closed, or the file is no document of gatepost.",
        _OURS,
    ),
    Code(
        "YML022",
        "error",
        "a document with too many values",
        "A document may have a million values. Long lists of networks belong into a text file, one a line, that `networks_file`\n"
        "names: it is read ten times faster, and a diff of it is easier to review.",
        _OURS,
    ),
    Code(
        "YML023",
        "error",
        "a list or a mapping as a key",
        "YAML allows it, no document here has such a key. The usual reason is a template language: `{{ name }}` is a mapping in a\n"
        "mapping to YAML, so fill templates in before gatepost reads the file.",
        _OURS,
    ),
    Code(
        "YML024",
        "error",
        "a document that is no mapping",
        "A site or a connector profile is `key: value` lines. The document here is a list or a single text; a list starts with\n"
        "dashes, and a single text often is a `key:value` without the space that YAML asks for.",
        _OURS,
    ),
    Code(
        "YML025",
        "error",
        "a tab in the indentation",
        "YAML indents with spaces alone, since a tab is of another width in every editor. Most editors have a setting that writes\n"
        "spaces for the tab key; `expand -t 2 OLD > NEW` converts a file.",
        "YAML 1.2.2, section 6.1",
    ),
    Code(
        "YML026",
        "error",
        "no space after the colon of a key",
        "`port:993` is one text, `port: 993` is a key with a value: only a colon with a space, or at the end of the line, ends a\n"
        "key. That is why addresses like 2001:db8::1 need no quotes in a line of their own.",
        "YAML 1.2.2, section 7.3.3",
    ),
    Code(
        "YML027",
        "error",
        "a second colon with a space in a value",
        "A value without quotes ends at a colon with a space, because that would make it a key. Put the value in quotes; in double\n"
        "quotes a backslash needs another one, in single quotes nothing does but the quote itself, which is written twice.",
        "YAML 1.2.2, section 7.3.3",
    ),
    Code(
        "YML028",
        "error",
        "a quote that is never closed",
        "A quoted text runs over the ends of lines, so the mistake shows only at the end of the file. The place is where the quote\n"
        "opens. In single quotes a quote is written twice (`'it''s'`), in double quotes after a backslash.",
        "YAML 1.2.2, sections 7.3.1 and 7.3.2",
    ),
    Code(
        "YML029",
        "error",
        "a bracket or brace that is not closed",
        "Between brackets and braces YAML takes no notice of lines, so the mistake shows far from where it is. The place is where\n"
        "the bracket opens; the second place, if any, is where something stands that cannot be inside it.",
        "YAML 1.2.2, section 7.4",
    ),
)
