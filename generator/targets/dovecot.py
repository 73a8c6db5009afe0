"""Plan → Dovecot 2.3 and 2.4: TLS, listeners and limits of IMAP; on request the addresses from which passwords are taken.

Dovecot's listeners refuse no address; `allow_nets` refuses a login instead, and acts on every password check of the instance.
Sources of the facts: doc.dovecot.org, settings of 2.3 and 2.4; each tried on Dovecot 2.3.19 and 2.4.1 with real logins.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from generator.diagnostics import Related, Report
from generator.net import Prefix, merge_prefixes, prefix_texts
from generator.plan import Access, Plan, Service, TlsMode
from generator.targets.dovecot_limits import size_limits
from generator.targets.dovecot_view import AddressList, Ceiling, DovecotView, DropIn, Listener
from generator.targets.options import Options

OPTIONS: Final[Mapping[str, str]] = {
    "versions": "list",
    "allow_nets": "boolean",
    "userip_connections": "integer",
    "login_processes": "integer",
    "imap_processes": "integer",
    "client_limit": "integer",
}
_NO_CLEARTEXT: Final = {"2.3": "disable_plaintext_auth = yes", "2.4": "auth_allow_cleartext = no"}
CHOICES: Final = {"versions": tuple(_NO_CLEARTEXT)}
LIMITS: Final[Mapping[str, int]] = {"ports_per_service": 1}

_IMAP: Final = "imap"
_TLS_ORDER: Final = ("SSLv3", "TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3")
_WELL_KNOWN: Final = {"imap": 143, "imaps": 993}  # the listeners that Dovecot has from the start
_RELAY: Final = "smtp"  # port 25, where mail servers deliver and nobody logs in
# Webmail on the server, and whoever asks Dovecot for a login without telling an address.
_OWN: Final = ("127.0.0.0/8", "::1", "local")


def lower(plan: Plan, *, limits: Mapping[str, int], options: Options, report: Report) -> DovecotView | None:
    """Turn a plan into what Dovecot can say; None after an error that was reported."""
    imap = [service for service in plan.services if service.application == _IMAP]
    with_lists = options.flag("allow_nets")
    if not imap and not with_lists:
        hint = "leave `dovecot` out, or write `allow_nets: true` where it checks the passwords of SMTP"
        names = ", ".join(f"`{service.name}`" for service in plan.services)
        message = f"Dovecot has nothing to serve: {names} {'is' if len(plan.services) == 1 else 'are'} not IMAP"
        report.add("TGT120", plan.services[0].decided, message, hint=hint)
        return None
    sizes = size_limits(plan, [service.name for service in imap], options, report)
    listed = _check_ports(imap, limits["ports_per_service"], report)
    sources = _find_sources(plan, options, report) if with_lists else ()
    if not with_lists:
        _note_open(imap, report)
    if sizes is None or not listed or sources is None:
        return None
    versions = options.texts("versions")
    return DovecotView(
        site=plan.site,
        drop_ins=tuple(DropIn(version, _NO_CLEARTEXT[version]) for version in versions if imap),
        lists=tuple(AddressList(version, _spell_list(version, sources)) for version in versions if with_lists),
        versions=" and ".join(versions),
        tls_minimum=_spell_version(plan.server.tls_minimum),
        ceiling=_find_ceiling(plan),
        starttls=any(service.tls is TlsMode.STARTTLS for service in imap),
        listeners=tuple(listener for service in imap for listener in _make_listeners(service)),
        limits=sizes,
    )


def _check_ports(services: list[Service], most: int, report: Report) -> bool:
    """Whether the ports of every service are few enough to be listeners one by one; those of the others are reported."""
    fits = True
    for service in services:
        count = sum(ports.last - ports.first + 1 for ports in service.ports)
        if count > most:
            message = f"`{service.name}` has {count} ports, and Dovecot has a listener for each: at most {most} here"
            hint = f"name the ports that Dovecot itself listens on: `server: {{ports: {{{service.name}: {service.ports[0].first}}}}}`"
            report.add("TGT121", service.origin, message, hint=hint)
            fits = False
    return fits


def _make_listeners(service: Service) -> Iterator[Listener]:
    """A listener for each port. Dovecot's own one of that name takes the well-known port, or the lowest; the others have names of ours."""
    ssl = "yes" if service.tls is TlsMode.IMPLICIT else "no"
    ports = [port for run in service.ports for port in range(run.first, run.last + 1)]
    own = _WELL_KNOWN.get(service.name)
    main = None if own is None else own if own in ports else ports[0]
    for port in ports:
        yield Listener(service.name if port == main else f"gatepost-{service.name}-{port}", port, ssl)


