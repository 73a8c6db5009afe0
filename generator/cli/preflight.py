"""`gatepost preflight`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from generator.cli.console import Color, columns, make_painter, write_err, write_out
from generator.cli.options import ColorOption, Strict
from generator.cli.preflight_options import (
    AllVersions,
    BundleOption,
    ConnectionsOption,
    ConnectorOption,
    FormOption,
    ImapOption,
    MailboxesOption,
    OutputOption,
    PasswordEnv,
    PasswordStdin,
    PreflightFormat,
    ResolverOption,
    SenderOption,
    ServiceOption,
    SiteArgument,
    SmtpOption,
    TimeoutOption,
    UserOption,
    VerboseOption,
)
from generator.cli.reporting import FOUND, OK, FindingsFormat, exit_status, show_findings

if TYPE_CHECKING:
    from generator.cli.preflight_input import Asked, Login
    from generator.diagnostics import Report
    from generator.preflight.outcome import Preflight

UNTESTED: Final = 3


def preflight(
    site: SiteArgument = "",
    connector: ConnectorOption = "",
    imap: ImapOption = "",
    smtp: SmtpOption = "",
    service: ServiceOption = None,
    user: UserOption = "",
    password_stdin: PasswordStdin = False,
    password_env: PasswordEnv = "",
    sender: SenderOption = "",
    mailboxes: MailboxesOption = None,
    connections: ConnectionsOption = False,
    all_versions: AllVersions = False,
    resolver: ResolverOption = "",
    ca_bundle: BundleOption = None,
    timeout: TimeoutOption = 90,
    strict: Strict = False,
    form: FormOption = PreflightFormat.TEXT,
    output: OutputOption = None,
    verbose: VerboseOption = False,
    color: ColorOption = Color.AUTO,
) -> int:
    """Check the real mail server against what a connector requires, as the connector would connect to it.

    Nothing is changed on the server, no mail is sent, and without --user no login is tried. Exit status 3: it can't be tested from here.
    """
    from generator.cli.preflight_input import Asked, Login, check_login
    from generator.diagnostics import Report

    asked = Asked(site, connector, imap, smtp, tuple(service or ()), resolver, ca_bundle, mailboxes)
    login = Login(user, sender, password_env, password_stdin)
    check_login(login, stdin_is_site=site == "-")
    report = Report()
    result = _run(asked, login, report, timeout=timeout, count=connections, all_versions=all_versions, strict=strict)
    show_findings(report, FindingsFormat.JSON if result is None and form is PreflightFormat.JSON else FindingsFormat.TEXT, color)
    if result is None:
        return exit_status(report, strict=False)
    _show(_format(result, form, verbose=verbose, color=color if output is None else Color.NEVER), output)
    return _status(result, strict=strict)


def _run(
    asked: "Asked", login: "Login", report: "Report", *, timeout: float, count: bool, all_versions: bool, strict: bool
) -> "Preflight | None":
    import time
    from datetime import UTC, datetime

    from generator.cli.preflight_input import prepare, read_credentials
    from generator.cli.spinner import spinner
    from generator.preflight.context import Context
    from generator.preflight.resolve import ask_server, ask_system
    from generator.preflight.run import run_preflight

    given = prepare(asked, report)
    if given is None:
        return None
    credentials = read_credentials(login)
    if credentials is not None and not credentials.password.isascii():
        write_err("note: the password has characters beyond ASCII, which not every connector and server takes\n")
    with spinner() as tell:
        context = Context(
            demands=given.demands,
            clock=time.monotonic,
            pause=time.sleep,
            now=datetime.now(UTC).astimezone(),
            resolver=ask_server(*given.name_server) if given.name_server else ask_system,
            trusted=given.trusted,
            timeout=timeout,
            credentials=credentials,
            count_without_login=count,
            all_versions=all_versions,
            published=given.published,
            name_server=given.name_server,
            tell=tell,
        )
        result = run_preflight(given.endpoints, context, site=given.site, reachability=given.reachability, known=given.known)
    return result.read_strictly() if strict else result


def _format(result: "Preflight", form: PreflightFormat, *, verbose: bool, color: Color) -> str:
    if form is PreflightFormat.JSON:
        from generator.cli.reporters import to_json
        from generator.preflight.document import preflight_document

        return to_json(preflight_document(result, verbose=verbose))
    if form is PreflightFormat.MARKDOWN:
        from generator.cli.preflight_markdown import preflight_markdown

        return preflight_markdown(result, verbose=verbose)
    from generator.preflight.text import preflight_text

    return preflight_text(result, make_painter(color, sys.stdout), columns(sys.stdout), verbose=verbose)


def _show(text: str, output: Path | None) -> None:
    if output is None:
        write_out(text)
    else:
        output.write_text(text, encoding="utf-8")


def _status(result: "Preflight", *, strict: bool) -> int:
    from generator.preflight.outcome import Verdict

    if result.verdict is Verdict.UNTESTED:
        return UNTESTED
    failed = result.verdict is Verdict.NOT_READY or (strict and result.verdict is Verdict.WARNINGS)
    return FOUND if failed else OK
