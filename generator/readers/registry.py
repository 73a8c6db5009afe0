"""Which reader reads what: by the name in a target's manifest, by what a file looks like, or all dumps of one host together."""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from typing import Any, Final, NamedTuple

from generator.diagnostics import Report, Span
from generator.readers.combine import combine
from generator.readers.model import Ruleset
from generator.readers.outside import Outside

Reader = Callable[[str, str, Outside, Report], Ruleset | None]


class Dump(NamedTuple):
    """One file. `reader` is its reader's name, '' to find it by what the file looks like. `whole`: it is all that its program has."""

    path: str
    text: str
    reader: str = ""
    whole: bool = False


# The name in a target's manifest → module and function, imported when it is asked for.
READERS: Final[Mapping[str, str]] = {
    "nftables": "nftables:read_nftables",
    "iptables": "iptables:read_iptables",
    "ipset": "iptables:read_sets_alone",
    "pfsense": "pf_config:read_pfsense",
    "opnsense": "pf_config:read_opnsense",
    "pfsense-playback": "pf_calls:read_playback",
    "pfsense-rest": "pf_calls:read_rest_calls",
    "opnsense-api": "pf_calls:read_api_calls",
    "postfix-cidr": "postfix_cidr:read_postfix_cidr",
    "dovecot": "dovecot_list:read_dovecot",
    "aws": "aws:read_aws",
    "azure": "azure:read_azure",
    "gcp": "gcp:read_gcp",
    "azure-table": "rules_tables:read_azure_table",
    "gcp-table": "rules_tables:read_gcp_table",
    "cloudformation": "cloudformation:read_cloudformation",
    "terraform": "terraform:read_terraform",
}

# What a document of JSON has at its top, in the order in which it is looked for.
_KEYS: Final = (
    ("nftables", ("nftables",)),
    ("terraform", ("terraform_version", "format_version", "planned_values")),
    ("aws", ("SecurityGroups", "SecurityGroupRules", "PrefixLists", "Entries", "IpPermissions", "IpProtocol", "GroupId")),
    ("cloudformation", ("AWSTemplateFormatVersion", "Resources")),
    ("azure", ("securityRules", "properties", "contentVersion", "value", "effectiveSecurityRules", "access")),
    ("gcp", ("sourceRanges", "targetTags", "allowed", "denied", "items", "firewalls")),
    ("routes", ("dst",)),
)
_RESULTS: Final = r"OK|exempt|DUNNO|REJECT|DEFER\w*|permit\w*|reject\w*|[245]\d\d|HOLD|DISCARD|DROP|WARN|INFO|FILTER|BCC|PREPEND|REDIRECT"
_TEXTS: Final = (
    ("pfsense-playback", re.compile(r"json_decode\(<<<'GATEPOST'")),
    ("pfsense", re.compile(r"<pfsense[\s>]|^(?:<\?xml[^>]*>)?\s*<filter>")),
    ("opnsense", re.compile(r"<opnsense[\s>]")),
    ("iptables", re.compile(r"^\*(?:filter|nat|mangle|raw|security)\s*$", re.M)),
    ("ipset", re.compile(r"^(?:create|add) \S+ \S+", re.M)),
    ("nftables", re.compile(r"^\s*(?:(?:add|create|flush|destroy|delete) )?(?:table|ruleset)\b|^#!.*\bnft\b", re.M)),
    ("cloudformation", re.compile(r"^(?:AWSTemplateFormatVersion|Resources):", re.M)),
    ("dovecot", re.compile(r"\ballow_nets\b")),
    ("postfix-cidr", re.compile(rf"^!?\[?[0-9a-fA-F]*[.:][0-9a-fA-F.:]*\]?(?:/\d+)?[ \t]+(?:{_RESULTS})\b", re.M | re.I)),
)

# Words of the clouds' command line tools in their other forms: YAML, tables, lists of fields.
_NOT_JSON: Final = re.compile(
    r"SecurityGroups|SECURITYGROUPS|IpPermissions|IPPERMISSIONS|securityRules|ResourceGroup|sourceRanges|SRC_RANGES"
    r"|^NAME +NETWORK +DIRECTION|^# (?:aws|azurerm|google)_\w+\.",
    re.M,
)

# Whose files complete each other: the groups are printed by one command, the entries of each prefix list by another.
_JOINED: Final = ("aws",)


