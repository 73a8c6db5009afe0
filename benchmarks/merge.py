"""Merging 100,000 networks from text to text, beside the C libraries of PyPI: `python -m benchmarks.merge`, a part of `make bench`.

One process runs all contenders in turn on the same lists, again and again, and checks that their results are equal. The times are CPU
seconds of this process: a busy machine stretches the clock more. The ratio is to the fastest of the C libraries on the same list.
"""

import gc
import random
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from statistics import median
from typing import Final

from generator.net import merge_prefixes, merge_texts, parse_bulk, prefix_texts

ROOT: Final = Path(__file__).resolve().parents[1]
LIBRARIES: Final = ("ipset-c==0.2.1", "libcidr==1.0.1", "netaddr==1.3.0")
COUNT: Final = 100_000
ROUNDS: Final = 15
SLOW_ROUNDS: Final = 2  # netaddr takes seconds, and is here for reference
TARGET: Final = 2.0  # times the fastest C library; Python comes this near where merging leaves little to print
BOUND: Final = 3.0  # above it something is broken

Merge = Callable[[Sequence[str]], list[str]]


def make_mergeable(count: int) -> list[str]:
    """Runs of 16 neighbours, half of each family, with 5 % duplicates, shuffled: merging leaves a twentieth."""
    chance = random.Random(1)
    texts: list[str] = []
    while len(texts) < count * 95 // 100:
        v4, v6 = chance.getrandbits(22) << 10, 0x2001 << 112 | chance.getrandbits(44) << 68
        texts += [f"{IPv4Address(v4 + step * 64)}/26" for step in range(16)]
        texts += [f"{IPv6Address(v6 + (step << 64))}/64" for step in range(16)]
    texts += chance.sample(texts, count - len(texts))
    chance.shuffle(texts)
    return texts


def make_overlapping(count: int) -> list[str]:
    """Prefixes of many lengths, half of each family, dense enough to lie inside each other: merging leaves about a half."""
    chance = random.Random(2)
    texts: list[str] = []
    while len(texts) < count:
        bits = 32 - chance.choice((18, 20, 22, 23, 24, 24, 24, 26, 28, 30, 32, 32))
        texts.append(f"{IPv4Address((10 << 24 | chance.getrandbits(27)) >> bits << bits)}/{32 - bits}")
        bits = 128 - chance.choice((48, 56, 60, 63, 64, 64, 64, 64, 128))
        address = 0x20010DB8 << 96 | chance.getrandbits(44) << 52 | chance.getrandbits(52)
        texts.append(f"{IPv6Address(address >> bits << bits)}/{128 - bits}")
    return texts


def merge_through_values(texts: Sequence[str]) -> list[str]:
    """gatepost as a site uses it: a Prefix for every text, because each of them is judged before they are merged."""
    return prefix_texts(merge_prefixes(parse_bulk(texts)[0]))


def merge_with_ipset_c(texts: Sequence[str]) -> list[str]:
    """ipset-c, one set a family, as its manual asks for."""
    library = import_module("ipset_c")  # not installed where types are checked
    v4, v6 = split(texts)
    return [*library.IPSet(v4).getCidrs(), *library.IPSet(v6).getCidrs()]


def merge_with_libcidr(texts: Sequence[str]) -> list[str]:
    """libcidr, which aggregates one family at a time."""
    library = import_module("libcidr")
    v4, v6 = split(texts)
    v4_networks, v6_networks = list(map(library.IPv4Network, v4)), list(map(library.IPv6Network, v6))
    return [*map(str, library.bulk_aggregate(v4_networks)), *map(str, library.bulk_aggregate(v6_networks))]


def merge_with_netaddr(texts: Sequence[str]) -> list[str]:
    """netaddr, in Python like gatepost."""
    from netaddr import cidr_merge

    return list(map(str, cidr_merge(list(texts))))


def split(texts: Sequence[str]) -> tuple[list[str], list[str]]:
    """The IPv4 and the IPv6 texts."""
    return [text for text in texts if ":" not in text], [text for text in texts if ":" in text]


OURS: Final = "gatepost, merge_texts"
C_LIBRARIES: Final[dict[str, Merge]] = {"ipset-c": merge_with_ipset_c, "libcidr": merge_with_libcidr}
CONTENDERS: Final[dict[str, Merge]] = {
    OURS: lambda texts: merge_texts(texts)[0],
    "gatepost, a Prefix for each": merge_through_values,
    **C_LIBRARIES,
    "netaddr.cidr_merge": merge_with_netaddr,
}


def measure(texts: Sequence[str]) -> dict[str, list[float]]:
    """The CPU seconds of each contender, run in turn.

    Raises:
        AssertionError: two of them disagree about the result.
    """
    seconds: dict[str, list[float]] = {name: [] for name in CONTENDERS}
    results: dict[str, list[str]] = {}
    for number in range(ROUNDS):
        for name, merge in CONTENDERS.items():
            if merge is merge_with_netaddr and number >= SLOW_ROUNDS:
                continue
            gc.collect()
            started = time.process_time()
            results[name] = merge(texts)
            seconds[name].append(time.process_time() - started)
    # Some write a host with its length, some without.
    spelled = {name: [text.removesuffix("/32" if "." in text else "/128") for text in result] for name, result in results.items()}
    if any(result != spelled[OURS] for result in spelled.values()):
        raise AssertionError("the contenders disagree")
    return seconds


def print_ratios() -> bool:
    """Print the table; tell whether the bound was kept on every list."""
    kept = True
    print(f"| {COUNT:,} networks | contender | min ms | median ms | min ratio | median ratio |\n|---|---|--:|--:|--:|--:|")
    verdicts: list[str] = []
    for kind, texts in (("mergeable", make_mergeable(COUNT)), ("overlapping", make_overlapping(COUNT))):
        seconds = measure(texts)
        fastest_min = min(min(seconds[name]) for name in C_LIBRARIES)
        fastest_median = min(median(seconds[name]) for name in C_LIBRARIES)
        for name, runs in seconds.items():
            low, middle = min(runs), median(runs)
            ratios = f"{low / fastest_min:.2f} | {middle / fastest_median:.2f}"
            print(f"| {kind} | {name} | {low * 1e3:.1f} | {middle * 1e3:.1f} | {ratios} |", flush=True)
        ratio = min(seconds[OURS]) / fastest_min
        verdicts.append(f"{kind} {ratio:.2f}, target {TARGET:g} {'met' if ratio <= TARGET else 'MISSED'}")
        kept = kept and ratio <= BOUND
    print(f"\n{OURS} / the fastest C library: {'; '.join(verdicts)}; bound {BOUND:g} {'kept' if kept else 'MISSED'}")
    return kept


def fetch_libraries(folder: Path) -> Path:
    """A Python with the libraries, in a virtual environment of its own."""
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *LIBRARIES], check=True)
    return python


def main(arguments: list[str]) -> int:
    """Measure here if the libraries are said to be here, otherwise in a Python that has them."""
    if arguments == ["here"]:
        return 0 if print_ratios() else 1
    python = fetch_libraries(ROOT / ".bench" / "merge")
    return subprocess.run([str(python), "-m", "benchmarks.merge", "here"], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
