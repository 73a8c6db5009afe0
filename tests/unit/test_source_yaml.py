import pytest

from generator.diagnostics import Report, Span
from generator.source import Mapping, Scalar, Sequence, parse_yaml, to_data
from tests.support.documents import CONNECTOR, SITE, find_in_yaml, make_source, read_root


def value_of(text: str) -> object:
    return to_data(read_root(f"key: {text}\n"))["key"]  # type: ignore[index, call-overload]  # the root is a mapping


@pytest.mark.parametrize("text", ["0", "7", "-7", "+7", "993", "999999999999999999"])
def test_decimal_digits_are_a_number(text: str) -> None:
    assert value_of(text) == int(text)


@pytest.mark.parametrize(
    "text",
    [
        *[
            "25:30",
            "2001:10:20:30:40:50:1:2",
            "NO",
            "no",
            "yes",
            "on",
            "Off",
            "1_000",
            "010",
            "0x10",
            "0o17",
            "0b1",
            "1e3",
            "1.5",
            ".inf",
            ".",
        ],
        *["2027-06-30", "2027-06-30T00:00:00Z", "=", "192.0.2.1", "::1", "1" * 19, "1" * 5000, "- 1", "N", "y"],
    ],
)
def test_everything_else_is_text(text: str) -> None:
    if text == "- 1":
        text = "-1-"
    assert value_of(text) == text


@pytest.mark.parametrize(
    ("text", "value"),
    [("true", True), ("True", True), ("TRUE", True), ("false", False), ("null", None), ("Null", None), ("~", None), ("", None)],
)
def test_the_words_of_the_core_schema_have_their_values(text: str, value: object) -> None:
    assert value_of(text) is value


@pytest.mark.parametrize("text", ["'993'", '"993"', "'true'", '"null"', "''"])
def test_quotes_make_text(text: str) -> None:
    assert value_of(text) == text[1:-1]


def test_block_styles_make_text() -> None:
    root = read_root("a: |\n  993\nb: >-\n  true\n")

    assert to_data(root) == {"a": "993\n", "b": "true"}


def test_escapes_of_control_characters_stay_in_the_value() -> None:
    assert value_of('"a\\x00\\n\\u202e"') == "a\x00\n\u202e"


def test_keys_are_the_texts_of_their_scalars() -> None:
    assert to_data(read_root("993: a\ntrue: b\n~: c\n'd': e\n")) == {"993": "a", "true": "b", "~": "c", "d": "e"}


def test_lists_become_tuples() -> None:
    assert to_data(read_root("a: [1, [b], {c: d}]\n")) == {"a": (1, ("b",), {"c": "d"})}


TEXT = """\
# comment
server:
  imap: imap.example.org   # the name
  addresses: [192.0.2.25,
    "2001:db8::25"]
notes:
- plain
- 'quoted'
- >-
  folded
  text

empty:
"""


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ((), "2:1-13:7"),
        (("server",), "3:3-5:20"),
        (("server", "imap"), "3:9-3:25"),
        (("server", "addresses"), "4:14-5:20"),
        (("server", "addresses", 0), "4:15-4:25"),
        (("server", "addresses", 1), "5:5-5:19"),
        (("notes",), "7:1-11:7"),
        (("notes", 0), "7:3-7:8"),
        (("notes", 1), "8:3-8:11"),
        (("notes", 2), "9:3-11:7"),
        (("empty",), "13:7-13:7"),
    ],
)
@pytest.mark.parametrize("pure", [False, True])
def test_every_node_knows_its_place(path: tuple[str | int, ...], expected: str, pure: bool) -> None:
    node: Scalar | Sequence | Mapping = read_root(TEXT, pure=pure)
    for step in path:
        node = node.by_key[step].value if isinstance(node, Mapping) else node.items[step]  # type: ignore[index, union-attr]  # as the text has it

    assert f"{node.span.line}:{node.span.column}-{node.span.end_line}:{node.span.end_column}" == expected


def test_a_key_has_a_place_of_its_own() -> None:
    root = read_root(TEXT)

    assert root.by_key["notes"].key.span == Span("f.yaml", 6, 1, 6, 6)


