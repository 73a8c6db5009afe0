"""One rule of iptables as rules of the model: what its options match, and its target."""

from collections.abc import Sequence
from typing import Final

from generator.readers.iptables_matches import join_within, joined, meet
from generator.readers.iptables_words import NotUnderstoodError, Option, Setting, read_destination, read_mark, read_options
from generator.readers.model import UNTRACKED, Act, Mark, Match, Rule
from generator.readers.outside import doubt, find_path

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
    before, target = join_within(_count_twice(options[:split])), options[split:]
    matches = [Match(family=setting.family)]
    for option in before:
        matches = [met for match in matches for met in meet(match, option, setting)]
    limit = next((f"{option.values[0]} connections" for option in before if option.name in _LIMITS and option.values), "")
    comment = next((option.values[0] for option in before if option.name == "--comment" and option.values), "")
    return [rule._replace(limit=limit, comment=comment) for match in matches for rule in _verdicts(match, target, setting)]


_TARGET: Final = ("-j", "-g", "--jump", "--goto")
_LIMITS: Final = ("--connlimit-above", "--connlimit-upto", "--hashlimit-above", "--hashlimit-upto")


def _count_twice(options: Sequence[Option]) -> list[Option]:
    """`-m recent --update --hitcount 6` is another way to say `above a limit`: a first connection isn't."""
    hits = next((option.values[0] for option in options if option.name == "--hitcount" and option.values), "")
    if not hits.isdecimal() or int(hits) < 2:
        return list(options)
    return [
        Option("--connlimit-above", (hits,), option.inverted, "connlimit") if option.name in ("--rcheck", "--update") else option
        for option in options
    ]


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
        return [Rule(match, Act.MARK, mark=Mark(None))] if setting.saves_marks else []
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
    return [Rule(match, Act.REDIRECT, path, number, destination=destination)]


def _elsewhere(match: Match, words: str) -> list[Rule]:
    """A packet that goes a way which can't be followed from here."""
    return [Rule(doubt(match, words), Act.REDIRECT, "elsewhere")]
