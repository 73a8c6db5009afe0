"""Writes the same rules for gatepost, Aerleon and ferm: N prefixes that do not merge, half of each family, to five mail ports.

Run as a process of its own (`python -m benchmarks.inputs FOLDER N`): a child's peak memory counts its parent's, so the parent stays small.
"""

import random
import sys
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Final

PORTS: Final = {"smtp": 25, "imap": 143, "submissions": 465, "submission": 587, "imaps": 993}

SITE: Final = """\
kind: site
name: bench
connectors:
  - use: ./connector.yaml
    networks_file: prefixes.txt
access:
  smtp: {mode: allowlist, exclusive: true}
"""

# One of several servers behind one firewall: each site has the whole list again, in the two layouts of nftables.
SERVER: Final = """\
kind: site
name: mx{number}
server: {{addresses: [192.0.2.{number}, "2001:db8::{number}"]}}
connectors:
  - use: ./connector.yaml
    networks_file: prefixes.txt
access:
  smtp: {{mode: allowlist, exclusive: true}}
targets:
  nftables: {{destination: server}}
"""
SERVERS: Final = (1, 2, 3, 4)

CONNECTOR: Final = """\
kind: connector
name: bench
title: Benchmark
vendor: Benchmark
reviewed: 2026-11-23
references:
  - {url: "https://example.org/", date: 2026-11-23, says: nothing}
addresses: {policy: per-account, how: made up}
services:
  smtp: {port: 25, protocol: tcp, application: smtp, tls: starttls}
  imap: {port: 143, protocol: tcp, application: imap, tls: starttls}
  submissions: {port: 465, protocol: tcp, application: smtp, tls: implicit}
  submission: {port: 587, protocol: tcp, application: smtp, tls: starttls}
  imaps: {port: 993, protocol: tcp, application: imap, tls: implicit}
"""

# Eight formats with what each wants to hear in its header.
AERLEON_TARGETS: Final = {
    "nftables": "mixed input",
    "iptables": "INPUT DROP inet",
    "ipset": "INPUT DROP inet",
    "packetfilter": "in inet",
    "gce": "default",
    "k8s": "INGRESS",
    "srx": "from-zone untrust to-zone trust",
    "fortigate": "from-zone wan to-zone lan",
}


def make_prefixes(count: int) -> tuple[list[str], list[str]]:
    """Prefixes of mixed lengths, IPv4 and IPv6, in no order; each lies alone in a slot with an empty sibling, so that none merge."""
    chance = random.Random(count)
    v4 = [IPv4Network(((20 << 24) + (slot << 9), chance.randint(24, 32))) for slot in range(count // 2)]
    v6 = [IPv6Network(((0x2600 << 112) + (slot << 81), chance.choice((48, 56, 64, 128)))) for slot in range(count - count // 2)]
    chance.shuffle(v4)
    chance.shuffle(v6)
    return [str(prefix) for prefix in v4], [str(prefix) for prefix in v6]


def write_gatepost(folder: Path, v4: list[str], v6: list[str]) -> None:
    """A site whose connector has all prefixes in a text file; `plain.yaml` is the same without ipsets in iptables, as ferm writes it;
    the sites `mx1.yaml` and so on make eight files with all prefixes.
    """
    for number in SERVERS:
        folder.joinpath(f"mx{number}.yaml").write_text(SERVER.format(number=number), encoding="utf-8")
    folder.joinpath("site.yaml").write_text(SITE, encoding="utf-8")
    folder.joinpath("plain.yaml").write_text(f"{SITE}targets:\n  iptables: {{layout: plain}}\n", encoding="utf-8")
    folder.joinpath("connector.yaml").write_text(CONNECTOR, encoding="utf-8")
    folder.joinpath("prefixes.txt").write_text("\n".join([*v4, *v6, ""]), encoding="utf-8")


def write_aerleon(folder: Path, v4: list[str], v6: list[str]) -> None:
    """Definitions that Aerleon reads, and two policies: `one` for nftables alone, `eight` for all its formats."""
    networks = "".join(f'      - address: "{prefix}"\n' for prefix in (*v4, *v6))
    services = "".join(f"  {name.upper()}:\n    - {{protocol: tcp, port: {port}}}\n" for name, port in PORTS.items())
    folder.joinpath("def").mkdir(parents=True)
    folder.joinpath("def", "bench.yaml").write_text(
        f"networks:\n  CONNECTOR:\n    values:\n{networks}services:\n{services}", encoding="utf-8"
    )
    for policy, targets in {"one": ["nftables"], "eight": list(AERLEON_TARGETS)}.items():
        rules = "".join(aerleon_filter(target) for target in targets)
        folder.joinpath(policy, "pol").mkdir(parents=True)
        folder.joinpath(policy, "pol", "bench.yaml").write_text(f"filters:\n{rules}", encoding="utf-8")


def aerleon_filter(target: str) -> str:
    """One filter of a policy: the rule for one target."""
    return f"""\
  - header:
      targets:
        {target}: {AERLEON_TARGETS[target]}
    terms:
      - name: mail
        source-address: CONNECTOR
        destination-port: {" ".join(name.upper() for name in PORTS)}
        protocol: tcp
        action: accept
"""


def write_ferm(folder: Path, v4: list[str], v6: list[str]) -> None:
    """One rule per family and prefix, the ports in one multiport match: what ferm's manual shows."""
    ports = " ".join(map(str, PORTS.values()))
    match = f"mod multiport destination-ports ({ports})"
    families = (("ip", v4), ("ip6", v6))
    rules = [
        f"domain {name} table filter chain INPUT proto tcp saddr ({' '.join(prefixes)}) {match} ACCEPT;\n" for name, prefixes in families
    ]
    folder.joinpath("ferm.conf").write_text("".join(rules), encoding="utf-8")


def write_inputs(folder: Path, count: int) -> None:
    """Everything for one number of prefixes."""
    folder.mkdir(parents=True)
    v4, v6 = make_prefixes(count)
    write_gatepost(folder, v4, v6)
    write_aerleon(folder / "aerleon", v4, v6)
    write_ferm(folder, v4, v6)


if __name__ == "__main__":
    write_inputs(Path(sys.argv[1]), int(sys.argv[2]))
