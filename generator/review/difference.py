"""Two sides, opened and compared: what `gatepost diff` and the report show."""

from collections.abc import Iterator, Sequence
from typing import Final

from generator import resources
from generator.compile import Compiled
from generator.diagnostics import Report
from generator.net import PortRange, Prefix, merge_ports
from generator.net.collector import collector_paused
from generator.plan import Plan
from generator.readers.outside import Outside
from generator.review.audit_server import add_site_destinations
from generator.review.compare import compare_pictures
from generator.review.diff import Change, Difference, Setting
from generator.review.lock_side import borrow_rest
from generator.review.picture import PLAN_FACTS, TARGET, USED, Fact, Picture, picture_plan
from generator.review.picture_rules import choose_destinations, picture_ruleset
from generator.review.renaming import rename_span
from generator.review.revisions import GitError, expand_range
from generator.review.sides import Part, Side, open_side
from generator.targets.manifest import load_manifest
from generator.targets.options import resolve_options

_SITE_FACTS: Final = frozenset({"owner", "ticket", "expires", USED})
_PROGRAMS: Final = {"postfix-cidr": "smtp", "dovecot": "imap"}  # readers of the files of a program, and the application it serves

_CLOSING: Final = frozenset({"nftables", *_PROGRAMS})  # readers of files that may be there to close alone: what is public isn't in them


def open_sides(old: str, new: str, networks: Sequence[str], report: Report, *, outside: Outside | None = None) -> tuple[Side, Side] | None:
    """Both sides as a user names them; None after an error. `REV..REV` and a path are that path in both revisions."""
    try:
        ranged = expand_range(old, new)
    except GitError as error:
        report.add("AUD082", None, str(error), hint=error.hint)
        return None
    sides = [open_side(argument, networks, report, outside=outside) for argument in ranged or (old, new)]
    left, right = sides
    if left is None or right is None or report.has_errors:
        return None
    if networks and not any(side.bare for side in (left, right)):
        hint = "write them into the site file, under the connector's `networks:`"
        report.add("PLN063", None, "`--network` goes with a bare connector, and neither side is one", hint=hint)
        return None
    return left, right


def compare_sides(old: Side, new: Side, destinations: Sequence[Prefix] = ()) -> Difference:
    """Everything that is different. Of folders, each part is compared with the part of its name, or with the other side's plan.

    `destinations` are the addresses of the server that rules are asked about; without any, what the rules and the plan name.
    """
    with collector_paused():
        return _compare(old, new, destinations)


def _compare(old: Side, new: Side, destinations: Sequence[Prefix]) -> Difference:
    pairs, left_out = _pair(old, new, destinations)
    changes: dict[Change, list[tuple[str, Change]]] = {}
    settings: dict[Setting, list[str]] = {}
    for name, one, other in pairs:
        found, facts = compare_pictures(one, other)
        for change in found:
            changes.setdefault(change._replace(why=(), spans=()), []).append((name, change))
        for setting in facts:
            settings.setdefault(setting, []).append(name)
    return Difference(
        old.title,
        new.title,
        tuple(_gather(same, len(pairs)) for same in changes.values()),
        tuple(setting._replace(where=_where(names, len(pairs))) for setting, names in settings.items()),
        tuple(left_out),
    )


def _gather(same: list[tuple[str, Change]], count: int) -> Change:
    """One change that several parts agree about, with the reasons of all."""
    why = dict.fromkeys(words for _, change in same for words in change.why)
    spans = dict.fromkeys(span for _, change in same for span in change.spans)
    return same[0][1]._replace(why=tuple(why), spans=tuple(spans), where=_where([name for name, _ in same], count))


def _where(names: list[str], count: int) -> tuple[str, ...]:
    return () if len(names) == count else tuple(names)


def _pair(old: Side, new: Side, destinations: Sequence[Prefix]) -> tuple[list[tuple[str, Picture, Picture]], list[str]]:
    """The parts to compare, and, in words, those that have nothing to be compared with."""
    if old.plan is not None and new.plan is not None:
        left, right = _picture(old, old.plan), _picture(new, new.plan)
        return [("", borrow_rest(left, right) if old.lock else left, borrow_rest(right, left) if new.lock else right)], []
    if old.plan is not None:
        return [(name, plan, rules) for name, plan, rules in _beside(old, old.plan, new, destinations)], _without_rules(old.plan, new)
    if new.plan is not None:
        return [(name, rules, plan) for name, plan, rules in _beside(new, new.plan, old, destinations)], _without_rules(new.plan, old)
    if len(old.parts) == len(new.parts) == 1:  # two files need not have one name
        old, new = (side._replace(parts=(side.parts[0]._replace(name=""),)) for side in (old, new))
    before, after = (
        {name: picture for part in side.parts for name, picture in _rule_pictures(part, None, destinations, ())} for side in (old, new)
    )
    common = [(name, before[name], after[name]) for name in before if name in after]
    left_out = [f"`{name or old.title}` is in {old.title} alone" for name in before if name not in after]
    return common, left_out + [f"`{name or new.title}` is in {new.title} alone" for name in after if name not in before]


