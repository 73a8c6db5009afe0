"""Random configurations of pfSense, in any white space: whoever writes such a file, the bytes that are not ours stay."""

from typing import Final

from hypothesis import strategies as st

_EMPTY_FORMS: Final = ("", "<{0}></{0}>", "<{0}/>", "<{0} />", "<{0}>\n\t</{0}>", "<{0}>{1}</{0}>", "<{0}><!-- {1} --></{0}>")
_TEXTS: Final = ("x", "a &amp; b", "<![CDATA[O&#039;Neil &lt;b&gt;]]>", "Zoë\n\tand more", "gatepost", "")
_OTHER: Final = "<{0}><tracker>{1}</tracker><interface>{2}</interface>{3}<descr>{4}</descr></{0}>"
OTHER_SITE: Final = (
    "<rule><tracker>2147000001</tracker><interface>wan</interface>"
    "<source><address>gatepost_other__crm</address></source><descr>gatepost other: x</descr></rule>"
)


@st.composite
def backups(draw: st.DrawFn) -> str:
    """A whole configuration, or one area of it."""
    gap = draw(_gaps())
    parts = [_aliases(draw, gap), _filter(draw, gap), f"<cert>{gap}<prv>{draw(st.sampled_from(_TEXTS))}</prv></cert>"]
    kind = draw(st.sampled_from(["all", "all", "aliases", "filter"]))
    head = draw(st.sampled_from(["", "\ufeff", "\n", '<?xml version="1.0"?>\n', '<?xml version="1.0" encoding="utf-8"?>']))
    tail = draw(st.sampled_from(["", "\n", "\n<!-- end -->\n"]))
    if kind != "all":
        chosen = parts[0 if kind == "aliases" else 1] or f"<{kind}>\n</{kind}>"
        text = head + chosen + tail
    else:
        inside = draw(st.permutations(parts))
        text = f"{head}<pfsense>{''.join(gap + part for part in inside)}{gap}</pfsense>{tail}"
    return text.replace("\n", "\r\n") if draw(st.booleans()) else text


@st.composite
def _gaps(draw: st.DrawFn) -> str:
    """White space between elements: that of one document is mostly the same."""
    return draw(st.sampled_from(["\n\t", "\n\t\t", "\n", "", " ", "\n\n  ", "\n  "]))


def _list(draw: st.DrawFn, name: str, items: list[str], usual: str) -> str:
    if not items:
        return draw(st.sampled_from(_EMPTY_FORMS)).format(name, usual)
    any_gap = st.sampled_from([usual, usual, usual, "", "\n\t\t", "\n", "<!-- c -->", f"{usual}<!-- c -->{usual}"])
    return f"<{name}>{''.join(draw(any_gap) + item for item in items)}{draw(any_gap)}</{name}>"


def _aliases(draw: st.DrawFn, gap: str) -> str:
    names = draw(st.lists(st.sampled_from(["office", "Ports", "gatepost_other__crm", "gatepost_acme2__x"]), unique=True, max_size=3))
    texts = st.sampled_from(_TEXTS)
    return _list(draw, "aliases", [f"<alias><name>{name}</name>{gap}<descr>{draw(texts)}</descr></alias>" for name in names], gap)


def _filter(draw: st.DrawFn, gap: str) -> str:
    count = draw(st.integers(0, 4))
    items = [_rule(draw, 1_690_000_000 + number) for number in range(count)]
    if draw(st.booleans()):
        items.insert(draw(st.integers(0, len(items))), OTHER_SITE)
    if draw(st.booleans()):
        bars = "".join(_bars(draw, interface, gap) for interface in ("wan", "lan", "floatingrules"))
        items.insert(draw(st.sampled_from([0, len(items)])), f"<separator>{bars}{gap}</separator>")
    return _list(draw, "filter", items, gap)


def _rule(draw: st.DrawFn, tracker: int) -> str:
    if draw(st.integers(0, 7)) == 0:
        return draw(st.sampled_from(["<rule/>", "<rule></rule>"]))
    interface = draw(st.sampled_from(["wan", "wan", "lan"]))
    return _OTHER.format(
        "rule", tracker, interface, draw(st.sampled_from(["", "", "<floating>yes</floating>"])), draw(st.sampled_from(_TEXTS))
    )


def _bars(draw: st.DrawFn, interface: str, gap: str) -> str:
    rows = draw(st.lists(st.integers(0, 6), max_size=2))
    inside = "".join(f"{gap}<sep{number}><row>fr{row}</row><text>t</text></sep{number}>" for number, row in enumerate(rows))
    return f"<{interface}>{inside}</{interface}>"


@st.composite
def versions(draw: st.DrawFn) -> tuple[str, str]:
    """What a version of the site `acme` wants: fragments for aliases and rules."""
    names = draw(st.lists(st.sampled_from(["SERVER", "crm", "TRUSTED", "PORTS_imaps"]), unique=True, min_size=1))
    address = draw(st.sampled_from(["192.0.2.1", "192.0.2.2"]))
    aliases = "".join(f"<alias>\n\t<name>gatepost_acme__{name}</name>\n\t<address>{address}</address>\n</alias>\n" for name in names)
    numbers = draw(st.lists(st.integers(2_000_000_000, 2_000_000_005), unique=True, min_size=1, max_size=4))
    interface = draw(st.sampled_from(["wan", "wan", "lan"]))
    rules = "".join(
        f"<rule>\n<tracker>{number}</tracker>\n<interface>{interface}</interface>\n<descr>gatepost acme: {number}</descr>\n</rule>\n"
        for number in numbers
    )
    return aliases, rules
