"""The options of `gatepost preflight`."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

from generator.cli.complete import complete_connectors

_HOST: Final = "HOST[:PORT][/implicit|/starttls]"


class PreflightFormat(StrEnum):
    """How the result is printed."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


def _refuse_nan(seconds: float) -> float:
    """The range lets it through, since it compares with nothing."""
    if seconds != seconds:
        raise typer.BadParameter("give a number of seconds")
    return seconds


SiteArgument = Annotated[
    str, typer.Argument(metavar="[SITE]", help="A site file; its server and its connector are checked.", show_default=False)
]
ConnectorOption = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        help="The connector: one of the site's, a shipped one, or the path of a profile.",
        autocompletion=complete_connectors,
        show_default=False,
    ),
]
ImapOption = Annotated[str, typer.Option(metavar=_HOST, help="The IMAP server, instead of the site's.", show_default=False)]
SmtpOption = Annotated[str, typer.Option(metavar=_HOST, help="The SMTP server, instead of the site's.", show_default=False)]
ServiceOption = Annotated[
    list[str] | None, typer.Option(metavar="NAME", help="Only this service of the site. May be repeated.", show_default=False)
]
UserOption = Annotated[str, typer.Option(metavar="NAME", help="Log in as this user, once for each endpoint.", show_default=False)]
PasswordStdin = Annotated[bool, typer.Option("--password-stdin", help="Read the password from the first line of standard input.")]
PasswordEnv = Annotated[str, typer.Option(metavar="VARIABLE", help="Read the password from this environment variable.", show_default=False)]
SenderOption = Annotated[
    str,
    typer.Option(metavar="ADDRESS", help="Ask whether the user may send as this address. Default: the user name.", show_default=False),
]
MailboxesOption = Annotated[
    int | None, typer.Option(min=1, max=1_000_000, help="How many mailboxes are connected. Default: the site's.", show_default=False)
]
ConnectionsOption = Annotated[bool, typer.Option("--connections", help="Count simultaneous connections also without a login.")]
AllVersions = Annotated[bool, typer.Option("--all-versions", help="Ask for every TLS version: a connection for each.")]
ResolverOption = Annotated[
    str, typer.Option(metavar="ADDRESS[:PORT]", help="Ask this name server instead of the machine's.", show_default=False)
]
BundleOption = Annotated[
    Path | None, typer.Option(metavar="FILE", help="PEM of the CAs that count as public. Default: Mozilla's.", show_default=False)
]
TimeoutOption = Annotated[
    float, typer.Option(min=1, max=3600, metavar="SECONDS", help="The most time for one endpoint.", callback=_refuse_nan)
]
FormOption = Annotated[PreflightFormat, typer.Option("--format", help="How the result is printed.", case_sensitive=False)]
OutputOption = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write the result to a file instead.", show_default=False)
]
VerboseOption = Annotated[bool, typer.Option("--verbose", "-v", help="Show everything: details, and what was said (without secrets).")]
