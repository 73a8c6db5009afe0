"""What the kernel makes of the files: how long a load takes, and what a connection costs beside no rules and beside a list of rules."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from ipaddress import ip_network
from pathlib import Path

from benchmarks.inputs import PORTS, make_prefixes
from benchmarks.measure import Command, compare
from benchmarks.table import Figure, slowdown
from tests.kernel.lab import Lab

SECONDS = 0.25
ROUNDS = 15


def write_minimal(path: Path, v4: list[str], v6: list[str]) -> None:
    """The shortest file that refreshes the same two sets in place and closes the same ports: what a careful admin writes by hand.

    The prefixes are in order, as in ours: nft takes longer over a shuffled list.
    """
    v4, v6 = (sorted(prefixes, key=lambda text: ip_network(text).network_address) for prefixes in (v4, v6))
    declared = "\n".join(f"  set v{bits} {{ type {kind}; flags interval; }}" for bits, kind in ((4, "ipv4_addr"), (6, "ipv6_addr")))
    ports = ", ".join(map(str, sorted(PORTS.values())))
    path.write_text(
        f"""\
table inet minimal {{
{declared}
  chain input {{ type filter hook input priority filter - 5; policy accept; }}
}}
flush table inet minimal
flush set inet minimal v4
flush set inet minimal v6
table inet minimal {{
  set v4 {{ type ipv4_addr; flags interval; elements = {{ {", ".join(v4)} }}; }}
  set v6 {{ type ipv6_addr; flags interval; elements = {{ {", ".join(v6)} }}; }}
  chain input {{
    type filter hook input priority filter - 5; policy accept;
    iif "lo" accept
    ct state established,related accept
    tcp dport != {{ {ports} }} accept
    ip saddr @v4 accept
    ip6 saddr @v6 accept
    drop
  }}
}}
""",
        encoding="utf-8",
    )


def write_linear(path: Path, v4: list[str], v6: list[str]) -> None:
    """One rule per prefix, as line by line generators write them."""
    ports = ", ".join(map(str, sorted(PORTS.values())))
    rules = [f"    ip saddr {prefix} accept" for prefix in v4] + [f"    ip6 saddr {prefix} accept" for prefix in v6]
    head = f"""\
table inet linear {{
  chain input {{
    type filter hook input priority filter - 5; policy accept;
    ct state established,related accept
    tcp dport != {{ {ports} }} accept
"""
    path.write_text("\n".join([head, *rules, "    drop\n  }\n}\n"]), encoding="utf-8")


def measure_load(ours: Path, folder: Path, count: int, rounds: int) -> Iterator[Figure]:
    """Our file and the minimal one, each loaded into an empty network namespace."""
    minimal = folder / "minimal.nft"
    write_minimal(minimal, *make_prefixes(count))
    load = ("unshare", "--net", "nft", "--file")
    cost = compare({"ours": Command([*load, str(ours)]), "minimal": Command([*load, str(minimal)])}, rounds)
    yield slowdown(f"`nft -f`, {count:,} prefixes / a minimal file by hand", cost["ours"], cost["minimal"], at_most=1.1)


def measure_connections(ours: Path, folder: Path, count: int) -> Iterator[Figure]:
    """A connection from the last prefix: through our rules, through none, and through a list of rules.

    The best of the rounds counts: the differences are microseconds, and whatever else the machine does only adds to them.
    """
    v4, v6 = make_prefixes(count)
    linear = folder / "linear.nft"
    write_linear(linear, v4, v6)
    source = v4[-1].partition("/")[0]
    cost = {name: min(costs) for name, costs in _connect_through({"none": None, "ours": ours, "linear": linear}, source).items()}
    what = f"a connection through {count:,} prefixes"
    yield _compare_connections(f"{what} / no rules", cost["ours"], cost["none"], at_most=1.25)
    yield _compare_connections(f"{what} / one rule per prefix", cost["ours"], cost["linear"])


def _compare_connections(what: str, ours: float, theirs: float, at_most: float | None = None) -> Figure:
    return Figure(what, f"{ours * 1e6:.0f} µs", f"{theirs * 1e6:.0f} µs", ours / theirs, at_most=at_most)


def _connect_through(rulesets: dict[str, Path | None], source: str) -> dict[str, list[float]]:
    """Seconds per connection through each ruleset, each in a network of its own, taking turns."""
    costs: dict[str, list[float]] = {name: [] for name in rulesets}
    with ExitStack() as stack:
        labs = {name: stack.enter_context(Lab()) for name in rulesets}
        for name, lab in labs.items():
            lab.listen(PORTS["imaps"])
            ruleset = rulesets[name]
            if ruleset:
                lab.run("nft", "--file", str(ruleset), seconds=600)
        for _ in range(ROUNDS):
            for name, lab in labs.items():
                costs[name].append(_connect(lab, source))
    return costs


def _connect(lab: Lab, source: str) -> float:
    started = time.perf_counter()
    counts = lab.hammer(allowed=[(source, PORTS["imaps"])], outside=[], during=lambda: time.sleep(SECONDS))
    return (time.perf_counter() - started) / counts.allowed
