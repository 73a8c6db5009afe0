"""`gatepost connectors list` and `gatepost connectors show`."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from generator.cli.complete import complete_connectors
from generator.cli.console import Color, write_err, write_out
from generator.cli.options import ColorOption, Result
from generator.cli.printable import printable
from generator.cli.reporting import FindingsFormat, ResultFormat, exit_status, show_findings

if TYPE_CHECKING:
    from generator.models import ConnectorModel, NetworkEntry
    from generator.review.handover import Handover


def list_connectors(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[WORD]...",
            help="Only connectors in whose names, vendor, services, regions or policy every word stands.",
            show_default=False,
        ),
    ] = None,
    form: Result = ResultFormat.TEXT,
    color: ColorOption = Color.AUTO,
) -> int:
    """List the shipped connectors, or those that a search finds: where the addresses come from, how sure that is, services, title."""
    from generator.diagnostics import Report
    from generator.resources import shipped_profiles
    from generator.review.profiles import load_profile
    from generator.review.search import find_connectors

    report = Report()
    loaded = [load_profile(name, report) for name in shipped_profiles()]
    models = find_connectors((document.model for document in loaded if document is not None), words or ())
    show_findings(report, FindingsFormat.TEXT, color)
    if form is ResultFormat.JSON:
        from generator.cli.reporters import to_json

        write_out(to_json({"schema": "gatepost.connectors/1", "connectors": [_summary(model) for model in models]}))
    elif models:
        write_out(_table(models))
    if not models and words:
        write_err(f"no shipped connector has {' and '.join(f'`{printable(word)}`' for word in words)}; without words, all are listed\n")
        return 1
    return exit_status(report, strict=False)


def _summary(model: "ConnectorModel") -> dict[str, object]:
    from generator.review.search import count_networks

    feed = model.addresses.feed
    return {
        "name": model.name,
        "title": model.title,
        "vendor": model.vendor,
        "policy": model.addresses.policy,
        "confidence": model.confidence,
        "services": list(model.services),
        "regions": list(model.regions),
        "networks": count_networks(model),
        "feed": None if feed is None else feed.format,
        "warnings": list(model.warnings),
        "reviewed": str(model.reviewed) if model.reviewed else None,
    }


def _table(models: "Iterable[ConnectorModel]") -> str:
    from generator.review.search import count_networks

    head = ("connector", "addresses", "networks", "confidence", "services", "title")
    rows = [
        (
            model.name,
            model.addresses.policy,
            str(count_networks(model) or "-"),
            model.confidence or "-",
            " ".join(model.services),
            printable(model.title),
        )
        for model in models
    ]
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    return "".join("  ".join(map(str.ljust, row, widths)).rstrip() + "\n" for row in (head, *rows))


def show(
    name: Annotated[
        str,
        typer.Argument(metavar="NAME", help="A shipped connector, or the path of a connector profile.", autocompletion=complete_connectors),
    ],
    form: Result = ResultFormat.TEXT,
    color: ColorOption = Color.AUTO,
) -> int:
    """Show what is known about a connector, with sources: addresses, services, requirements, and what to type and know at the vendor."""
    from generator.diagnostics import Report
    from generator.review.profiles import UnknownConnectorError, load_profile, profile_handover

    report = Report()
    try:
        document = load_profile(name, report)
    except UnknownConnectorError as error:
        raise typer.BadParameter(str(error), param_hint="'NAME'") from error
    given = profile_handover(document, report) if document else None
    show_findings(report, FindingsFormat.TEXT, color)
    if document is None or given is None:
        return exit_status(report, strict=False)
    if form is ResultFormat.JSON:
        from generator.cli.reporters import plain_data, to_json

        write_out(to_json({"schema": "gatepost.connector/1", **plain_data(document.model)}))
    else:
        write_out("".join(f"{printable(line)}\n" for line in _profile_lines(document.model, given)))
    return exit_status(report, strict=False)


def _profile_lines(model: "ConnectorModel", given: "Handover") -> Iterator[str]:
    from generator.review.handover import handover_lines

    yield f"{model.name}: {model.title}"
    facts = (("vendor", model.vendor), ("reviewed", model.reviewed), ("confidence", model.confidence))
    yield from (f"  {label:<11}  {value}" for label, value in facts if value)
    yield f"  {'addresses':<11}  {_POLICIES[model.addresses.policy]}"
    yield from _feed_lines(model)
    yield from _network_lines(model)
    yield "  services"
    for name, service in model.services.items():
        ports = ", ".join(map(str, service.port)) if isinstance(service.port, tuple) else str(service.port)
        yield f"    {name:<16} {service.protocol} {ports:<11} {service.application}, {service.tls}"
    yield "  references" if model.references else "  references   none"
    for reference in model.references:
        dates = [f"of {reference.date}"] * bool(reference.date) + [f"read on {reference.retrieved}"] * bool(reference.retrieved)
        yield f"    {reference.url}" + (f" ({', '.join(dates)})" if dates else "")
        if reference.says:
            yield f"      {reference.says}"
    yield ""
    yield from handover_lines(given)


_POLICIES = {
    "published": "published: the vendor lists them on a page",
    "feed": "feed: the vendor publishes them for machines; `gatepost update` pins them in the site's lock",
    "per-account": "per-account: the vendor shows yours in your account; the site file lists them",
    "none": "none: no fixed ones are known; the site file decides: networks that you know, or `access: {SERVICE: public}`",
}


def _feed_lines(model: "ConnectorModel") -> Iterator[str]:
    from generator.review.search import feed_choice, feed_place

    feed = model.addresses.feed
    if feed is not None:
        yield f"  {'feed':<11}  {feed.format}: {feed_place(feed)}"
        yield from (f"    {line}" for line in (*feed_choice(feed), *([feed.note] if feed.note else [])))


def _network_lines(model: "ConnectorModel") -> Iterator[str]:
    if model.addresses.source:
        read = f", read on {model.addresses.retrieved}" if model.addresses.retrieved else ""
        yield f"  {'source':<11}  {model.addresses.source}{read}"
    if model.networks:
        yield f"  {'networks':<11}  {len(model.networks)}"
        yield from _wrapped(model.networks)
    for region, facts in model.regions.items():
        note = f": {facts.note}" if facts.note else ""
        yield f"  {'region':<11}  {region}, {len(facts.networks)} networks{note}"
        yield from _wrapped(facts.networks)


def _wrapped(networks: "Iterable[str | NetworkEntry]") -> list[str]:
    """Networks side by side, each with the word about it."""
    from textwrap import wrap

    from generator.models import network_text

    texts = [network_text(entry) + ("" if isinstance(entry, str) or not entry.note else f" ({entry.note})") for entry in networks]
    return wrap(", ".join(texts), 110, initial_indent="    ", subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)
