"""YML: files and their syntax."""

from typing import Final

from generator.codes import Code
from generator.codes.yml_syntax import SYNTAX_CODES

_OURS: Final = "gatepost's own rule; docs/ARCHITECTURE.md"
_UTF8: Final = "RFC 3629 (UTF-8); YAML 1.2.2, section 5.2"

_FILE_CODES: Final = (
    Code(
        "YML001",
        "error",
        "a file that does not exist",
        "The path names no file. On the command line a path counts from the folder where the command runs; in a document\n"
        "(`use: ./own.yaml`, `networks_file: more.txt`) it counts from the folder of that document, wherever the command runs.\n"
        "Case counts: `Site.yaml` and `site.yaml` are two files.",
        _OURS,
    ),
    Code(
        "YML002",
        "error",
        "a directory where a file is meant",
        "gatepost reads the files that it is told by name, and no folder for what may be in it: a file that somebody drops there\n"
        "must not change a firewall. Name the file, or several files.",
        _OURS,
    ),
    Code(
        "YML003",
        "error",
        "a file that cannot be read",
        "The operating system refused: no permission, a broken medium, a path that is too long, a part of the path that is no\n"
        "folder, or a standard input that is closed. The message has the system's own reason. `ls -l` shows owner and mode.",
        _OURS,
    ),
    Code(
        "YML004",
        "error",
        "a file that is too large",
        "A document, or a list of networks, may have 32 MiB: room for more than a million networks. A larger one is refused before\n"
        "it is read, an endless pipe after that much. It is nearly always the wrong file. No firewall holds such a list anyway.",
        _OURS,
    ),
    Code(
        "YML005",
        "error",
        "an empty file",
        "The file has nothing in it but blanks and comments. gatepost does not take that for `no connector, close everything`: an\n"
        "editor or a full disk may have cut the file. `gatepost init CONNECTOR` writes a site to start from.",
        _OURS,
    ),
    Code(
        "YML006",
        "error",
        "bytes that are not UTF-8",
        "Documents are UTF-8. The place shows the first byte that is not: often an accented letter that an editor saved as\n"
        "ISO 8859-1 or Windows-1252. `iconv -f WINDOWS-1252 -t UTF-8 OLD > NEW` converts a file.",
        _UTF8,
    ),
    Code(
        "YML007",
        "error",
        "a file in UTF-16 or UTF-32",
        "The first bytes are the byte order mark of UTF-16 or UTF-32, which some editors write as `Unicode`. Save the file as\n"
        "UTF-8 without a byte order mark, or convert it: `iconv -f UTF-16 -t UTF-8 OLD > NEW`.",
        _UTF8,
    ),
    Code(
        "YML008",
        "warning",
        "a byte order mark",
        "The file starts with U+FEFF in UTF-8. It is harmless here and is ignored, also for the digest in artifacts. Other tools\n"
        "that read the file (`nft`, `iptables-restore`, shells) stumble over it, so save it without.",
        _UTF8,
    ),
    Code(
        "YML009",
        "error",
        "a control character",
        "The text has a character that no editor shows: a NUL or another control character, a line separator that only some\n"
        "programs take for the end of a line, or one that turns the direction of writing round, with which a line can look like\n"
        "another one to a reviewer (CVE-2021-42574). None of them is needed in a document.",
        "YAML 1.2.2, section 5.1; Unicode Technical Report 36; CVE-2021-42574",
    ),
    Code(
        "YML010",
        "note",
        "lines that end in CR LF",
        "The file was written on Windows, or was checked out there. Lines are read as if they ended in LF, and the digest in\n"
        "artifacts is made of that text, so both checkouts give the same artifacts. Nothing needs to be done.",
        _OURS,
    ),
    Code(
        "YML011",
        "error",
        "a carriage return inside a line",
        "A CR without LF ends a line for YAML and for no common editor: what follows looks like the rest of a line, of a comment\n"
        "for example, and is read as a line of its own.",
        "YAML 1.2.2, section 5.4",
    ),
)

_LIST_CODES: Final = (
    Code(
        "YML030",
        "error",
        "several networks in one line of a list",
        "A list of networks in a text file has one entry a line; blank lines and what follows a `#` are skipped. One entry a line\n"
        "makes every finding point at its network and every change of the list a change of one line.",
        _OURS,
    ),
    Code(
        "YML031",
        "error",
        "a list in JSON that is no JSON",
        "The first character of the file is `[`, so the file is read as a JSON array of texts. The place shows where JSON ends:\n"
        "usually a missing or an extra comma, single quotes, or a comment, which JSON does not have.",
        "RFC 8259 (JSON)",
    ),
    Code(
        "YML032",
        "error",
        "a list in JSON with something else than texts",
        'A list of networks in JSON is one flat array of texts: ["192.0.2.0/24", "2001:db8::/32"]. A vendor\'s own format with\n'
        "objects in it has to be cut down first, with `jq -r '.prefixes[].ip_prefix'` or the like.",
        _OURS,
    ),
    Code(
        "YML033",
        "error",
        "a list without a network",
        "The file is there and has no network in it. A list that suddenly is empty is a failed download more often than a wish,\n"
        "so it is not taken for one. Leave `networks_file` out to have none.",
        _OURS,
    ),
)

CODES: Final = (*_FILE_CODES, *SYNTAX_CODES, *_LIST_CODES)
