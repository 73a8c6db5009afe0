"""The plan as JSON, `gatepost.plan/1`: the neutral truth that other tools read. Documented in docs/PLAN-SCHEMA.md."""

from typing import Final

from generator.diagnostics import Span
from generator.plan import Plan, Requirement, Rule, Service

SCHEMA: Final = "gatepost.plan/1"
Json = dict[str, object]


def plan_document(plan: Plan) -> Json:
    """The whole plan in plain data, in the plan's own order. Origins name inputs by `Input.name`: the same bytes in every checkout."""
    names = {given.path: given.name for given in plan.inputs}
    return {
        "schema": SCHEMA,
        "site": plan.site,
        "server": {
            "imap": plan.server.imap or None,
            "smtp": plan.server.smtp or None,
            "addresses": [address.host_text for address in plan.server.addresses],
            "tls_minimum": plan.server.tls_minimum,
        },
        "services": [_service(service, names) for service in plan.services],
        "rules": [_rule(rule, names) for rule in plan.rules],
        "requirements": [_requirement(requirement) for requirement in plan.requirements],
        "connections_needed": plan.connections_needed,
        "inputs": [{"name": given.name, "sha256": given.sha256} for given in plan.inputs],
    }


def _place(span: Span, names: dict[str, str]) -> Json:
    return {"input": names.get(span.path, span.path), "line": span.line, "column": span.column}


def _service(service: Service, names: dict[str, str]) -> Json:
    return {
        "name": service.name,
        "protocol": service.protocol,
        "ports": [[port.first, port.last] for port in service.ports],
        "tls": str(service.tls),
        "application": service.application,
        "access": str(service.access),
        "origin": _place(service.origin, names),
    }


def _rule(rule: Rule, names: dict[str, str]) -> Json:
    return {
        "id": rule.id,
        "family": rule.family.value,
        "protocol": rule.protocol,
        "ports": [[port.first, port.last] for port in rule.ports],
        "sources": [str(prefix) for prefix in rule.sources],
        "service": rule.service,
        "connector": rule.connector,
        "trusted": rule.trusted,
        "origin": [_place(span, names) for span in rule.origins],
    }


def _requirement(requirement: Requirement) -> Json:
    return {
        "connector": requirement.connector,
        "title": requirement.title,
        "services": list(requirement.services),
        "tls_versions": list(requirement.tls_versions),
        "connections": {
            "per_mailbox": requirement.connections_per_mailbox,
            "breakdown": list(requirement.connection_breakdown),
            "mailboxes": requirement.mailboxes,
            "total": requirement.connections,
        },
        "certificate": {
            "names_server": requirement.certificate_names_server,
            "public_ca": requirement.certificate_public_ca or None,
        },
        "insecure_option": requirement.insecure_option or None,
        "login": requirement.login,
        "fields": list(requirement.fields),
        "addresses": requirement.how or None,
        "confidence": requirement.confidence or None,
        "preconditions": list(requirement.preconditions),
        "unsupported": list(requirement.unsupported),
        "warnings": list(requirement.warnings),
        "notes": list(requirement.notes),
    }
