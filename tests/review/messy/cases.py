"""Rulesets as they are found on real servers: what loads them, and what is known about them.

A file has lines `# KEY: VALUE` first, and then parts that begin with `%% COMMAND`, each the standard input of its command. Keys: `ports`
(those to try), `unknown` (`PORT: WORDS`, a port where some verdicts must be unknown, and words of the doubt), `container` (the interface
that one is joined by), `finding` (what the readers say of the dump).
"""

from pathlib import Path
from typing import Final, NamedTuple

_FOLDER: Final = Path(__file__).parent / "rulesets"
MAIL_PORTS: Final = (25, 143, 465, 587, 993)


class Messy(NamedTuple):
    """One ruleset."""

    name: str
    parts: tuple[tuple[tuple[str, ...], str], ...]  # command and standard input
    ports: tuple[int, ...]
    unknown: dict[int, str]
    container: str = ""
    findings: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Everything that is loaded."""
        return "\n".join(stdin for _, stdin in self.parts)


NAMES: Final = tuple(sorted(path.stem for path in _FOLDER.glob("*.rules")))


def read_case(name: str) -> Messy:
    """The ruleset of that name."""
    head, *parts = (_FOLDER / f"{name}.rules").read_text(encoding="utf-8").split("%% ")
    facts = [line[2:].split(": ", 1) for line in head.splitlines() if ": " in line]
    ports = {int(word) for key, value in facts if key == "ports" for word in value.split()}
    unknown = {int(value.split(": ", 1)[0]): value.split(": ", 1)[1] for key, value in facts if key == "unknown"}
    commands = tuple((tuple(part.partition("\n")[0].split()), part.partition("\n")[2]) for part in parts)
    container = next((value for key, value in facts if key == "container"), "")
    findings = tuple(value for key, value in facts if key == "finding")
    return Messy(name, commands, tuple(sorted({*MAIL_PORTS, *ports, *unknown})), unknown, container, findings)
