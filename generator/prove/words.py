"""A proof in words: a table of what was sent and what came back, and every lie with what it comes to."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from generator.plan import Plan
from generator.prove.answer import Answer, Claim
from generator.prove.proof import Proof

MOST_LIES: Final = 10


def proof_lines(proof: Proof) -> Iterator[str]:
    """The report on one way."""
    yield f"{proof.way.artifact.path} on {proof.way.host.title}"
    if proof.answers:
        yield f"  {'port':<18}{'family':<8}{'must get in':>12}{'did':>8}{'must not':>12}{'did not':>9}"
    for (port, family), answers in sorted(_divide(proof.answers).items()):
        inside = [answer for answer in answers if answer.question.accepted]
        outside = [answer for answer in answers if not answer.question.accepted]
        service = answers[0].question.service
        name = f"{port} {service}" if service else str(port)
        good = [sum(not answer.is_lie for answer in some) for some in (inside, outside)]
        wrong = "   <" if good != [len(inside), len(outside)] else ""
        yield f"  {name:<18}{family:<8}{len(inside):>12}{good[0]:>8}{len(outside):>12}{good[1]:>9}{wrong}"
    for claim in proof.claims:
        yield f"  {'holds' if claim.holds else 'FAILS'}  {claim.title}{': ' + claim.seen if claim.seen else ''}"
    if proof.untried:
        yield f"  {proof.untried} prefixes were not tried{', for their number; --probes takes more' if proof.answers else ''}"
    lies = [answer for answer in proof.answers if answer.is_lie]
    for sentence in find_patterns(proof.answers):
        yield f"  LIE    {sentence}"
    for answer in lies[:MOST_LIES]:
        yield f"  LIE    {describe(answer)}"
    if len(lies) > MOST_LIES:
        yield f"         and {len(lies) - MOST_LIES} more; --format json has them all"


def describe(answer: Answer) -> str:
    """One lie."""
    question = answer.question
    must = (
        f"must get in ({question.rule})"
        if question.accepted and question.rule
        else "must get in"
        if question.accepted
        else "must not get in"
    )
    service = f" ({question.service})" if question.service else ""
    return f"{question.source} to {question.port}{service} {must}, and was {answer.met}"


def find_patterns(answers: Sequence[Answer]) -> list[str]:
    """What many lies come to: a family, a port or a rule that is missing altogether."""
    found = []
    for what, key in (("over {}", _family), ("to port {}", _port), ("that {} lets in", _rule)):
        asked = Counter(key(answer) for answer in answers if answer.question.accepted and answer.question.rule)
        failed = Counter(key(answer) for answer in answers if answer.is_lie and answer.question.accepted and answer.question.rule)
        whole = [name for name, count in sorted(failed.items()) if count == asked[name]]
        if whole and len(whole) < max(2, len(asked)):
            return [f"no connection gets in {what.format(name)}" for name in whole]
        if whole and len(asked) == len(whole):
            found = ["no connection that the plan lets in gets in"]
    return found


def _divide(answers: Sequence[Answer]) -> Mapping[tuple[int, str], list[Answer]]:
    divided: dict[tuple[int, str], list[Answer]] = {}
    for answer in answers:
        divided.setdefault((answer.question.port, _family(answer)), []).append(answer)
    return divided


def _family(answer: Answer) -> str:
    return "IPv6" if ":" in answer.question.source else "IPv4"


def _port(answer: Answer) -> str:
    return f"{answer.question.port} ({answer.question.service})"


def _rule(answer: Answer) -> str:
    return answer.question.rule


def proof_document(plan: Plan, proofs: Sequence[Proof]) -> dict[str, Any]:
    """The schema gatepost.prove/1."""
    return {
        "schema": "gatepost.prove/1",
        "site": plan.site,
        "holds": all(proof.holds for proof in proofs),
        "proofs": [
            {
                "path": proof.way.artifact.path,
                "host": proof.way.host.title,
                "holds": proof.holds,
                "untried_prefixes": proof.untried,
                "probes": [_entry(answer) for answer in proof.answers],
                "claims": [_claim(claim) for claim in proof.claims],
                "patterns": find_patterns(proof.answers),
            }
            for proof in proofs
        ],
    }


def _entry(answer: Answer) -> dict[str, Any]:
    question = answer.question
    return {
        "source": question.source,
        "port": question.port,
        "service": question.service or None,
        "rule": question.rule or None,
        "expected": "accepted" if question.accepted else "not accepted",
        "met": str(answer.met),
        "holds": not answer.is_lie,
    }


def _claim(claim: Claim) -> dict[str, Any]:
    return {"title": claim.title, "holds": claim.holds, "seen": claim.seen}
