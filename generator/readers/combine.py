"""Several dumps of one host as one ruleset: a packet gets in if all stages of all let it."""

from collections.abc import Collection, Iterable, Sequence

from generator.net import Family, PortRange, merge_ports
from generator.readers.model import Act, Chain, Match, Rule, Ruleset, Stage

# What nft prints of iptables' rules is often only that there is a match. Where iptables tells more, its own dump counts.
_BUILT_IN = frozenset({"PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"})
_IPTABLES_TABLES = ("filter", "nat", "mangle", "raw", "security")


def combine(rulesets: Sequence[Ruleset]) -> Ruleset:
    """All stages of all rulesets, in the order in which a packet passes them. A chain that two dumps tell alike is one.

    The tables that iptables-nft keeps are in the output of nft as well; those of the families that an iptables dump is there for are left
    to it.
    """
    if len(rulesets) == 1:
        return rulesets[0]
    told = {key for ruleset in rulesets if not ruleset.legacy for name in ruleset.chains if (key := _iptables_chain(name))}
    rulesets = _tell_apart(rulesets)
    stages: dict[tuple[str, Family | None], Stage] = {}
    chains: dict[str, Chain] = {}
    for ruleset in rulesets:
        for stage in ruleset.stages:
            if not _is_shadow(stage, ruleset, told):
                stages.setdefault((stage.name, stage.family), stage)
        for name, chain in ruleset.chains.items():
            chains.setdefault(name, chain)
    spoken = [ruleset.ports for ruleset in rulesets]
    ports = None if None in spoken else merge_ports([port for ports in spoken for port in ports or ()])
    families = tuple(family for family in Family if any(family in ruleset.families for ruleset in rulesets))
    title = ", ".join(dict.fromkeys(ruleset.title for ruleset in rulesets))
    legacy = all(ruleset.legacy for ruleset in rulesets)
    return Ruleset(title, tuple(sorted(stages.values(), key=lambda stage: stage.place)), chains, families, ports, legacy)


def _tell_apart(rulesets: Iterable[Ruleset]) -> list[Ruleset]:
    """Rulesets with other names for chains that an earlier one has and tells otherwise: iptables' two kinds have rules of one name."""
    known: dict[str, Chain] = {}
    found: list[Ruleset] = []
    for ruleset in rulesets:
        if any(name in known and known[name] != chain for name, chain in ruleset.chains.items()):
            number = 2
            while any(_numbered(name, number) in known for name in ruleset.chains):
                number += 1
            ruleset = _rename(ruleset, number)
        known |= ruleset.chains
        found.append(ruleset)
    return found


def _numbered(name: str, number: int) -> str:
    return f"{name} ({number})"


def _rename(ruleset: Ruleset, number: int) -> Ruleset:
    chains = {
        _numbered(name, number): chain._replace(
            name=_numbered(chain.name, number),
            rules=tuple(
                rule._replace(target=_numbered(rule.target, number)) if rule.act in (Act.JUMP, Act.GOTO) else rule for rule in chain.rules
            ),
        )
        for name, chain in ruleset.chains.items()
    }
    stages = (stage._replace(name=_numbered(stage.name, number), chain=_numbered(stage.chain, number)) for stage in ruleset.stages)
    return ruleset._replace(stages=tuple(stages), chains=chains)


def _iptables_chain(name: str) -> tuple[str, str, str] | None:
    """`filter INPUT of IPv4` as nft's family, table and chain."""
    table, _, rest = name.partition(" ")
    chain, _, version = rest.rpartition(" of IPv")
    return ({"4": "ip", "6": "ip6"}[version], table, chain) if table in _IPTABLES_TABLES and version in ("4", "6") else None


def _is_shadow(stage: Stage, ruleset: Ruleset, told: set[tuple[str, str, str]]) -> bool:
    """Whether it is a base chain in a table of nft whose every chain an iptables dump has as well."""
    family, table, _ = (*stage.chain.split(" ", 2), "", "")[:3]
    words = (name.split(" ", 2) for name in ruleset.chains)
    chains = {found[2] for found in words if len(found) == 3 and found[:2] == [family, table]}  # names of other firewalls may have fewer
    dumped = {chain for kept, other, chain in told if (kept, other) == (family, table)}
    return bool(chains) and chains <= dumped <= chains | _BUILT_IN  # iptables-save prints chains that nobody has made, nft doesn't


def hook_in(chains: dict[str, Chain], named: Collection[str], family: Family | None = None) -> tuple[Stage, ...]:
    """Stages for chains that are a part of a ruleset, which something else hooks in: who gets in by them alone is what they accept.

    `named` are the chains that rules of others lead to.
    """
    roots = [name for name in chains if name not in named]
    # A chain that speaks of no port, beside one that does, is a tool of it that this file has no use for.
    entrances = [name for name in roots if spoken_ports([chains[name]])] or [name for name in roots if chains[name].rules] or roots
    for name in entrances:
        entrance = f"where `{name}` is hooked in"
        chains[entrance] = Chain(entrance, (Rule(Match(family), Act.JUMP, name),), Act.DENY)
    return tuple(Stage(name, f"where `{name}` is hooked in", "input", family) for name in entrances)


def spoken_ports(chains: Iterable[Chain]) -> tuple[PortRange, ...] | None:
    """The ports that rules name; None where none of them names any."""
    named = [port for chain in chains for rule in chain.rules for port in rule.match.ports or ()]
    return merge_ports(port for port in named if port.first > 0 or port.last < 65535) or None
