"""The text of a first site file: what is known filled in, the rest as comments that say what to write. Pure."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import wrap
from typing import Final

from generator.models import ConnectorModel

_COMMENT_COLUMNS: Final = 110
_PLAIN: Final = re.compile(r"[A-Za-z0-9./][A-Za-z0-9./_-]*")
_EXAMPLE: Final = "198.51.100.10"


@dataclass(frozen=True, slots=True)
class Chosen:
    """One connector of the new site: what `use:` says, its profile, and the account's own networks as far as they are known."""

    use: str
    model: ConnectorModel
    networks: tuple[str, ...]

    @property
    def lacks_networks(self) -> bool:
        """Whether the site file has to list addresses before it means anything."""
        return not (self.networks or self.model.networks or self.model.regions or self.has_feed)

    @property
    def has_feed(self) -> bool:
        """Whether `update` brings the addresses."""
        return self.model.addresses.policy == "feed"

    @property
    def has_no_fixed(self) -> bool:
        """Whether no addresses of the vendor are known, so that the site has to decide."""
        return self.lacks_networks and self.model.addresses.policy == "none"


@dataclass(frozen=True, slots=True)
class Starter:
    """What a new site file is made from; an empty host name is not known yet."""

    name: str
    file: str
    imap: str
    smtp: str
    connectors: tuple[Chosen, ...]


def starter_text(given: Starter) -> str:
    """The whole site file."""
    return "".join(f"{line}\n" for line in _lines(given))


def _lines(given: Starter) -> Iterator[str]:
    yield "# A site of gatepost: which connectors may reach your mail server, and who else may."
    yield f"# Check this file with `gatepost check {given.file}`; `gatepost render {given.file} -o DIR` makes the firewall's files."
    yield "# All keys: `gatepost schema site`."
    yield "kind: site"
    yield f"name: {_scalar(given.name)}"
    yield ""
    yield from _server_lines(given)
    yield ""
    yield "# Your own networks; they keep their access to the services that are closed to others."
    yield "# trusted:"
    yield "#   - 192.0.2.0/24"
    yield ""
    yield "connectors:"
    for chosen in given.connectors:
        yield from _connector_lines(chosen, given.file)
    yield ""
    yield from _closing_lines(given)


def _server_lines(given: Starter) -> Iterator[str]:
    yield "# The server as you tell it to the connector; `addresses` are the public ones that the connector connects to."
    known = bool(given.imap or given.smtp)
    mark = "" if known else "# "
    yield f"{mark}server:"
    for key, name in (("imap", given.imap), ("smtp", given.smtp)):
        yield f"  {key}: {_scalar(name)}" if name else f"#   {key}: {key}.example.org"
    yield '#   addresses: [192.0.2.25, "2001:db8::25"]'
    yield "#   tls_minimum: TLSv1.2        # the oldest version that the server accepts"


def _connector_lines(chosen: Chosen, file: str) -> Iterator[str]:
    model = chosen.model
    yield f"  - use: {_scalar(chosen.use)}"
    yield from _comment(model.title)
    if chosen.networks:
        yield "    networks:"
        yield from (f"      - {_scalar(network)}" for network in chosen.networks)
    elif chosen.has_no_fixed:
        service = next(iter(model.services))
        yield from _comment(
            f"No fixed addresses are known. Write networks that you know, such as [{_EXAMPLE}], or let everybody try a password with "
            f"`{service}: public` under `access:`, for each service." + (f" ({model.addresses.how})" if model.addresses.how else "")
        )
        yield "    networks: []"
    elif chosen.lacks_networks:
        yield from _comment(f"Write the addresses of your own account, such as [{_EXAMPLE}]. {_where(model)}")
        yield "    networks: []"
    if chosen.has_feed:
        yield from _comment(f"`gatepost update {file}` fetches the addresses from the vendor's feed into the lock beside this file.")
    if model.regions:
        yield f"    # region: {next(iter(model.regions))}      # of {', '.join(model.regions)}; all of them when left out"
    yield f"    # services: [{', '.join(model.services)}]      # only those that your server offers; all when left out"
    yield "    mailboxes: 1        # how many mailboxes are connected"
    yield "    # owner: it@example.org"
    yield "    # ticket: NET-1042"
    yield "    # expires: 2030-12-31"


def _where(model: ConnectorModel) -> str:
    return f"To find them: {model.addresses.how}" if model.addresses.how else "Ask the vendor for them."


def _comment(text: str) -> Iterator[str]:
    yield from (f"    # {line}" for line in wrap(text, _COMMENT_COLUMNS, break_long_words=False, break_on_hyphens=False))


def _closing_lines(given: Starter) -> Iterator[str]:
    service = next(iter(given.connectors[0].model.services))
    yield "# Services are open to the connectors and the trusted networks, and closed to everybody else. `public` keeps one open to all,"
    yield "# for your own users on the road. Port 25 is never closed unless you say so in so many words."
    yield "# access:"
    yield f"#   {service}: public"
    yield ""
    yield "# What must be true of the result, whatever else is changed here."
    yield "# expect:"
    yield f"#   - {{from: {_EXAMPLE}, to: {service}, verdict: allow}}"
    yield f"#   - {{from: 203.0.113.200, to: {service}, verdict: deny}}"


def _scalar(text: str) -> str:
    """A text as YAML: plain where nothing in it could mean something else, quoted otherwise."""
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)
