"""The registry of lowerings: the name in a manifest → the function that turns a plan into that target's view.

A lowering is a module of this package with `lower`, the options it reads with their types (`OPTIONS`), the words it knows for some of them
(`CHOICES`) and the limits it keeps, each with the smallest that it can keep (`LIMITS`).
"""

from collections.abc import Mapping
from importlib import import_module
from typing import Final, Protocol, cast

from generator.diagnostics import Report
from generator.plan import Plan
from generator.targets.manifest import Target
from generator.targets.options import Options

LOWERINGS: Final = ("aws", "azure", "dovecot", "gcp", "iptables", "nftables", "opnsense", "pfsense", "postfix")


class Lowering(Protocol):
    """Turns a plan into what one kind of target can say. Pure. None after an error that it reported."""

    def __call__(self, plan: Plan, *, limits: Mapping[str, int], options: Options, report: Report) -> object | None:
        """Make the view."""
        ...


class _Module(Protocol):
    OPTIONS: Mapping[str, str]
    CHOICES: Mapping[str, tuple[str, ...]]
    LIMITS: Mapping[str, int]
    lower: Lowering


def bind_lowering(target: Target, report: Report) -> Lowering | None:
    """The function that a manifest names, after a look whether the manifest has every option and limit that the function reads.

    The function's module is imported now, not before. None after an error that was reported.
    """
    name, spans = target.manifest.lowering, target.document.spans
    if name not in LOWERINGS:
        report.add("TGT002", spans.at("lowering"), f"`{name}` is no lowering", hint=f"one of: {', '.join(LOWERINGS)}")
        return None
    module = cast(_Module, import_module(f"generator.targets.{name}"))
    declared = {key: option.type for key, option in target.manifest.options.items()}
    wanted = [f"option {key} ({kind})" for key, kind in module.OPTIONS.items() if declared.get(key) != kind]
    wanted += [f"limit {key}" for key in module.LIMITS if key not in target.limits]
    if wanted:
        hint = "copy them from a shipped target with this lowering; `gatepost targets show NAME` names its folder"
        message = f"the lowering `{name}` reads what this manifest does not have: {', '.join(wanted)}"
        report.add("TGT005", spans.at("lowering"), message, hint=hint)
        return None
    fits = [_keeps_limit(target, key, least, report) for key, least in module.LIMITS.items()]
    return module.lower if _knows_choices(target, module, report) and all(fits) else None


def _keeps_limit(target: Target, name: str, least: int, report: Report) -> bool:
    """Whether the lowering can keep a limit; one that leaves no room even for a digest is reported."""
    limit = target.limits[name]
    if limit < least:
        message = f"`{name}` is {limit}, and the lowering `{target.manifest.lowering}` needs {least} or more"
        span = target.document.spans.at("limits", name, "value")
        report.add("TGT005", span, message, hint="write the number that the software itself sets")
    return limit >= least


def _knows_choices(target: Target, module: _Module, report: Report) -> bool:
    """Whether the choices that the manifest offers are words that the lowering knows; the others are reported."""
    spans, offered = target.document.spans, {name: target.manifest.options[name].choices for name in module.CHOICES}
    strange = [name for name, words in module.CHOICES.items() if not offered[name] or not {*offered[name]} <= {*words}]
    for name in strange:
        hint = f"write some of them: choices: [{', '.join(module.CHOICES[name])}]"
        report.add("TGT005", spans.at("options", name, "choices"), f"the choices of `{name}` are not those of the lowering", hint=hint)
    return not strange
