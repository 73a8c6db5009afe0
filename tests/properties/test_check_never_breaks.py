"""Whatever stands in the files that a user gives, `check` and `render` answer with artifacts or with an error, never with an exception."""

import json
from collections.abc import Sequence
from contextlib import chdir
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from hypothesis import example, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from generator.artifacts import Artifact
from generator.cli.every import app
from generator.codes import all_codes
from generator.diagnostics import Diagnostic, Report, Span
from generator.pipeline import check_targets, compile_sites, render_sites
from tests.house.tree import ROOT
from tests.properties import mutations, odd_documents
from tests.scale import scaled

SITES: Final = tuple(path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("profiles/sites/*.yaml")))
PROFILES: Final = tuple(path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("profiles/*.yaml")))
TEMPLATES: Final = {path.relative_to(ROOT / "templates").as_posix(): path.read_text() for path in sorted(ROOT.glob("templates/*/*.j2"))}
MANIFESTS: Final = {path.parent.name: path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("templates/*/target.yaml"))}
SMALL: Final = {path.name: path.read_text() for path in sorted(ROOT.glob("tests/diagnostics/with/own/small/*"))}
LIST: Final = (ROOT / "profiles/sites/acme-make.txt").read_text(encoding="utf-8")
PLAIN: Final = "kind: site\nname: acme\nconnectors:\n  - use: hubspot\n    networks: [8.8.8.8, 2001:4860::8]\n"
OWN: Final = PLAIN.replace("hubspot", "./own.yaml")
LISTED: Final = PLAIN + "    networks_file: list.txt\n"
CODES: Final = {code.name: code.severity for code in all_codes()}
TODAY: Final = date(2026, 11, 23)

Files = dict[str, str | bytes]


class Outcome(NamedTuple):
    """What `check` and then `render` made of a folder with a site.yaml."""

    checked: Report
    rendered: Report
    artifacts: tuple[Artifact, ...]


def run(files: Files, *, sites: Sequence[str] = ("site.yaml",), templates: Sequence[str] = (), wanted: Sequence[str] = ()) -> Outcome:
    """Write the files into a folder of their own, check and render the sites there."""
    checked, rendered = Report(), Report()
    folders = [Path(folder) for folder in templates]
    with TemporaryDirectory() as scratch, chdir(write(files, scratch)):
        check_targets(compile_sites(sites, (), checked, today=TODAY), wanted, folders, checked)
        artifacts = render_sites(compile_sites(sites, (), rendered), wanted, folders, rendered)
    return Outcome(checked, rendered, artifacts)


def write(files: Files, folder: str) -> Path:
    for name, content in files.items():
        path = Path(folder, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", errors="surrogateescape"))
    return Path(folder)


def assert_lawful(outcome: Outcome) -> None:
    """The law of every test here: artifacts or an error, and findings that a user can read and follow."""
    for report in (outcome.checked, outcome.rendered):
        assert [finding for finding in report.findings if not is_sound(finding, report)] == []
    assert bool(outcome.artifacts) is not outcome.rendered.has_errors


def is_sound(finding: Diagnostic, report: Report) -> bool:
    """Whether a finding has a code of the catalogue, its severity, single printable lines, and places inside known inputs."""
    lines = [finding.message, *(related.message for related in finding.related)]
    spans = [*filter(None, [finding.span]), *(related.span for related in finding.related)]
    return (
        CODES.get(finding.code) == finding.severity
        and all(line.isprintable() and line == line.strip() and line and not line.endswith(".") for line in lines)
        and finding.hint.isprintable()
        and all(is_inside(span, report.text_of(span.path)) for span in spans)
    )


def is_inside(span: Span, text: str | None) -> bool:
    """Whether a span lies in the text of its input; of an input that could not be read there is only the first character."""
    lines = (text or "").split("\n")
    start, end = (span.line, span.column), (span.end_line, span.end_column)
    if not (1, 1) <= start <= end or span.end_line > len(lines):
        return False
    return span.column <= len(lines[span.line - 1]) + 1 and span.end_column <= len(lines[span.end_line - 1]) + 2


ODD: Final = st.sampled_from(
    [
        *("0.0.0.0/0", "::/0", "10.0.0.0/8", "8.8.8.8/33", "010.0.0.1", "8.8.8.8-8.8.8.200", "8.8.8.9-8.8.8.1", "fe80::1%eth0"),
        *("8.8.8.8 ", "８.8.8.8", "8.8.8.*", "[::1]:993", "::ffff:8.8.8.8", "mail.example.org", "ffff::/16", "", " ", "x" * 1001, "a\nb"),
        *("imap", "imaps", "smtp", "submission", "trusted", "public", "hubspot", "make", "./own.yaml", "./site.yaml", ".", "/", "list.txt"),
        *("NET055", "NET002", "XXX999", "allow", "deny", "allowlist", "2026-11-22", "9999-12-31", "eu", "TLSv1.3", "server", "any"),
        *(0, 1, 25, 65535, 65536, "0-65535", 10**17, -1, True, None),
    ]
)


@st.composite
def replaced(draw: st.DrawFn, base: str) -> str:
    """The document, as JSON, with other values in a few places; a value may become a list of values or a mapping."""
    data = mutations.as_data(base)
    value = ODD | st.lists(ODD, max_size=3) | st.dictionaries(ODD.map(str), ODD, max_size=2)
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.sampled_from(mutations.containers(data)))
        if place:
            place[draw(st.sampled_from(list(place) if isinstance(place, dict) else range(len(place))))] = draw(value)
    return json.dumps(data, ensure_ascii=False)


def careless(bases: Sequence[str]) -> st.SearchStrategy[str]:
    """One of the documents, edited as text, damaged in its structure, or with odd values."""
    base = st.sampled_from(bases)
    return base.flatmap(mutations.edited) | base.flatmap(mutations.damaged) | base.flatmap(replaced)