def _spell_version(version: str) -> str:
    """A TLS version as Dovecot spells it: with any other word it starts, and then no TLS connection succeeds (tried on both versions)."""
    return "TLSv1" if version == "TLSv1.0" else version


def _find_ceiling(plan: Plan) -> Ceiling | None:
    """The highest floor that the site file can have: it has one for all services, so connectors of any service count."""
    newest = {one.connector: max(one.tls_versions, key=_TLS_ORDER.index) for one in plan.requirements if one.tls_versions}
    if not newest:
        return None
    lowest = min(newest.values(), key=_TLS_ORDER.index)
    return Ceiling(_spell_version(lowest), tuple(name for name, version in newest.items() if version == lowest))


def _find_sources(plan: Plan, options: Options, report: Report) -> tuple[Prefix, ...] | None:
    """Whoever may log in to any service with passwords, all of which share one list; None after an error that was reported."""
    services = [service for service in plan.services if service.name != _RELAY]
    span = options.spans["allow_nets"]
    if not services:
        report.add("TGT126", span, "`allow_nets` without a service that people log in to", hint="leave `allow_nets` out")
        return None
    public = [service for service in services if service.access is Access.PUBLIC]
    for service in public:
        report.add(
            "TGT123",
            service.decided,
            f"`allow_nets` refuses the world's logins, and `{service.name}` is public",
            hint=f"leave `allow_nets` out, or write `{service.name}: allowlist` under `access:`",
            related=(Related(span, "Dovecot checks all passwords against this one list, whatever they are for"),),
        )
    sources = {service.name: _sources_of(plan, service) for service in services}
    if public:
        return None
    first = services[0]
    for other in services[1:]:
        if sources[other.name] != sources[first.name]:
            report.add(
                "TGT124",
                span,
                f"`allow_nets` is one list, and `{first.name}` and `{other.name}` let in different networks",
                hint="leave `allow_nets` out and let a firewall target tell the services apart, or give every connector the same services",
                related=(
                    Related(other.decided, f"whoever may use `{first.name}` alone could log in to `{other.name}` too, or the reverse"),
                ),
            )
            return None
    return sources[first.name]


def _sources_of(plan: Plan, service: Service) -> tuple[Prefix, ...]:
    return merge_prefixes(source for rule in plan.rules if rule.service == service.name for source in rule.sources)


def _spell_list(version: str, sources: tuple[Prefix, ...]) -> tuple[str, ...]:
    nets = ",".join((*_OWN, *prefix_texts(sources)))
    return (f"override_fields = allow_nets={nets}",) if version == "2.3" else ("fields {", f"  allow_nets = {nets}", "}")


def _note_open(imap: list[Service], report: Report) -> None:
    """Tell, once, that the allowlist of IMAP is not kept by Dovecot."""
    closed = [service for service in imap if service.access is Access.ALLOWLIST]
    if closed:
        names = " and ".join(f"`{service.name}`" for service in closed)
        hint = "render a firewall target too, such as nftables, or write `allow_nets: true` under `targets: dovecot:`"
        report.add("TGT125", closed[0].decided, f"Dovecot itself refuses no address on {names}", hint=hint)
