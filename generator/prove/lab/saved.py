"""The whole ruleset of a server as lines that can be compared: no counters, handles or dates; order kept where order means something."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from generator.prove.lab.lab import Lab

_VOLATILE = frozenset({"handle", "expires", "packets", "bytes"})
_COUNTERS = re.compile(r"\[\d+:\d+\]")
_HASH_SEED = re.compile(r" initval 0x[0-9a-f]+")


def save(lab: Lab) -> tuple[str, ...]:
    """One line per table, chain, set and rule of nftables, iptables and ipset. Ours have `gatepost` in a table's, chain's or set's name."""
    return (*_save_nftables(lab), *_save_iptables(lab, "iptables-save"), *_save_iptables(lab, "ip6tables-save"), *_save_ipset(lab))


def without_ours(lines: Iterable[str]) -> tuple[str, ...]:
    """What belongs to others."""
    return tuple(line for line in lines if "gatepost" not in line.lower())


def _save_nftables(lab: Lab) -> Iterator[str]:
    for entry in json.loads(lab.run("nft", "-j", "list", "ruleset").stdout)["nftables"]:
        if "metainfo" not in entry:
            yield json.dumps(_strip(entry), sort_keys=True)


def _strip(value: Any) -> Any:
    """The same JSON without what changes by itself. The elements of a set have no order."""
    if isinstance(value, dict):
        kept = {key: _strip(item) for key, item in value.items() if key not in _VOLATILE}
        if "elem" in kept and isinstance(kept["elem"], list):
            kept["elem"].sort(key=json.dumps)
        return kept
    return [_strip(item) for item in value] if isinstance(value, list) else value


def _save_iptables(lab: Lab, command: str) -> Iterator[str]:
    table = ""
    for line in lab.run(command).stdout.splitlines():
        if line.startswith("*"):
            table = line
        elif line.startswith((":", "-")):
            yield f"{command} {table} {_COUNTERS.sub('', line)}"


def _save_ipset(lab: Lab) -> Iterator[str]:
    lines = lab.run("ipset", "save").stdout.splitlines()
    yield from (f"ipset {_HASH_SEED.sub('', line)}" for line in sorted(lines))
