"""The realistic configurations of the tests, and single edits of them."""

import ipaddress
import re
from pathlib import Path
from typing import Final

from tests.pfsense.firewall import Network

FOLDER: Final = Path(__file__).parent / "configs"
PFSENSE: Final = FOLDER.joinpath("pfsense-2.7.xml").read_text(encoding="utf-8")
OPNSENSE: Final = FOLDER.joinpath("opnsense-25.1.xml").read_text(encoding="utf-8")

# What the URL table of both configurations was last filled with.
TABLES: Final[dict[str, tuple[Network, ...]]] = {
    "Spammers": (ipaddress.ip_network("198.51.100.240/28"), ipaddress.ip_network("2001:db8:0:2:0:0:0:6/128")),
}


def edited(text: str, old: str, new: str) -> str:
    """The text with the first place of `old` replaced; it has to be there."""
    assert old in text, old
    return text.replace(old, new, 1)


def area(text: str, name: str) -> str:
    """One area of a configuration as its own document, as the backup page of pfSense gives it."""
    start, end = text.index(f"\t<{name}>"), text.index(f"\t</{name}>") + len(f"\t</{name}>\n")
    lines = text[start:end].splitlines(keepends=True)
    return '<?xml version="1.0"?>\n' + "".join(line.removeprefix("\t") for line in lines)


def followable(text: str) -> str:
    """A configuration without what another reader can't follow to the end: redirections, and a list that is somewhere else."""
    start, end = text.index("<nat>"), text.index("</nat>") + len("</nat>")
    listed = text[:start] + text[end:]
    listed = re.sub(r"<associated-rule-id>.*?</associated-rule-id>", "", listed)
    listed = re.sub(r"(<name>Spammers</name>\s*<type>)urltable", r"\1network", listed)
    return listed.replace("https://lists.example.org/spammers.txt", "198.51.100.240/28")
