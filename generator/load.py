"""Reads the files that a site names: connector profiles and network lists. Shipped profiles come from the package."""

import json
import os
import re
from dataclasses import dataclass, replace
from difflib import get_close_matches
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple

from generator import resources
from generator.decode import Document, decode_connector, decode_site
from generator.diagnostics import Report, Span
from generator.lock import SUFFIX, LockInput, needs_lock, read_lock
from generator.models import ConnectorModel, ConnectorUse, SiteModel
from generator.network_list import NetworkList, parse_network_list
from generator.remainder import check_remainder
from generator.source import SourceFile, read_source

COMMAND_LINE: Final = "(command line)"
_CONNECTOR: Final = re.compile(r"^kind:[ \t]*connector[ \t]*(?:#.*)?$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class ConnectorInput:
    """One entry of a site's `connectors:` with the profile it names and the list file beside the site, if any."""

    name: str
    index: int
    use: ConnectorUse
    profile: Document[ConnectorModel]
    listed: NetworkList | None
    lock: LockInput | None = None  # for addresses from a feed


@dataclass(frozen=True, slots=True)
class SiteInput:
    """Everything one site was read from; files that it names count from `folder`.

    `again` are the words to type after `gatepost render` to make the same artifacts; `lock` is None when no connector needs one.
    """

    site: Document[SiteModel]
    connectors: tuple[ConnectorInput, ...]
    sources: tuple[SourceFile, ...]
    again: tuple[str, ...]
    folder: Path
    lock: LockInput | None


class _Origin(NamedTuple):
    """Where a site comes from: how the user names it, the folder that its paths count from, and where its lock belongs."""

    argument: str
    folder: Path
    lock: Path | None


def load_site(argument: str, networks: tuple[str, ...], report: Report) -> SiteInput | None:
    """Read the site file, or the bare connector, that one command line argument names; None after an error that was reported."""
    if not is_path(argument):
        if argument in resources.shipped_profiles():
            return _load_bare(argument, argument, _Origin(argument, Path(), Path(f"{argument}{SUFFIX}")), networks, report)
        if os.path.isdir(argument):
            _read(Path(argument), argument, argument, report)
            return None
        report.add("PLN001", None, f"`{argument}` is no shipped connector, and no file of that name is here", hint=_suggest(argument))
        return None
    source = _read(Path(argument), argument, Path(argument).name, report)
    return None if source is None else load_source(source, argument, networks, report)


def load_source(source: SourceFile, argument: str, networks: tuple[str, ...], report: Report) -> SiteInput | None:
    """As `load_site`, for a file that was read already."""
    if _CONNECTOR.search(source.text):
        profile = decode_connector(source, report, otherwise=check_remainder)
        path = Path(argument)
        origin = _Origin(argument, path.parent, _lock_place(argument))
        return None if profile is None else _load_bare(profile.model.name, f"./{path.name}", origin, networks, report)
    site = decode_site(source, report, otherwise=check_remainder)
    if site is not None and networks:
        hint = "write them into the site file, under the connector's `networks:`"
        report.add("PLN063", site.spans.at("name"), f"`--network` goes with a bare connector, and `{argument}` is a site", hint=hint)
    origin = _Origin(argument, Path(argument).parent, _lock_place(argument))
    return None if site is None else _load_parts(site, origin, (_as_argument(source.name),), report)


def _lock_place(argument: str) -> Path | None:
    """The lock beside a file; None for standard input."""
    return None if argument == "-" else Path(argument).with_suffix(SUFFIX)


def is_path(argument: str) -> bool:
    """Whether an argument names a file rather than a shipped connector."""
    return "/" in argument or argument.endswith((".yaml", ".yml")) or argument == "-" or _is_file(argument)


def _as_argument(name: str) -> str:
    """A file's name as a command takes it: one that begins like an option needs its folder."""
    return f"./{name}" if name.startswith("-") and name != "-" else name


def _is_file(argument: str) -> bool:
    """Whether an argument is there and can be read: a file, a pipe, a device."""
    return os.path.exists(argument) and not os.path.isdir(argument)


def _load_bare(name: str, use: str, origin: _Origin, networks: tuple[str, ...], report: Report) -> SiteInput | None:
    """A site of one connector, named after it, as if it had been written down."""
    listed = "".join(f"      - {json.dumps(network)}\n" for network in networks)
    text = f"kind: site\nname: {name}\nconnectors:\n  - use: {json.dumps(use)}\n" + (f"    networks:\n{listed}" if listed else "")
    report.remember(COMMAND_LINE, text)
    site = decode_site(SourceFile(COMMAND_LINE, "command-line", text, sha256(text.encode()).hexdigest()), report)
    again = [word for network in networks for word in ("--network", network)]
    return None if site is None else _load_parts(site, origin, (use, *again), report)


def _load_parts(site: Document[SiteModel], origin: _Origin, again: tuple[str, ...], report: Report) -> SiteInput | None:
    connectors: list[ConnectorInput] = []
    sources = [site.source]
    complete = True
    folder = origin.folder
    for index, use in enumerate(site.model.connectors):
        profile = _load_profile(site, use.use, site.spans.at("connectors", index, "use"), folder, report)
        listed = _load_list(use.networks_file, site.spans.at("connectors", index, "networks_file"), folder, report)
        complete = complete and profile is not None and (listed is not None or use.networks_file is None)
        sources.extend(part.source for part in (profile, listed) if part is not None)
        if profile is not None:
            connectors.append(ConnectorInput(use.name or profile.model.name, index, use, profile, listed))
    if not complete:
        check_remainder(site.spans.root, report)
    if not complete and not connectors:
        return None
    lock = None
    if any(needs_lock(entry.use, entry.profile.model) for entry in connectors):
        lock = read_lock(origin.lock, "" if origin.lock is None else origin.lock.as_posix(), origin.argument, report)
        sources.extend([lock.document.source] if lock.document else [])
        connectors = [replace(entry, lock=lock) if needs_lock(entry.use, entry.profile.model) else entry for entry in connectors]
    return SiteInput(site, tuple(connectors), tuple(dict.fromkeys(sources)), again, folder, lock)


def _load_profile(site: Document[SiteModel], use: str, span: Span, folder: Path, report: Report) -> Document[ConnectorModel] | None:
    if is_profile_path(use):
        if os.path.realpath(folder / use) == os.path.realpath(site.source.path):
            report.add("PLN002", span, f"`{use}` is this site file itself", hint="name a shipped connector or a connector profile")
            return None
        source = _read(folder / use, _shown(folder, use), use, report, span)
    else:
        path = resources.profile_path(use)
        if path is None:
            report.add("PLN001", span, f"`{use}` is no shipped connector", hint=_suggest(use))
            return None
        source = _read(path, f"builtin/profiles/{path.name}", f"builtin/profiles/{path.name}", report)
    return None if source is None else decode_connector(source, report, otherwise=check_remainder)


def is_profile_path(use: str) -> bool:
    """Whether `use:` is the path of a profile: only a slash or the ending says so, never what lies on the disk."""
    return "/" in use or use.endswith((".yaml", ".yml"))


def _load_list(name: str | None, span: Span, folder: Path, report: Report) -> NetworkList | None:
    if name is None:
        return None
    source = _read(folder / name, _shown(folder, name), name, report, span)
    return None if source is None else parse_network_list(source, report)


def _read(path: Path, shown: str, name: str, report: Report, named_at: Span | None = None) -> SourceFile | None:
    """Read a file and keep its text for excerpts. Absolute paths belong to one machine, so artifacts name the file alone."""
    stable = os.path.basename(name) if os.path.isabs(name) else name
    source = read_source(path, shown=shown, name=stable, report=report, named_at=named_at)
    if source is not None:
        report.remember(source.path, source.text)
    return source


def _shown(folder: Path, name: str) -> str:
    """A file that a site names, as messages name it. Only on the command line `-` is standard input."""
    shown = name if folder == Path() else (folder / name).as_posix()
    return "./-" if shown == "-" else shown


def _suggest(name: str) -> str:
    known = resources.shipped_profiles()
    near = get_close_matches(name, known, n=1)
    mean = f"did you mean `{near[0]}`? " if near else ""
    return f"{mean}`gatepost connectors list` shows all; a profile of your own is named by its path, such as ./{name}.yaml"
