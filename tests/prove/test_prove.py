"""`gatepost prove` says yes to what `render` writes, and names each fault that somebody could put into it."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.prove.sites import SITE, failures, lies, tampered, write
from tests.support.cli import gatepost


@pytest.mark.parametrize("rights", [[], ["--rootless"]], ids=["root", "nobody"])
@pytest.mark.parametrize(
    "options",
    ["nftables: {}", "iptables: {layout: plain}", "iptables: {layout: ipset}", "nftables: {refuse: reject, connection_limit: 5}"],
)
def test_what_render_writes_is_proved(folder: Path, options: str, rights: list[str]) -> None:
    write(folder, options)

    result = gatepost("prove", "acme.yaml", "-t", options.partition(":")[0], *rights)

    assert (failures(result), lies(result), result.status) == ([], [], 0)


@pytest.mark.parametrize(
    "options", ["interface: [eth7]", "hook: prerouting", 'destination: [192.0.2.99, "2001:db8:9::9"]', "host_table: inet mine"]
)
def test_rules_that_look_at_a_part_of_the_packets_are_proved_there(folder: Path, options: str) -> None:
    write(folder, f"nftables: {{{options}}}")

    result = gatepost("prove", "acme.yaml")

    assert (failures(result), lies(result), result.status) == ([], [], 0)


def test_one_bit_too_wide_is_seen(folder: Path) -> None:
    result = tampered(folder, "nftables", "guard.nft", "203.0.113.16/28", "203.0.113.0/27")

    assert "203.0.113.15 to 993 (imaps) must not get in, and was accepted" in lies(result)
    assert result.status == 1


def test_one_bit_too_narrow_is_seen(folder: Path) -> None:
    result = tampered(folder, "nftables", "guard.nft", "203.0.113.16/28", "203.0.113.16/29")

    assert "203.0.113.31 to 993 (imaps) must get in (acme/hubspot/imaps/v4), and was dropped" in lies(result)
    assert result.status == 1


def test_a_forgotten_ipv6_is_named(folder: Path) -> None:
    write(folder, "iptables: {layout: plain}")

    result = tampered(folder, "iptables", "v6.rules", "-s 2001:db8:100::/56", "-s 2001:db8:f00::/56")

    assert "no connection gets in that acme/hubspot/imaps/v6 lets in" in lies(result)
    assert result.status == 1


def test_a_missing_port_is_named(folder: Path) -> None:
    write(folder, "nftables: {layouts: [include]}")

    result = tampered(folder, "nftables", "include.nft", "tcp dport 587 ", "tcp dport 588 ")

    assert "no connection gets in to port 587 (submission)" in lies(result)
    assert result.status == 1


def test_a_port_that_stays_open_to_the_world_is_seen(folder: Path) -> None:
    write(folder, "iptables: {layout: plain}")

    result = tampered(folder, "iptables", "v4.rules", 'neither connector nor trusted" -j DROP', 'neither connector nor trusted" -j RETURN')

    assert any(lie.startswith("10.0.0.1 to ") and lie.endswith("must not get in, and was accepted") for lie in lies(result))
    assert result.status == 1


def test_a_clobbered_foreign_table_is_named(folder: Path) -> None:
    result = tampered(folder, "nftables", "guard.nft", "#!/usr/sbin/nft -f\n", "#!/usr/sbin/nft -f\nflush ruleset\n")

    assert any(failure.startswith("the rules of others are as they were: gone: ") and "others" in failure for failure in failures(result))
    assert result.status == 1


def test_rules_that_do_not_load_are_told_in_the_programs_own_words(folder: Path) -> None:
    result = tampered(folder, "nftables", "guard.nft", "203.0.113.16/28", "203.0.113.16/33")

    assert [failure for failure in failures(result) if failure.startswith("the rules load: `sh guard-apply.sh` ended with 1: ")]
    assert result.status == 1


def test_what_was_sent_and_what_came_back_is_there_for_machines(folder: Path) -> None:
    document: dict[str, Any] = json.loads(gatepost("prove", "acme.yaml", "--format", "json").out)
    probes = [probe for proof in document["proofs"] for probe in proof["probes"]]

    assert (document["schema"], document["holds"]) == ("gatepost.prove/1", True)
    assert {
        "source": "203.0.113.16",
        "port": 993,
        "service": "imaps",
        "rule": "acme/hubspot/imaps/v4",
        "expected": "accepted",
        "met": "accepted",
        "holds": True,
    } in probes


def test_both_families_are_tried_on_every_edge(folder: Path) -> None:
    document: dict[str, Any] = json.loads(gatepost("prove", "acme.yaml", "--format", "json").out)
    tried = {(probe["source"], probe["port"]) for probe in document["proofs"][0]["probes"]}

    edges = ("203.0.113.15", "203.0.113.16", "203.0.113.31", "203.0.113.32")
    edges6 = ("2001:db8:ff:ffff:ffff:ffff:ffff:ffff", "2001:db8:100::", "2001:db8:100:ff:ffff:ffff:ffff:ffff", "2001:db8:100:100::")
    assert {(edge, port) for edge in (*edges, *edges6) for port in (586, 587, 588, 992, 993, 994)} <= tried


def test_a_list_that_takes_root_is_said_to(folder: Path) -> None:
    (folder / "long.txt").write_text("".join(f"10.{n // 64}.{n % 64 * 4}.0/24\n" for n in range(5001)), encoding="utf-8")
    (folder / "acme.yaml").write_text(
        SITE.replace('    networks: [198.51.100.10, 203.0.113.16/28, "2001:db8:100::/56"]', "    networks_file: long.txt"), encoding="utf-8"
    )

    result = gatepost("prove", "acme.yaml", "--rootless")

    assert result.status == 3
    assert "a list of 5001 prefixes takes root to load: an ordinary user's limit is about 5000" in result.err


def test_two_files_of_one_name_are_a_finding(folder: Path) -> None:
    for name in ("one", "two"):
        (folder / name).mkdir()
        (folder / name / "guard.nft").write_text("", encoding="utf-8")

    result = gatepost("prove", "acme.yaml", "--artifact", "one/guard.nft", "--artifact", "two/guard.nft")

    assert (result.status, "error[PRV001]: another file is called `guard.nft` too" in result.err) == (1, True)


def test_a_file_of_no_rendered_name_is_a_finding(folder: Path) -> None:
    (folder / "other.nft").write_text("", encoding="utf-8")

    result = gatepost("prove", "acme.yaml", "--artifact", "other.nft")

    assert result.status == 1
    assert "error[PRV001]: no file of this target is called `other.nft`" in result.err


def test_a_target_that_nothing_here_can_load_is_a_wrong_command_line(folder: Path) -> None:
    result = gatepost("prove", "acme.yaml", "-t", "aws-cli")

    assert result.status == 2
    assert "only these can be loaded here: nftables, iptables" in result.err
