"""Runs the command in the lab, as a user would."""

import json
import re
from typing import Any, Final, NamedTuple

from typer.testing import CliRunner

from generator.cli.every import app
from tests.mail.lab.people import ALICE, DOMAIN, PASSWORDS
from tests.preflight.lab import NAME_SERVER, PreflightLab, host_of
from tests.preflight.scenarios.row import PASSWORD_VARIABLE, Row

_HOST: Final = re.compile(r"^([^:/.]+(?:\.[^:/.]+)?)((?::\d+)?(?:/\w+)?)$")

_SITE: Final = """\
kind: site
name: lab
server:
  imap: {imap}
  smtp: {smtp}
connectors:
  - use: hubspot
    networks: [198.51.100.10]
    services: [imaps, submission]
allow:
  - {{code: NET055, network: 198.51.100.10, reason: stands for an address of the account}}
"""


class Outcome(NamedTuple):
    """What a run came to."""

    status: int
    stdout: str
    stderr: str
    report: dict[str, Any]
    timeout: float  # that it was given, in seconds


def spell_options(row: Row, lab: PreflightLab) -> list[str]:
    """The command line of a row; the hosts in it are started."""
    words = row.options.split()
    made: list[str] = []
    for place, word in enumerate(words):
        before = words[place - 1] if place else ""
        if word == "--login":
            made += ["--user", ALICE, "--password-env", PASSWORD_VARIABLE]
        elif before == "--login" and not word.startswith("-"):
            made[-3] = word if "@" in word else f"{word}@{DOMAIN}"
        elif word.startswith("site:"):
            made.append(_write_site(lab, *word.removeprefix("site:").split(",")))
        elif before in ("--imap", "--smtp"):
            made.append(_host(word, lab))
        else:
            made.append(word)
    defaults = {"--resolver": NAME_SERVER, "--ca-bundle": str(lab.office.roots), "--timeout": "20"}
    more = [part for name, value in defaults.items() if name not in made for part in (name, value)]
    connector = [] if words[0].startswith("site:") else ["--connector", "hubspot"]
    return ["preflight", *made, *connector, *more]


def _write_site(lab: PreflightLab, imap: str, smtp: str) -> str:
    for name in (imap, smtp):
        lab.start(name)
    path = lab.folder / f"{imap}-{smtp}.yaml"
    path.write_text(_SITE.format(imap=host_of(imap), smtp=host_of(smtp)), encoding="utf-8")
    return str(path)


def _host(word: str, lab: PreflightLab) -> str:
    found = _HOST.match(word)
    name = found[1] if found else word.partition(":")[0]
    lab.start(name.removeprefix("deep."))
    return f"{host_of(name)}{found[2]}" if found and "." not in found[1].removeprefix("deep.") else word


def run_row(row: Row, lab: PreflightLab, *more: str) -> Outcome:
    """Run it in the lab's network."""
    options = [*spell_options(row, lab), *(more or ("--format", "json"))]
    user = options[options.index("--user") + 1] if "--user" in options else ALICE
    password = row.guess or PASSWORDS.get(user, "any")
    result = lab.namespace.run(CliRunner().invoke, app, options, env={PASSWORD_VARIABLE: password})
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    report = json.loads(result.stdout) if result.stdout.startswith("{") else {}
    timeout = float(options[options.index("--timeout") + 1])
    return Outcome(result.exit_code, result.stdout, result.stderr, report, timeout)
