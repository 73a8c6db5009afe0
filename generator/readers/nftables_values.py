"""The right-hand sides of nft's JSON: addresses, ports and names, alone, in ranges and in sets.

Source: libnftables-json(5) of nft 1.0.6.
"""

from collections.abc import Iterable, Iterator
from ipaddress import ip_address, ip_network
from typing import Any

from generator.net import Family, PortRange
from generator.net.runs import EVERYTHING, Run, Runs, join_runs, subtract_runs


class NotUnderstoodError(ValueError):
    """A form that the reader does not know. `str()` is what it found, in words."""


def flatten(value: Any, sets: dict[str, list[Any]]) -> Iterator[Any]:
    """The elements of a value: of a literal set, of a named one, or the value itself."""
    if isinstance(value, str) and value.startswith("@"):
        if value[1:] not in sets:
            raise NotUnderstoodError(f"the set `{value[1:]}` is not in the dump")
        yield from flatten(sets[value[1:]], sets)
    elif isinstance(value, dict) and "set" in value:
        yield from flatten(value["set"], sets)
    elif isinstance(value, dict) and "elem" in value:
        yield from flatten(value["elem"]["val"], sets)
    elif isinstance(value, list):
        for one in value:
            yield from flatten(one, sets)
    else:
        yield value


def address_runs(elements: Iterable[Any], family: Family) -> Runs:
    """The addresses of a set's elements."""
    return join_runs(_address_run(element, family) for element in elements)


def _address_run(element: Any, family: Family) -> Run:
    if element == "*":
        return EVERYTHING[family][0]
    try:
        if isinstance(element, str):
            first = last = ip_address(element)
        elif "prefix" in element:
            network = ip_network(f"{element['prefix']['addr']}/{element['prefix']['len']}", strict=False)
            first, last = network.network_address, network.broadcast_address
        else:
            first, last = (ip_address(str(end)) for end in element["range"])
        if not first.version == last.version == family.value or int(first) > int(last):
            raise ValueError
    except (ValueError, KeyError, TypeError):
        raise NotUnderstoodError(f"`{element}` where addresses are meant") from None
    return Run(int(first), int(last))


def check_texts(values: Iterable[Any], what: str) -> list[str]:
    """The values, which are to be words.

    Raises:
        NotUnderstoodError: they are something else.
    """
    found = list(values)
    for value in found:
        if not isinstance(value, str):
            raise NotUnderstoodError(f"`{value}` where {what} are meant")
    return found


def port_ranges(elements: Iterable[Any]) -> tuple[PortRange, ...]:
    """The ports of a set's elements, sorted and disjoint."""
    return runs_to_ports(join_runs(_port_run(element) for element in elements))


def _port_run(element: Any) -> Run:
    try:
        if element == "*":
            return Run(0, 65535)
        first, last = element["range"] if isinstance(element, dict) else (element, element)
    except (ValueError, KeyError, TypeError):
        first, last = None, None
    if type(first) is not int or type(last) is not int or not 0 <= first <= last <= 65535:
        raise NotUnderstoodError(f"`{element}` where ports are meant")
    return Run(first, last)


def runs_to_ports(runs: Runs) -> tuple[PortRange, ...]:
    """Runs of numbers as ranges of ports."""
    return tuple(PortRange(first, last) for first, last in runs)


def other_addresses(runs: Runs, family: Family) -> Runs:
    """Every address that is not in the set."""
    return subtract_runs(EVERYTHING[family], runs)


def other_ports(ports: tuple[PortRange, ...]) -> tuple[PortRange, ...]:
    """Every port that is not in the set."""
    return runs_to_ports(subtract_runs((Run(0, 65535),), tuple(Run(port.first, port.last) for port in ports)))
