"""What the documents say is true: commands parse, every code has its example, no machine's paths."""

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from generator import codes
from generator.cli.every import app
from tests.house.tree import ROOT, project_files, relative

DOCUMENTS = [path for path in project_files() if path.suffix == ".md"]
EXAMPLES = ROOT / "tests" / "diagnostics"
CODE = r"(?:\[|\"ruleId\": \")([A-Z]{3}\d{3})\b"  # some are told in SARIF alone
COMMAND = re.compile(r"^ *(?:\$ )?(gatepost(?: .*)?)$", re.MULTILINE)
FENCE = re.compile(r"^```(?:console|sh|shell|bash)\n(.*?)^```", re.MULTILINE | re.DOTALL)
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:work|root|home|Users)/|\.\./[s]hared|\.[l]ibrary\b")


def commands(path: Path) -> list[str]:
    """The gatepost command lines in a document's shell blocks, with their continuation lines."""
    blocks = FENCE.findall(path.read_text(encoding="utf-8"))
    return [line for block in blocks for line in COMMAND.findall(block.replace("\\\n", " "))]


def words(line: str) -> list[str]:
    """The arguments of a command line, up to a pipe or a redirection."""
    found = shlex.split(line, comments=True)[1:]
    ends = [index for index, word in enumerate(found) if word in {"|", ">", "&&", "||", ";"}]
    return found[: min(ends, default=len(found))]


SHOWN = [pytest.param(line, id=f"{relative(path)}: {line}") for path in DOCUMENTS for line in commands(path)]


@pytest.mark.parametrize("line", SHOWN)
def test_a_shown_command_line_is_one_that_the_command_takes(line: str) -> None:
    # Unknown commands and options are refused before `--help` is looked at.
    result = CliRunner().invoke(app, [*words(line), "--help"])

    assert result.exit_code == 0, result.output


def test_every_code_has_an_example_of_what_the_user_sees() -> None:
    shown = {code for path in EXAMPLES.glob("*.out") for code in re.findall(CODE, path.read_text(encoding="utf-8"))}

    missing = [code.name for code in codes.all_codes() if code.name not in shown]

    assert missing == []


def test_every_example_of_a_finding_has_its_input_and_its_output() -> None:
    inputs = {path.stem for path in EXAMPLES.glob("*.yaml")}
    outputs = {path.stem for path in EXAMPLES.glob("*.out")}

    assert inputs ^ outputs == set()


def test_no_file_names_a_path_of_somebody_s_machine() -> None:
    texts = {relative(path): path.read_text(encoding="utf-8", errors="replace") for path in project_files()}

    assert {path: found for path, text in texts.items() if (found := MACHINE_PATH.findall(text))} == {}
