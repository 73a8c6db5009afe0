"""`make bench`: every figure of docs/BENCHMARKS.md, measured anew beside what it is compared with. Exit status 1: a bound was missed."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from benchmarks import kernel
from benchmarks.inputs import SERVERS
from benchmarks.measure import Command, compare, run
from benchmarks.peers import fetch_aclcheck, fetch_aerleon, fetch_ferm
from benchmarks.review import Seconds, write_other
from benchmarks.table import Figure, memory, print_table, slowdown, speedup

FOLDER: Final = Path(__file__).resolve().parents[1] / ".bench"
OUT: Final = FOLDER / "out"
GATEPOST: Final = str(Path(sys.executable).with_name("gatepost"))
SIZES: Final = (10, 1_000, 10_000, 100_000)


def site(count: int) -> Path:
    """The folder with everybody's input for so many prefixes."""
    folder = FOLDER / str(count)
    if not folder.exists():
        subprocess.run([sys.executable, "-m", "benchmarks.inputs", str(folder), str(count)], check=True)
    return folder


def render(count: int, target: str, *documents: str) -> Command:
    """gatepost, rendering site files for one target or for `all`."""
    return Command([GATEPOST, "render", *documents, "--target", target, "--output", str(OUT)], cwd=site(count), fresh=OUT)


def aerleon(count: int, policy: str) -> Command:
    """Aerleon, with the same prefixes."""
    out = FOLDER / "aerleon-out"
    options = ["--base_directory", policy, "--definitions_directory", "def", "--output_directory", str(out)]
    return Command([str(fetch_aerleon(FOLDER / "aerleon")), *options], cwd=site(count) / "aerleon", fresh=out)


def ferm(count: int) -> Command:
    """ferm, with the same prefixes; it prints iptables-save lines and loads nothing."""
    return Command(["perl", str(fetch_ferm(FOLDER / "ferm")), "--noexec", "--lines", "ferm.conf"], cwd=site(count))


def measure_startup() -> Iterator[Figure]:
    """The command itself, beside the import of the library that it cannot do without."""
    commands = {
        "typer": Command([sys.executable, "-c", "import typer"]),
        "version": Command([GATEPOST, "--version"]),
        "render": render(10, "nftables", "site.yaml"),
    }
    cost = compare(commands, rounds=31)
    yield slowdown("`gatepost --version` / `import typer`", cost["version"], cost["typer"], at_most=1.5)
    yield slowdown("`gatepost render`, one site and target / `import typer`", cost["render"], cost["typer"], at_most=2.5)


def measure_aerleon() -> Iterator[Figure]:
    """Eight files of rules by each tool, then the largest list for nftables alone."""
    for count, at_least, rounds in ((1_000, 2, 9), (10_000, 7, 5)):
        servers = [f"mx{number}.yaml" for number in SERVERS]
        commands = {
            "all": render(count, "all", "site.yaml"),
            "eight": render(count, "nftables", *servers),
            "theirs": aerleon(count, "eight"),
        }
        cost = compare(commands, rounds)
        theirs = f"{count:,} prefixes / Aerleon, eight formats"
        # Every target: those that can say the site are written, the others are tried as far as their limits.
        yield speedup(f"every artifact of a site, {theirs}", cost["all"], cost["theirs"], at_least=2)
        yield speedup(f"eight files that hold all the prefixes, {theirs}", cost["eight"], cost["theirs"], at_least)
    cost = compare({"ours": render(100_000, "nftables", "site.yaml"), "theirs": aerleon(100_000, "one")}, rounds=3)
    yield speedup("nftables, 100,000 prefixes / Aerleon", cost["ours"], cost["theirs"], at_least=10)
    yield memory("its memory / Aerleon's", cost["ours"], cost["theirs"], at_most=1)


