"""Which objects of a backup are a site's: told by the start of a name or description, and for pfSense's rules by the range of trackers."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from generator.diagnostics import Report, Span
from generator.merge.layout import ALIASES, Document, Layout, Part, Section
from generator.merge.splice import Piece, make_piece
from generator.merge.tree import Element, XmlMistakeError, parse_xml

_ANY_MARK: Final = "gatepost "


class Owner(NamedTuple):
    """How a site's objects are told from all others, in this version of the site or an earlier one; nobody else's look so.

    An alias: `prefix` starts its name. A rule: `mark` starts its description; or, whatever somebody made of the description, its tracker is
    one of gatepost's (`first_tracker` to `last_tracker`) and it names an alias of the site, or its UUID is one of `keys`.
    """

    site: str
    prefix: str
    mark: str
    first_tracker: int
    last_tracker: int
    keys: frozenset[str] = frozenset()

    def has_tracker(self, text: str) -> bool:
        """Whether a tracker is one that gatepost gives."""
        return text.isdecimal() and text.isascii() and len(text) <= 10 and self.first_tracker <= int(text) <= self.last_tracker


class Wanted(NamedTuple):
    """One object that the site has now. `key` is an alias's name, a rule's tracker or UUID."""

    key: str
    element: Element
    piece: Piece


def key_of(element: Element, part: Part, layout: Layout) -> str:
    """What names an object: an alias's name, a rule's tracker or UUID."""
    if part.name == ALIASES:
        return layout.text(element, "name")
    return layout.text(element, "tracker") if layout.trackers else element.attributes.get("uuid", "")


def is_owned(element: Element, part: Part, owner: Owner, layout: Layout) -> bool:
    """Whether an object of a list is the site's."""
    if not layout.is_named(element, part.item):
        return False
    if part.name == ALIASES:
        return layout.text(element, "name").startswith(owner.prefix)
    if layout.text(element, part.description).startswith(owner.mark):
        return True
    key = key_of(element, part, layout)
    if not layout.trackers:
        return key in owner.keys
    ends = [end for name in ("source", "destination") for end in layout.find(element, name)]
    return owner.has_tracker(key) and any(layout.text(end, "address").startswith(owner.prefix) for end in ends)


def is_any_site(element: Element, part: Part, owner: Owner, layout: Layout) -> bool:
    """Whether a rule is of this or another site: those of several sites are about different services, so their order means nothing."""
    marked = layout.text(element, part.description).startswith(_ANY_MARK)
    return marked and (not layout.trackers or owner.has_tracker(layout.text(element, "tracker")))


def owned_in(section: Section, owner: Owner, layout: Layout) -> tuple[Element, ...]:
    """The site's objects in a list, in its order."""
    children = section.container.children if section.container is not None else ()
    return tuple(child for child in children if is_owned(child, section.part, owner, layout))


def read_fragment(text: str, part: Part, owner: Owner, layout: Layout, place: Span, report: Report) -> tuple[Wanted, ...]:
    """The objects that a template made for one part; empty after an error that was reported at the template's place in the manifest.

    Every object has to be one that the next merge finds again: a template of the user's own may have changed that.
    """
    data = f"<{part.name}>\n{text}</{part.name}>".encode()
    try:
        root = parse_xml(data)
    except XmlMistakeError as error:
        line = data.count(b"\n", 0, error.offset)
        hint = "look at the template; gatepost's own is under `builtin/`"
        report.add("TGT151", place, f"line {line} of what the template for {part.name} makes is no XML: {error.message}", hint=hint)
        return ()
    wanted = tuple(Wanted(key_of(child, part, layout), child, make_piece(data, child)) for child in root.children)
    fault = _find_fault(root, wanted, part, owner, layout)
    if fault is not None:
        hint = f"`{owner.prefix}` starts the names of aliases, `{owner.mark}` the descriptions of rules, or merging again can't find them"
        report.add("TGT151", place, f"the template for {part.name} makes {fault}", hint=hint)
        return ()
    return wanted


def _find_fault(root: Element, wanted: Sequence[Wanted], part: Part, owner: Owner, layout: Layout) -> str | None:
    if root.text.strip():
        return "text outside of every object"
    for item in wanted:
        if not layout.is_named(item.element, part.item):
            return f"an element that is no `<{part.item}>`"
        marked = part.name == ALIASES or layout.text(item.element, part.description).startswith(owner.mark)
        if not item.key or not marked or not is_owned(item.element, part, owner, layout):
            return f"`<{part.item}>` without the site's mark"
    keys = [item.key for item in wanted]
    return "two objects of one name or number" if len(set(keys)) < len(keys) else None


def check_taken(document: Document, wanted: Mapping[str, tuple[Wanted, ...]], owner: Owner, report: Report) -> None:
    """Report everything that has taken a tracker or a UUID of ours without being ours."""
    layout, backup = document.layout, document.backup
    ours = {element.start for section in document.sections for element in owned_in(section, owner, layout)}
    numbers = {item.key for items in wanted.values() for item in items if item.key.isdecimal()}
    uuids = {item.element.attributes.get("uuid", "") for items in wanted.values() for item in items} - {""}

    def look(element: Element) -> None:
        if element.start in ours:
            return
        if layout.text(element, "tracker") in numbers or element.attributes.get("uuid", "") in uuids:
            what = "tracker" if layout.trackers else "UUID"
            hint = f"it is most likely a copy: delete it in {layout.product}, and take the backup again"
            report.add("TGT146", backup.span(element), f"this has the {what} of one of `{owner.site}`'s objects and is not its", hint=hint)
        for child in element.children:
            look(child)

    look(backup.root)


def check_doubtful(document: Document, wanted: Mapping[str, tuple[Wanted, ...]], owner: Owner, report: Report) -> None:
    """Report what goes because it is marked as the site's, and that gatepost did not write like this: somebody may still want it."""
    layout = document.layout
    for section in document.sections:
        part, keys = section.part, {item.key for item in wanted.get(section.part.name, ())}
        for element in owned_in(section, owner, layout):
            if part.name == ALIASES:
                strange = not layout.text(element, part.description).startswith(_ANY_MARK)
            else:
                strange = layout.trackers and not owner.has_tracker(layout.text(element, "tracker"))
            if strange and key_of(element, part, layout) not in keys:
                what = "an alias with the prefix" if part.name == ALIASES else "a rule with the mark"
                hint = f"if it is yours, give it another {'name' if part.name == ALIASES else 'description'}, and take the backup again"
                message = f"{what} of `{owner.site}`, which gatepost did not write like this, is taken out"
                report.add("TGT159", document.backup.span(element), message, hint=hint)


def is_same(first: Element, second: Element, layout: Layout) -> bool:
    """Whether two objects mean the same to the product, however they are written."""
    if len(first.children) != len(second.children) or dict(first.attributes) != dict(second.attributes):
        return False
    if not layout.is_named(first, second.name.lower() if layout.folds else second.name):
        return False
    if not first.children:
        return _plain(first.text) == _plain(second.text)
    return all(is_same(one, other, layout) for one, other in zip(first.children, second.children, strict=True))


def _plain(text: str) -> str:
    return "\n".join(line.strip() for line in text.strip().splitlines())
