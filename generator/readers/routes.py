"""The routes of a Linux host, as `ip -j route show table all` prints them: where a packet goes that is sent on to another address.

Source: ip-route(8) of iproute2 6.1. Only the tables local, main and default are read: policy routing would need the rules as well.
"""

import json
from collections.abc import Iterable, Mapping
from ipaddress import ip_network
from typing import Any

from generator.net import Family
from generator.net.runs import Runs, join_runs, subtract_runs, unite_runs
from generator.readers.outside import Way


def read_routes(text: str) -> tuple[Way, ...]:
    """All addresses divided by the interface that packets to them leave by; `lo` for the host's own, none for those without a way.

    Raises:
        ValueError: the text is not what ip prints.
    """
    entries = json.loads(text)
    if not isinstance(entries, list) or not all(isinstance(entry, dict) and "dst" in entry for entry in entries):
        raise ValueError("not the output of ip -j route")
    return tuple(way for family in Family for way in _divide(entries, family))


def _divide(entries: Iterable[Mapping[str, Any]], family: Family) -> Iterable[Way]:
    """Each address goes by its longest prefix; among the tables, the host's own addresses come first."""
    usable = [entry for entry in entries if entry.get("table", "main") in ("local", "main", "default") and _family(entry) is family]
    ordered = sorted(usable, key=lambda entry: (entry.get("table") != "local", -_network(entry, family).prefixlen, entry.get("metric", 0)))
    taken: Runs = ()
    found: dict[str, list[Runs]] = {}
    for entry in ordered:
        network = _network(entry, family)
        fresh = subtract_runs(join_runs([(int(network.network_address), int(network.broadcast_address))]), taken)
        if fresh:
            taken = unite_runs(taken, fresh)
            own = entry.get("type") == "local"
            found.setdefault("lo" if own else str(entry.get("dev", "")), []).append(fresh)
    return (Way(family, unite_runs(*runs), interface) for interface, runs in found.items())


def _family(entry: Mapping[str, Any]) -> Family:
    """A default route names its family by its gateway alone."""
    text = " ".join(str(entry.get(key, "")) for key in ("dst", "gateway", "prefsrc", "via"))
    return Family.V6 if ":" in text or entry.get("pref") else Family.V4


def _network(entry: Mapping[str, Any], family: Family) -> Any:
    text = str(entry["dst"])
    return ip_network(("0.0.0.0/0" if family is Family.V4 else "::/0") if text == "default" else text, strict=False)
