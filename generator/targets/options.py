"""Options of a target: what the site says under `targets:`, checked against the manifest's types, with the place of every value."""

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import NamedTuple, cast

from generator.decode import Document
from generator.diagnostics import Report, Span
from generator.models import SiteModel
from generator.net import PrefixError, parse_prefix
from generator.targets.manifest import OptionModel, Target

OptionValue = bool | int | str | tuple[str, ...] | None


class Options(NamedTuple):
    """The options of one target for one site. `spans` has the place of each value: in the site, or, of a default, where the site names the
    target, or in the manifest.

    A lowering declares which options it reads and of what type (`OPTIONS`), and `bind_lowering` has compared that with the manifest.
    """

    values: Mapping[str, OptionValue]
    spans: Mapping[str, Span]

    def flag(self, name: str) -> bool:
        """A boolean option."""
        return cast(bool, self.values[name])

    def number(self, name: str) -> int | None:
        """An integer option; None where the manifest's default is none and the site sets no other."""
        return cast("int | None", self.values[name])

    def text(self, name: str) -> str:
        """A choice or a text."""
        return cast(str, self.values[name])

    def texts(self, name: str) -> tuple[str, ...]:
        """A list, each item once; networks in canonical form."""
        return cast("tuple[str, ...]", self.values[name])


class _Mistake(NamedTuple):
    """Why a value is not taken. `item` is the place of the bad item of a list, None the whole value."""

    message: str
    hint: str
    item: int | None = None
    code: str = "TGT011"


def resolve_options(target: Target, site: Document[SiteModel], report: Report) -> Options:
    """Merge the options of a site with the defaults, which `check_defaults` has passed. A bad value is reported; the default stands in."""
    given = (site.model.targets or {}).get(target.name) or {}
    known = target.manifest.options
    for name in given:
        if name not in known:
            hint = _suggest(name, tuple(known)) or "it takes no options"
            report.add("TGT010", site.spans.key("targets", target.name, name), f"`{target.name}` has no option `{name}`", hint=hint)
    own = site.spans.key("targets", target.name) if target.name in (site.model.targets or {}) else None
    values: dict[str, OptionValue] = {}
    spans: dict[str, Span] = {}
    for name, option in known.items():
        values[name] = _read(name, option, option.default)[0]
        spans[name] = own if own is not None else target.document.spans.at("options", name, "default")
        if name in given:
            path = ("targets", target.name, name)
            spans[name] = site.spans.at(*path)
            value, mistakes = _read(name, option, given[name])
            values[name] = values[name] if mistakes else value
            for mistake in mistakes:
                place = site.spans.at(*path) if mistake.item is None else site.spans.at(*path, mistake.item)
                report.add(mistake.code, place, mistake.message, hint=mistake.hint)
    return Options(values, spans)


def check_target_names(site: Document[SiteModel], known: Sequence[str], report: Report) -> None:
    """Report every target that the site sets options for and that does not exist."""
    for name in site.model.targets or {}:
        if name not in known:
            report.add("TGT003", site.spans.key("targets", name), f"there is no target `{name}`", hint=_suggest(name, known))


def check_defaults(target: Target, report: Report) -> bool:
    """Whether the default of every option is a value that a site could write; the others are reported. Only integers go without."""
    flawless = True
    for name, option in target.manifest.options.items():
        spans, path = target.document.spans, ("options", name, "default")
        _, mistakes = _read(name, option, option.default)
        for mistake in mistakes:
            report.add("TGT004", spans.at(*path), f"default: {mistake.message}", hint=f"a site could not write it: {mistake.hint}")
        missing = option.default is None and option.type != "integer"
        if missing:
            hint = "write one; only integers go without, which means no number"
            report.add("TGT004", spans.key("options", name), f"`{name}` has no default", hint=hint)
        flawless = flawless and not mistakes and not missing
    return flawless


def _read(name: str, option: OptionModel, value: object) -> tuple[OptionValue, list[_Mistake]]:
    """The value as the lowering takes it, and everything that the manifest does not allow about it: then the value means nothing."""
    if value is None and option.default is None:
        return None, []
    if option.type == "list":
        return _read_list(name, option, value)
    if option.type == "integer":
        return _read_integer(name, option, value)
    wanted = bool if option.type == "boolean" else str
    if not isinstance(value, wanted):
        message = f"`{name}` is {'true or false' if wanted is bool else 'a text'}, not {_shown(value)}"
        return None, [_Mistake(message, "write true or false, without quotes" if wanted is bool else option.help)]
    mistake = _judge_item(name, option, value, None) if isinstance(value, str) else None
    return value, [mistake] if mistake else []


def _read_integer(name: str, option: OptionModel, value: object) -> tuple[OptionValue, list[_Mistake]]:
    if isinstance(value, bool) or not isinstance(value, int):
        return None, [_Mistake(f"`{name}` is a whole number, not {_shown(value)}", option.help)]
    if option.minimum is not None and value < option.minimum:
        return None, [_Mistake(f"`{name}` is {value}, below its minimum of {option.minimum}", option.help)]
    if option.maximum is not None and value > option.maximum:
        return None, [_Mistake(f"`{name}` is {value}, above its maximum of {option.maximum}", option.help)]
    return value, []


def _read_list(name: str, option: OptionModel, value: object) -> tuple[OptionValue, list[_Mistake]]:
    items = (value,) if isinstance(value, str) else value
    if not isinstance(items, list | tuple):
        return None, [_Mistake(f"`{name}` is a list, not {_shown(value)}", option.help)]
    if not items and option.default:
        return None, [_Mistake(f"`{name}` is an empty list", option.help)]
    judged = (_judge_list_item(name, option, items, index) for index in range(len(items)))
    mistakes = [mistake for mistake in judged if mistake is not None]
    return None if mistakes else tuple(dict.fromkeys(_canonical(option, item) for item in items)), mistakes


def _judge_list_item(name: str, option: OptionModel, items: Sequence[object], index: int) -> _Mistake | None:
    item = items[index]
    if not isinstance(item, str):
        return _Mistake(f"`{name}` holds texts, not {_shown(item)}", option.help, index)
    if item not in option.words:
        return _judge_item(name, option, item, index)
    if len(items) > 1:
        return _Mistake(f"`{item}` stands alone, not beside other values of `{name}`", option.help, index)
    return None


def _judge_item(name: str, option: OptionModel, text: str, index: int | None) -> _Mistake | None:
    if option.choices and text not in option.choices:
        return _Mistake(f"`{text}` is no value of `{name}`", _suggest(text, option.choices), index)
    if option.pattern is not None and not re.fullmatch(option.pattern, text):
        return _Mistake(f"`{text}` is no value of `{name}`", option.help, index)
    if option.items != "network":
        return None
    try:
        parse_prefix(text)
    except PrefixError as error:
        return _Mistake(str(error), error.hint, index, error.code)
    return None


def _canonical(option: OptionModel, text: str) -> str:
    return text if option.items != "network" or text in option.words else str(parse_prefix(text))


def _shown(value: object) -> str:
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return "a list"
    return f"`{value}`" if isinstance(value, str | int) else "a mapping"


def _suggest(name: str, known: Sequence[str]) -> str:
    near = get_close_matches(name, known, n=1)
    mean = f"did you mean `{near[0]}`? " if near else ""
    return f"{mean}one of: {', '.join(known)}" if known else ""
