"""iptables' dumps: what is told about lines that aren't understood, and what single options mean."""

import json

import pytest

from generator.diagnostics import Report
from generator.net import Family, parse_prefix
from generator.net.runs import prefix_runs
from generator.readers.iptables import read_iptables
from generator.readers.judge import Question, judge, trace
from generator.readers.outside import Outside
from generator.readers.registry import Dump, read_host

HEAD = "*filter\n:INPUT DROP [0:0]\n"


def findings(text: str) -> list[str]:
    report = Report()
    read_iptables(text, "dump", Outside("eth0"), report)
    return [f"{finding.code} {finding.span}: {finding.message}" for finding in report.findings]


def fates(rule: str, *, source: str = "198.51.100.10", sets: str = "", interface: str = "eth0", port: int = 993) -> str:
    """What becomes of one address behind a single rule, where the rest is dropped."""
    ruleset = read_iptables(f"{HEAD}{rule}\nCOMMIT\n", "dump", Outside(interface), Report(), sets=sets)
    assert ruleset is not None
    family = Family.V6 if ":" in source else Family.V4
    (run,) = prefix_runs([parse_prefix(source)], family)
    (fate,) = (
        segment.entry
        for segment in judge(ruleset, Question(family, port))
        if any(one.first <= run.first <= one.last for one in segment.sources)
    )
    return fate.value


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("hello\n", ["AUD001 dump:1:1: this is not what iptables-save prints"]),
        (f"{HEAD}-A INPUT -m foo 'x\n", ["AUD001 dump:3:1: this line is not iptables-save's"]),
        (f"{HEAD}-I INPUT 1 -j DROP\n", ["AUD001 dump:3:1: `-I INPUT 1 -j DROP` is no line of iptables-save"]),
        (
            f"{HEAD}-A INPUT -j GEOBAN\n",
            ["AUD002 dump:3:1: the rule is not understood: `GEOBAN` is no chain of the dump, and no target that gatepost knows"],
        ),
        (f"{HEAD}-A INPUT -s example.org -j ACCEPT\n", ["AUD002 dump:3:1: the rule is not understood: `-s example.org`"]),
        (f"{HEAD}-A INPUT stray -j ACCEPT\n", ["AUD002 dump:3:1: the rule is not understood: `stray` belongs to no option"]),
        (f"{HEAD}-A INPUT -p tcp --dport https -j ACCEPT\n", ["AUD002 dump:3:1: the rule is not understood: `--dport https`"]),
        (f"{HEAD}-A INPUT -m mark --mark red -j ACCEPT\n", ["AUD002 dump:3:1: the rule is not understood: `-m mark --mark red`"]),
    ],
)
def test_what_is_not_understood_is_told_at_its_line(text: str, told: list[str]) -> None:
    assert findings(text) == told


