"""Two sites in one backup: refused where both decide about one address and port, told where the backup does not show it."""

import pytest

from tests.support.backups import OPNSENSE, PFSENSE, area, codes_of, merged_text

RULE = {
    "pfsense": (
        "<rule>\n<tracker>{number}</tracker>\n<type>{action}</type>\n<interface>{interface}</interface>\n"
        "<destination>\n<address>gatepost_{name}__SERVER</address>\n<port>gatepost_{name}__PORTS</port>\n</destination>\n"
        "<descr>gatepost {site}: x</descr>\n</rule>\n"
    ),
    "opnsense": (
        '<rule uuid="00000000-0000-4000-9000-00{number}">\n<action>{action}</action>\n'
        "<sequence>1</sequence>\n<interface>{interface}</interface>\n"
        "<destination_net>gatepost_{name}__SERVER</destination_net>\n<destination_port>gatepost_{name}__PORTS</destination_port>\n"
        "<description>gatepost {site}: x</description>\n</rule>\n"
    ),
}
ALIAS = {
    "pfsense": "<alias>\n<name>gatepost_{name}__{part}</name>\n<address>{entries}</address>\n<descr>gatepost</descr>\n</alias>\n",
    "opnsense": '<alias uuid="{part}-{name}">\n<name>gatepost_{name}__{part}</name>\n<content>{entries}</content>\n</alias>\n',
}
TEXTS = {"pfsense": PFSENSE.replace("</wan>\n\t\t<lan>", "</wan>\n\t\t<opt1>\n\t\t</opt1>\n\t\t<lan>"), "opnsense": OPNSENSE}


def fragments(
    product: str,
    site: str,
    *,
    server: str = "10.20.0.25 2001:db8:a::25",
    ports: str = "143 993",
    action: str = "block",
    interface: str = "wan",
) -> tuple[str, str]:
    """What a site wants: one rule about some ports of a server."""
    name, number = site.replace("-", "_"), {"acme": 2_000_000_001, "other": 2_000_000_009}[site]
    separator = " " if product == "pfsense" else "\n"
    parts = {"SERVER": server.replace(" ", separator), "PORTS": ports.replace(" ", separator)}
    aliases = "".join(ALIAS[product].format(name=name, part=part, entries=entries) for part, entries in parts.items())
    return aliases, RULE[product].format(number=number, action=action, interface=interface, name=name, site=site)


def found_beside(product: str, **other: str) -> list[str]:
    """The codes of merging `acme` beside another site."""
    text = merged_text(TEXTS[product], product, fragments(product, "other", **other), site="other")
    return [code.partition(" ")[0] for code in codes_of(text, product, fragments(product, "acme"))]


@pytest.mark.parametrize("product", ["pfsense", "opnsense"])
@pytest.mark.parametrize(
    "other", [{}, {"action": "pass"}, {"ports": "500:600 100:150"}, {"server": "10.20.0.0/24"}, {"server": "2001:db8:a::/48"}]
)
def test_two_sites_about_one_address_and_port_are_refused(product: str, other: dict[str, str]) -> None:
    assert found_beside(product, **other) == ["PLN060"]


@pytest.mark.parametrize("product", ["pfsense", "opnsense"])
@pytest.mark.parametrize("other", [{"ports": "25 144:992"}, {"server": "10.20.0.26 2001:db8:b::25"}])
def test_two_sites_about_different_ones_live_side_by_side(product: str, other: dict[str, str]) -> None:
    assert found_beside(product, **other) == []


def test_two_sites_on_different_interfaces_live_side_by_side() -> None:
    assert found_beside("pfsense", interface="opt1") == []


def test_two_sites_that_only_open_live_side_by_side() -> None:
    text = merged_text(PFSENSE, "pfsense", fragments("pfsense", "other", action="pass"), site="other")

    assert codes_of(text, "pfsense", fragments("pfsense", "acme", action="pass")) == []


def test_what_the_backup_does_not_show_is_told() -> None:
    text = area(merged_text(PFSENSE, "pfsense", fragments("pfsense", "other"), site="other"), "filter")

    assert [code.partition(" ")[0] for code in codes_of(text, "pfsense", fragments("pfsense", "acme"))] == ["TGT152"]
    assert found_beside("pfsense", server="mail.example.org") == ["TGT152"]


@pytest.mark.parametrize(("members", "told"), [("wan opt1", True), ("opt1,wan", True), ("opt1 opt2", False)])
def test_rules_of_a_group_with_our_interface_are_told(members: str, told: bool) -> None:
    groups = f"\t<ifgroups>\n<ifgroupentry><members>{members}</members><ifname>Outside</ifname></ifgroupentry>\n\t</ifgroups>\n\t<filter>\n"
    rule = "\t\t<rule>\n\t\t\t<interface>Outside</interface>\n\t\t</rule>\n"

    found = codes_of(PFSENSE.replace("\t<filter>\n", groups + rule), "pfsense")

    assert [code.partition(" ")[0] for code in found] == (["TGT156"] if told else [])
