"""The networks and ports of a document that another mistake keeps from being compiled, so that one run tells what is wrong with them too.

The findings are those that compiling makes, word for word; a report tells each once.
"""

import re
from collections.abc import Iterator
from typing import TypeGuard

from generator.diagnostics import Report
from generator.models.fields import LINE, PORTS
from generator.net import PortError, PrefixError, make_port, parse_bulk, parse_ports, parse_prefix
from generator.source import Mapping, Node, Scalar, Sequence

_LISTS = frozenset({"networks", "exclude", "trusted", "addresses"})


def check_remainder(root: Mapping, report: Report) -> None:
    """Report every network and port that is none."""
    for key, value in _entries(root):
        if key in _LISTS and isinstance(value, Sequence):
            _check_networks(value, report)
        elif key == "allow" and isinstance(value, Sequence):
            _check_allowances(value, report)
        elif key == "ports" and isinstance(value, Mapping):
            for entry in value.entries:
                _check_ports(entry.value, report)
        elif key == "port":
            _check_ports(value, report)


def _entries(node: Node) -> Iterator[tuple[str, Node]]:
    """Every key of a document with its value, from the top down."""
    if isinstance(node, Sequence):
        for item in node.items:
            yield from _entries(item)
    elif isinstance(node, Mapping):
        for key, entry in node.by_key.items():
            yield key, entry.value
            yield from _entries(entry.value)


def _network(item: Node) -> Node:
    """The network of a list's item, which may have a note beside it."""
    return item.by_key["network"].value if isinstance(item, Mapping) and "network" in item.by_key else item


def _is_line(node: Node) -> TypeGuard[Scalar]:
    """Whether a value is one line of text; any other has its finding."""
    return isinstance(node, Scalar) and isinstance(node.value, str) and node.value != "" and re.fullmatch(LINE, node.value) is not None


def _check_networks(listed: Sequence, report: Report) -> None:
    items = [item for item in map(_network, listed.items) if _is_line(item)]
    for index, error in parse_bulk([item.text for item in items])[2]:
        report.add(error.code, items[index].span, str(error), hint=error.hint)


def _check_allowances(listed: Sequence, report: Report) -> None:
    for item in map(_network, listed.items):
        try:
            if _is_line(item):
                parse_prefix(item.text)
        except PrefixError as error:
            report.add(error.code, item.span, str(error), hint=error.hint)


def _check_ports(value: Node, report: Report) -> None:
    for item in value.items if isinstance(value, Sequence) else (value,):
        try:
            if isinstance(item, Scalar) and type(item.value) is int:
                make_port(item.value)
            elif isinstance(item, Scalar) and isinstance(item.value, str) and re.fullmatch(PORTS, item.value):
                parse_ports(item.value)
        except PortError as error:
            report.add(error.code, item.span, str(error), hint=error.hint)
