"""Ports and ranges of ports."""

import pytest

from generator.net import PortError, PortRange, make_port, merge_ports, parse_ports

FORMS = "write a port such as 993, or a range such as 10000-10010"
LIMITS = "write a port from 1 to 65535"


@pytest.mark.parametrize(
    ("text", "ports"),
    [
        ("993", PortRange(993, 993)),
        ("1", PortRange(1, 1)),
        ("65535", PortRange(65535, 65535)),
        ("10000-10010", PortRange(10000, 10010)),
        ("993-993", PortRange(993, 993)),
    ],
)
def test_ports_and_ranges_are_read(text: str, ports: PortRange) -> None:
    assert parse_ports(text) == ports


@pytest.mark.parametrize(
    ("text", "code", "message", "hint"),
    [
        ("0", "NET100", "`0` is out of the range of ports", LIMITS),
        ("65536", "NET100", "`65536` is out of the range of ports", LIMITS),
        ("993-65536", "NET100", "`65536` is out of the range of ports", LIMITS),
        ("1" * 80, "NET100", f"`{'1' * 57}...` is out of the range of ports", LIMITS),
        ("30-20", "NET101", "`30-20` is upside down", "write 20-30"),
        ("", "NET102", "`` is no port", FORMS),
        ("-5", "NET102", "`-5` is no port", FORMS),
        ("25-30-35", "NET102", "`25-30-35` is no port", FORMS),
        ("25,26", "NET102", "`25,26` is no port", FORMS),
        ("+25", "NET102", "`+25` is no port", "write 25"),
        ("025", "NET102", "`025` is no port", "write 25"),
        ("25\n", "NET102", "`25\\n` is no port", "write 25"),
        ("２５", "NET102", "`２５` is no port", "write 25"),
        ("25:30", "NET102", "`25:30` is no port", "write 25-30"),
        ("25 - 30", "NET102", "`25 - 30` is no port", "write 25-30"),
        ("imaps", "NET102", "`imaps` is no port", "write 993"),
        ("https", "NET102", "`https` is no port", FORMS),
    ],
)
def test_other_texts_are_refused(text: str, code: str, message: str, hint: str) -> None:
    with pytest.raises(PortError) as refusal:
        parse_ports(text)

    assert (refusal.value.code, str(refusal.value), refusal.value.hint) == (code, message, hint)


@pytest.mark.parametrize("number", [-1, 0, 65536])
def test_a_number_that_is_no_port_is_refused(number: int) -> None:
    with pytest.raises(PortError) as refusal:
        make_port(number)

    assert (refusal.value.code, str(refusal.value)) == ("NET100", f"`{number}` is out of the range of ports")


def test_a_number_is_a_range_of_one_port() -> None:
    assert make_port(993) == PortRange(993, 993)


def test_adjacent_ports_join() -> None:
    merged = merge_ports([PortRange(25, 25), PortRange(26, 30)])

    assert merged == (PortRange(25, 30),)


def test_overlapping_and_nested_ranges_join() -> None:
    merged = merge_ports([PortRange(20, 40), PortRange(993, 993), PortRange(25, 30), PortRange(35, 50)])

    assert merged == (PortRange(20, 50), PortRange(993, 993))


def test_ports_print_as_they_are_written() -> None:
    assert [str(ports) for ports in (PortRange(993, 993), PortRange(10000, 10010))] == ["993", "10000-10010"]
