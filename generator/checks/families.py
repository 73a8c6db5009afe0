"""Connectors that can reach only one address family of the server."""

from generator.compile import Compiled
from generator.diagnostics import Report
from generator.net import Family


def check_families(compiled: Compiled, report: Report) -> None:
    """Warn where the server has an IPv6 address and a connector's list has none: if it connects over IPv6, it is shut out."""
    reachable = [address for address in compiled.plan.server.addresses if address.family is Family.V6]
    if not reachable:
        return
    for entry in compiled.connectors:
        families = {prefix.family for prefix in compiled.gathered[entry.name].prefixes}
        if families == {Family.V4} and not all(compiled.allowances.covers("NET090", address) for address in reachable):
            report.add(
                "NET090",
                compiled.site.spans.at("connectors", entry.index, "use"),
                f"`{entry.name}` has only IPv4 prefixes, and the server has an IPv6 address",
                hint="drop the AAAA record of the names told to the connector, add its IPv6 prefixes, or `allow:` NET090 for that address",
            )
