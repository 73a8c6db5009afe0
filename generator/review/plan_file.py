"""Reads a saved plan (`gatepost.plan/1`) back. Keys that this version does not know are no mistake: later ones may add some."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from generator.diagnostics import Report, Span
from generator.net import Family, PortRange, Prefix, merge_ports, merge_prefixes, parse_bulk, parse_prefix
from generator.plan import Access, Input, Plan, Requirement, Rule, Server, Service, TlsMode, verify
from generator.plan_json import SCHEMA

_HINT: Final = "make it again with: gatepost plan SITE --format json"


def read_plan(document: Mapping[str, Any], path: str, report: Report) -> Plan | None:
    """The plan of a parsed document; None after an error that was reported."""
    if document.get("schema") != SCHEMA:
        report.add("AUD081", Span(path, 1, 1, 1, 1), f"the plan is a `{document.get('schema')}`, not a `{SCHEMA}`", hint=_HINT)
        return None
    try:
        plan = _plan(document)
        verify(plan)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, AssertionError) as error:
        what = f"`{error.args[0]}` is missing" if isinstance(error, KeyError) else "a value is not of its form"
        report.add("AUD081", Span(path, 1, 1, 1, 1), f"this is no whole `{SCHEMA}`: {what}", hint=_HINT)
        return None
    return plan


def _plan(document: Mapping[str, Any]) -> Plan:
    server = document["server"]
    services = tuple(_service(item) for item in document["services"])
    by_name = {service.name: service for service in services}
    shared: dict[tuple[str, ...], tuple[Prefix, ...]] = {}
    rules = tuple(rule for item in document["rules"] if (rule := _rule(item, by_name, shared)) is not None)
    if len(by_name) != len(services):
        raise ValueError("a service is there twice")
    return Plan(
        site=_text(document["site"]),
        server=Server(
            _text(server["imap"] or ""),
            _text(server["smtp"] or ""),
            merge_prefixes(map(parse_prefix, server["addresses"])),
            _text(server["tls_minimum"]),
        ),
        services=services,
        rules=rules,
        requirements=tuple(_requirement(item) for item in document["requirements"]),
        connections_needed=_number(document["connections_needed"]),
        inputs=tuple(Input(_text(item["name"]), _text(item["name"]), _text(item["sha256"])) for item in document["inputs"]),
    )


def _service(item: Mapping[str, Any]) -> Service:
    place = _place(item["origin"])
    return Service(
        _text(item["name"]),
        _text(item["protocol"]),
        _ports(item["ports"]),
        TlsMode(item["tls"]),
        _text(item["application"]),
        Access(item["access"]),
        place,
        place,
    )


def _rule(item: Mapping[str, Any], services: Mapping[str, Service], shared: dict[tuple[str, ...], tuple[Prefix, ...]]) -> Rule | None:
    """One rule; None if it lets nobody in. Services share one list, and are compared faster if they still do."""
    family = Family(item["family"])
    service = services[item["service"]]
    texts = tuple(item["sources"])
    if texts not in shared:
        prefixes, _, failures = parse_bulk(texts)
        if failures:
            raise ValueError(failures[0])
        shared[texts] = merge_prefixes(prefixes)
    sources = shared[texts]
    if any(prefix.family is not family for prefix in sources[:1] + sources[-1:]) or _ports(item["ports"]) != service.ports:
        raise ValueError("a rule is for another family or port than it says")
    connector = None if item["connector"] is None else _text(item["connector"])
    origins = tuple(map(_place, item["origin"]))
    return Rule(_text(item["id"]), family, service.protocol, service.ports, sources, service.name, connector, origins) if sources else None


def _requirement(item: Mapping[str, Any]) -> Requirement:
    connections, certificate = item["connections"], item["certificate"]
    return Requirement(
        connector=_text(item["connector"]),
        title=_text(item["title"]),
        services=_texts(item["services"]),
        tls_versions=_texts(item["tls_versions"]),
        connections_per_mailbox=connections["per_mailbox"],
        connection_breakdown=_texts(connections["breakdown"]),
        mailboxes=_number(connections["mailboxes"]),
        connections=_number(connections["total"]),
        certificate_names_server=certificate["names_server"] is True,
        certificate_public_ca=_text(certificate["public_ca"] or ""),
        insecure_option=_text(item["insecure_option"] or ""),
        login=_text(item["login"]),
        fields=_texts(item["fields"]),
        how=_text(item["addresses"] or ""),
        confidence=_text(item["confidence"] or ""),
        preconditions=_texts(item["preconditions"]),
        unsupported=_texts(item["unsupported"]),
        warnings=_texts(item["warnings"]),
        notes=_texts(item["notes"]),
    )


def _ports(pairs: Iterable[Any]) -> tuple[PortRange, ...]:
    ports = [PortRange(_number(first), _number(last)) for first, last in pairs]
    if not ports or any(not 0 < port.first <= port.last <= 65535 for port in ports):
        raise ValueError("no ports")
    return merge_ports(ports)


def _place(item: Mapping[str, Any]) -> Span:
    line, column = _number(item["line"]), _number(item["column"])
    return Span(_text(item["input"]), line, column, line, column)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("no number")
    return value


def _texts(values: Iterable[object]) -> tuple[str, ...]:
    return tuple(map(_text, values))
