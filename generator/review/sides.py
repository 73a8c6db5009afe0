"""The two sides of a comparison, from what a user types: a site, a saved plan, a lock, rules of any kind, a folder, a git revision."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from generator.compile import Compiled, compile_site
from generator.diagnostics import Report, Severity, Span
from generator.load import COMMAND_LINE, SiteInput, load_site, load_source
from generator.lock import SUFFIX
from generator.plan import Plan
from generator.readers.limits import Limit, find_limits
from generator.readers.model import Ruleset
from generator.readers.outside import Outside
from generator.readers.registry import Dump, detect, read_host
from generator.review.folders import find_parts
from generator.review.lock_side import read_lock_plan
from generator.review.plan_file import read_plan
from generator.review.renaming import rename_finding, rename_plan
from generator.review.revisions import GitError, Revised, lay_out, revised, split_revision
from generator.source import SourceFile, read_source

_SITE: Final = re.compile(r"^kind:[ \t]*site\b", re.MULTILINE)
_CONNECTOR: Final = re.compile(r"^kind:[ \t]*connector\b", re.MULTILINE)
_LOCK: Final = re.compile(r"^kind:[ \t]*lock\b", re.MULTILINE)
_PLAN: Final = re.compile(r'"schema"\s*:\s*"gatepost\.plan/')  # quotes within a text are escaped, so this is a key
_KINDS: Final = "a site, a saved plan, a lock, rules that a firewall printed or gatepost rendered, or a folder of them"


class Part(NamedTuple):
    """Rules that are one whole. `name` is their path in a folder, '' of a file alone; `readers` are the names of those that read them.

    `site` is whose they are, where a folder says so. `limits` are bounds on connections, which the ruleset has not: the first
    connection never meets them.
    """

    name: str
    ruleset: Ruleset
    readers: frozenset[str] = frozenset()
    limits: tuple[Limit, ...] = ()
    site: str = ""


class Side(NamedTuple):
    """One side. Either a plan, of a site with `compiled`, or of a `lock`; or the parts that rules were read from.

    `revision` is the git revision that it is of, '' for files on disk: the paths of its spans begin with it and a colon. Those of
    `compiled` still begin with `scratch`, the folder that they were read from.
    """

    title: str
    plan: Plan | None = None
    compiled: Compiled | None = None
    parts: tuple[Part, ...] = ()
    revision: str = ""
    scratch: str = ""
    lock: bool = False

    @property
    def bare(self) -> bool:
        """Whether it is a connector without a site."""
        return self.compiled is not None and self.compiled.site.source.path == COMMAND_LINE


def open_side(argument: str | Revised, networks: Sequence[str], report: Report, *, outside: Outside | None = None) -> Side | None:
    """Read one side; None after an error that was reported. Of a site, only what stops it is reported: it is not judged here."""
    if isinstance(argument, Revised):
        return _open_revised(argument, networks, report, outside or Outside())
    split = None if argument == "-" else split_revision(argument)
    if split is None:
        return _open(argument, argument, networks, report, outside or Outside())
    try:
        wanted = revised(*split)
    except GitError as error:
        report.add("AUD082", None, str(error), hint=error.hint)
        return None
    return _open_revised(wanted, networks, report, outside or Outside())


def _open_revised(wanted: Revised, networks: Sequence[str], report: Report, outside: Outside) -> Side | None:
    own = Report()
    with TemporaryDirectory(prefix="gatepost-") as scratch:
        folder = Path(scratch).resolve()
        try:
            path, written = lay_out(wanted, folder)
        except GitError as error:
            report.add("AUD082", None, str(error), hint=error.hint)
            return None
        side = _open(str(path), str(wanted), networks, own, outside)
    here, there = f"{folder}/", f"{wanted.revision}:"
    for name, text in written.items():
        report.remember(f"{there}{name}", text)
    report.extend(rename_finding(finding, here, there) for finding in own.findings)
    if side is None or side.plan is None:
        return side and side._replace(revision=wanted.revision)
    plan = rename_plan(side.plan, here, there)
    return side._replace(plan=plan, compiled=side.compiled and side.compiled._replace(plan=plan), revision=wanted.revision, scratch=here)


def _open(argument: str, title: str, networks: Sequence[str], report: Report, outside: Outside) -> Side | None:
    path = Path(argument)
    if argument != "-" and path.is_dir():
        return _open_folder(path, title, report, outside)
    if argument != "-" and not path.exists() and "/" not in argument and not argument.endswith((".yaml", ".yml")):
        return _compile(load_site(argument, tuple(networks), report), title, report)
    source = read_source(path, shown=argument, name=path.name, report=report)
    if source is None:
        return None
    if _LOCK.search(source.text):
        return _open_lock(source, title, report)
    bare = _CONNECTOR.search(source.text) is not None
    if bare or _SITE.search(source.text) or (path.suffix in (".yaml", ".yml") and detect(source.text, argument) is None):
        return _compile(load_source(source, argument, tuple(networks) if bare else (), report), title, report)
    if source.text.lstrip().startswith("{") and _PLAN.search(source.text):
        return _open_plan(source, title, report)
    if detect(source.text, argument) is None:
        report.add("AUD080", Span(argument, 1, 1, 1, 1), "what this file is can't be told", hint=f"it can be {_KINDS}")
        return None
    part = _read("", [Dump(argument, source.text)], report, outside)
    if part is None and not report.has_errors:
        report.add("AUD080", Span(argument, 1, 1, 1, 1), f"`{title}` says nothing of who gets in", hint=f"name {_KINDS}")
    return None if part is None else Side(title, parts=(part,))


def _compile(given: SiteInput | None, title: str, report: Report) -> Side | None:
    """Compile a site, with the warnings left out: whoever compares two plans does not judge them."""
    own = Report()
    compiled = None if given is None else compile_site(given, own)
    report.extend(finding for finding in own.findings if finding.severity is Severity.ERROR)
    return None if compiled is None or report.has_errors else Side(title, compiled.plan, compiled)


def _open_plan(source: SourceFile, title: str, report: Report) -> Side | None:
    try:
        document = json.loads(source.text)
    except (ValueError, RecursionError) as error:
        message = f"the plan is no JSON: {str(error).partition(':')[0].lower()}"
        report.add("AUD081", Span(source.path, 1, 1, 1, 1), message, hint="make it again with: gatepost plan SITE --format json")
        return None
    plan = read_plan(document, source.path, report)
    return None if plan is None else Side(title, plan)


def _open_lock(source: SourceFile, title: str, report: Report) -> Side | None:
    plan = read_lock_plan(source, report)
    return None if plan is None else Side(title, plan, lock=True)


def _open_folder(folder: Path, title: str, report: Report, outside: Outside) -> Side | None:
    read = [(found.site, _read(found.name, found.dumps, report, outside)) for found in find_parts(folder, report)]
    parts = [part._replace(site=site) for site, part in read if part is not None]
    if not parts and not report.has_errors and (locks := _find_locks(folder)):
        return _open_only(locks, folder, title, report)
    if not parts and not report.has_errors:
        report.add("AUD080", Span(str(folder), 1, 1, 1, 1), f"no file in `{title}` holds rules that can be read", hint=f"name {_KINDS}")
    return None if report.has_errors else Side(title, parts=tuple(parts))


def _find_locks(folder: Path) -> list[SourceFile]:
    paths = [path for path in sorted(folder.rglob(f"*{SUFFIX}")) if not any(name[0] == "." for name in path.relative_to(folder).parts)]
    read = [read_source(path, shown=str(path), name=path.name, report=Report()) for path in paths]
    return [source for source in read if source is not None and _LOCK.search(source.text)]


def _open_only(locks: Sequence[SourceFile], folder: Path, title: str, report: Report) -> Side | None:
    """The lock of a folder that holds no rules; several are several sites', which are not compared as one."""
    if len(locks) == 1:
        return _open_lock(locks[0], title, report)
    hint = f"name one: {', '.join(source.path for source in locks)}"
    report.add("AUD080", Span(str(folder), 1, 1, 1, 1), f"`{title}` holds {len(locks)} locks, and no rules", hint=hint)
    return None


def _read(name: str, dumps: Sequence[Dump], report: Report, outside: Outside) -> Part | None:
    """Read the files of one part; None after an error, and for files that say nothing of who gets in."""
    own = Report()
    ruleset = read_host(dumps, outside, own)
    report.extend(own.findings)
    for dump in dumps:
        report.remember(dump.path, dump.text)
    if ruleset is None or own.has_errors or ruleset.ports == ():
        return None
    read = [(dump, dump.reader or detect(dump.text, dump.path) or "") for dump in dumps]
    limits = tuple(limit for dump, reader in read for limit in find_limits(dump.text, dump.path, reader))
    return Part(name, ruleset, frozenset(reader for _, reader in read), limits)