@pytest.mark.parametrize(
    ("rule", "fate"),
    [
        ("-A INPUT -j ACCEPT", "open"),
        ("-A INPUT ! -i lo -j ACCEPT", "open"),
        ("-A INPUT -i eth+ -j ACCEPT", "open"),
        ("-A INPUT -i eth1 -j ACCEPT", "closed"),
        ("-A INPUT -s 198.51.100.0/255.255.255.0 -j ACCEPT", "open"),
        ("-A INPUT -p tcp --dport :1023 -j ACCEPT", "open"),
        ("-A INPUT -p tcp --dport 994: -j ACCEPT", "closed"),
        ("-A INPUT -p udp --dport 993 -j ACCEPT", "closed"),
        ("-A INPUT -m comment --comment '-j DROP' -j ACCEPT", "open"),
        ("-A INPUT -m conntrack --ctstate INVALID,UNTRACKED -j ACCEPT", "closed"),
        ("-A INPUT -m conntrack --ctstate DNAT -j ACCEPT", "closed"),
        ("-A INPUT -m conntrack ! --ctstate DNAT -j ACCEPT", "open"),
        ("-A INPUT -m addrtype --dst-type LOCAL,MULTICAST -j ACCEPT", "open"),
        ("-A INPUT -m addrtype --src-type LOCAL -j ACCEPT", "closed"),
        ("-A INPUT -m mark --mark 0x0/0xff -j ACCEPT", "open"),
        ("-A INPUT -m connmark --mark 0x1 -j ACCEPT", "closed"),
        ("-A INPUT -p tcp --sport 0 -j ACCEPT", "closed"),
        ("-A INPUT -p tcp --sport 53 -j ACCEPT", "unknown"),
        ("-A INPUT -m set --match-set gone src -j ACCEPT", "unknown"),
        ("-A INPUT -m set ! --match-set gone src -j ACCEPT", "unknown"),
        ("-A INPUT -m geoip --source-country DE -j ACCEPT", "unknown"),
        ("-A INPUT -m u32 --u32 0x0 -j ACCEPT", "unknown"),
        ("-A INPUT -m time --datestop 2020-01-01T00:00:00 -j ACCEPT", "unknown"),
        ("-A INPUT -m recent --rcheck --name bad --rsource -j ACCEPT", "unknown"),
        ("-A INPUT -m recent --rcheck --hitcount 4 --name bad --rsource -j ACCEPT", "closed"),
        ("-A INPUT -j NFQUEUE --queue-num 1", "unknown"),
        ("-A INPUT -m limit --limit 1/sec -j LOG", "closed"),
        ("-A INPUT -m limit --limit 1/sec -j ACCEPT", "unknown"),
        ("-A INPUT -j WHATEVER", "unknown"),
        ("-A INPUT -m time --timestop 07:00:00 -j ACCEPT", "unknown"),
        ("-A INPUT -m time --datestop 2038-01-19T03:14:07 -j ACCEPT", "open"),
        ("-A INPUT -m eui64 -j ACCEPT", "unknown"),
        ("-A INPUT -j TARPIT", "closed"),
        ("-A INPUT -m frag -s 198.51.100.0/24 -j ACCEPT", "unknown"),
        ("-A INPUT -p tcp -m tcp -j ACCEPT", "open"),
        ("-A INPUT -m connlimit --connlimit-upto 9 --connlimit-mask 32 --connlimit-saddr -j ACCEPT", "open"),
        ("-A INPUT -m connlimit --connlimit-upto 9 --connlimit-mask 0 --connlimit-saddr -j ACCEPT", "unknown"),
        ("-A INPUT -m connlimit --connlimit-upto 9 --connlimit-mask 32 --connlimit-daddr -j ACCEPT", "unknown"),
        ("-A INPUT -m hashlimit --hashlimit-upto 1/min --hashlimit-mode srcip,dstport --hashlimit-name x -j ACCEPT", "open"),
        ("-A INPUT -m hashlimit --hashlimit-upto 1/min --hashlimit-mode dstport --hashlimit-name x -j ACCEPT", "unknown"),
        ("-A INPUT -m hashlimit --hashlimit-upto 1/min --hashlimit-name x -j ACCEPT", "unknown"),
        (
            "-A INPUT -m hashlimit --hashlimit-upto 1/min --hashlimit-mode srcip --hashlimit-srcmask 0 --hashlimit-name x -j ACCEPT",
            "unknown",
        ),
        ("-A INPUT -m recent --rcheck --hitcount 4 --name bad --rdest -j ACCEPT", "unknown"),
        ("-A INPUT -j MARK --set-xmark 0x5\n-A INPUT -j CONNMARK --restore-mark\n-A INPUT -m mark --mark 0x0 -j ACCEPT", "open"),
        (
            "-A INPUT -j MARK --set-xmark 0x15\n-A INPUT -j CONNMARK --restore-mark --nfmask 0xf --ctmask 0xf\n"
            "-A INPUT -m mark --mark 0x10 -j ACCEPT",
            "open",
        ),
        ("-A INPUT -j SET --map-set gone src --map-mark\n-A INPUT -m mark --mark 0x0 -j ACCEPT", "unknown"),
    ],
)
def test_an_option_means_this_for_a_new_connection_from_outside(rule: str, fate: str) -> None:
    assert fates(rule) == fate