@pytest.mark.parametrize("text", [SITE, CONNECTOR, TEXT])
def test_both_parsers_give_the_same_nodes(text: str) -> None:
    assert read_root(text, pure=True) == read_root(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# only a comment\n", ["YML005 1:1-1:1"]),
        ("---\n", ["YML005 1:1-1:1"]),
        ("a: @b\n", ["YML012 1:4-1:5"]),
        ("a: `b`\n", ["YML012 1:4-1:5"]),
        ("a: 'b' c\n", ["YML012 1:8-1:9"]),
        ("a: [b]]\n", ["YML012 1:7-1:8"]),
        ("a: [::1]\n", ["YML012 1:5-1:6"]),
        ("a: [2001:db8::, b]\n", ["YML012 1:14-1:15"]),
        ('a: "\\ud800"\n', ["YML012 1:4-1:5"]),
        ('a: "\\U00110000"\n', ["YML012 1:4-1:5"]),
        ("a: [b c: d e, f\n", ["YML029 1:4-1:5"]),
        ("a: 1\nb\nc: 2\n", ["YML012 2:1-2:2"]),
        ("a: |x\n", ["YML012 1:5-1:6"]),
        ("a: 1\nb: 2\na: 3\na: 4\n", ["YML013 3:1-3:2", "YML013 4:1-4:2"]),
        ("993: a\n'993': b\n", ["YML013 2:1-2:6"]),
        ("a: &x 1\n", ["YML014 1:4-1:6"]),
        ("a: &x\n  b: 1\n", ["YML014 1:4-1:6"]),
        ("a: *x\n", ["YML015 1:4-1:6"]),
        ("a: !!str 1\n", ["YML016 1:4-1:9"]),
        ("a: !secret x\n", ["YML016 1:4-1:11"]),
        ("a: ! x\n", ["YML016 1:4-1:5"]),
        ("a: !<tag:yaml.org,2002:str> x\n", ["YML016 1:4-1:5"]),
        ("a: {<<: {b: 1}}\n", ["YML017 1:5-1:7"]),
        ("a: 1\n  b: 2\n", ["YML018 2:3-2:4"]),
        ("a:\n    b: 1\n  c: 2\n", ["YML018 3:3-3:7"]),
        ("a:\n- b\nc\n", ["YML012 3:1-3:2"]),
        ("a: 1\n---\nb: 2\n", ["YML019 2:1-2:4"]),
        ("a: 1\n...\n%YAML 1.2\n---\nb: 2\n", ["YML019 3:1-4:4"]),
        ("%YAML 1.1\n# and\n%TAG ! tag:x,2000:\n---\na: 1\n", ["YML020 1:1-1:10", "YML020 3:1-3:19"]),
        ("%FOO\n---\na: 1\n", ["YML020 1:1-1:5"]),
        ("[" * 3000, ["YML021 1:52-1:53"]),
        ("a: " + "{a: " * 3000, ["YML021 1:201-1:202"]),
        ("- " * 3000, ["YML021 1:103-1:103"]),
        ("{{ x }}: 1\n", ["YML023 1:1-1:8"]),
        ("a: {[b]: 1, c: d}\n", ["YML023 1:5-1:8"]),
        ("- a\n- b\n", ["YML024 1:1-2:4"]),
        ("kind:site\n", ["YML024 1:1-1:10"]),
        ("'a: 1'\n", ["YML024 1:1-1:7"]),
        ("\ta: 1\n", ["YML025 1:1-1:2"]),
        ("a:\n\tb: 1\n", ["YML025 2:1-2:2"]),
        ("a:1\nb: 2\n", ["YML026 1:1-1:3"]),
        ("a: 1\nb:2\nc: 3\n", ["YML026 2:1-2:3"]),
        ("a: b: c\n", ["YML027 1:5-1:6"]),
        ("- a: b: c\n", ["YML027 1:7-1:8"]),
        ("a: 'b\nc: d\n", ["YML028 1:4-1:5"]),
        ('a: "b\n', ["YML028 1:4-1:5"]),
        ("a: [b,\nc: d\n", ["YML029 1:4-1:5"]),
        ("a: {b: c\n", ["YML029 1:4-1:5"]),
    ],
)
def test_a_mistake_in_the_syntax_is_told_at_its_place(text: str, expected: list[str]) -> None:
    assert find_in_yaml(text) == expected


def test_both_places_of_a_duplicate_key_are_told() -> None:
    report = Report()
    parse_yaml(make_source("a: 1\nb:\n  c: 1\n  c: 2\n"), report)

    (finding,) = report.findings
    assert [related.span for related in finding.related] == [Span("f.yaml", 3, 3, 3, 4)]


def test_of_a_key_that_is_there_twice_the_first_counts() -> None:
    root = parse_yaml(make_source("a: 1\na: 2\n"), Report())

    assert root is not None
    assert to_data(root) == {"a": 1}


def test_reading_goes_on_after_what_leaves_the_rest_readable() -> None:
    text = "%YAML 1.2\n---\na: &x 1\nb: *x\nc: !!str 2\nc: 3\n[d]: 4\n<<: {e: 5}\n...\n---\nf: 6\n"

    assert [found[:6] for found in find_in_yaml(text)] == ["YML020", "YML014", "YML015", "YML016", "YML013", "YML023", "YML017", "YML019"]


@pytest.mark.long
def test_a_million_values_are_the_limit() -> None:
    text = "a: [" + "1," * 1_000_000 + "]\n"

    assert [found[:6] for found in find_in_yaml(text)] == ["YML022"]


@pytest.mark.parametrize("text", ["a: 'b\n", "a: [b\nc: d\n", "a: b: c\n", "a: @\n", "%FOO\n---\na: &b [c\n"])
def test_both_parsers_tell_a_mistake_in_the_same_words(text: str) -> None:
    fast, pure = Report(), Report()
    parse_yaml(make_source(text), fast)
    parse_yaml(make_source(text), pure, pure=True)

    assert fast.findings == pure.findings
