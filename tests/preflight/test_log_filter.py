"""The command for grep that finds a connector in a log."""

import re
from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as some

from generator.preflight.log_filter import log_filter


def pattern(command: str) -> re.Pattern[str]:
    """What grep looks for, as Python's `re` has it: -w wants no letter, digit or underscore on either side."""
    _, quoted, _ = command.split("'")
    return re.compile(rf"(?<!\w)(?:{quoted})(?!\w)")


@pytest.mark.parametrize(
    ("prefixes", "command"),
    [
        (["192.0.2.1"], r"grep -wE '192\.0\.2\.1' /var/log/mail.log"),
        (["192.0.2.1", "198.51.100.0/24"], r"grep -wE '192\.0\.2\.1|198\.51\.100\.[0-9]+' /var/log/mail.log"),
        (["198.51.100.4/31"], r"grep -wE '198\.51\.100\.4|198\.51\.100\.5' /var/log/mail.log"),
        (["203.0.112.0/23"], r"grep -wE '203\.0\.112\.[0-9]+|203\.0\.113\.[0-9]+' /var/log/mail.log"),
        (["2001:db8:1::/48"], "grep -wE '2001:db8:1:[0-9a-f:]*' /var/log/mail.log"),
        (["2001:db8::1"], "grep -wE '2001:db8::1' /var/log/mail.log"),
    ],
)
def test_the_prefixes_are_patterns(prefixes: list[str], command: str) -> None:
    assert log_filter(prefixes) == command


@pytest.mark.parametrize(
    "prefixes",
    [[], ["0.0.0.0/0"], ["::/0"], ["198.51.100.0/25"], ["2001:db8:0:1::/64"], ["2001:db8::/33"], ["192.0.2.1"] * 25, ["192.0.2.1", "::/0"]],
)
def test_no_command_is_better_than_one_that_is_long_or_leaves_out_something(prefixes: list[str]) -> None:
    assert log_filter(prefixes) == ""


@given(some.ip_addresses(v=4), some.integers(4, 32), some.ip_addresses(v=4), some.integers(0, 2**28))
def test_exactly_the_addresses_of_the_prefix_are_found(address: object, length: int, other: object, within: int) -> None:
    network = ip_network(f"{address}/{length}", strict=False)
    inside = network[within % network.num_addresses]
    found = log_filter([str(network)])

    assert not found or pattern(found).search(f"imap-login: rip={inside}, lip=x")
    assert not found or bool(pattern(found).search(f"imap-login: rip={other}, lip=x")) == (other in network)