def test_an_interface_is_a_doubt_where_the_way_in_is_not_known() -> None:
    assert [fates(f"-A INPUT -i {name} -j ACCEPT", interface="") for name in ("lo", "eth0", "+")] == ["closed", "unknown", "open"]


def test_a_set_of_one_family_holds_no_address_of_the_other() -> None:
    sets = "create x hash:net family inet6\nadd x ::/0\n"

    assert fates("-A INPUT -m set --match-set x src -j ACCEPT", sets=sets) == "closed"
    assert fates("-A INPUT -m set ! --match-set x src -j ACCEPT", sets=sets) == "open"


@pytest.mark.parametrize("kind", ["hash:mac", "hash:ip,mark", "hash:net,iface", "hash:ip,port,net"])
def test_a_set_of_another_type_is_a_doubt(kind: str) -> None:
    assert fates("-A INPUT -m set --match-set x src -j ACCEPT", sets=f"create x {kind}\n") == "unknown"


@pytest.mark.parametrize(
    ("sets", "match", "fate"),
    [
        ("create x hash:ip family inet netmask 24\nadd x 198.51.100.0\n", "x src", "open"),
        ("create x bitmap:ip range 198.51.100.0-198.51.100.255 netmask 28\nadd x 198.51.100.0\n", "x src", "open"),
        ("create x bitmap:ip range 198.51.100.0-198.51.100.255 netmask 30\nadd x 198.51.100.0\n", "x src", "closed"),
        ("create x hash:ip family inet bitmask 255.0.255.0\nadd x 198.0.100.0\n", "x src", "unknown"),
        ("create x hash:ip,port family inet netmask 24\nadd x 198.51.100.0,tcp:993\n", "x src,dst", "unknown"),
        ("create x hash:ip,port family inet\nadd x 198.51.100.10,tcp:993\n", "x src,dst", "open"),
        ("create x hash:ip,port family inet\nadd x 198.51.100.10,tcp:993\n", "x src", "closed"),
        ("create y hash:ip,port\nadd y 198.51.100.10,tcp:993\ncreate x list:set\nadd x y\n", "x src", "closed"),
        ("create x hash:net family inet\nadd x 0.0.0.0/0\n", "x src --return-nomatch", "unknown"),
        ("create x bitmap:port range 0-65535\nadd x 0-65535\n", "x src", "unknown"),
        ("create x bitmap:port range 0-65535\nadd x 990-995\n", "x dst", "open"),
    ],
)
def test_a_set_means_what_the_kernel_finds_in_it(sets: str, match: str, fate: str) -> None:
    assert fates(f"-A INPUT -m set --match-set {match} -j ACCEPT", sets=sets) == fate


def test_a_set_that_rules_take_from_is_a_doubt() -> None:
    rules = "-A INPUT -p udp -j SET --del-set x src\n-A INPUT -m set --match-set x src -j ACCEPT"

    assert fates(rules, sets="create x hash:net family inet\nadd x 0.0.0.0/0\n") == "unknown"


def test_both_families_in_one_file_are_both_read() -> None:
    text = f"# Generated by iptables-save v1.8.9\n{HEAD}COMMIT\n# Generated by ip6tables-save v1.8.9\n{HEAD}-A INPUT -j WHAT\nCOMMIT\n"
    report = Report()
    ruleset = read_iptables(text, "dump", Outside(), report)

    assert ruleset is not None
    assert ruleset.families == (Family.V4, Family.V6)
    assert [str(finding.span) for finding in report.findings] == ["dump:8:1"]


NFT_HEAD = "# Generated by iptables-save v1.8.9 (nf_tables) on Mon\n"
LEGACY_HEAD = "# Generated by iptables-save v1.8.9 on Mon\n"
OPEN = "*filter\n:INPUT ACCEPT [0:0]\n:own - [0:0]\n-A INPUT -j own\n-A own -j ACCEPT\nCOMMIT\n"
BANS = OPEN.replace("own -j", "own -s 198.51.100.0/24 -j DROP\n-A own -j")