def measure_ferm() -> Iterator[Figure]:
    """The fastest generator there is for iptables; it writes a rule for each prefix, as our layout `plain` does."""
    plain = render(100_000, "iptables", "plain.yaml")
    cost = compare({"ours": render(100_000, "iptables", "site.yaml"), "plain": plain, "theirs": ferm(100_000)}, rounds=7)
    yield slowdown("iptables, 100,000 prefixes / ferm", cost["ours"], cost["theirs"], at_most=1.5)
    yield slowdown("the same without ipset, which is slow to match too / ferm", cost["plain"], cost["theirs"])


def render_guard(count: int) -> Path:
    """The guard for so many prefixes, kept from the next run's emptying."""
    guard = FOLDER / str(count) / "guard.nft"
    run(render(count, "nftables", "site.yaml"))
    shutil.copyfile(OUT / "bench" / "nftables" / "guard.nft", guard)
    return guard


def measure_review() -> Iterator[Figure]:
    """Who gets in, and who gained: what a question costs beside Aerleon's, and what it costs besides reading."""
    folder = site(100_000)
    new = write_other(folder)
    query = ("--from", "203.0.113.9", "--to", "imaps")
    policy = ("-p", "one/pol/bench.yaml", "--definitions-directory", "def", "--base-directory", "one")
    theirs = (*policy, "-s", "203.0.113.9", "-d", "192.0.2.25", "--proto", "tcp", "--dport", "993")
    commands = {
        "explain": Command([GATEPOST, "explain", "site.yaml", *query], cwd=folder),
        "diff": Command([GATEPOST, "diff", "site.yaml", new.name, "--fail-on", "never"], cwd=folder),
        "aclcheck": Command([str(fetch_aclcheck(FOLDER / "aerleon")), *theirs], cwd=folder / "aerleon"),
    }
    cost = compare(commands, rounds=3)
    yield speedup("`explain`, 100,000 prefixes / Aerleon's aclcheck", cost["explain"], cost["aclcheck"], at_least=10)
    yield speedup("`diff` of two sites, 100,000 prefixes each / one query of aclcheck", cost["diff"], cost["aclcheck"], at_least=5)
    rendered = [render_kept(document, name) for document, name in (("site.yaml", "old"), (new.name, "new"))]
    arguments = [sys.executable, "-m", "benchmarks.review", str(folder), *map(str, rendered)]
    printed = subprocess.run(arguments, check=True, capture_output=True, text=True).stdout
    seconds = Seconds(*map(float, printed.split()))
    for what, spent, bound in (
        ("`explain`, besides reading", seconds.explain, 0.25),
        ("`diff` of sites, besides reading", seconds.diff, 0.5),
        ("`diff` of their iptables rules, besides reading", seconds.diff_rules, 2.0),
    ):
        ratio = spent / seconds.read
        yield Figure(f"{what} / reading both sites", f"{spent:.3f} s", f"{seconds.read:.3f} s", ratio, at_most=bound)


def render_kept(document: str, name: str) -> Path:
    """The iptables rules of a site of 100,000 prefixes, in a folder of their own."""
    kept = FOLDER / f"rules-{name}"
    run(render(100_000, "iptables", document))
    shutil.rmtree(kept, ignore_errors=True)
    shutil.copytree(OUT, kept)
    return kept


def measure_load() -> Iterator[Figure]:
    """What the kernel has to do for our file."""
    return kernel.measure_load(render_guard(100_000), FOLDER, 100_000, rounds=5)


def measure_connections() -> Iterator[Figure]:
    """Rules are sets: a connection costs the same through ten prefixes and through 100,000."""
    for count in SIZES:
        yield from kernel.measure_connections(render_guard(count), FOLDER, count)


SECTIONS: Final = {
    "startup": measure_startup,
    "aerleon": measure_aerleon,
    "ferm": measure_ferm,
    "review": measure_review,
    "load": measure_load,
    "connections": measure_connections,
}


def main(chosen: list[str]) -> int:
    """Measure the named sections, or all."""
    figures = (figure for name in chosen or SECTIONS for figure in SECTIONS[name]())
    return 0 if print_table(figures) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
