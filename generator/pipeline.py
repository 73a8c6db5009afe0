"""The one place that strings the stages together, and the public Python API: text → plans → artifacts, findings in a report.

Nothing here prints, writes or looks at the clock. A stage that yields nothing has reported an error.
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from generator import resources
from generator.artifacts import Artifact
from generator.checks import check_plan, check_today
from generator.checks.sites import check_disjoint, check_names
from generator.compile import Compiled, compile_site
from generator.diagnostics import Report, Severity
from generator.load import load_site
from generator.net import Prefix, parse_prefix
from generator.targets.lowerings import bind_lowering
from generator.targets.manifest import Target, load_manifest
from generator.targets.options import Options, check_defaults, check_target_names, resolve_options
from generator.targets.pf_names import FIRST_TRACKER, LAST_TRACKER, name_mark, name_prefix

if TYPE_CHECKING:
    from generator.merge import Merged, Owner, Wanted

DEFAULT_TARGETS = ("nftables", "iptables")
ALL_TARGETS = "all"


def compile_sites(arguments: Sequence[str], networks: Sequence[str], report: Report, *, today: date | None = None) -> tuple[Compiled, ...]:
    """Read and compile the sites, or bare connectors, that the arguments name, and run the checks; `networks` go to bare connectors.

    With errors in the report the plans are what could be made of the rest, and not to be rendered. Dates count only where `today` is given.
    """
    sites = []
    for argument in arguments:
        given = load_site(argument, tuple(networks), report)
        if given is None:
            continue
        compiled = compile_site(given, report)
        check_plan(compiled, report)
        if today is not None:
            check_today(compiled, today, report)
        sites.append(compiled)
    check_names(sites, report)
    return tuple(sites)


def render_sites(
    sites: Sequence[Compiled], wanted: Sequence[str], template_folders: Sequence[Path], report: Report
) -> tuple[Artifact, ...]:
    """Render every site for the wanted targets (none: the site's own `targets:`, else nftables and iptables), all in memory.

    Empty when there was any error, also one reported before.
    """
    prepared = _prepare(sites, wanted, template_folders, report)
    return () if report.has_errors else _render(prepared, template_folders, report)


def _render(prepared: Sequence[tuple[Compiled, Target, Options]], template_folders: Sequence[Path], report: Report) -> tuple[Artifact, ...]:
    from generator.render import open_templates, render_target  # jinja2: only for commands that render

    templates = open_templates(template_folders)
    own = ("--templates", "TEMPLATES") if template_folders else ()
    artifacts = [
        artifact
        for compiled, target, options in prepared
        for artifact in render_target(compiled.plan, target, options, templates=templates, again=(*compiled.again, *own), report=report)
    ]
    return () if report.has_errors else tuple(artifacts)


def target_options(compiled: Compiled, target: str, template_folders: Sequence[Path]) -> Options:
    """The options of a target that renders for the site without an error: the site's, and the defaults for the rest."""
    manifest = load_manifest(resources.target_folders(template_folders)[target], Report())
    assert manifest is not None, "it has been rendered"  # noqa: S101
    return resolve_options(manifest, compiled.site, Report())


def check_targets(sites: Sequence[Compiled], wanted: Sequence[str], template_folders: Sequence[Path], report: Report) -> None:
    """Find what stands in the way of rendering: unknown targets, bad options, limits, sites that contradict each other."""

    for compiled, target, options in _prepare(sites, wanted, template_folders, report):
        lower = bind_lowering(target, report)
        if lower is not None:
            lower(compiled.plan, limits=target.limits, options=options, report=report)


def fill_page(view: object, name: str, template_folders: Sequence[Path], report: Report) -> str | None:
    """An HTML page, from the template `NAME.html.j2`; None after a reported error in a template of the user's own."""
    from generator.render import open_templates, render_page  # jinja2: only for commands that render

    return render_page(view, name, templates=open_templates(template_folders), report=report)


def merge_site(
    argument: str, target_name: str, backup_path: str, template_folders: Sequence[Path], report: Report, *, remove: bool
) -> "Merged | None":
    """A backup of a firewall with the objects of a site in it, or, with `remove`, without any of them; None after a reported error.

    The mistakes of the site, the target and the backup are all told in one run. To remove, a site needs nothing but its name.
    """
    from generator.merge import LAYOUTS, is_backup, load_backup, merge_objects, recognise  # expat: only for this command

    target = _load_merge_target(target_name, template_folders, report)
    site = _load_merge_site(argument, report, remove=remove)
    backup = None if is_backup(argument) else load_backup(backup_path, report)
    document = recognise(backup, LAYOUTS[target.manifest.lowering], report) if target and backup else None
    if target is None or site is None or document is None or report.has_errors:
        return None
    owner = _owner(site if isinstance(site, str) else site.plan.site)
    if isinstance(site, str):
        return merge_objects(document, {}, owner, report)
    check_target_names(site.site, tuple(resources.target_folders(template_folders)), report)
    options = resolve_options(target, site.site, report)
    wanted = _make_wanted(site, target, options, owner, template_folders, report)
    if wanted is None:
        return None
    keys = frozenset(item.key for items in wanted.values() for item in items)
    return merge_objects(document, wanted, owner._replace(keys=keys), report, places=options.spans)


def _load_merge_site(argument: str, report: Report, *, remove: bool) -> Compiled | str | None:
    """The site, or to remove it its name; None after an error that was reported.

    A backup in the site's place is not read as one: the lines of a site are shown with its mistakes, and those of a backup never.
    """
    from generator.merge import begins_like_backup, is_backup

    own = Report()
    loaded: Compiled | str | None = None
    if not is_backup(argument):
        if remove:
            given = load_site(argument, (), own)
            loaded = given.site.model.name if given else None
        else:
            loaded = next(iter(compile_sites([argument], (), own)), None)
    if is_backup(argument) or begins_like_backup((own.text_of(argument) or "").encode()):
        report.add("TGT157", None, f"`{argument}` is no site, but looks like a backup", hint="name the site first, then the backup")
        return None
    report.extend(own.findings)
    inputs = loaded.plan.inputs if isinstance(loaded, Compiled) else ()
    for path in {*(source.path for source in inputs), *(finding.span.path for finding in own.findings if finding.span is not None)}:
        report.remember(path, own.text_of(path) or "")
    return loaded


def _owner(site: str) -> "Owner":
    from generator.merge import Owner

    return Owner(site, name_prefix(site), name_mark(site), FIRST_TRACKER, LAST_TRACKER)


def _load_merge_target(name: str, template_folders: Sequence[Path], report: Report) -> Target | None:
    """A target that has fragments for every part of a backup that its lowering knows; None after an error that was reported."""
    from generator.merge import LAYOUTS

    folders = resources.target_folders(template_folders)
    if name not in folders:
        report.add("TGT003", None, f"there is no target `{name}`", hint=f"one of: {', '.join(LAYOUTS)}")
        return None
    target = load_manifest(folders[name], report)
    if target is None or not check_defaults(target, report):
        return None
    layout = LAYOUTS.get(target.manifest.lowering)
    parts = {part.name for part in layout.parts} if layout else set()
    if not parts or set(target.manifest.merge) != parts:
        own = f"; one of your own has `merge:` with {' and '.join(sorted(parts))}" if parts else ""
        hint = f"targets with backups: {', '.join(LAYOUTS)}{own}"
        report.add("TGT158", None, f"the target `{name}` has nothing to merge into a backup", hint=hint)
        return None
    return target


def _make_wanted(
    compiled: Compiled, target: Target, options: Options, owner: "Owner", template_folders: Sequence[Path], report: Report
) -> "dict[str, tuple[Wanted, ...]] | None":
    """The objects of a site, by part, as the target's templates spell them; None after an error that was reported."""
    from generator.merge import LAYOUTS, read_fragment
    from generator.render import open_templates, render_fragments

    lower = None if report.has_errors else bind_lowering(target, report)
    view = None if lower is None else lower(compiled.plan, limits=target.limits, options=options, report=report)
    if view is None:
        return None
    fragments = render_fragments(view, target, templates=open_templates(template_folders), report=report)
    layout, place = LAYOUTS[target.manifest.lowering], target.document.spans
    wanted = {}
    for part in layout.parts:
        wanted[part.name] = read_fragment(fragments[part.name], part, owner, layout, place.at("merge", part.name), report)
    return None if report.has_errors else wanted  # an empty fragment after an error would take out what is there


def _prepare(
    sites: Sequence[Compiled], wanted: Sequence[str], template_folders: Sequence[Path], report: Report
) -> list[tuple[Compiled, Target, Options]]:
    folders = resources.target_folders(template_folders)
    loaded: dict[str, Target | None] = {}
    prepared: list[tuple[Compiled, Target, Options]] = []
    for compiled in sites:
        check_target_names(compiled.site, tuple(folders), report)
        for name in _choose(compiled, wanted, tuple(folders), report):
            if name not in loaded:
                manifest = load_manifest(folders[name], report)
                loaded[name] = manifest if manifest is not None and check_defaults(manifest, report) else None
            target = loaded[name]
            if target is not None:
                options = resolve_options(target, compiled.site, report)
                asked = name in wanted or ALL_TARGETS not in wanted or name in (compiled.site.model.targets or {})
                if asked or _fits(compiled, target, options, report):
                    prepared.append((compiled, target, options))
    for target_name in dict.fromkeys(target.name for _, target, _ in prepared):
        sharing = [(compiled, _destinations(compiled, options)) for compiled, target, options in prepared if target.name == target_name]
        check_disjoint(sharing, report)
    return prepared


def _fits(compiled: Compiled, target: Target, options: Options, report: Report) -> bool:
    """Whether a target that nobody named, but `all`, can say the site with its defaults; else it is left out, and the report says so."""
    trial = Report()
    lower = bind_lowering(target, trial)
    if lower is None:
        return True  # a flaw of the manifest is told when it is used
    lower(compiled.plan, limits=target.limits, options=options, report=trial)
    errors = [finding for finding in trial.findings if finding.severity is Severity.ERROR]
    if errors:
        message = f"`{target.name}` is left out of `all`: {errors[0].message}"
        report.add("TGT025", errors[0].span, message, hint=errors[0].hint)
    return not errors


def _choose(compiled: Compiled, wanted: Sequence[str], known: Sequence[str], report: Report) -> tuple[str, ...]:
    if ALL_TARGETS in wanted:
        return tuple(known)
    if wanted:
        for name in wanted:
            if name not in known:
                report.add("TGT003", None, f"there is no target `{name}`", hint=f"one of: {', '.join(known)}, all")
        return tuple(dict.fromkeys(name for name in wanted if name in known))
    own = tuple(name for name in compiled.site.model.targets if name in known)
    return own or DEFAULT_TARGETS


def _destinations(compiled: Compiled, options: Options) -> tuple[Prefix, ...] | None:
    """The addresses that the artifacts of a site match as destinations; None where they match every address of the host."""
    if "destination" not in options.values:
        return None
    chosen = options.texts("destination")
    if chosen == ("server",):
        return compiled.plan.server.addresses
    return None if chosen == ("any",) else tuple(parse_prefix(text) for text in chosen)
