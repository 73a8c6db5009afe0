"""An audit as JSON, `gatepost.audit/1`. Documented in docs/AUDIT.md."""

from collections.abc import Sequence
from typing import Final

from generator.cli.reporters import Json, finding_documents, span_document
from generator.diagnostics import Diagnostic
from generator.net import Family, address_text
from generator.plan import Service
from generator.readers.model import Rule
from generator.review.audit import Fault
from generator.review.audit_logs import LogTally, Visitor
from generator.review.audit_run import Audit, severity_of
from generator.review.audit_words import LOG_CODES, code_of, fact_words, group_visitors, hint_of, list_sources, rule_place, standing

SCHEMA: Final = "gatepost.audit/1"


def audit_document(audit: Audit, findings: Sequence[Diagnostic]) -> Json:
    """The whole audit, with every prefix and every visitor."""
    return {
        "schema": SCHEMA,
        "site": audit.plan.site,
        "dumps": [dump.path for dump in audit.dumps],
        "verdict": audit.verdict if audit.dumps else None,
        "services": [_service(service, audit) for service in audit.plan.services] if audit.dumps else [],
        "faults": [_fault(fault, audit) for fault in audit.faults],
        "log": _log(audit.log) if audit.log is not None else None,
        "findings": finding_documents(findings),
    }


def _service(service: Service, audit: Audit) -> Json:
    return {
        "name": service.name,
        "protocol": service.protocol,
        "ports": [[port.first, port.last] for port in service.ports],
        "access": str(service.access),
        "ipv4": standing(audit, service, Family.V4),
        "ipv6": standing(audit, service, Family.V6),
    }


def _fault(fault: Fault, audit: Audit) -> Json:
    sources = list_sources(fault)
    return {
        "kind": str(fault.kind),
        "code": code_of(fault),
        "severity": str(severity_of(fault)),
        "fact": fact_words(fault, audit.plan),
        "hint": hint_of(fault, audit.plan) or None,
        "service": fault.service or None,
        "ports": [[port.first, port.last] for port in fault.ports],
        "family": fault.family.value if fault.family else None,
        "party": fault.party or None,
        "server": fault.where or None,
        "addresses": sources.number if sources else 0,
        "all_but": sources.all_but if sources else False,
        "prefixes": list(sources.prefixes) if sources else [],
        "rules": [_rule(rule, audit) for rule in fault.rules],
        "doubts": list(fault.doubts),
        "places": [span_document(span) for span in fault.spans],
    }


def _rule(rule: Rule, audit: Audit) -> Json:
    return {"text": rule.text, "comment": rule.comment or None, "place": span_document(rule_place(rule, audit.dumps))}


def _log(log: LogTally) -> Json:
    return {
        "files": list(log.paths),
        "lines": log.lines,
        "understood": log.understood,
        "groups": [
            {
                "code": LOG_CODES[group.name],
                "kind": group.name,
                "fact": group.fact,
                "times": group.times,
                "visitors": [_visitor(visitor) for visitor in group.visitors],
            }
            for group in group_visitors(log)
        ],
    }


def _visitor(visitor: Visitor) -> Json:
    return {
        "address": address_text(visitor.family, visitor.address),
        "party": visitor.party or None,
        "services": list(visitor.services),
        "outcome": str(visitor.outcome),
        "times": visitor.times,
        "file": visitor.path,
        "last_line": visitor.line,
    }
