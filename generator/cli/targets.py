"""`gatepost targets list` and `gatepost targets show`."""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated

import typer

from generator.cli.complete import complete_targets
from generator.cli.console import Color, write_out
from generator.cli.options import ColorOption, Result, Templates
from generator.cli.printable import printable
from generator.cli.reporting import FindingsFormat, ResultFormat, exit_status, show_findings

if TYPE_CHECKING:
    from generator.targets.manifest import ManifestModel, OptionModel


def list_targets(templates: Templates = None, form: Result = ResultFormat.TEXT, color: ColorOption = Color.AUTO) -> int:
    """List the targets: name and title."""
    from generator.diagnostics import Report
    from generator.resources import target_folders
    from generator.targets.manifest import load_manifest

    report = Report()
    loaded = [load_manifest(folder, report) for folder in target_folders(templates or ()).values()]
    manifests = [target.manifest for target in loaded if target is not None]
    show_findings(report, FindingsFormat.TEXT, color)
    if form is ResultFormat.JSON:
        from generator.cli.reporters import to_json

        listed = [{"name": each.name, "title": each.title, "opens": each.opens, "closes": each.closes} for each in manifests]
        write_out(to_json({"schema": "gatepost.targets/1", "targets": listed}))
    else:
        width = max((len(each.name) for each in manifests), default=0)
        write_out("".join(f"{each.name:<{width}}  {printable(each.title)}\n" for each in manifests))
    return exit_status(report, strict=False)


def show(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A target.", autocompletion=complete_targets)],
    templates: Templates = None,
    form: Result = ResultFormat.TEXT,
    color: ColorOption = Color.AUTO,
) -> int:
    """Show a target: what it opens and closes, its options with defaults, its limits with sources, its files and how to use them."""
    from generator.diagnostics import Report
    from generator.resources import target_folders
    from generator.targets.manifest import load_manifest

    folders = target_folders(templates or ())
    if name not in folders:
        near = get_close_matches(name, folders, n=1)
        mean = f"did you mean `{near[0]}`? " if near else ""
        raise typer.BadParameter(f"there is no target `{name}`; {mean}there are: {', '.join(folders)}", param_hint="'NAME'")
    report = Report()
    target = load_manifest(folders[name], report)
    show_findings(report, FindingsFormat.TEXT, color)
    if target is not None and form is ResultFormat.JSON:
        from generator.cli.reporters import plain_data, to_json

        write_out(to_json({"schema": "gatepost.target/1", **plain_data(target.manifest)}))
    elif target is not None:
        write_out("".join(f"{printable(line)}\n" for line in _manifest_lines(target.manifest, str(folders[name]))))
    return exit_status(report, strict=False)


def _manifest_lines(manifest: "ManifestModel", folder: str) -> Iterator[str]:
    yield f"{manifest.name}: {manifest.title}"
    yield f"  opens   {manifest.opens}"
    yield f"  closes  {manifest.closes}"
    yield f"  folder  {folder}"
    yield f"  options (in the site file: `targets: {{{manifest.name}: {{...}}}}`)"
    for name, option in manifest.options.items():
        yield f"    {name}: {_kind(option)}; default {_value(option.default)}"
        yield f"      {option.help}"
    yield "  limits"
    for name, limit in manifest.limits.items():
        yield f"    {name}: {limit.value}"
        yield f"      {limit.source}"
    yield "  files"
    for output in manifest.outputs:
        yield f"    {output.file} ({output.role}): {output.title}"
        commands = (("check", output.check), ("apply", output.apply), ("undo", output.undo))
        yield from (f"      {label:<5}  {command}" for label, command in commands if command)


def _kind(option: "OptionModel") -> str:
    parts: list[str] = [option.type]
    if option.choices:
        parts.append(f"of {', '.join(option.choices)}")
    if option.words:
        parts.append(f"or one of the words {', '.join(option.words)}")
    if option.minimum is not None or option.maximum is not None:
        parts.append(f"{option.minimum if option.minimum is not None else ''}..{option.maximum if option.maximum is not None else ''}")
    return " ".join(parts)


def _value(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    return f"[{', '.join(map(str, value))}]" if isinstance(value, tuple) else str(value) or "empty"
