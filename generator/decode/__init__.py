"""Nodes to models: every mistake in a document's shape is a finding at its span."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar, get_args, get_type_hints

from generator.decode.feeds import check_feed
from generator.decode.shortcut import read_shortly
from generator.diagnostics import Report, Span
from generator.models import ConnectorModel, LockModel, SiteModel
from generator.source import Entry, Mapping, Node, Scalar, Sequence, SourceFile, parse_yaml, quoted

M = TypeVar("M")
Check = Callable[[Mapping, Report], None]

_KINDS: Final = {"site": "a site", "connector": "a connector profile", "target": "a target's manifest", "lock": "a lock"}


@dataclass(frozen=True, slots=True)
class Spans:
    """Where the values of a document stand. A path is keys and list positions; a step that is not there gives the nearest parent."""

    root: Mapping

    def at(self, *path: str | int) -> Span:
        """The place of a value."""
        return self._walk(path)[0].span

    def key(self, *path: str | int) -> Span:
        """The place of the key that the last step names; of the value where the last step is a list position."""
        node, entry = self._walk(path)
        return entry.key.span if entry is not None else node.span

    def _walk(self, path: tuple[str | int, ...]) -> tuple[Node, Entry | None]:
        node: Node = self.root
        entry: Entry | None = None
        for step in path:
            if isinstance(node, Mapping) and isinstance(step, str) and step in node.by_key:
                entry = node.by_key[step]
                node = entry.value
            elif isinstance(node, Sequence) and isinstance(step, int) and 0 <= step < len(node.items):
                entry, node = None, node.items[step]
            else:
                break
        return node, entry


@dataclass(frozen=True, slots=True)
class Document(Generic[M]):
    """A checked document with the places of its values."""

    model: M
    spans: Spans
    source: SourceFile


def decode_site(source: SourceFile, report: Report, *, otherwise: Check | None = None) -> Document[SiteModel] | None:
    """The site in a file; None means that the report tells why not, with what `otherwise` finds in a document that can be read."""
    return decode_model(source, SiteModel, report, otherwise=otherwise)


def decode_connector(source: SourceFile, report: Report, *, otherwise: Check | None = None) -> Document[ConnectorModel] | None:
    """The connector profile in a file, like `decode_site`."""
    return decode_model(source, ConnectorModel, report, also=_check_profile, otherwise=otherwise)


def decode_lock(source: SourceFile, report: Report) -> Document[LockModel] | None:
    """The lock in a file; None means that the report tells why not."""
    return decode_model(source, LockModel, report)


def decode_model(
    source: SourceFile, model_type: type[M], report: Report, *, also: Check | None = None, otherwise: Check | None = None
) -> Document[M] | None:
    """The document of one kind in a file; None means that the report tells why not.

    `also` checks what no single key can tell; `otherwise` looks at what is left of a document with mistakes.
    """
    found = Report()
    root = parse_yaml(source, found)
    model = None
    if root is not None and not _is_other_kind(root, model_type, found):
        model = read_shortly(root, model_type)
        if model is None:
            from generator.decode.full import read_fully

            model = read_fully(root, model_type, found)
        if also is not None:
            also(root, found)
    report.extend(found.findings)
    if root is None:
        return None
    if model is None or found.has_errors:
        if otherwise is not None:
            otherwise(root, report)
        return None
    return Document(model, Spans(root), source)


def _is_other_kind(root: Mapping, model_type: type[object], report: Report) -> bool:
    """Whether the document says it is of another kind: its keys would all be unknown, and one finding says it better."""
    wanted = next(iter(get_args(get_type_hints(model_type).get("kind"))), None)
    entry = root.by_key.get("kind")
    if wanted is None or entry is None or not isinstance(entry.value, Scalar) or entry.value.value == wanted:
        return False
    given = _KINDS.get(entry.value.text)
    if given is None:
        return False
    message = f"this document is {given}, {_KINDS[wanted]} is needed here"
    report.add("SCH010", entry.value.span, message, hint=f"name a file that says `kind: {wanted}`")
    return True


def _check_profile(root: Mapping, report: Report) -> None:
    _check_source(root, report)
    check_feed(root, report)


def _check_source(root: Mapping, report: Report) -> None:
    """A profile that carries networks says where they come from and when: nobody can review a list without."""
    carrier = next((root.by_key[key] for key in ("networks", "regions") if key in root.by_key and _has_items(root.by_key[key].value)), None)
    addresses = root.by_key.get("addresses")
    given = addresses.value.by_key if addresses is not None and isinstance(addresses.value, Mapping) else {}
    missing = [key for key in ("source", "retrieved") if key not in given and "<<" not in given]
    if carrier is None or not missing:
        return
    names = " and ".join(f"`{key}`" for key in missing)
    message = f"{quoted(carrier.key.text)} stands here, and `addresses` has no {names}"
    hint = "write the page or feed the networks come from, and the day they were taken from it, under `addresses`"
    report.add("SCH015", carrier.key.span, message, hint=hint)


def _has_items(node: Node) -> bool:
    return bool(node.items if isinstance(node, Sequence) else isinstance(node, Mapping) and node.entries)
