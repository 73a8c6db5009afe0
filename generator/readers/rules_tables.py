"""The tables `rules.tsv` that our scripts compare with the cloud: a rule in each line for Azure, a fact in each line for GCP."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from generator.diagnostics import Report, Span
from generator.readers.azure import judge_groups
from generator.readers.documents import top, whole_number
from generator.readers.gcp import judge_firewalls
from generator.readers.model import Ruleset
from generator.readers.outside import Outside

_HINT: Final = "make it again with `gatepost render`"
_AZURE: Final = (
    "name",
    "priority",
    "direction",
    "access",
    "protocol",
    "sourcePortRange",
    "sources",
    "destinations",
    "ports",
    "description",
)
_GCP_LISTS: Final = {"range": "sourceRanges", "tag": "targetTags", "account": "targetServiceAccounts", "destination": "destinationRanges"}
_GCP_IGNORED: Final = ("log",)


def read_azure_table(text: str, path: str, outside: Outside, report: Report) -> Ruleset | None:
    """The ruleset of a table for Azure; None after an error."""
    found: list[Mapping[str, Any]] = []
    for number, line in _lines(text):
        fields = line.split("\t")
        if len(fields) != len(_AZURE) or whole_number(fields[1], -1) < 0:
            report.add("AUD001", Span(path, number, 1, number, 1), f"this line has not the {len(_AZURE)} fields of a rule", hint=_HINT)
            return None
        row: dict[str, Any] = dict(zip(_AZURE, fields, strict=True))
        row["priority"] = whole_number(row["priority"], 0)
        row["sourceAddressPrefixes"] = row.pop("sources").split(",")
        row["destinationAddressPrefixes"] = row.pop("destinations").split(",")
        row["destinationPortRanges"] = row.pop("ports").split(",")
        found.append(row)
    return judge_groups([("", found)], path, report)


def read_gcp_table(text: str, path: str, outside: Outside, report: Report) -> Ruleset | None:
    """The ruleset of a table for GCP; None after an error."""
    firewalls: dict[str, dict[str, Any]] = {}
    ports: dict[str, list[tuple[str, str]]] = {}
    for number, line in _lines(text):
        fields = line.split("\t")
        if len(fields) != 3:
            report.add("AUD001", Span(path, number, 1, number, 1), "this line has not the 3 fields of a fact", hint=_HINT)
            return None
        name, key, value = fields
        firewall = firewalls.setdefault(name, {"name": name})
        if key == "port":
            protocol, _, port = value.partition(":")
            ports.setdefault(name, []).append((protocol, port))
        else:
            _set(firewall, key, value)
    for name, firewall in firewalls.items():
        allowed = {"ALLOW": "allowed", "DENY": "denied"}.get(str(firewall.pop("action", "")), "action")
        firewall[allowed] = list(_entries(ports.get(name, [])))
    if not firewalls and "gatepost" not in text:
        report.add("AUD001", top(path), "this is no table of firewall rules", hint=_HINT)
        return None
    return judge_firewalls(firewalls.values(), path, report)


def _set(firewall: dict[str, Any], key: str, value: str) -> None:
    if key in _GCP_LISTS:
        firewall.setdefault(_GCP_LISTS[key], []).append(value)
    elif key == "disabled":
        firewall[key] = value != "false"
    elif key not in _GCP_IGNORED:
        firewall[key] = whole_number(value, -1) if key == "priority" else value


def _entries(ports: Iterable[tuple[str, str]]) -> Iterator[dict[str, Any]]:
    for protocol, port in ports:
        yield {"IPProtocol": protocol, "ports": [port] if port else []}


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            yield number, line
