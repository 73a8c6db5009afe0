"""What `gatepost preflight` was asked to check, put together from a site, a connector profile and the options."""

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import typer

from generator.compile import Compiled
from generator.diagnostics import Report
from generator.models import ConnectorModel, ServiceFacts
from generator.net import prefix_texts
from generator.plan import Requirement
from generator.preflight.context import Credentials
from generator.preflight.demands import Demands, make_demands
from generator.preflight.joined import explain_port, knows_ipv6, list_endpoints, profile_reachability, site_reachability
from generator.preflight.names import is_address
from generator.preflight.outcome import Reachability
from generator.preflight.result import Endpoint
from generator.preflight.targets import EndpointError, parse_endpoint, service_facts
from generator.review.explain import open_site
from generator.review.profiles import UnknownConnectorError, load_profile


class Asked(NamedTuple):
    """The options that say what is checked, as typed; empty where they were left out."""

    site: str
    connector: str
    imap: str
    smtp: str
    services: tuple[str, ...]
    resolver: str
    ca_bundle: Path | None
    mailboxes: int | None


class Login(NamedTuple):
    """The options that say who logs in, as typed."""

    user: str
    sender: str
    variable: str
    from_stdin: bool

    @property
    def address(self) -> str:
        """The address that mail is sent as; nothing where it is not known."""
        return self.sender or (self.user if "@" in self.user else "")


class Given(NamedTuple):
    """What is checked."""

    demands: Demands
    endpoints: tuple[Endpoint, ...]
    site: str
    reachability: Reachability
    known: Callable[[Endpoint, str], str]
    published: tuple[str, ...]
    name_server: tuple[str, int] | None
    trusted: bytes


def prepare(asked: Asked, report: Report) -> Given | None:
    """Everything that the checks need; None after an error in the report.

    Raises:
        typer.BadParameter: the command line makes no sense.
    """
    name_server, trusted = _parse_resolver(asked.resolver), _load_roots(asked.ca_bundle)
    given = _from_site(asked, report) if asked.site else _from_profile(asked, report)
    return None if given is None or report.has_errors else given._replace(name_server=name_server, trusted=trusted)


def _from_site(asked: Asked, report: Report) -> Given | None:
    compiled = open_site(asked.site, (), report)
    if compiled is None:
        return None
    requirement = _choose(compiled, asked.connector)
    profile = next(entry.profile.model for entry in compiled.connectors if entry.name == requirement.connector)
    unknown = [name for name in asked.services if name not in requirement.services]
    if unknown:
        message = f"`{requirement.connector}` does not use `{unknown[0]}` in this site; it uses: {', '.join(requirement.services)}"
        raise typer.BadParameter(message, param_hint="'--service'")
    typed = _typed_endpoints(asked, requirement.connector, _site_services(compiled, requirement, asked.services, profile))
    replaced = {endpoint.application for endpoint in typed}
    found = Report()
    listed = [endpoint for endpoint in list_endpoints(compiled, requirement, asked.services, found) if endpoint.application not in replaced]
    report.extend(finding for finding in found.findings if not any(f"--{name}" in finding.hint for name in replaced))
    endpoints = (*listed, *typed)
    reachability = site_reachability(compiled.plan, requirement)
    mailboxes = asked.mailboxes or requirement.mailboxes
    return Given(
        make_demands(profile, name=requirement.connector, mailboxes=mailboxes, ipv6_known=knows_ipv6(reachability)),
        tuple(sorted(endpoints, key=lambda endpoint: endpoint.application)),
        compiled.plan.site,
        reachability,
        lambda endpoint, address: explain_port(compiled.plan, requirement.connector, endpoint, address),
        tuple(text.partition("/")[0] for text in prefix_texts(compiled.plan.server.addresses)),
        None,
        b"",
    )


def _choose(compiled: Compiled, wanted: str) -> Requirement:
    """The connector of a site that is meant."""
    requirements = compiled.plan.requirements
    names = [requirement.connector for requirement in requirements]
    if wanted and wanted not in names:
        raise typer.BadParameter(f"the site has no connector `{wanted}`; it has: {', '.join(names)}", param_hint="'--connector'")
    if not wanted and len(names) > 1:
        raise typer.BadParameter(f"the site has several connectors; say which one: {', '.join(names)}", param_hint="'--connector'")
    return next(requirement for requirement in requirements if wanted in ("", requirement.connector))


def _from_profile(asked: Asked, report: Report) -> Given | None:
    if not asked.connector:
        raise typer.BadParameter("give a site file, or a connector and its hosts: --connector NAME --imap HOST --smtp HOST")
    if asked.services:
        raise typer.BadParameter("--service chooses among those of a site; give --imap or --smtp here", param_hint="'--service'")
    if not (asked.imap or asked.smtp):
        raise typer.BadParameter("give --imap HOST, --smtp HOST or both", param_hint="'--connector'")
    try:
        document = load_profile(asked.connector, report)
    except UnknownConnectorError as error:
        raise typer.BadParameter(str(error), param_hint="'--connector'") from error
    if document is None:
        return None
    profile = document.model
    reachability = profile_reachability(profile)
    demands = make_demands(profile, name=profile.name, mailboxes=asked.mailboxes or 1, ipv6_known=knows_ipv6(reachability))
    endpoints = _typed_endpoints(asked, profile.name, profile.services)
    return Given(demands, endpoints, "", reachability, lambda _endpoint, _address: "", (), None, b"")


