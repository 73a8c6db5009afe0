"""Rulesets as they are found on real servers, loaded into a kernel: what the readers say of them is what packets meet."""

import pytest

from tests.review.messy.asking import ask
from tests.review.messy.cases import NAMES, read_case


@pytest.mark.parametrize("name", NAMES)
def test_the_readers_and_the_packets_agree(name: str) -> None:
    case = read_case(name)

    answers = ask(case)

    assert answers.wrong == ()
    assert answers.wrong_from_less == ()
    assert {port: doubts for port, doubts in answers.unknown.items() if port not in case.unknown} == {}
    assert {port for port, words in case.unknown.items() if words not in " ".join(answers.unknown.get(port, ()))} == set()
    assert answers.findings == case.findings
    assert answers.tried > 200


def test_there_are_many_of_them() -> None:
    assert len(NAMES) >= 25
