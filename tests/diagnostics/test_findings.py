"""Every word of every finding."""

import re

import pytest

from generator.codes import all_codes
from tests.diagnostics.cases import HERE, NAMES, run_case


@pytest.mark.parametrize("name", NAMES)
def test_the_user_sees_exactly_this(name: str) -> None:
    printed = run_case(name)

    assert printed == (HERE / f"{name}.out").read_text(encoding="utf-8")


def test_every_code_has_a_case() -> None:
    printed = "".join(path.read_text(encoding="utf-8") for path in HERE.glob("*.out"))
    shown = re.findall(r"(?:(?:error|warning|note)\[|\"ruleId\": \")([A-Z]{3}[0-9]{3})\b", printed)  # of some, SARIF alone tells

    assert {code.name for code in all_codes()} == set(shown)


def test_no_output_is_left_of_a_case_that_is_gone() -> None:
    assert sorted(path.stem for path in HERE.glob("*.out")) == list(NAMES)
