"""The one place that strings the stages together, and the public Python API: text → plans → artifacts, findings in a report.

Nothing here prints, writes or looks at the clock. A stage that yields nothing has reported an error.
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

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


def check_targets(sites: Sequence[Compiled], wanted: Sequence[str], template_folders: Sequence[Path], report: Report) -> None:
    """Find what stands in the way of rendering: unknown targets, bad options, limits, sites that contradict each other."""

    for compiled, target, options in _prepare(sites, wanted, template_folders, report):
        lower = bind_lowering(target, report)
        if lower is not None:
            lower(compiled.plan, limits=target.limits, options=options, report=report)


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
