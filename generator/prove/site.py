"""From a rendered site to the proofs of its rules: which files are loaded, on which hosts, from where it is knocked."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from generator.artifacts import Artifact
from generator.diagnostics import Report, Span
from generator.net import Family, Prefix, address_text, parse_prefix
from generator.plan import Plan
from generator.prove.answer import Setting
from generator.prove.hosts import closed_host, closed_iptables, open_host, open_iptables
from generator.prove.lab.network import SERVER_ADDRESSES
from generator.prove.lab.sockets import Verdict
from generator.prove.proof import ROOTLESS_PREFIXES, Proof, Way, prove
from generator.prove.questions import Reach
from generator.targets.options import Options

TARGETS: Final = ("nftables", "iptables")


class CannotProveError(Exception):
    """Nothing can be shown on this machine. `str()` says why, and what would help."""


def replace_artifacts(artifacts: Sequence[Artifact], given: Sequence[Path], report: Report) -> tuple[Artifact, ...]:
    """Put the user's own files in the place of the rendered ones of the same name."""
    names = {artifact.path.rpartition("/")[2]: artifact for artifact in artifacts}
    for number, path in enumerate(given):
        place = Span(str(path), 1, 1, 1, 1)
        if path.name in (other.name for other in given[:number]):
            report.add("PRV001", place, f"another file is called `{path.name}` too", hint="give one for each rendered file")
            continue
        if path.name not in names:
            hint = f"a file takes the place of the rendered one of its name: {', '.join(sorted(names))}"
            report.add("PRV001", place, f"no file of this target is called `{path.name}`", hint=hint)
            continue
        try:
            content = path.read_bytes().decode()
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
            report.add("PRV002", place, f"cannot read it: {reason}", hint="give a file that `render` wrote, or one of your own in its form")
            continue
        names[path.name] = names[path.name]._replace(content=content)
    return tuple(names.values())


def make_ways(artifacts: Sequence[Artifact], options: Options) -> tuple[Way, ...]:
    """The hosts that the rules are tried on. What only closes needs an open host, what only opens a closed one, what decides both."""
    by_role = {artifact.role: artifact for artifact in artifacts}
    ways = []
    if "guard" in by_role:
        ways.append(Way(by_role["guard"], Reach.CLOSES, open_host()))
    if "include" in by_role:
        ways.append(Way(by_role["include"], Reach.OPENS, closed_host(options.text("host_table"))))
    if "hook" in by_role:
        ways += [Way(by_role["hook"], Reach.DECIDES, host) for host in (closed_iptables(), open_iptables())]
    return tuple(ways)


def make_setting(plan: Plan, options: Options, *, rootless: bool) -> Setting:
    """Where the rules look, out of the target's options.

    Raises:
        CannotProveError: an ordinary user's namespace takes no list of this length.
    """
    rootless = rootless or os.geteuid() != 0
    longest = max((len(rule.sources) for rule in plan.rules), default=0)
    if rootless and longest > ROOTLESS_PREFIXES:
        raise CannotProveError(f"a list of {longest} prefixes takes root to load: an ordinary user's limit is about {ROOTLESS_PREFIXES}")
    destinations = _destinations(plan, options)
    families = tuple(family for family in Family if any(prefix.family is family for prefix in destinations))
    addresses = [next((_first(prefix) for prefix in destinations if prefix.family is family), _spare(family)) for family in Family]
    interfaces = options.texts("interface")
    limit = options.values.get("connection_limit")
    return Setting(
        tuple(addresses),
        interfaces[0] if interfaces else "wire",
        families,
        limit if isinstance(limit, int) else None,
        Verdict.REFUSED if options.text("refuse") == "reject" else Verdict.DROPPED,
        rootless,
    )


def _destinations(plan: Plan, options: Options) -> tuple[Prefix, ...]:
    chosen = options.texts("destination")
    if chosen == ("any",):
        return tuple(parse_prefix(text) for text in SERVER_ADDRESSES)
    return plan.server.addresses if chosen == ("server",) else tuple(parse_prefix(text) for text in chosen)


def _first(prefix: Prefix) -> str:
    return address_text(prefix.family, prefix.first)


def _spare(family: Family) -> str:
    return next(text for text in SERVER_ADDRESSES if (":" in text) == (family is Family.V6))


def prove_site(plan: Plan, artifacts: Sequence[Artifact], options: Options, most: int, *, rootless: bool) -> tuple[Proof, ...]:
    """Prove every way that the files can be used.

    Raises:
        CannotProveError: nothing can be shown on this machine.
        LabError: the lab broke.
    """
    setting = make_setting(plan, options, rootless=rootless)
    return tuple(prove(plan, way, artifacts, setting, most) for way in make_ways(artifacts, options))
