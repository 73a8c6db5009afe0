"""What a cloud takes as the value of an argument, as far as its documentation says so and a schema's types do not."""

import ipaddress
import re
from collections.abc import Callable, Iterator
from typing import Any

Resource = dict[str, Any]
Attribute = dict[str, Any]


def mistakes(part: Resource, config: dict[str, Any], is_unknown: Callable[[Any], bool]) -> list[str]:
    """Everything that is wrong with the arguments of one resource, or of one of its blocks."""
    found = []
    for name, one in part["attributes"].items():
        if not is_unknown(config[name]):
            found += [f"{name}: {text}" for value in _flat(config[name]) if not is_unknown(value) for text in _judge(one, value)]
    for names in part.get("exactly_one", ()):
        open_yet = any(is_unknown(config[name]) for name in names)  # a value of `each` before there is a plan, which may be null
        given = [name for name in names if config[name] is not None and not is_unknown(config[name])]
        found += [] if len(given) == 1 or (open_yet and not given) else [f"exactly one of {', '.join(names)}, not {given}"]
    for name, block in part.get("blocks", {}).items():
        items = config[name]
        for item in () if is_unknown(items) else _flat(items):
            found += [] if is_unknown(item) else [f"{name}.{text}" for text in mistakes(block, item, is_unknown)]
    return found


def _flat(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def _judge(one: Attribute, value: Any) -> Iterator[str]:
    if "pattern" in one and not re.fullmatch(one["pattern"], value):
        yield f"{value!r} does not match {one['pattern']}"
    if "longest" in one and len(value) > one["longest"]:
        yield f"{len(value)} letters, at most {one['longest']}"
    if "choices" in one and value not in one["choices"]:
        yield f"{value!r} is none of {one['choices']}"
    if "between" in one and not one["between"][0] <= value <= one["between"][1]:
        yield f"{value} is not in {one['between']}"
    if "network" in one and not _is_network(value, one["network"]):
        yield f"{value!r} is no network of IPv{one['network']}"


def _is_network(text: str, versions: str) -> bool:
    """Whether a text is a network without host bits, of one of the IP versions."""
    try:
        return str(ipaddress.ip_network(text).version) in versions and "/" in text
    except ValueError:
        return False
