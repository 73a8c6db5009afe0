"""Random sites for properties: plain data, the files it becomes, and a naive reading of who may reach what."""

import ipaddress
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from hypothesis import strategies as st

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
WELL_KNOWN = {
    "smtp": (25, "smtp", "starttls"),
    "imap": (143, "imap", "starttls"),
    "submissions": (465, "smtp", "implicit"),
    "submission": (587, "smtp", "starttls"),
    "imaps": (993, "imap", "implicit"),
}


@dataclass(frozen=True)
class RandomConnector:
    """A connector with a profile of its own; `networks` may hold duplicates, nested and adjacent ones."""

    name: str
    services: tuple[str, ...]
    networks: tuple[str, ...]
    excluded: str | None
    mailboxes: int


@dataclass(frozen=True)
class RandomSite:
    """A site and its connectors. `access` is what the YAML says about each service."""

    connectors: tuple[RandomConnector, ...]
    trusted: tuple[str, ...]
    access: tuple[tuple[str, str], ...]

    def write(self, folder: Path, *, shuffle: int | None = None) -> Path:
        """Write the site and its profiles; `shuffle` seeds another order of every list and mapping with the same meaning."""
        order = Random(shuffle)

        def mixed(items: tuple[str, ...]) -> list[str]:
            return list(items) if shuffle is None else order.sample(items, len(items))

        lines = ["kind: site", "name: random", "connectors:"]
        for connector in self.connectors if shuffle is None else order.sample(self.connectors, len(self.connectors)):
            lines += [f"  - use: ./{connector.name}.yaml", f"    mailboxes: {connector.mailboxes}", "    networks:"]
            lines += [f'      - "{network}"' for network in mixed(connector.networks)]
            lines += [f'    exclude: ["{connector.excluded}"]'] if connector.excluded else []
            (folder / f"{connector.name}.yaml").write_text(_profile(connector, mixed(connector.services)))
        lines += ["trusted:"] * bool(self.trusted) + [f'  - "{network}"' for network in mixed(self.trusted)]
        lines += ["access:"] * bool(self.access) + mixed(tuple(f"  {name}: {mode}" for name, mode in self.access))
        path = folder / "site.yaml"
        path.write_text("\n".join(lines) + "\n")
        return path

    def allows(self, address: str, service: str) -> bool:
        """Who gets in, by the words of the design and nothing cleverer: the connectors of the service, the trusted where it is closed."""
        access = dict(self.access).get(service, "additive" if service == "smtp" else "allowlist")
        if access == "public":
            return True
        held = any(service in connector.services and connector_holds(connector, address) for connector in self.connectors)
        return held or (access != "additive" and any(holds(network, address) for network in self.trusted))

    def closes(self, service: str) -> bool:
        """Whether outsiders are kept from a service."""
        default = "additive" if service == "smtp" else "allowlist"
        return dict(self.access).get(service, default) not in ("public", "additive")

    @property
    def services(self) -> set[str]:
        """The services of the plan."""
        return {service for connector in self.connectors for service in connector.services} | {name for name, _ in self.access}


def _profile(connector: RandomConnector, services: list[str]) -> str:
    lines = ["kind: connector", f"name: {connector.name}", f"title: {connector.name}", "addresses: {policy: per-account}", "services:"]
    for name in services:
        port, application, tls = WELL_KNOWN[name]
        lines.append(f"  {name}: {{port: {port}, application: {application}, tls: {tls}}}")
    return "\n".join(lines) + "\n"


def holds(network: str, address: str) -> bool:
    """Whether a network holds an address, by the standard library."""
    parsed: Network = ipaddress.ip_network(network)
    return ipaddress.ip_address(address) in parsed


def connector_holds(connector: RandomConnector, address: str) -> bool:
    """Whether a connector may come from an address."""
    excluded = connector.excluded is not None and holds(connector.excluded, address)
    return not excluded and any(holds(network, address) for network in connector.networks)


@st.composite
def networks(draw: st.DrawFn) -> str:
    """Documentation space, close together, so that duplicates, nests and neighbours are common."""
    if draw(st.booleans()):
        length = draw(st.integers(24, 32))
        low = draw(st.integers(0, 255)) >> (32 - length) << (32 - length)
        return f"{draw(st.sampled_from(['192.0.2', '198.51.100', '203.0.113']))}.{low}/{length}"
    length = draw(st.sampled_from([48, 56, 64, 120, 127, 128]))
    low = draw(st.integers(0, 3)) << 80 | draw(st.integers(0, 3)) << 64 | draw(st.integers(0, 7))
    return str(ipaddress.ip_network((0x20010DB8 << 96 | low, length), strict=False))


@st.composite
def connectors(draw: st.DrawFn, name: str) -> RandomConnector:
    """One connector; what it excludes is one of its own networks, and something is left."""
    listed = tuple(draw(st.lists(networks(), min_size=1, max_size=6)))
    excluded = draw(st.none() | st.sampled_from(listed))
    if excluded and all(ipaddress.ip_network(network).version == ipaddress.ip_network(excluded).version for network in listed):
        excluded = None
    if excluded and all(_inside(network, excluded) for network in listed):
        excluded = None
    services = tuple(draw(st.lists(st.sampled_from(sorted(WELL_KNOWN)), min_size=1, unique=True)))
    return RandomConnector(name, services, listed, excluded, draw(st.integers(1, 4)))


def _inside(inner: str, outer: str) -> bool:
    first, second = ipaddress.ip_network(inner), ipaddress.ip_network(outer)
    return first.version == second.version and first.subnet_of(second)  # type: ignore[arg-type]  # one version, so one type


@st.composite
def sites(draw: st.DrawFn) -> RandomSite:
    """A site of one to three connectors with trusted networks and explicit access for some services."""
    names = ["one", "two", "three"][: draw(st.integers(1, 3))]
    used = tuple(draw(connectors(name)) for name in names)
    trusted = tuple(draw(st.lists(networks(), max_size=3)))
    choices = {name: st.sampled_from(["allowlist", "public"]) for name in WELL_KNOWN}
    choices["smtp"] = st.sampled_from(["public", "{mode: allowlist, exclusive: true}"])
    access = draw(st.fixed_dictionaries({}, optional=choices))
    return RandomSite(used, trusted, tuple(sorted(access.items())))


def edges(site: RandomSite) -> list[str]:
    """Addresses worth trying: first, last, one before and one after each network of the site."""
    listed = {network for connector in site.connectors for network in (*connector.networks, connector.excluded) if network}
    found: set[ipaddress.IPv4Address | ipaddress.IPv6Address] = set()
    for text in listed | set(site.trusted):
        network = ipaddress.ip_network(text)
        found |= {network[0] - 1, network[0], network[-1], network[-1] + 1}
    return sorted(map(str, found))


def without_connector(site: RandomSite, index: int) -> RandomSite:
    """The site without one of its connectors."""
    return replace(site, connectors=site.connectors[:index] + site.connectors[index + 1 :])
