"""Our own files for pfSense and OPNsense that are no configuration: the playback session and the calls of the two APIs.

They are read as a firewall that has nothing but what they put on it.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from generator.diagnostics import Report
from generator.readers.documents import inside, load_json, objects, texts, top, whole_number
from generator.readers.model import Ruleset
from generator.readers.outside import Outside
from generator.readers.pf_config import make_firewall
from generator.readers.pf_fields import PFSENSE, model_rule, older_rule, opnsense_alias, pfsense_alias, words
from generator.readers.pf_names import Names, PfAlias
from generator.readers.pf_rules import Fields, PfRule, Reading

_SESSION: Final = re.compile(r"json_decode\(<<<'GATEPOST'\n(.*?)\nGATEPOST", re.DOTALL)
_HINT: Final = "make it again with `gatepost render`"
_ALIAS, _RULE, _IMPORT = "/api/v2/firewall/alias", "/api/v2/firewall/rule", "/api/firewall/alias/import"


def read_playback(text: str, path: str, outside: Outside, report: Report) -> Ruleset | None:
    """The ruleset of a playback session of pfSense, which holds its objects as JSON; None after an error."""
    held = _SESSION.search(text)
    try:
        data = json.loads(held[1]) if held is not None else None
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        report.add("AUD001", top(path), "this is no playback session of gatepost", hint=_HINT)
        return None
    aliases = [pfsense_alias(fields) for fields in objects(data.get("aliases"))]
    rules = [older_rule(fields, PFSENSE, ()) for fields in objects(data.get("rules"))]
    return _make(aliases, rules, texts(data.get("interfaces")), path, outside, report)


def read_rest_calls(text: str, path: str, outside: Outside, report: Report) -> Ruleset | None:
    """The ruleset that calls of pfSense's REST API make; None after an error."""
    calls = _calls(text, path, report)
    if calls is None:
        return None
    aliases = [
        PfAlias(words(body, "name"), words(body, "type"), tuple(texts(body.get("address")))) for body in _bodies(calls, "POST", _ALIAS)
    ]
    bodies = _bodies(calls, "POST", _RULE)
    rules: list[PfRule | None] = []
    for body in bodies:
        place = body.get("placement")
        rules.insert(
            min(place, len(rules)) if type(place) is int and place >= 0 else len(rules), older_rule(_older_fields(body), PFSENSE, ())
        )
    interfaces = [name for body in bodies for name in texts(body.get("interface"))]
    return _make(aliases, rules, interfaces, path, outside, report)


def read_api_calls(text: str, path: str, outside: Outside, report: Report) -> Ruleset | None:
    """The ruleset that calls of OPNsense's API make; None after an error."""
    calls = _calls(text, path, report)
    if calls is None:
        return None
    aliases = []
    for body in _bodies(calls, "POST", _IMPORT):
        held = inside(body, "data", "aliases", "alias")
        aliases += [opnsense_alias(fields) for fields in held.values() if isinstance(fields, dict)]
    bodies = [call["body"]["rule"] for call in calls if isinstance(call.get("body"), dict) and isinstance(call["body"].get("rule"), dict)]
    ordered = sorted(bodies, key=lambda body: whole_number(words(body, "sequence"), 1))
    interfaces = [name for body in ordered for name in words(body, "interface").split(",")]
    return _make(aliases, [model_rule(body, ()) for body in ordered], interfaces, path, outside, report)


def _make(
    aliases: Iterable[PfAlias], rules: Iterable[PfRule | None], interfaces: list[str], path: str, outside: Outside, report: Report
) -> Ruleset:
    def tell(name: str, kind: str) -> None:
        message = f"what the alias `{name}` holds is not in the file: it is of the type `{kind}`"
        report.add("AUD021", top(path), message, hint="it is in a file of its own, beside this one")

    entrance = outside.interface or (interfaces[0] if interfaces else "wan")
    names = Names(aliases, {}, complete=True, tell=tell)
    reading = Reading(entrance, names, {}, path, report)
    return make_firewall([rule for rule in rules if rule is not None], reading, [], [], off=False)


def _calls(text: str, path: str, report: Report) -> list[Mapping[str, Any]] | None:
    documents = load_json(text, path, "a list of calls that gatepost made", _HINT, report)
    if documents is None:
        return None
    calls = objects(documents[0])
    if not calls or not all("method" in call and "path" in call for call in calls):
        report.add("AUD001", top(path), "this is no list of calls that gatepost made", hint=_HINT)
        return None
    return calls


def _bodies(calls: Iterable[Mapping[str, Any]], method: str, path: str) -> list[Fields]:
    found = (call.get("body") for call in calls if (call.get("method"), call.get("path")) == (method, path))
    return [body for body in found if isinstance(body, dict)]


def _older_fields(body: Fields) -> dict[str, Any]:
    """The fields of a rule in the words of the configuration; `!` before a name is everything else."""
    fields: dict[str, Any] = {key: value for key, value in body.items() if isinstance(value, str) and key not in ("source", "destination")}
    for end in ("source", "destination"):
        name = words(body, end, "any")
        side: dict[str, str] = {"any": ""} if name == "any" else {"address": name.removeprefix("!")}
        fields[end] = side | ({"not": ""} if name.startswith("!") else {}) | {"port": words(body, f"{end}_port")}
    return fields | {"interface": ",".join(texts(body.get("interface")))} | ({"disabled": ""} if body.get("disabled") is True else {})
