"""The plan against the packets: every edge of every prefix, every port and its neighbours."""

from collections.abc import Sequence
from typing import NamedTuple

from generator.prove.lab.lab import Lab, find_own
from generator.prove.lab.sockets import Verdict
from tests.kernel.lab.oracle import OUTSIDERS, Host, Layout, PlanJson, boundaries, expected, ports_of, sources_of


class Disagreement(NamedTuple):
    """A connection that did not end as the plan says."""

    source: str
    port: int
    expected: bool
    verdict: Verdict


def find_disagreements(
    lab: Lab,
    plan: PlanJson,
    layout: Layout,
    host: Host,
    *,
    sources: Sequence[str] = (),
    ports: Sequence[int] = (),
    to: Sequence[str] = (),
    most: int = 1000,
) -> list[Disagreement]:
    """Knock from the edges of all prefixes, well-known outsiders and `sources`, at the plan's ports, their neighbours and `ports`.

    `to` are the server's addresses to knock at, one for each family; left out, its first ones. Of a long list, the edges of `most`
    prefixes are tried.
    """
    ports = sorted({*ports_of(plan), *ports})
    lab.listen(*ports)
    everybody = dict.fromkeys([*boundaries(sources_of(plan), most=most), *OUTSIDERS, *sources])
    probes = [(source, port) for source in everybody for port in ports]
    wanted = [expected(plan, source, port, layout, host) for source, port in probes]
    met = lab.probe([(source, port, find_own(to or lab.addresses, source)) for source, port in probes])
    return [
        Disagreement(source, port, want, verdict)
        for (source, port), want, verdict in zip(probes, wanted, met, strict=True)
        if want != (verdict is Verdict.ACCEPTED) or verdict is Verdict.MUTE  # half a hole is no denial
    ]