@settings(max_examples=scaled(3000))
@given(odd_documents.SITES, odd_documents.CONNECTORS)
def test_a_site_of_the_right_shape_that_means_something_odd(site: str, connector: str) -> None:
    outcome = run({"site.yaml": site, "own.yaml": connector, "list.txt": LIST})

    assert_lawful(outcome)


@settings(max_examples=scaled(500))
@given(odd_documents.SITES, odd_documents.SITES)
def test_two_odd_sites_at_once(first: str, second: str) -> None:
    outcome = run({"site.yaml": first, "second.yaml": second, "list.txt": LIST}, sites=["site.yaml", "second.yaml"])

    assert_lawful(outcome)


@settings(max_examples=scaled(2000))
@given(careless(SITES))
@example("[" * 3000)
@example(PLAIN + "access: {}\ntargets: {nftables: {destination: [server]}}\n")
def test_a_careless_site(text: str) -> None:
    outcome = run({"site.yaml": text, "acme-make.txt": LIST})

    assert_lawful(outcome)


@settings(max_examples=scaled(1000))
@given(careless(PROFILES))
def test_a_careless_profile(text: str) -> None:
    outcome = run({"site.yaml": OWN, "own.yaml": text})

    assert_lawful(outcome)


LISTS: Final = mutations.edited(LIST) | st.lists(ODD).map(json.dumps)


@settings(max_examples=scaled(1000))
@given(LISTS | LISTS.map(str.encode) | LISTS.map(lambda text: text.encode("utf-16")) | st.binary(max_size=200))
def test_a_careless_list_of_networks(content: str | bytes) -> None:
    outcome = run({"site.yaml": LISTED, "list.txt": content})

    assert_lawful(outcome)


OPTIONS: Final = sorted({name for text in MANIFESTS.values() for name in mutations.as_data(text)["options"]})
SETTINGS: Final = st.dictionaries(st.sampled_from(OPTIONS) | st.just("x"), ODD | st.lists(ODD, max_size=3), max_size=4)


@settings(max_examples=scaled(1000))
@given(st.dictionaries(st.sampled_from([*MANIFESTS, "all", "nftable"]), SETTINGS, min_size=1, max_size=2))
def test_careless_options(targets: dict[str, object]) -> None:
    outcome = run({"site.yaml": PLAIN + f"targets: {json.dumps(targets)}\n"})

    assert_lawful(outcome)


@settings(max_examples=scaled(1000))
@given(careless([SMALL["target.yaml"]]))
def test_a_careless_manifest(text: str) -> None:
    folder = {f"mine/small/{name}": content for name, content in {**SMALL, "target.yaml": text}.items()}
    outcome = run({"site.yaml": PLAIN, **folder}, templates=["mine"], wanted=["small"])

    assert_lawful(outcome)


ENGINE: Final = st.sampled_from(
    [
        *("{{ view.x }}", "{{ 1 / 0 }}", "{{", "}}", "{%", "{% endfor %}", "{% for x in view %}", "{{ view }}", "{{ x() }}", "{# "),
        *('{% include "nftables/guard.nft.j2" %}', '{% extends "none" %}', '{{ "a" + 1 }}', "{{ view.__class__ }}", "{{ range(10**9) }}"),
        *("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "{% set x %}", "{{ 'a' | nope }}", "{{ [][3] }}", "\r", "\x00", "\u2028"),
    ]
)


@st.composite
def careless_template(draw: st.DrawFn) -> tuple[str, str]:
    """One of the shipped templates, with its path, edited as text or with another instruction in it."""
    path = draw(st.sampled_from(sorted(TEMPLATES)))
    text = draw(mutations.edited(TEMPLATES[path])) if draw(st.booleans()) else TEMPLATES[path]
    place = draw(st.integers(0, len(text)))
    return path, text[:place] + draw(ENGINE) + text[place:]


@settings(max_examples=scaled(1000))
@given(careless_template())
def test_a_careless_template(template: tuple[str, str]) -> None:
    path, text = template
    outcome = run({"site.yaml": PLAIN, f"mine/{path}": text}, templates=["mine"])

    assert_lawful(outcome)


COMMANDS: Final = (
    *(f"check site.yaml --today 2026-11-23 --format {form}" for form in ("text", "json", "github", "sarif")),
    *("plan site.yaml", "plan site.yaml --format json"),
    *("explain site.yaml --from 8.8.8.8 --to imaps", "explain site.yaml --from ::1 --to 25"),
    *("render site.yaml -o out --check", "render site.yaml -o - -t nftables --role guard"),
)


@settings(max_examples=scaled(500))
@given(careless(SITES), st.sampled_from(COMMANDS))
def test_a_command_that_only_looks_writes_nothing(text: str, command: str) -> None:
    with TemporaryDirectory() as scratch, chdir(write({"site.yaml": text, "acme-make.txt": LIST}, scratch)):
        done = CliRunner().invoke(app, command.split())
        left = sorted(path.name for path in Path().iterdir())

    assert done.exit_code in (0, 1), done.output
    assert left == ["acme-make.txt", "site.yaml"]


@settings(max_examples=scaled(500))
@given(careless(SITES), st.sampled_from(["text", "json", "github", "sarif"]))
def test_render_writes_everything_or_nothing(text: str, form: str) -> None:
    with TemporaryDirectory() as scratch, chdir(write({"site.yaml": text, "acme-make.txt": LIST}, scratch)):
        done = CliRunner().invoke(app, ["render", "site.yaml", "-o", "out", "--format", form])
        is_written = Path("out").exists()

    assert done.exit_code in (0, 1), done.output
    assert is_written is (done.exit_code == 0)
