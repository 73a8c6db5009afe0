"""Options of a target: typed, merged with defaults, each with the place it came from. The exact messages are in tests/diagnostics."""

import pytest

from generator.diagnostics import Report, Span
from generator.targets.options import Options, check_target_names, resolve_options
from tests.support.targets import shipped_target, site_document


def resolve(text: str, target: str = "nftables") -> tuple[Options, list[str]]:
    report = Report()
    options = resolve_options(shipped_target(target), site_document(text, target), report)
    return options, [finding.code for finding in report.findings]


def test_a_site_that_says_nothing_gets_the_defaults() -> None:
    options, codes = resolve("")

    assert codes == []
    assert dict(options.values) == {
        "layouts": ("guard", "include"),
        "hook": "input",
        "interface": (),
        "destination": ("any",),
        "connection_limit": None,
        "refuse": "drop",
        "log": False,
        "counters": False,
        "host_table": "inet filter",
    }


def test_every_kind_of_option_is_read() -> None:
    options, codes = resolve("{log: true, connection_limit: 40, hook: prerouting, host_table: inet fw, interface: [eth0]}")

    assert codes == []
    assert (options.flag("log"), options.number("connection_limit"), options.text("hook")) == (True, 40, "prerouting")
    assert (options.text("host_table"), options.texts("interface")) == ("inet fw", ("eth0",))


def test_a_single_value_is_a_list_of_one() -> None:
    options, codes = resolve("{interface: eth0, destination: server}")

    assert codes == []
    assert (options.texts("interface"), options.texts("destination")) == (("eth0",), ("server",))


def test_networks_become_canonical_and_each_is_there_once() -> None:
    options, codes = resolve("{destination: ['2001:DB8::0:25', 192.0.2.25, 192.0.2.25/32]}")

    assert codes == []
    assert options.texts("destination") == ("2001:db8::25/128", "192.0.2.25/32")


def test_a_bad_value_gives_way_to_the_default() -> None:
    options, codes = resolve("{hook: output, interface: [eth0, 'eth 1']}")

    assert codes == ["TGT011", "TGT011"]
    assert (options.text("hook"), options.texts("interface")) == ("input", ())


def test_every_bad_item_of_a_list_is_told() -> None:
    _, codes = resolve("{interface: [7, true, 'a b', eth0]}")

    assert codes == ["TGT011"] * 3


@pytest.mark.parametrize("target", ["nftables", "iptables"])
@pytest.mark.parametrize("name", ["eth0:1", "eth0.100@eth0", "lo", "abcdefghijklmnop", "-i", "eth0/1", 'eth0"', "eth0;", "$x"])
def test_an_interface_that_the_kernel_never_names_or_that_is_never_looked_at_is_told(target: str, name: str) -> None:
    """The kernel knows no alias; `ip link` shows what lies below a VLAN after its name; loopback is let through before."""
    _, codes = resolve(f"{{interface: [{name!r}]}}", target)

    assert codes == ["TGT011"]


@pytest.mark.parametrize("target", ["nftables", "iptables"])
@pytest.mark.parametrize("name", ["eth0", "lo0", "br-1a2b3c", "eth0.100", "wlp2s0_5", "abcdefghijklmno"])
def test_an_interface_as_the_kernel_names_it_is_taken(target: str, name: str) -> None:
    options, codes = resolve(f"{{interface: [{name}]}}", target)

    assert (options.texts("interface"), codes) == ((name,), [])


@pytest.mark.parametrize("table", ["inet gatepost_acme", "inet gatepost_x", "ip filter", "inet filter; flush ruleset", "inet a b"])
def test_the_hosts_table_is_none_of_ours_and_of_the_family_inet(table: str) -> None:
    _, codes = resolve(f"{{host_table: {table!r}}}")

    assert codes == ["TGT011"]


def test_a_value_knows_its_place_and_a_default_where_the_site_names_the_target() -> None:
    options, _ = resolve("{connection_limit: 40}")

    assert options.spans["connection_limit"] == Span("site.yaml", 6, 32, 6, 34)
    assert options.spans["hook"] == Span("site.yaml", 6, 3, 6, 11)


def test_a_default_of_a_target_that_the_site_does_not_name_has_its_place_in_the_manifest() -> None:
    options, _ = resolve("")

    assert options.spans["hook"].path == "builtin/templates/nftables/target.yaml"


def test_options_of_other_targets_are_not_looked_at() -> None:
    report = Report()
    resolve_options(shipped_target(), site_document("{nonsense: 1}", "iptables"), report)

    assert report.findings == ()


def test_a_target_that_nobody_has_is_told() -> None:
    report = Report()

    check_target_names(site_document("{}", "nftable"), ("iptables", "nftables"), report)

    assert [finding.code for finding in report.findings] == ["TGT003"]
