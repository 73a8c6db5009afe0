"""Puts a site's objects into a backup, or takes them out: finds what is ours, what it meets, and makes the new bytes."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from generator.diagnostics import Report, Span
from generator.merge.layout import ALIASES, RULES, Document, Layout, Section
from generator.merge.objects import Owner, Wanted, check_doubtful, check_taken, is_any_site, is_same, key_of, owned_in
from generator.merge.other_sites import check_other_sites
from generator.merge.references import check_uses
from generator.merge.separators import move_separators
from generator.merge.splice import Change, Edit, apply_edits, is_made, read_style, rebuild, wrap_pieces
from generator.merge.surroundings import check_surroundings
from generator.merge.tree import Element


class Counts(NamedTuple):
    """What became of the objects of one part."""

    added: int
    changed: int
    removed: int
    unchanged: int


class Merged(NamedTuple):
    """The new bytes of a backup. `counts` is by part; `area` is empty for a whole configuration."""

    product: str
    area: str
    data: bytes
    differs: bool
    counts: Mapping[str, Counts]


class _Step(NamedTuple):
    """What happens to one part: our objects that are there, and those that are wanted."""

    section: Section
    present: tuple[Element, ...]
    wanted: tuple[Wanted, ...]


class _Work(NamedTuple):
    """An element whose children change, and how deep in the document it is."""

    depth: int
    element: Element
    change: Change


def merge_objects(
    document: Document, wanted: Mapping[str, tuple[Wanted, ...]], owner: Owner, report: Report, *, places: Mapping[str, Span] | None = None
) -> Merged | None:
    """The backup with exactly the wanted objects of a site, by part; with none, all are taken out. None after a reported error.

    `places` are those of the target's options, for what is wrong about one of them.
    """
    layout = document.layout
    steps = [_Step(section, owned_in(section, owner, layout), wanted.get(section.part.name, ())) for section in document.sections]
    ours = {element.start for step in steps for element in step.present}
    names = {key_of(element, step.section.part, layout) for step in steps if step.section.part.name == ALIASES for element in step.present}
    vanishing = names - {item.key for item in wanted.get(ALIASES, ())}
    own = Report()
    check_taken(document, wanted, owner, own)
    check_doubtful(document, wanted, owner, own)
    check_uses(document, vanishing, ours, site=owner.site, report=own)
    check_other_sites(document, wanted, owner, own)
    check_surroundings(document, wanted, vanishing, owner, places or {}, own)
    report.extend(own.findings)
    if own.has_errors:
        return None
    counts = {step.section.part.name: _count(step, layout) for step in steps}
    data = _splice(document, steps, owner)
    return Merged(layout.product, document.area, data, data != document.backup.data, counts)


def _count(step: _Step, layout: Layout) -> Counts:
    part = step.section.part
    present = {key_of(element, part, layout): element for element in step.present}
    kept = [item for item in step.wanted if item.key in present]
    same = sum(is_same(present[item.key], item.element, layout) for item in kept)
    return Counts(len(step.wanted) - len(kept), len(kept) - same, len(step.present) - len(kept), same)


def _splice(document: Document, steps: Sequence[_Step], owner: Owner) -> bytes:
    backup, layout = document.backup, document.layout
    style = read_style(backup.data, backup.root, layout.indent, wraps=layout.wraps)
    edits = [edit for step in steps for edit in _move_bars(step, layout, owner)]
    works: dict[int, _Work] = {}
    for work in (work for step in steps for work in _plan_work(document, step, owner)):
        earlier = works.get(work.element.start)
        works[work.element.start] = work if earlier is None else work._replace(change=_join(earlier.change, work.change))
    for work in sorted(works.values(), key=lambda work: -work.depth):
        root = work.element is backup.root
        edit = rebuild(backup.data, work.element, work.change, edits, style, is_root=root)
        edits = [other for other in edits if not (edit.start <= other.start and other.end <= edit.end)] + [edit]
    return apply_edits(backup.data, 0, len(backup.data), edits)


def _join(first: Change, second: Change) -> Change:
    """Two changes of one element; at most lists that are missing in it, or go, are in both."""
    return Change(first.dropped | second.dropped, first.swapped + second.swapped, None, (), first.last + second.last)


def _plan_work(document: Document, step: _Step, owner: Owner) -> Iterator[_Work]:
    """The element that changes for a part, if any."""
    chain = _chain(document, step.section)
    section, container = step.section, step.section.container
    if container is None:
        if step.wanted:
            piece = wrap_pieces(section.missing, [item.piece for item in step.wanted])
            yield _Work(len(chain), chain[-1], Change(last=(piece,)))
        return
    change = _change(container, step, owner, document.layout)
    if change == Change():
        return
    emptied = len(change.dropped) == len(container.children) and not change.first and not change.last
    made = _find_made(document.backup.data, chain) if emptied else None
    if made is None:
        yield _Work(len(chain), container, change)
    else:
        yield _Work(made, chain[made - 1], Change(dropped=frozenset({chain[made].start})))


def _chain(document: Document, section: Section) -> list[Element]:
    """The elements from the root to the list, or to the innermost one that is there."""
    chain = [document.backup.root]
    for name in section.part.path[: len(section.part.path) - len(section.missing)]:
        chain.append(document.layout.find(chain[-1], name)[0])
    return chain


def _find_made(data: bytes, chain: Sequence[Element]) -> int | None:
    """Where in the chain the outermost element is that an earlier merge made, and that has nothing in it but the list."""
    found = None
    for index in range(len(chain) - 1, 0, -1):
        if is_made(data, chain[index]):
            found = index
        if len(chain[index - 1].children) > 1:
            break
    return found


def _change(container: Element, step: _Step, owner: Owner, layout: Layout) -> Change:
    """What becomes of a list. Ours that are its end, as `merge` leaves them, are written anew; others are replaced where they are."""
    if layout.trackers and step.section.part.name == RULES:
        return _reorder(container, step, owner, layout)
    if _is_last(container, step.present):
        whole = len(step.present) == len(step.wanted)
        if whole and all(is_same(element, item.element, layout) for element, item in zip(step.present, step.wanted, strict=True)):
            return Change()
        return Change(frozenset(element.start for element in step.present), last=tuple(item.piece for item in step.wanted))
    wanted = {item.key: item for item in step.wanted}
    dropped, swapped = set(), []
    for element in step.present:
        item = wanted.pop(key_of(element, step.section.part, layout), None)
        if item is None:
            dropped.add(element.start)
        elif not is_same(element, item.element, layout):
            swapped.append((element.start, item.piece))
    return Change(frozenset(dropped), tuple(swapped), last=tuple(item.piece for item in wanted.values()))


def _is_last(container: Element, present: Sequence[Element]) -> bool:
    """Whether our objects, if any, are the end of a list."""
    return container.children[len(container.children) - len(present) :] == tuple(present)


def _reorder(container: Element, step: _Step, owner: Owner, layout: Layout) -> Change:
    """Rules that are judged in order: ours stand first, where the GUI puts a rule that is added at the top, or stay if they do already."""
    if _is_first(container, step, owner, layout):
        return Change()
    dropped = frozenset(element.start for element in step.present)
    rest = [child for child in container.children if child.start not in dropped]
    before = next((child for child in rest if layout.is_named(child, step.section.part.item)), rest[0] if rest else None)
    return Change(dropped, before=before.start if before else None, first=tuple(item.piece for item in step.wanted))


def _is_first(container: Element, step: _Step, owner: Owner, layout: Layout) -> bool:
    """Whether exactly the wanted rules are there, in order, before all others of their interfaces."""
    pairs = list(zip(step.present, step.wanted, strict=False))
    if not len(step.present) == len(step.wanted) == len(pairs) or not all(is_same(one, item.element, layout) for one, item in pairs):
        return False
    ours = {element.start for element in step.present}
    for interface in {layout.text(element, "interface") for element in step.present}:
        flags = [
            rule.start in ours
            for rule in _rules_on(container, interface, layout)
            if rule.start in ours or not is_any_site(rule, step.section.part, owner, layout)
        ]
        if not all(flags[: sum(flags)]):
            return False
    return True


def _rules_on(container: Element, interface: str, layout: Layout) -> list[Element]:
    """The rules of an interface, as pfSense counts them: floating rules are a list of their own, and an empty `<rule>` is none."""
    rules = (child for child in layout.find(container, "rule") if child.children and not layout.find(child, "floating"))
    return [rule for rule in rules if layout.text(rule, "interface") == interface]


def _move_bars(step: _Step, layout: Layout, owner: Owner) -> Iterator[Edit]:
    container = step.section.container
    if not layout.trackers or step.section.part.name != RULES or container is None or _is_first(container, step, owner, layout):
        return
    gone = {element.start for element in step.present}
    new = [layout.text(item.element, "interface") for item in step.wanted]
    interfaces = dict.fromkeys([*new, *(layout.text(element, "interface") for element in step.present)])
    for interface in interfaces:
        ours = [rule.start in gone for rule in _rules_on(container, interface, layout)]
        yield from move_separators(container, interface, ours, new.count(interface), layout)
