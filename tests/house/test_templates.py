"""Templates arrange, they do not decide: loop, test presence, print, `join`, `tojson`, include, block."""

from collections.abc import Iterator

import pytest
from jinja2 import Environment, nodes

from tests.house.tree import ROOT, project_files

TEMPLATES = {
    path.relative_to(ROOT / "templates").as_posix(): path.read_text(encoding="utf-8")
    for path in project_files()
    if path.suffix == ".j2" and path.is_relative_to(ROOT / "templates")
}
FILTERS = {"join", "tojson"}
ARRANGING = (
    nodes.Block,
    nodes.Const,
    nodes.Extends,
    nodes.Filter,
    nodes.For,
    nodes.Getattr,
    nodes.If,
    nodes.Include,
    nodes.Keyword,
    nodes.Name,
    nodes.Output,
    nodes.Template,
    nodes.TemplateData,
)


def parse_template(text: str) -> nodes.Template:
    return Environment(autoescape=True).parse(text)


def walk(node: nodes.Node) -> Iterator[nodes.Node]:
    yield node
    for child in node.iter_child_nodes():
        yield from walk(child)


def is_presence(test: nodes.Node) -> bool:
    """Whether a test asks no more than: is it there, is it not there."""
    return is_presence(test.node) if isinstance(test, nodes.Not) else isinstance(test, nodes.Name | nodes.Getattr)


def decisions(text: str) -> list[str]:
    """What a template does beyond arranging, with the line."""
    everything = list(walk(parse_template(text)))
    tests = [node.test for node in everything if isinstance(node, nodes.If)]
    presence = {id(node) for test in tests if is_presence(test) for node in walk(test)}
    logic = [node for node in everything if not isinstance(node, ARRANGING) and id(node) not in presence]
    logic += [node for node in everything if isinstance(node, nodes.Filter) and node.name not in FILTERS]
    logic += [node for node in everything if isinstance(node, nodes.For) and (node.test or node.recursive)]
    logic += [test for test in tests if not is_presence(test)]
    return [f"line {node.lineno}: {type(node).__name__}" for node in logic]


def included_templates() -> set[str]:
    """The names, `TARGET/FILE`, of the templates that others include."""
    included = (node.template for text in TEMPLATES.values() for node in walk(parse_template(text)) if isinstance(node, nodes.Include))
    return {str(name.value).removeprefix("builtin/") for name in included if isinstance(name, nodes.Const)}


def test_templates_hold_no_logic() -> None:
    assert {name: found for name, text in TEMPLATES.items() if (found := decisions(text))} == {}


def test_templates_begin_with_the_header_alone_unless_others_include_them() -> None:
    with_header = {name for name, text in TEMPLATES.items() if text.splitlines()[0] == "{{ header }}"}

    assert with_header == set(TEMPLATES) - included_templates()


@pytest.mark.parametrize(
    "text",
    [
        "{{ a + 1 }}",
        "{{ a | length }}",
        "{{ a.pop() }}",
        "{{ a[0] if a else b }}",
        "{% if a == 1 %}x{% endif %}",
        "{% if a and b %}x{% endif %}",
        "{% if a is defined %}x{% endif %}",
        "{% set a = 1 %}",
        "{% macro m() %}{% endmacro %}",
        "{% for a in b if a %}{% endfor %}",
        "{% import 'x' as x %}",
    ],
)
def test_logic_in_a_template_is_found(text: str) -> None:
    assert decisions(text) != []


@pytest.mark.parametrize(
    "text",
    [
        "{{ a.b | join(', ') }}",
        "{{ a | tojson }}",
        "{% for a in view.b %}{% if not loop.last %},{% endif %}{% endfor %}",
        "{% extends 'builtin/x.j2' %}{% block after %}x{% endblock %}",
        "{% include 'x.j2' %}",
    ],
)
def test_arranging_in_a_template_is_allowed(text: str) -> None:
    assert decisions(text) == []