def _site_services(compiled: Compiled, requirement: Requirement, wanted: Sequence[str], profile: ConnectorModel) -> dict[str, ServiceFacts]:
    """The services of a connector with the ports that the site gives them, the `wanted` first: they stand in for what was not typed.

    Those that the site leaves out come after them: somebody may want to try one.
    """
    mine = [service for service in compiled.plan.services if service.name in requirement.services]
    mine.sort(key=lambda service: service.name not in wanted)
    facts = {service.name: service_facts(service) for service in mine}
    return {**facts, **{name: known for name, known in profile.services.items() if name not in facts}}


def _typed_endpoints(asked: Asked, connector: str, services: Mapping[str, ServiceFacts]) -> tuple[Endpoint, ...]:
    found = []
    for application, text in (("imap", asked.imap), ("smtp", asked.smtp)):
        if text and all(facts.application != application for facts in services.values()):
            message = f"`{connector}` does not use {application.upper()}; it uses: {', '.join(services)}"
            raise typer.BadParameter(message, param_hint=f"'--{application}'")
        if text:
            try:
                found.append(parse_endpoint(text, application, services))
            except EndpointError as error:
                raise typer.BadParameter(str(error), param_hint=f"'--{application}'") from error
    return tuple(found)


def _parse_resolver(text: str) -> tuple[str, int] | None:
    if not text:
        return None
    address, port = text, "53"
    if text.startswith("["):
        address, _, port = text[1:].partition("]")
        port = port.removeprefix(":") or "53"
    elif text.count(":") == 1:
        address, _, port = text.partition(":")
    if not is_address(address) or not (port.isascii() and port.isdecimal() and 0 < int(port) < 65536):
        raise typer.BadParameter(
            f"`{text}` is no address; write 192.0.2.53, 192.0.2.53:5353 or [2001:db8::53]:5353", param_hint="'--resolver'"
        )
    return address, int(port)


def _load_roots(bundle: Path | None) -> bytes:
    from generator.preflight.chain import load_public_roots, read_roots

    if bundle is None:
        return load_public_roots()
    try:
        trusted = bundle.read_bytes()
        read_roots(trusted)
    except OSError as error:
        raise typer.BadParameter(f"`{bundle}`: {error.strerror}", param_hint="'--ca-bundle'") from error
    except ValueError as error:
        raise typer.BadParameter(f"`{bundle}` holds no certificate in PEM", param_hint="'--ca-bundle'") from error
    return trusted


def check_login(login: Login, *, stdin_is_site: bool) -> None:
    """Look at the options about the login, before anything is read or asked.

    Raises:
        typer.BadParameter: they make no sense together.
    """
    if not login.user and (login.from_stdin or login.variable or login.sender):
        raise typer.BadParameter("say whose password it is", param_hint="'--user'")
    if login.from_stdin and login.variable:
        raise typer.BadParameter("give the password in one way only", param_hint="'--password-stdin' / '--password-env'")
    if login.from_stdin and stdin_is_site:
        raise typer.BadParameter("standard input is the site already", param_hint="'--password-stdin'")
    for text, name in ((login.user, "--user"), (login.sender, "--sender")):
        if not text.isprintable():
            raise typer.BadParameter("control characters can't be sent", param_hint=f"'{name}'")
    if any(character in login.address for character in " <>"):
        raise typer.BadParameter(f"`{login.address}` is no mail address", param_hint="'--sender'")


def read_credentials(login: Login) -> Credentials | None:
    """The user's password, from wherever the options say, or from the terminal; None without a user.

    Raises:
        typer.BadParameter: there is none.
    """
    if not login.user:
        return None
    password = _read_password(login.user, login.variable, from_stdin=login.from_stdin)
    if any(ord(character) < 32 or ord(character) == 127 for character in password):
        raise typer.BadParameter("the password holds control characters, which can't be sent", param_hint="'--user'")
    if any("\ud800" <= character <= "\udfff" for character in password):
        raise typer.BadParameter("the password is no text in UTF-8, in which it would be sent", param_hint="'--user'")
    return Credentials(login.user, password, login.address)


def _read_password(user: str, variable: str, *, from_stdin: bool) -> str:
    if variable:
        password = os.environ.get(variable, "")
        where = f"the environment variable `{variable}` is not set, or empty"
    elif from_stdin:
        password, where = sys.stdin.readline().rstrip("\r\n"), "standard input holds no password"
    elif sys.stdin is not None and sys.stdin.isatty():
        from getpass import getpass

        password, where = getpass(f"Password of {user}: "), "no password was typed"
    else:
        raise typer.BadParameter(
            "there is no terminal to ask for the password; give --password-stdin or --password-env", param_hint="'--user'"
        )
    if not password:
        raise typer.BadParameter(where, param_hint="'--user'")
    return password
