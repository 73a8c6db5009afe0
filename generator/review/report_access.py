"""The table of a report: each party against each service."""

from collections.abc import Iterable
from typing import Final

from generator.compile import TRUSTED, Compiled
from generator.compile.services import ports_text
from generator.net import Family, Prefix
from generator.plan import Access, Plan, Rule, Service, TlsMode
from generator.review.report_model import AccessRow, AccessTable, Cell, Column

TLS_WORDS: Final = {TlsMode.IMPLICIT: "implicit TLS", TlsMode.STARTTLS: "STARTTLS"}
ACCESS_WORDS: Final = {
    Access.ALLOWLIST: "allowlist: closed to everybody else",
    Access.PUBLIC: "public: open to everybody",
    Access.ADDITIVE: "additive: others as the host has it",
}
_REST: Final = {
    Access.ALLOWLIST: Cell("out", "kept out"),
    Access.PUBLIC: Cell("all", "let in, whoever it is"),
    Access.ADDITIVE: Cell("host", "as the host has it"),
}
_WITHOUT_RULE: Final = {
    Access.ALLOWLIST: Cell("none", "kept out"),
    Access.PUBLIC: Cell("none", "let in, as everybody"),
    Access.ADDITIVE: Cell("none", "as the host has it"),
}


def anchor(name: str) -> str:
    """The id of a party's section; names are slugs."""
    return f"party-{name}"


def tabulate(compiled: Compiled) -> AccessTable:
    """The connectors by name, the trusted networks, and everybody else."""
    plan = compiled.plan
    names = [*(needed.connector for needed in plan.requirements), *([TRUSTED] if TRUSTED in compiled.gathered else [])]
    rules: dict[tuple[str, str], list[Rule]] = {}
    for rule in plan.rules:
        rules.setdefault((rule.connector or TRUSTED, rule.service), []).append(rule)
    rows = []
    for number, name in enumerate(names, start=1):
        cells = tuple(_cell(rules.get((name, service.name), []), service) for service in plan.services)
        rows.append(
            AccessRow(
                str(number), party_name(name), _counts(compiled.gathered[name].prefixes) or "no addresses of its own", anchor(name), cells
            )
        )
    rest = AccessRow("*", "everybody else", _rest_words(plan), "", tuple(_REST[service.access] for service in plan.services))
    return AccessTable(tuple(map(_column, plan.services)), (*rows, rest))


def party_name(name: str) -> str:
    """A party as people call it."""
    return "trusted networks" if name == TRUSTED else name


def _counts(prefixes: Iterable[Prefix]) -> str:
    found = {Family.V4: 0, Family.V6: 0}
    for prefix in prefixes:
        found[prefix.family] += 1
    return ", ".join(f"IPv{family.value}: {count_words(number, 'prefix', 'prefixes')}" for family, number in found.items() if number)


def count_words(number: int, one: str, many: str) -> str:
    """`1 prefix`, `12,345 prefixes`."""
    return f"{number:,} {one if number == 1 else many}"


def _rest_words(plan: Plan) -> str:
    closed = sum(service.access is Access.ALLOWLIST for service in plan.services)
    return f"kept out of {count_words(closed, 'service', 'services')}" if closed else "nothing is closed to them"


def _column(service: Service) -> Column:
    first = f"{service.protocol} {ports_text(service.ports)}, {TLS_WORDS[service.tls]}"
    return Column(service.name, (first, ACCESS_WORDS[service.access]))


def _cell(rules: list[Rule], service: Service) -> Cell:
    if not rules:
        return _WITHOUT_RULE[service.access]
    families = [f"IPv{rule.family.value}" for rule in rules]
    return Cell("in", f"let in ({' and '.join(families)}{' alone' if len(families) == 1 else ''})")
