import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.preflight.transcript import Said, Transcript, printable


def test_control_characters_are_shown_and_not_sent_to_the_terminal() -> None:
    assert printable(b"a\x1b[2Jb\r\xff\xe2\x80\xae") == "a\\x1b[2Jb\\r\\xff\\u202e"


def test_a_secret_is_masked_also_where_the_server_says_it() -> None:
    transcript = Transcript()
    transcript.hide('se"cret')
    transcript.add("C", 'a LOGIN me "se\\"cret"')
    transcript.add("S", b'* BAD what is se"cret')
    transcript.add("S", b"* BAD c2UiY3JldA==")

    assert [said.text for said in transcript.lines] == ['a LOGIN me "***"', "* BAD what is ***", "* BAD ***"]


@pytest.mark.parametrize("before", ["", "\0", "\0me\0", "\0me@example.org\0", "x" * 7])
def test_a_secret_inside_base64_is_masked_wherever_it_begins(before: str) -> None:
    transcript = Transcript()
    transcript.hide("correct horse")
    transcript.add("S", b"535 what is " + base64.b64encode(f"{before}correct horse".encode()))

    assert "***" in transcript.lines[0].text
    assert "Y29ycmVjdCBob3JzZ" not in transcript.lines[0].text


def test_a_secret_in_capitals_is_masked() -> None:
    transcript = Transcript()
    transcript.hide("secret")
    transcript.add("S", b"a BAD UNKNOWN COMMAND SECRET")

    assert transcript.lines[0].text == "a BAD UNKNOWN COMMAND ***"


def test_the_longest_of_several_secrets_is_masked_first() -> None:
    transcript = Transcript()
    transcript.hide("pass")
    transcript.hide("password")
    transcript.add("S", b"password, pass")

    assert transcript.lines[0].text == "***, ***"


@given(st.text(min_size=4, max_size=30), st.binary(max_size=20), st.binary(max_size=20))
def test_no_secret_is_left_in_base64(secret: str, before: bytes, after: bytes) -> None:
    transcript = Transcript()
    transcript.hide(secret)
    transcript.add("S", base64.b64encode(before + secret.encode() + after))

    assert "***" in transcript.lines[0].text


def test_an_empty_secret_masks_nothing() -> None:
    transcript = Transcript()
    transcript.hide("")
    transcript.add("S", b"hello")

    assert transcript.lines == (Said("S", "hello"),)


def test_long_lines_are_cut() -> None:
    transcript = Transcript()
    transcript.add("S", b"x" * 5000)

    assert transcript.lines[0].text == "x" * 1000 + "…"


def test_a_secret_across_the_cut_is_masked() -> None:
    transcript = Transcript()
    transcript.hide("secret")
    transcript.add("S", b"x" * 997 + b"secret")

    assert "sec" not in transcript.lines[0].text


def test_a_flood_is_counted_and_not_kept() -> None:
    transcript = Transcript()
    for _ in range(100_000):
        transcript.add("S", b"again")

    assert len(transcript.lines) == 401
    assert transcript.lines[-1] == Said("-", "99600 more lines are left out")
