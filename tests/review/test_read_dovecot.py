"""Dovecot's `allow_nets`, as we write it and as others do."""

import pytest

from generator.net import Family
from tests.review.meaning import doubts, read_back, shown

LISTED = {"open": "127.0.0.0/8 192.0.2.0/24", "closed": "the rest"}


@pytest.mark.parametrize(
    "text",
    [
        "override_fields = allow_nets=127.0.0.0/8,::1,local,192.0.2.0/24\n",
        "fields {\n  allow_nets = 127.0.0.0/8,::1,local,192.0.2.0/24\n}\n",
        "  override_fields = nopassword=n allow_nets=127.0.0.0/8,192.0.2.0/24 proxy=n\n",
        "    allow_nets = 127.0.0.0/8 192.0.2.0/25 192.0.2.128/25\n# allow_nets = 0.0.0.0/0\n",
        "passdb a {\n allow_nets=127.0.0.0/8,192.0.2.0/24\n}\npassdb b {\n allow_nets=192.0.2.0/24,127.0.0.0/8\n}\n",
    ],
)
def test_the_list_says_who_may_log_in(text: str) -> None:
    ruleset, findings = read_back("dovecot", text)

    assert findings == []
    assert [shown(ruleset, Family.V4, port) for port in (143, 993, 587, 4190)] == [LISTED] * 4
    assert shown(ruleset, Family.V4, 25) == {"open": "everybody"}


def test_of_lists_that_differ_the_difference_is_unknown() -> None:
    ruleset, findings = read_back("dovecot", "allow_nets = 192.0.2.0/24\nallow_nets = 192.0.2.0/25,198.51.100.0/24\n")

    assert findings == []
    assert shown(ruleset, Family.V4, 993) == {"open": "192.0.2.0/25", "closed": "the rest", "unknown": "192.0.2.128/25 198.51.100.0/24"}


def test_a_variable_in_the_list_lets_in_nobody_knows_whom() -> None:
    ruleset, findings = read_back("dovecot", "fields {\n  allow_nets = 192.0.2.0/24,%{userdb:nets}\n}\n")

    assert findings == ["AUD002 `%{userdb:nets}` in `allow_nets` is no network"]
    assert shown(ruleset, Family.V4, 993) == {"open": "192.0.2.0/24", "unknown": "the rest"}
    assert doubts(ruleset, Family.V6, 993) == ["whom `%{userdb:nets}` in `allow_nets` lets in"]


@pytest.mark.parametrize("text", ["", "ssl = required\n", "# allow_nets = 192.0.2.0/24\n"])
def test_a_file_without_a_list_is_refused(text: str) -> None:
    ruleset, findings = read_back("dovecot", text)

    assert ruleset is None
    assert findings == ["AUD001 there is no `allow_nets` in this file"]


def test_an_empty_list_is_a_doubt() -> None:
    ruleset, findings = read_back("dovecot", "allow_nets =\n")

    assert [finding[:6] for finding in findings] == ["AUD002"]
    assert shown(ruleset, Family.V4, 993) == {"unknown": "everybody"}
