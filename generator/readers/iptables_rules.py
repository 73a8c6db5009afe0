"""One rule of iptables as rules of the model: what its options match, and its target."""

from collections.abc import Sequence
from typing import Final

from generator.readers.iptables_matches import SHARED, join_within, joined, meet
from generator.readers.iptables_words import NotUnderstoodError, Option, Setting, read_destination, read_mark, read_options
from generator.readers.model import UNTRACKED, Act, Mark, Match, Rule
from generator.readers.outside import describe_loopback, doubt, find_path

_VERDICTS: Final = {"ACCEPT": Act.ACCEPT, "DROP": Act.DENY, "REJECT": Act.DENY, "TARPIT": Act.DENY, "RETURN": Act.RETURN}
PASSING: Final = frozenset(
    {"LOG", "NFLOG", "ULOG", "TCPMSS", "CHECKSUM", "TRACE", "DSCP", "TOS", "TTL", "HL", "ECN", "CLASSIFY", "AUDIT", "SECMARK"}
    | {"CONNSECMARK", "MASQUERADE", "SNAT", "TEE", "RATEEST", "IDLETIMER", "LED", "TCPOPTSTRIP"}
)
_ELSEWHERE: Final = frozenset({"NFQUEUE", "QUEUE", "TPROXY", "SYNPROXY", "NETMAP"})
KNOWN_TARGETS: Final = PASSING | _ELSEWHERE | frozenset(_VERDICTS) | {"DNAT", "REDIRECT", "MARK", "CONNMARK", "CT", "NOTRACK", "SET"}


def read_rule(words: Sequence[str], setting: Setting) -> list[Rule]:
    """The rules of the model for the words behind `-A CHAIN`.

    Raises:
        NotUnderstoodError: the words are not what iptables-save prints.
    """
    options = list(read_options(words))
    split = next((position for position, option in enumerate(options) if option.name in _TARGET), len(options))
    conditions = _count_together(_count_twice(_reverse(options[:split])))
    before, target = join_within(conditions), options[split:]
    matches = [Match(family=setting.family)]
    for option in before:
        matches = [met for match in matches for met in meet(match, option, setting)]
    limit = next((f"{option.values[0]} connections" for option in before if option.name in _LIMITS and option.values), "")
    comment = next((option.values[0] for option in before if option.name == "--comment" and option.values), "")
    return [rule._replace(limit=limit, comment=comment) for match in matches for rule in _verdicts(match, target, setting)]


_TARGET: Final = ("-j", "-g", "--jump", "--goto")
_APART: Final = ("--connlimit-mask", "--hashlimit-mode", "--hashlimit-srcmask")
_LIMITS: Final = ("--connlimit-above", "--connlimit-upto", "--hashlimit-above", "--hashlimit-upto")


def _count_twice(options: Sequence[Option]) -> list[Option]:
    """`-m recent --update --hitcount 6` is another way to say `above a limit`: a first connection isn't."""
    hits = next((option.values[0] for option in options if option.name == "--hitcount" and option.values), "")
    if not hits.isdecimal() or int(hits) < 2 or any(option.name == "--rdest" for option in options):
        return list(options)
    return [
        Option("--connlimit-above", (hits,), option.inverted, "connlimit") if option.name in ("--rcheck", "--update") else option
        for option in options
    ]


def _count_together(options: Sequence[Option]) -> list[Option]:
    """A limit that sources share is marked as one: others may have used it up before a first connection."""
    said = {option.name: option.value for option in options if option.name in _APART}
    together = {
        "connlimit": any(option.name == "--connlimit-daddr" for option in options) or said.get("--connlimit-mask") == "0",
        "hashlimit": "srcip" not in said.get("--hashlimit-mode", "").split(",") or said.get("--hashlimit-srcmask") == "0",
    }
    return [
        option._replace(values=(*option.values, SHARED)) if option.name in _LIMITS and together.get(option.module) else option
        for option in options
    ]


def _reverse(options: Sequence[Option]) -> list[Option]:
    """`--return-nomatch` behind a set stands beside its name."""
    found: list[Option] = []
    for option in options:
        if option.name == "--return-nomatch" and found and found[-1].name == "--match-set":
            found[-1] = found[-1]._replace(values=(*found[-1].values, option.name))
        else:
            found.append(option)
    return found


def _verdicts(match: Match, target: Sequence[Option], setting: Setting) -> list[Rule]:
    if not target:
        return []
    name, options = target[0].value, {option.name: option for option in target[1:]}
    if target[0].name in ("-g", "--goto"):
        return [Rule(match, Act.GOTO, name)]
    if name in _VERDICTS:
        return [Rule(match, _VERDICTS[name])]
    if name in PASSING:
        return []
    if name in ("MARK", "CONNMARK", "CT", "NOTRACK", "SET"):
        return _note(name, match, options, setting)
    if name in ("DNAT", "REDIRECT"):
        return _translate(name, match, options, setting)
    if name in _ELSEWHERE:
        return _elsewhere(match, f"{name} hands the packet on")
    return [Rule(match, Act.JUMP, name)]


def _note(name: str, match: Match, options: dict[str, Option], setting: Setting) -> list[Rule]:
    """Targets that change what later rules match, and let the packet go on."""
    if name == "NOTRACK" or "--notrack" in options:
        return [Rule(match, Act.NOTE, UNTRACKED)]
    if name == "SET" and "--add-set" in options:
        return [Rule(match, Act.NOTE, joined(options["--add-set"].values[0]))]
    if name == "CONNMARK" and "--restore-mark" in options:
        # A new connection's own mark is 0, unless a rule gave it one.
        mask = read_mark(options["--nfmask"]).value if "--nfmask" in options else None
        restored = Mark(0, 0xFFFFFFFF if mask is None else mask)
        return [Rule(match, Act.MARK, mark=Mark(None) if setting.saves_marks else restored)]
    if name == "SET" and "--map-mark" in options:
        return [Rule(match, Act.MARK, mark=Mark(None))]
    given = options.get("--set-xmark") or options.get("--set-mark")
    if name != "MARK" or given is None:
        return []
    mark = read_mark(given)
    return [Rule(match, Act.MARK, mark=mark if (mark.value or 0) & ~mark.mask == 0 else Mark(None))]


def _translate(name: str, match: Match, options: dict[str, Option], setting: Setting) -> list[Rule]:
    """DNAT and REDIRECT: on to another port of this host, or to another address."""
    given = options.get("--to-destination") or options.get("--to-ports")
    text = given.value if given else ""
    try:
        destination, port = (None, text) if name == "REDIRECT" else read_destination(text)
        number = int(port) if port else None
    except (NotUnderstoodError, ValueError):
        return _elsewhere(match, f"{name} to {text}")
    path = "input" if name == "REDIRECT" else "" if destination is None else find_path(destination, setting.family, setting.outside)
    match = doubt(match, *(() if destination is None else describe_loopback(destination, setting.family)))
    return [Rule(match, Act.REDIRECT, path, number, destination=destination)]


def _elsewhere(match: Match, words: str) -> list[Rule]:
    """A packet that goes a way which can't be followed from here."""
    return [Rule(doubt(match, words), Act.REDIRECT, "elsewhere")]
