"""`expect:`, the policy tests of a site, tried against its plan."""

from difflib import get_close_matches

from generator.compile import Compiled
from generator.diagnostics import Related, Report, Span
from generator.net import Prefix, PrefixError, parse_prefix
from generator.verdict import Verdict, decide, find_service


def check_expectations(compiled: Compiled, report: Report) -> None:
    """Report every expectation that the plan does not meet, or that no plan could."""
    plan, spans = compiled.plan, compiled.site.spans
    for index, wanted in enumerate(compiled.site.model.expect):
        service = find_service(plan, wanted.to)
        address = _read_address(wanted.from_, spans.at("expect", index, "from"), report)
        if service is None:
            names = [known.name for known in plan.services]
            near = get_close_matches(str(wanted.to), names, n=1)
            hint = (f"did you mean `{near[0]}`? " if near else "") + f"in the plan are: {', '.join(names) or 'none'}"
            report.add("PLN041", spans.at("expect", index, "to"), f"`{wanted.to}` is not in the plan, so it can't be expected", hint=hint)
        if service is None or address is None:
            continue
        decision = decide(plan, address, service)
        if decision.verdict != wanted.verdict:
            reason = "port 25 is left as it is" if decision.verdict is Verdict.UNTOUCHED else f"the plan says {decision.verdict}"
            report.add(
                "PLN040",
                spans.at("expect", index, "verdict"),
                f"expected {wanted.verdict} from {address.host_text} to `{service.name}`, but {reason}",
                hint=f"`gatepost explain SITE --from {address.host_text} --to {service.name}` tells why",
                related=[Related(rule.origins[0], f"`{rule.id}` lets {prefix.host_text} in") for rule, prefix in decision.matches],
            )


def _read_address(text: str, span: Span, report: Report) -> Prefix | None:
    try:
        address = parse_prefix(text)
    except PrefixError as error:
        report.add(error.code, span, str(error), hint="write one address" if error.code == "NET026" else error.hint)
        return None
    if address.length != address.family.bits:
        report.add("NET001", span, f"`{text}` is a network, not an address", hint=f"write one address, such as {text.partition('/')[0]}")
        return None
    return address
