"""Documents with mistakes: texts that were edited carelessly, and data in which one thing is wrong."""

import json
from typing import Any

from hypothesis import strategies as st

from generator.source import to_data
from tests.support.documents import CONNECTOR, SITE, read_root

SNIPPETS = (
    *(
        " ",
        "\n",
        "\t",
        "-",
        "?",
        ":",
        "[",
        "]",
        "{",
        "}",
        ",",
        "&",
        "*",
        "!",
        "|",
        ">",
        "'",
        '"',
        "%",
        "@",
        "`",
        "#",
        "\\",
        "~",
        "=",
        "<",
        "é",
        "😀",
    ),
    *(
        "\n  ",
        "\n- ",
        ": ",
        "- ",
        " #",
        "---",
        "...",
        "\n---\n",
        "<<: ",
        "!!str ",
        "&a ",
        "*a",
        "\\x00",
        "\\u202e",
        "\\ud800",
        "\\U00110000",
        "'",
        '"',
    ),
    *(
        "|\n  ",
        ">-\n  ",
        "|#",
        "%YAML 1.1\n",
        "? ",
        "null",
        "true",
        "::1",
        "2001:db8::",
        "25:30",
        "1_000",
        "{{ x }}",
        "[" * 60,
        "'" * 3,
        "name: x\n",
    ),
)

Edit = tuple[str, int, int, str]
EDITS = st.lists(
    st.tuples(st.sampled_from(["insert", "delete", "copy"]), st.integers(0, 3000), st.integers(1, 40), st.sampled_from(SNIPPETS)),
    min_size=1,
    max_size=6,
)


def edit(text: str, edits: list[Edit]) -> str:
    for kind, place, length, snippet in edits:
        place %= len(text) + 1
        if kind == "insert":
            text = text[:place] + snippet + text[place:]
        elif kind == "delete":
            text = text[:place] + text[place + length :]
        else:
            text = text[:place] + text[length : 2 * length] + text[place:]
    return text


def edited(base: str) -> st.SearchStrategy[str]:
    """The text with a few careless edits."""
    return EDITS.map(lambda edits: edit(base, edits))


def garbage() -> st.SearchStrategy[str]:
    """Text that was never a document, of the characters that mean something in YAML."""
    printable = st.characters(exclude_categories=["Cc", "Cf", "Cn", "Cs", "Zl", "Zp"])  # the others never get past `read_source`
    return st.lists(st.sampled_from(SNIPPETS) | st.text(printable, max_size=3), max_size=25).map("".join)


WORDS = st.sampled_from(
    ["", "x", "eu", "imaps", "Not A Slug", "a\nb", "a\u202eb", "tcp", "none", "allowlist", "2027-06-30", "2027-13-40", "993", "true"]
)
VALUES = st.recursive(
    WORDS | st.sampled_from([0, 1, -1, 993, 65536, 10**17, True, False, None]),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["network", "mode", "x", "policy", "use"]), inner, max_size=2)
    ),
    max_leaves=4,
)
KEYS = st.sampled_from(
    ["networks", "network", "note", "kind", "name", "x", "use", "from", "from_", "Bad Key", "exclusive", "source", "<<", "1"]
)


def as_data(document: str) -> Any:
    """A document without mistakes as plain values that can be changed."""
    return json.loads(json.dumps(to_data(read_root(document))))


@st.composite
def damaged(draw: st.DrawFn, base: str) -> str:
    """The document as JSON (which is YAML), with a few keys or items dropped, added or of another type."""
    data = as_data(base)
    for _ in range(draw(st.integers(1, 3))):
        _damage(draw, data)
    return json.dumps(data, ensure_ascii=False)


def _damage(draw: st.DrawFn, data: Any) -> None:
    place = draw(st.sampled_from(containers(data)))
    where = draw(st.sampled_from(list(place) if isinstance(place, dict) else list(range(len(place))))) if place else None
    kind = draw(st.sampled_from(["drop", "add", "replace"]))
    if kind == "add" or where is None:
        if isinstance(place, dict):
            place[draw(KEYS)] = draw(VALUES)
        else:
            place.append(draw(VALUES))
    elif kind == "drop":
        del place[where]
    else:
        place[where] = draw(VALUES)


def containers(data: Any) -> list[Any]:
    """The value itself and every list and mapping in it."""
    inner = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    found = [place for value in inner for place in containers(value)]
    return [data, *found] if isinstance(data, dict | list) else found


DOCUMENTS = {"site": SITE, "connector": CONNECTOR}
