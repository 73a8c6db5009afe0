"""`target.yaml`: what a target is called, what it writes, the options it takes and the limits it keeps, each limit with its source."""

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Final, Literal, NamedTuple

from generator import resources
from generator.decode import Document, decode_model
from generator.diagnostics import Report
from generator.models.fields import Filled, Line, OptionKey, Slug, Text, Whole, key, part
from generator.source import read_source

FileName = Annotated[str, Text(r"^[A-Za-z0-9][A-Za-z0-9._-]*$", 120)]
ITEM: Final = "{name}"
# A name for one file, or, with `{name}` in it, for one file of each item of a list.
OutputName = Annotated[str, Text(r"^([A-Za-z0-9][A-Za-z0-9._-]*)?(\{name\})?[A-Za-z0-9._-]*$", 120, 1)]
Interpreter = Annotated[str, Text(r"^/[A-Za-z0-9/._ -]+$", 100)]


@part
class OptionModel:
    """One option of a target. `words` are values of a list that stand alone, such as `any`; `items` says what the others have to be."""

    type: Literal["boolean", "integer", "choice", "text", "list"] = key("What the value is.")
    help: Line = key("What the values mean, for the user.")
    default: bool | int | str | tuple[str, ...] | None = key("The value when the site says nothing; left out: none.", default=None)
    minimum: int | None = key("The smallest value of an integer.", default=None)
    maximum: int | None = key("The largest value of an integer.", default=None)
    choices: tuple[Line, ...] = key("The values of a choice, or the only items that a list takes.", default=())
    words: tuple[Line, ...] = key("Values of a list that stand alone.", default=())
    items: Literal["text", "network"] = key("What the items of a list are.", default="text")
    pattern: Line | None = key("A regular expression that a text, or each item of a list, matches as a whole.", default=None)


@part
class LimitModel:
    """A number that the target's own software sets."""

    value: Annotated[int, Whole(0, 1_000_000_000)] = key("The number.")
    source: Line = key("Where it comes from.")


@part
class OutputModel:
    """One file that the target writes. The commands are for a user who stands in the folder with the files."""

    file: OutputName = key("Name of the written file; with `each`, `{name}` in it is the name of the item.")
    template: FileName = key("Template beside the manifest.")
    role: Slug = key("What the file is for, in one word.")
    title: Line = key("What the file is; the first line of its header.")
    interpreter: Interpreter | None = key("What follows `#!` on the very first line.", default=None)
    comment: Line | None = key("What starts a comment line; left out: the file can't hold comments, so it has no header.", default=None)
    mode: Literal["0644", "0755"] = key("File mode.", default="0644")
    when: OptionKey | None = key("The part of the view that the template sees as `part`; empty: the file is not written.", default=None)
    each: OptionKey | None = key("The list of the view of which every item, which the template sees as `part`, has a file.", default=None)
    check: Line | None = key("The command that tries the file without changing anything.", default=None)
    apply: Line | None = key("The command that puts the file into effect.", default=None)
    undo: Line | None = key("The command that takes the effect back without a trace.", default=None)
    reader: Slug | None = key("What turns the file back into a plan.", default=None)
    covered_by: Line | None = key("The test that covers a file without a reader.", default=None)


@part
class ManifestModel:
    """A whole `target.yaml`."""

    kind: Literal["target"] = key("Says that this document is a target's manifest.")
    name: Slug = key("Name of the target and of its folder.")
    title: Line = key("What it is, in a few words.")
    lowering: Slug = key("The function that makes the view.")
    opens: Line = key("What it opens, in one sentence.")
    closes: Line = key("What it closes, in one sentence.")
    options: dict[OptionKey, OptionModel] = key("Options by name.", default={})
    limits: dict[OptionKey, LimitModel] = key("Limits by name.", default={})
    outputs: Annotated[tuple[OutputModel, ...], Filled()] = key("The files, in the order to apply them.")
    merge: dict[OptionKey, FileName] = key("Templates that `gatepost merge` fills, by the part of a backup that they go into.", default={})


class Target(NamedTuple):
    """A target as its manifest declares it. `folder` has the templates."""

    name: str
    folder: Path
    document: Document[ManifestModel]

    @property
    def manifest(self) -> ManifestModel:
        """The decoded manifest."""
        return self.document.model

    @property
    def limits(self) -> Mapping[str, int]:
        """The limits as a lowering takes them."""
        return MappingProxyType({name: limit.value for name, limit in self.manifest.limits.items()})


def load_manifest(folder: Path, report: Report) -> Target | None:
    """Read the manifest of one target folder; None after an error that was reported."""
    path = folder / resources.MANIFEST
    shown = resources.shown_path(path)
    source = read_source(path, shown=shown, name=shown, report=report)
    document = None if source is None else decode_model(source, ManifestModel, report)
    if document is None:
        return None
    if document.model.name != folder.name:
        report.add(
            "TGT001",
            document.spans.at("name"),
            f"the manifest says `{document.model.name}`, its folder is called `{folder.name}`",
            hint="give both the same name: `-t` takes the folder's name",
        )
        return None
    patterns = [_check_pattern(document, name, option, report) for name, option in document.model.options.items()]
    files = [_check_file(document, index, output, report) for index, output in enumerate(document.model.outputs)]
    return Target(folder.name, folder, document) if all(patterns) and all(files) else None


def _check_pattern(document: Document[ManifestModel], name: str, option: OptionModel, report: Report) -> bool:
    """Whether the pattern of an option, if any, is a regular expression."""
    try:
        re.compile(option.pattern or "")
    except re.error as error:
        place = document.spans.at("options", name, "pattern")
        report.add("TGT004", place, f"`{option.pattern}` is no regular expression: {error.msg}", hint="Python's `re` reads it")
        return False
    return True


def _check_file(document: Document[ManifestModel], index: int, output: OutputModel, report: Report) -> bool:
    """Whether an output that has a file for each item of a list names them apart, and no other one does."""
    several, named = output.each is not None, ITEM in output.file
    if several and output.when is not None:
        span = document.spans.key("outputs", index, "when")
        report.add("TGT008", span, "`when` beside `each`", hint="leave `when` out: a list without an item has no file")
        return False
    if several is not named:
        message = f"`{output.file}` would be the name of every file of the list" if several else f"`{ITEM}` without `each` names no file"
        hint = f"write `{ITEM}` into the name of the file, once" if several else "name the list of the view with `each`"
        report.add("TGT008", document.spans.at("outputs", index, "file"), message, hint=hint)
    return several is named