def _beside(side: Side, plan: Plan, rules: Side, destinations: Sequence[Prefix]) -> Iterator[tuple[str, Picture, Picture]]:
    """A plan beside each part of the rules of its site; only the ports of its services matter, and of programs only their own."""
    whole = _picture(side, plan)
    for part in _of_site(rules, plan.site):
        program = next((_PROGRAMS[reader] for reader in part.readers if reader in _PROGRAMS), "")
        names = {service.name for service in plan.services if not program or service.application == program}
        slots = tuple(slot for slot in whole.slots if slot.name in names)
        only = merge_ports([port for slot in slots for port in slot.ports])
        meant = whole._replace(slots=slots)
        given = destinations if side.compiled is None else add_site_destinations(destinations, side.compiled, part.readers)
        for name, picture in _rule_pictures(part, only, given, plan.server.addresses):
            yield name, borrow_rest(meant, picture) if side.lock else meant, picture


def _of_site(rules: Side, site: str) -> list[Part]:
    """The parts of a site, and those of which no folder says whose they are."""
    return [part for part in rules.parts if part.site in (site, "")]


def _without_rules(plan: Plan, rules: Side) -> list[str]:
    return [] if _of_site(rules, plan.site) else [f"{rules.title} has no rules of the site `{plan.site}`"]


def _picture(side: Side, plan: Plan) -> Picture:
    if side.lock:
        return picture_plan(plan)._replace(facts=(), knows=frozenset())  # a lock has no settings
    if side.compiled is None:
        return picture_plan(plan)
    picture = picture_site(side.compiled)
    if not side.scratch:
        return picture
    there = f"{side.revision}:"
    facts = tuple(fact._replace(place=fact.place and rename_span(fact.place, side.scratch, there)) for fact in picture.facts)
    return picture._replace(facts=facts)


def _rule_pictures(
    part: Part, only: tuple[PortRange, ...] | None, destinations: Sequence[Prefix], likely: Sequence[Prefix]
) -> Iterator[tuple[str, Picture]]:
    """The pictures of a part, one for each address of the server that its rules tell apart."""
    opens = part.ruleset.ports is not None and not part.readers & _CLOSING
    for words, asked in choose_destinations(part.ruleset, destinations, likely):
        name = " at ".join(filter(None, (part.name, words)))
        yield name, picture_ruleset(part.ruleset, only, asked, part.limits)._replace(opens=opens)


def picture_site(compiled: Compiled) -> Picture:
    """A site: its plan, with who answers for each access until when, and the options of its targets."""
    picture = picture_plan(compiled.plan)
    uses = {f"connector {entry.name}": compiled.site.spans.at("connectors", entry.index, "use") for entry in compiled.connectors}
    placed = (fact if fact.place else fact._replace(place=uses.get(fact.subject)) for fact in picture.facts)
    facts = (*placed, *_use_facts(compiled), *_option_facts(compiled))
    return picture._replace(facts=facts, knows=PLAN_FACTS | _SITE_FACTS)


def _use_facts(compiled: Compiled) -> Iterator[Fact]:
    for entry in compiled.connectors:
        subject, use = f"connector {entry.name}", entry.use
        values = {"owner": use.owner, "ticket": use.ticket, "expires": str(use.expires or "")}
        for name, value in values.items():
            place = compiled.site.spans.at("connectors", entry.index, name if value else "use")
            yield Fact(subject, name, value, place)


def _option_facts(compiled: Compiled) -> Iterator[Fact]:
    """The options of every target that the site names, with the defaults for what it leaves out.

    What gatepost does not know, of a target or a value that is a user's own or a mistake, is told as it was written.
    """
    folders = resources.target_folders()
    for name, given in (compiled.site.model.targets or {}).items():
        subject, own = f"{TARGET}{name}", Report()
        target = load_manifest(folders[name], own) if name in folders else None
        yield Fact(subject, USED, "yes", compiled.site.spans.key("targets", name))
        if target is not None:
            options = resolve_options(target, compiled.site, own)
            yield from (Fact(subject, option, _option_text(value), options.spans[option]) for option, value in options.values.items())
        if target is None or own.has_errors:
            for option, written in (given or {}).items():
                yield Fact(subject, option, _option_text(written), compiled.site.spans.at("targets", name, option))


def _option_text(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(sorted(map(str, value)))  # every list of options is a set
    return str(value)
