"""Regions of sources through chains: every rule takes what it matches."""

from collections.abc import Iterator
from typing import Final

from generator.net import Family, address_text
from generator.net.runs import intersect_runs, subtract_runs, unite_runs
from generator.readers.model import Act, Chain, Match, Rule, Ruleset
from generator.readers.packets import ANYTHING, Entry, Left, Packet, Region, change, either, is_anywhere, meets, same_way, unmet_doubts

DEEPEST: Final = 64  # jumps within jumps; the kernel's own limits are 16 (nftables) and the number of chains (iptables)

_CHANGING: Final = frozenset({Act.REDIRECT, Act.NOTE, Act.MARK})
_WORDS: Final = {Act.ACCEPT: "accept", Act.DENY: "drop", Act.RETURN: "return"}


def policy_rule(chain: Chain) -> Rule:
    """What decides where no rule does."""
    return Rule(Match(), chain.otherwise, text=f"policy of `{chain.name}`: {_WORDS[chain.otherwise]}")


class Walk:
    """Takes regions through chains.

    `assumed` is the path of packets that are sent on to an address which may be this host's or another's; `forks` names these addresses.
    """

    def __init__(self, ruleset: Ruleset, family: Family, assumed: str) -> None:
        self._chains = ruleset.chains
        self._family = family
        self._assumed = assumed
        self._batched: dict[tuple[str, Packet, int], tuple[tuple[int, tuple[Rule, ...]], ...]] = {}
        self._changing: dict[str, bool] = {}
        self._stage_changes = False
        self.forks: dict[str, None] = {}

    def enter(self, name: str, region: Region, depth: int) -> list[Left]:
        """Everything that leaves the chain. RETURN stands for its end too, unless the chain has a policy."""
        chain = self._chains.get(name)
        if chain is None or depth > DEEPEST:
            doubt = f"the chain `{name}` is not there" if chain is None else f"`{name}` is jumped to in a circle"
            return [Left(_in_doubt(region, region.packet, (doubt,), ANYTHING), Act.RETURN)]
        if depth == 0:
            self._stage_changes = self._changes(name)
        gone: list[Left] = []
        pending = [(0, region)]
        while pending:
            start, first = pending.pop()
            waiting = [first]
            for end, batch in self._batches(chain, first.packet, start):
                kept = [one for region in waiting for one in self._apply(batch, region, gone, depth)]
                waiting = [one for one in kept if one.packet == first.packet]
                # What was noted or marked meets other rules from here on.
                pending += [(end, one) for one in kept if one.packet != first.packet]
                if not waiting:
                    break
            if chain.otherwise is not Act.RETURN:
                waiting = [one._replace(deciders=(policy_rule(chain),)) for one in waiting]
            gone += [Left(one, chain.otherwise) for one in waiting]
        return gone

    def _batches(self, chain: Chain, packet: Packet, start: int) -> tuple[tuple[int, tuple[Rule, ...]], ...]:
        """The rules from `start` on that may match such packets, neighbours that do the same taken together; with where they end."""
        key = (chain.name, packet, start)
        if key not in self._batched:
            batches: list[tuple[int, list[Rule]]] = []
            for position, rule in enumerate(chain.rules[start:], start + 1):
                if rule.match.family not in (None, self._family) or not meets(rule.match, packet):
                    continue
                if batches and self._alike(batches[-1][1][0], rule):
                    batches[-1][1].append(rule)
                    batches[-1] = (position, batches[-1][1])
                else:
                    batches.append((position, [rule]))
            self._batched[key] = tuple((end, tuple(rules)) for end, rules in batches)
        return self._batched[key]

    def _alike(self, one: Rule, other: Rule) -> bool:
        """Whether two neighbouring rules do the same under the same conditions, so that their sources can be taken together."""
        if (one.act, one.target) != (other.act, other.target) or one.match._replace(sources=None) != other.match._replace(sources=None):
            return False
        if one.act in (Act.JUMP, Act.GOTO):
            return not self._changes(one.target)  # the second visit to the chain does what the first did
        return one.act in (Act.ACCEPT, Act.DENY, Act.RETURN)

    def _changes(self, name: str) -> bool:
        """Whether rules of the chain, or of those it leads to, change packets."""
        if name not in self._changing:
            self._changing[name] = False  # for a circle
            rules = self._chains[name].rules if name in self._chains else ()
            self._changing[name] = any(
                rule.act in _CHANGING or (rule.act in (Act.JUMP, Act.GOTO) and self._changes(rule.target)) for rule in rules
            )
        return self._changing[name]

    def _apply(self, batch: tuple[Rule, ...], region: Region, gone: list[Left], depth: int) -> list[Region]:
        """Let the rules of a batch take what they match: what left goes to `gone`, what goes on down the chain comes back."""
        rule = batch[0]
        wide = any(one.match.sources is None for one in batch)
        hit = region.sources if wide else intersect_runs(region.sources, unite_runs(*(one.match.sources or () for one in batch)))
        if not hit:
            return [region]
        rest = subtract_runs(region.sources, hit)
        kept = [region._replace(sources=rest)] if rest else []
        waiting = region._replace(sources=hit)
        taken = waiting._replace(rules=(*region.rules, *batch))
        doubts = self._doubts(rule.match, region.packet)
        if doubts:
            return [*kept, *self._doubt(batch, taken, waiting, doubts, depth)]
        for left in self._follow(batch, taken, depth):
            if left.act is Act.JUMP:
                kept.append(left.region)
            else:
                gone.append(left)
        return kept

    def _doubts(self, match: Match, packet: Packet) -> tuple[str, ...]:
        doubts = (*match.doubts, *unmet_doubts(match, packet))
        if match.destinations is None or packet.destination is not None or is_anywhere(self._family, match.destinations):
            return doubts
        return (*doubts, "the rule is for some addresses of the server, and which one is asked about is not known")

    def _follow(self, batch: tuple[Rule, ...], region: Region, depth: int) -> list[Left]:
        """What becomes of a region that the rules have certainly matched."""
        rule = batch[0]
        if rule.act in _CHANGING:
            packet = change(region.packet, self._resolve(rule, region.packet))
            return [Left(region._replace(packet=packet), Act.STOP if rule.act is Act.REDIRECT else Act.JUMP)]
        if rule.act not in (Act.JUMP, Act.GOTO):
            return [Left(region._replace(deciders=batch) if rule.act in (Act.ACCEPT, Act.DENY) else region, rule.act)]
        back = Act.JUMP if rule.act is Act.JUMP else Act.RETURN
        return [left._replace(act=back) if left.act is Act.RETURN else left for left in self.enter(rule.target, region, depth + 1)]

    def _resolve(self, rule: Rule, packet: Packet) -> Rule:
        """A redirection with the path that it leads to."""
        if rule.act is not Act.REDIRECT or rule.target != "either":
            return rule
        if rule.destination is not None and rule.destination == packet.destination:
            return rule._replace(target=packet.path)
        address = address_text(self._family, rule.destination) if rule.destination is not None else "the address that it is sent on to"
        self.forks[f"whether {address} is this host's own is not known"] = None
        return rule._replace(target=self._assumed)

    def _doubt(self, batch: tuple[Rule, ...], taken: Region, waiting: Region, doubts: tuple[str, ...], depth: int) -> Iterator[Region]:
        """The region goes on, with what the rules may have done to it kept in mind."""
        stage_changes = self._stage_changes
        for left in self._follow(batch, taken, depth):
            region, done = left.region, _DONE.get(left.act, frozenset())
            if not same_way(region.packet, waiting.packet) or (stage_changes and left.act not in (Act.DENY, Act.JUMP)):
                done = ANYTHING  # where it would go from there depends on the doubt
            packet = either(waiting.packet, region.packet) if same_way(region.packet, waiting.packet) else waiting.packet
            here = waiting._replace(sources=region.sources)
            if done or region.maybe != waiting.maybe or packet != waiting.packet:
                found = region._replace(packet=packet, deciders=waiting.deciders, suspects=(*region.suspects, *batch))
                yield _in_doubt(found, packet, doubts, done)
            else:
                yield here


_DONE: Final = {
    Act.ACCEPT: frozenset({Entry.OPEN}),
    Act.DENY: frozenset({Entry.CLOSED}),
    Act.STOP: frozenset({Entry.OPEN, Entry.CLOSED}),
    Act.RETURN: frozenset({Entry.OPEN, Entry.CLOSED}),
    Act.GOTO: frozenset({Entry.OPEN, Entry.CLOSED}),
}


def _in_doubt(region: Region, packet: Packet, doubts: tuple[str, ...], maybe: frozenset[Entry]) -> Region:
    return region._replace(packet=packet, doubts=tuple(dict.fromkeys((*region.doubts, *doubts))), maybe=region.maybe | maybe)