@pytest.mark.parametrize(
    "texts", [(NFT_HEAD + OPEN, LEGACY_HEAD + BANS), (LEGACY_HEAD + BANS, NFT_HEAD + OPEN), (NFT_HEAD + OPEN + LEGACY_HEAD + BANS,)]
)
def test_two_dumps_with_chains_of_one_name_must_both_let_a_packet_in(texts: tuple[str, ...]) -> None:
    ruleset = read_host([Dump(f"dump {number}", text) for number, text in enumerate(texts)], Outside(), Report())
    assert ruleset is not None

    assert [(one.entry.value, len(one.sources)) for one in judge(ruleset, Question(Family.V4, 25))] == [("open", 2), ("closed", 1)]


def test_mangle_is_asked_before_nat_translates() -> None:
    mangle = "*mangle\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -p tcp --dport 993 -j DROP\nCOMMIT\n"
    nat = "*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -p tcp --dport 993 -j REDIRECT --to-ports 1993\nCOMMIT\n"
    ruleset = read_host([Dump("dump", nat + mangle)], Outside(), Report())
    assert ruleset is not None

    assert [one.entry.value for one in judge(ruleset, Question(Family.V4, 993))] == ["closed"]


def test_one_dump_twice_is_one_dump() -> None:
    ruleset = read_host([Dump("one", NFT_HEAD + BANS), Dump("other", NFT_HEAD + BANS)], Outside(), Report())
    assert ruleset is not None

    assert [stage.name for stage in ruleset.stages] == ["filter INPUT of IPv4"]


@pytest.mark.parametrize(
    ("header", "entry"),
    [
        (NFT_HEAD, "open"),
        (LEGACY_HEAD, "closed"),
        ("# Generated by iptables-save v1.6.1 on Mon\n", "closed"),
        ("# Generated by xtables-save v1.8.2 on Mon\n", "open"),
        ("", "open"),
    ],
)
def test_a_table_of_nft_is_what_iptables_prints_of_it_unless_that_is_another_iptables(header: str, entry: str) -> None:
    chain = {"family": "ip", "table": "filter"}
    base = {"chain": {**chain, "name": "INPUT", "type": "filter", "hook": "input", "prio": 0, "policy": "drop"}}
    nft = json.dumps({"nftables": [base, {"chain": {**chain, "name": "own"}}]})
    ruleset = read_host([Dump("nft", nft), Dump("iptables", header + OPEN)], Outside(), Report())
    assert ruleset is not None

    assert [one.entry.value for one in judge(ruleset, Question(Family.V4, 25))] == [entry]


def test_the_rule_that_decided_is_named_with_its_line() -> None:
    text = f"{HEAD}:f2b - [0:0]\n-A INPUT -p tcp -j f2b\n-A INPUT -s 198.51.100.0/24 -j ACCEPT\n-A f2b -s 198.51.100.7 -j DROP\nCOMMIT\n"
    ruleset = read_iptables(text, "dump", Outside(), Report())
    assert ruleset is not None

    decided = {
        (segment.entry.value, rule.line, rule.text) for segment in trace(ruleset, Question(Family.V4, 25)) for rule in segment.deciders
    }

    assert decided == {
        ("open", 5, "-A INPUT -s 198.51.100.0/24 -j ACCEPT"),
        ("closed", 6, "-A f2b -s 198.51.100.7 -j DROP"),
        ("closed", 0, "policy of `filter INPUT of IPv4`: drop"),
    }


def test_what_is_no_dump_is_told_by_the_host() -> None:
    report = Report()

    assert read_host([Dump("notes.txt", "call the boss\n")], Outside(), report) is None
    assert [finding.message for finding in report.findings] == ["what this file is can't be told"]


def test_sets_alone_let_nobody_in() -> None:
    report = Report()

    assert read_host([Dump("sets", "create x hash:net family inet\n")], Outside(), report) is None
    assert [finding.message for finding in report.findings] == ["sets alone let nobody in"]
