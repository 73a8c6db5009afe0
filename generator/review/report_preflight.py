"""A saved preflight (`gatepost.preflight/1`) for a report. Keys that this version does not know are no mistake: later ones may add some."""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

from generator.diagnostics import Report, Span
from generator.plan import Plan, TlsMode
from generator.review.report_access import TLS_WORDS, count_words
from generator.review.report_model import Check, Endpoint, Preflight, Row
from generator.source import SourceFile, read_source

SCHEMA: Final = "gatepost.preflight/1"
_HINT: Final = "make it with: gatepost preflight SITE --format json"
_VERDICTS: Final = {
    "ready": ("good", "ready: nothing was found that would stop the connector"),
    "ready-with-warnings": ("warning", "ready, with warnings"),
    "not-ready": ("error", "not ready: the connector will fail"),
    "could-not-test": ("warning", "it could not be tested"),
}
_STATUSES: Final = ("pass", "note", "warn", "fail", "skip")


def load_preflight(path: str, plan: Plan, today: date, report: Report) -> Preflight | None:
    """Read the JSON of a preflight of this plan's server; None after an error that was reported."""
    source = read_source(Path(path), shown=path, name=path, report=report)
    return None if source is None else _read(source, plan, today, report)


def _read(source: SourceFile, plan: Plan, today: date, report: Report) -> Preflight | None:
    place = Span(source.path, 1, 1, 1, 1)
    try:
        document = json.loads(source.text)
        if not isinstance(document, dict) or document.get("schema") != SCHEMA:
            report.add("AUD090", place, f"this is no `{SCHEMA}`", hint=_HINT)
            return None
        found = _preflight(document, today)
        site, connector = _text(document["site"] or plan.site), _text(document["connector"]["name"])
        hosts = {_text(item["application"]): _text(item["host"]) for item in document["endpoints"]}
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError) as error:
        what = f"`{error.args[0]}` is missing" if isinstance(error, KeyError) else "a value is not of its form"
        what = "it is no JSON" if isinstance(error, json.JSONDecodeError) else what
        report.add("AUD090", place, f"this is no whole `{SCHEMA}`: {what}", hint=_HINT)
        return None
    if other := _other(site, connector, hosts, plan):
        report.add("AUD091", place, f"the preflight is of {other}", hint="give the preflight of this site, or none")
        return found._replace(level="warning")  # whatever became of another server: this one has not to be mended for it
    return found


def _other(site: str, connector: str, hosts: Mapping[str, str], plan: Plan) -> str:
    """What a preflight is of, when it is not of this plan's site, connectors and server; else nothing."""
    if site != plan.site:
        return f"the site `{site}`, and the report of `{plan.site}`"
    if connector not in {needed.connector for needed in plan.requirements}:
        return f"the connector `{connector}`, which `{plan.site}` does not let in"
    named = {"imap": plan.server.imap, "smtp": plan.server.smtp}
    for application, host in hosts.items():
        if (own := named.get(application)) and _bare(own) != _bare(host):
            return f"the server `{host}`, and `{plan.site}` names `{own}`"
    return ""


def _bare(host: str) -> str:
    return host.lower().rstrip(".")


def _preflight(document: Mapping[str, Any], today: date) -> Preflight:
    level, verdict = _known(_VERDICTS, document["verdict"])
    time = _text(document["time"])
    age = _age(time, today)  # beside the verdict: a server that was ready a year ago may not be now
    connector, vantage = document["connector"], document["vantage"]
    facts = (
        Row("when", f"{time}, {age} before this report" if age else time),
        Row("from", ", ".join(map(_text, vantage["addresses"])) or "no address is known"),
        Row("what that leaves open", _text(vantage["note"])),
        Row("checks", ", ".join(f"{_number(count)} {_text(status)}" for status, count in document["summary"].items() if count)),
        Row("made by", " ".join((_text(document["tool"]["name"]), _text(document["tool"]["version"])))),
    )
    others = tuple(_check(item) for item in document["checks"] if item["id"] != "reminder")  # those are told at the end
    endpoints = [*map(_endpoint, document["endpoints"]), *([Endpoint("around the server", (), others)] if others else [])]
    reminders = tuple(map(_text, document["reminders"]))
    title = f"{_text(connector['title'])} ({_text(connector['name'])})"
    return Preflight(title, level, f"{verdict} (seen {age} ago)" if age else verdict, facts, tuple(endpoints), reminders)


def _age(time: str, today: date) -> str:
    """How old something is; nothing for what is of today."""
    days = (today - date.fromisoformat(time[:10])).days
    return count_words(days, "day", "days") if days > 0 else ""


def _endpoint(item: Mapping[str, Any]) -> Endpoint:
    tls = TLS_WORDS[TlsMode(_text(item["tls"]))]
    service = _text(item["service"] or item["application"])
    title = f"{service}: {_text(item['host'])} port {_number(item['port'])}, {tls}"
    return Endpoint(title, tuple(_endpoint_facts(item)), tuple(map(_check, item["checks"])))


def _endpoint_facts(item: Mapping[str, Any]) -> Iterator[Row]:
    if item["tested_address"]:
        yield Row("address", _text(item["tested_address"]))
    tls, certificate = item["info"]["tls"], item["info"]["certificate"]
    if tls and tls["version"]:
        yield Row("TLS", ", ".join(_text(tls[key]) for key in ("version", "cipher") if tls[key]))
    if certificate:
        yield Row("certificate", ", ".join(map(_text, certificate["dns_names"])) or _text(certificate["subject"]))
        yield Row("valid", f"{_text(certificate['not_before'])} to {_text(certificate['not_after'])}")


def _check(item: Mapping[str, Any]) -> Check:
    if item["status"] not in _STATUSES:
        raise ValueError(item["status"])
    vendor = f"the vendor's user reads: {_text(item['vendor_message'])}" if item["vendor_message"] else ""
    fix = f"to do: {_text(item['fix'])}" if item["fix"] else ""
    return Check(item["status"], _text(item["title"]), tuple(filter(None, (_text(item["detail"]), fix, vendor))))


def _known(words: Mapping[str, tuple[str, str]], value: object) -> tuple[str, str]:
    if value not in words:
        raise ValueError(value)
    return words[_text(value)]


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(value)
    return value
