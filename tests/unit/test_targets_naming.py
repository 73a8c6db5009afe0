"""Names and comments keep their limits, stay different from each other, and hold nothing that a target would read as syntax."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.targets.naming import fit, joined_id, printable, underscored


def test_a_text_within_the_limit_stays() -> None:
    assert fit("acme/hubspot/imaps/v4", 128) == "acme/hubspot/imaps/v4"


def test_a_long_text_keeps_its_beginning_and_ends_with_a_digest() -> None:
    assert fit("a" * 200, 20) == "aaaaaaaaaaa~c2a908d9"


@given(st.text(st.characters(codec="ascii"), max_size=300), st.integers(10, 200))
def test_a_fitted_text_never_exceeds_the_limit(text: str, limit_bytes: int) -> None:
    assert len(fit(text, limit_bytes).encode()) <= limit_bytes


def test_texts_that_differ_only_behind_the_limit_stay_different() -> None:
    assert fit("a" * 300 + "b", 128) != fit("a" * 300 + "c", 128)


@pytest.mark.parametrize(("text", "limit_bytes"), [("a" * 10, 9), ("ä", 128)])
def test_what_cannot_be_fitted_is_an_error_of_the_program(text: str, limit_bytes: int) -> None:
    with pytest.raises(ValueError, match=r"leave no room|is not ASCII"):
        fit(text, limit_bytes)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Tilo's file.yaml", "Tilo?s file.yaml"),
        ('a"; flush ruleset; "', "a? flush ruleset? ?"),
        ("two\nlines\tand  blanks ", "two lines and blanks"),
        ("$x `id` \\ ]]> */", "?x ?id? ? ? ?/"),
        ("Zürich", "Z?rich"),
    ],
)
def test_free_text_becomes_one_line_without_syntax(text: str, line: str) -> None:
    assert printable(text) == line


def test_slugs_become_identifiers_that_no_other_slug_becomes() -> None:
    assert underscored("acme-two") == "acme_two"


def test_a_shared_rule_id_names_every_connector() -> None:
    assert joined_id("acme", ["hubspot", "nylas"], "imaps/v4") == "acme/hubspot+nylas/imaps/v4"