def find_reader(name: str) -> Reader:
    """The reader of that name.

    Raises:
        KeyError: there is none.
    """
    module, _, function = READERS[name].partition(":")
    reader: Reader = getattr(import_module(f"generator.readers.{module}"), function)
    return reader


def detect(text: str, path: str) -> str | None:
    """The name of the reader for a file, by what is in it; `routes` for the output of `ip -j route`. None: nothing that is known."""
    stripped = text.lstrip("\ufeff \t\r\n")
    if stripped.startswith(("{", "[")):
        return _detect_json(stripped)
    if path.endswith("rules.tsv"):
        return "azure-table" if any(line.count("\t") > 3 for line in stripped.splitlines()) else "gcp-table"
    if stripped.startswith("#!") and not re.match(r"#!.*\bnft\b", stripped):
        return None  # a script
    return next((name for name, pattern in _TEXTS if pattern.search(text)), None)


def _detect_json(text: str) -> str | None:
    try:
        document: Any = json.JSONDecoder().raw_decode(text)[0]  # others may follow, such as the entries of lists
    except (ValueError, RecursionError):
        return "nftables" if '"nftables"' in text[:200] else None
    if isinstance(document, list) and (calls := _detect_calls(document)):
        return calls
    top = next((item for item in document if isinstance(item, dict)), {}) if isinstance(document, list) else document
    return next((name for name, keys in _KEYS if any(key in top for key in keys)), None)


def _detect_calls(document: Sequence[Any]) -> str | None:
    """Our own lists of calls to the API of a firewall."""
    paths = [str(call["path"]) for call in document if isinstance(call, dict) and "method" in call and "path" in call]
    return None if not paths else "pfsense-rest" if any(path.startswith("/api/v2/") for path in paths) else "opnsense-api"


def read_host(dumps: Iterable[Dump], outside: Outside, report: Report) -> Ruleset | None:
    """All dumps of one host as one ruleset: rules of both families, the sets that they name, the routes. None after an error.

    A packet gets in if every firewall that was given lets it.
    """
    found: dict[str, list[Dump]] = {}
    for dump in dumps:
        name = dump.reader or detect(dump.text, dump.path)
        if name is None or name not in (*READERS, "routes"):
            report.add("AUD001", Span(dump.path, 1, 1, 1, 1), "what this file is can't be told", hint=_hint(dump.text))
        else:
            found.setdefault(name, []).append(dump)
    outside = _add_routes(found.pop("routes", ()), outside, report)
    sets = found.pop("ipset", []) if "iptables" in found else []
    rulesets = [
        _read(name, dump, sets, outside, report)
        for name, several in found.items()
        for dump in (_join(several) if name in _JOINED else several)
    ]
    read = [ruleset for ruleset in rulesets if ruleset is not None]
    return combine(read) if read and len(read) == len(rulesets) and not report.has_errors else None


def _hint(text: str) -> str:
    """What to do about a file that isn't known."""
    if "".join(text.split()) in ("[]", "{}"):
        return "it is an empty export: see that it was made in the right account, project or subscription"
    if not text.lstrip().startswith(("{", "[")) and _NOT_JSON.search(text):
        return "print it as JSON: `--output json` for aws and az, `--format json` for gcloud, `-json` for terraform"
    return "it can be the output of nft -j list ruleset, iptables-save, ip6tables-save, ipset save, or an export of a firewall"


def _join(dumps: Sequence[Dump]) -> list[Dump]:
    """One dump of several that complete each other."""
    return [Dump(", ".join(dump.path for dump in dumps), "\n".join(dump.text for dump in dumps), dumps[0].reader)]


def _read(name: str, dump: Dump, sets: Sequence[Dump], outside: Outside, report: Report) -> Ruleset | None:
    if name == "iptables":
        from generator.readers.iptables import read_iptables

        return read_iptables(dump.text, dump.path, outside, report, sets="\n".join(one.text for one in sets))
    if name == "nftables":
        from generator.readers.nftables import read_nftables

        return read_nftables(dump.text, dump.path, outside, report, whole=dump.whole)
    return find_reader(name)(dump.text, dump.path, outside, report)


def _add_routes(dumps: Sequence[Dump], outside: Outside, report: Report) -> Outside:
    from generator.readers.routes import read_routes

    for dump in dumps:
        try:
            outside = outside._replace(ways=(*outside.ways, *read_routes(dump.text)))
        except ValueError:
            report.add("AUD001", Span(dump.path, 1, 1, 1, 1), "this is not what `ip -j route` prints", hint="ip -j route show table all")
    return outside
