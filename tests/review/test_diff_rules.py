"""`gatepost diff` with rules: rendered folders, single files, dumps of other people's firewalls."""

import json
from pathlib import Path

import pytest

from tests.review.diffing import DUMP, IMAPS, NETWORK, folder, render
from tests.support.cli import SITE, gatepost

__all__ = ["folder"]

TARGETS = ("nftables", "iptables", "aws-cli", "aws-cloudformation", "postfix")


def dumped(old: str, new: str, *options: str) -> str:
    """What `diff` prints about the dump with one text in the place of another, without its first two lines."""
    assert old in DUMP
    Path("new.rules").write_text(DUMP.replace(old, new), encoding="utf-8")
    return gatepost("diff", "old.rules", "new.rules", *options).out.partition("new.rules\n")[2]


@pytest.mark.parametrize("target", TARGETS)
def test_rendered_files_say_what_their_site_says(target: str, folder: Path) -> None:
    render(SITE, "out", target)

    assert gatepost("diff", "acme.yaml", "out").out == "old  acme.yaml\nnew  out\nsame: the same addresses get in\n"


def test_a_folder_says_what_changed_once_for_all_files_that_agree(folder: Path) -> None:
    render(SITE, "old", *TARGETS[1:3])
    render(SITE.replace(NETWORK, "      - 203.0.113.0/27\n"), "new", *TARGETS[1:3])

    assert gatepost("diff", "old", "new").out == (
        "old  old\n"
        "new  new\n"
        "wider: more addresses get in\n"
        "\n"
        "+ crm gets in now\n"
        "    to    imap (tcp 143), submissions (tcp 465), imaps (tcp 993)\n"
        "    from  IPv4, 1 prefix, 16 addresses\n"
        "          203.0.113.16/28\n"
    )


def test_one_bit_wrong_in_one_file_is_found_and_the_file_named(folder: Path) -> None:
    render(SITE, "out", "nftables", "iptables")
    rules = Path("out/acme/iptables/v4.rules")
    rules.write_text(rules.read_text().replace("-s 203.0.113.0/28", "-s 203.0.113.0/27"), encoding="utf-8")

    printed = gatepost("diff", "acme.yaml", "out").out

    assert "\nwider: more addresses get in\n" in printed
    assert "          203.0.113.16/28\n    in    acme/iptables\n" in printed


def test_a_port_that_a_file_does_not_close_is_found(folder: Path) -> None:
    render(SITE, "out", "nftables")
    guard = Path("out/acme/nftables/guard.nft")
    guard.write_text(guard.read_text().replace("tcp dport 143 goto imap\n", "\n"), encoding="utf-8")

    printed = gatepost("diff", "acme.yaml", "out").out

    assert "everybody but these is no longer kept out; left as the host has it\n    to    imap (tcp 143)\n" in printed


def test_a_public_port_that_rules_which_open_leave_out_is_found(folder: Path) -> None:
    render(
        SITE.replace("  submission: public\n", "").replace("    mailboxes", "    services: [imap, imaps, submissions]\n    mailboxes"),
        "out",
        "iptables",
    )

    printed = gatepost("diff", "acme.yaml", "out").out

    assert (
        "\nnarrower: fewer addresses get in\n\n- crm is no longer let in; left as the host has it\n    to    submission (tcp 587)\n"
        in printed
    )


def test_a_family_that_is_forgotten_is_found(folder: Path) -> None:
    render(SITE, "out", "iptables")
    Path("out/acme/iptables/v6.rules").unlink()

    done = gatepost("diff", "acme.yaml", "out", "--fail-on", "wider")

    assert done.status == 1
    assert "? everybody was kept out, and may get in now\n" in done.out
    assert "    why   nothing was read about IPv6\n" in done.out


def test_a_part_on_one_side_alone_is_told(folder: Path) -> None:
    render(SITE, "old", "nftables", "iptables")
    render(SITE, "new", "iptables")

    done = gatepost("diff", "old", "new")

    assert done.status == 1
    assert "\nnot compared\n  `acme/nftables/guard.nft` is in old alone\n" in done.out


def test_one_firewall_on_each_side_is_compared_whatever_it_is(folder: Path) -> None:
    render(SITE, "old", "iptables")
    render(SITE, "new", "aws-cli")

    assert gatepost("diff", "old", "new").out == "old  old\nnew  new\nsame: the same addresses get in\n"


def test_what_was_not_compared_is_unknown_and_not_the_same(folder: Path) -> None:
    render(SITE, "out", "nftables", "iptables")

    done = gatepost("diff", "out/acme/nftables", "out/acme/iptables", "--fail-on", "wider")

    assert done.status == 1
    assert done.out.partition("\nunknown: a part can't be told\n\nnot compared\n")[2] == (
        "  `guard.nft` is in out/acme/nftables alone\n"
        "  `include.nft` is in out/acme/nftables alone\n"
        "  `out/acme/iptables` is in out/acme/iptables alone\n"
    )


def test_another_site_in_the_folder_is_not_compared_with_this_one(folder: Path) -> None:
    render(SITE, "out", "iptables")
    other = SITE.replace("name: acme", "name: other").replace(NETWORK, "")
    render(other, "out", "iptables")

    assert gatepost("diff", "acme.yaml", "out").status == 0


def test_a_folder_without_the_site_is_no_answer(folder: Path) -> None:
    render(SITE.replace("name: acme", "name: other"), "out", "iptables")

    done = gatepost("diff", "acme.yaml", "out")

    assert (done.status, done.out.partition("not compared\n")[2]) == (1, "  out has no rules of the site `acme`\n")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (IMAPS, IMAPS.replace("ACCEPT", "ACCEPT\n-A INPUT -s 198.51.100.3/32 -p tcp -m tcp --dport 993 -j ACCEPT")),
        (IMAPS, IMAPS.replace("/25", "/26") + IMAPS.replace("0/25", "64/26")),
        (IMAPS, IMAPS.replace("-j", '-m comment --comment "the vendor" -j')),
        (IMAPS, ":MAIL - [0:0]\n-A INPUT -p tcp -m tcp --dport 993 -j MAIL\n" + IMAPS.replace("INPUT", "MAIL")),
        (":INPUT DROP [0:0]", ":INPUT DROP [17:1020]"),
        ("COMMIT", "-A INPUT -j DROP\nCOMMIT"),
    ],
)
def test_rules_that_say_the_same_in_another_way_are_the_same(old: str, new: str, folder: Path) -> None:
    assert dumped(old, new) == "same: the same addresses get in\n"


def test_somebody_without_a_name_who_gets_in_is_told(folder: Path) -> None:
    assert dumped(IMAPS, IMAPS.replace("/25", "/24")) == (
        "wider: more addresses get in\n"
        "\n"
        "+ somebody gets in now\n"
        "    to    imaps (tcp 993)\n"
        "    from  IPv4, 1 prefix, 128 addresses\n"
        "          198.51.100.128/25\n"
    )


def test_a_port_that_no_plan_knows_counts_between_dumps(folder: Path) -> None:
    printed = dumped("--dport 22 ", "--dport 8022 ")

    assert "+ somebody gets in now\n    to    tcp 8022\n" in printed
    assert "- somebody no longer gets in\n    to    tcp 22\n" in printed


def test_a_policy_that_opens_is_every_other_port_at_once(folder: Path) -> None:
    printed = dumped(":INPUT DROP", ":INPUT ACCEPT")

    assert "+ everybody gets in now\n" in printed
    assert "1-21, 23-24, 26-142, 144-464, 466-586, 588-992, 994-65535" in printed


def test_ports_that_one_of_two_rulesets_says_nothing_of_are_not_compared(folder: Path) -> None:
    render(SITE, "out", "nftables")

    printed = gatepost("diff", "old.rules", "out/acme/nftables/guard.nft").out

    assert "tcp 22" not in printed
    assert "\n    to    imap (tcp 143)" in printed


def test_only_the_plan_s_ports_count_beside_a_plan(folder: Path) -> None:
    printed = gatepost("diff", "acme.yaml", "old.rules").out

    assert "tcp 22" not in printed
    assert "\n+ somebody gets in now\n    to    imaps (tcp 993)\n" in printed


def test_a_limit_of_a_rule_that_changed_is_told(folder: Path) -> None:
    limit = "-A INPUT -p tcp -m tcp --dport 993 --syn -m connlimit --connlimit-above {} --connlimit-mask 32 -j REJECT\n"
    Path("one.rules").write_text(DUMP.replace(IMAPS, limit.format(15) + IMAPS), encoding="utf-8")
    Path("two.rules").write_text(DUMP.replace(IMAPS, limit.format(40) + IMAPS), encoding="utf-8")

    printed = gatepost("diff", "one.rules", "two.rules").out

    assert "\nsame: the same addresses get in; other things differ\n" in printed
    assert "15" in printed.partition("settings\n")[2]
    assert "40" in printed.partition("settings\n")[2]


def test_rules_for_another_address_of_the_server_are_asked_about_the_one_that_is_given(folder: Path) -> None:
    Path("old.rules").write_text(DUMP.replace(IMAPS, IMAPS.replace("-p tcp", "-d 192.0.2.25/32 -p tcp")), encoding="utf-8")
    Path("new.rules").write_text(DUMP.replace(IMAPS, IMAPS.replace("-p tcp", "-d 192.0.2.26/32 -p tcp")), encoding="utf-8")

    printed = gatepost("diff", "old.rules", "new.rules", "--to", "192.0.2.25").out

    assert "narrower: fewer addresses get in\n\n- somebody no longer gets in\n    to    imaps (tcp 993)\n" in printed


def test_rules_for_another_address_of_the_server_are_not_the_same(folder: Path) -> None:
    Path("one.rules").write_text(DUMP.replace(IMAPS, IMAPS.replace("-p tcp", "-d 192.0.2.25/32 -p tcp")), encoding="utf-8")
    Path("two.rules").write_text(DUMP.replace(IMAPS, IMAPS.replace("-p tcp", "-d 192.0.2.26/32 -p tcp")), encoding="utf-8")

    done = gatepost("diff", "one.rules", "two.rules")

    assert (done.status, done.out.partition("settings\n")[2]) == (1, "  server IPv4 address: 192.0.2.25 -> 192.0.2.26\n")


def test_a_door_at_the_server_s_second_address_is_found(folder: Path) -> None:
    site = SITE.replace("smtp.example.org}", "smtp.example.org, addresses: [192.0.2.24, 192.0.2.25]}")
    Path("acme.yaml").write_text(site, encoding="utf-8")
    Path("new.rules").write_text(DUMP.replace(IMAPS, "-A INPUT -d 192.0.2.25/32 -p tcp -m tcp --dport 993 -j ACCEPT\n"), encoding="utf-8")

    printed = gatepost("diff", "acme.yaml", "new.rules").out

    assert "\n+ everybody but these gets in now\n    to    imaps (tcp 993)\n" in printed
    assert "\n    in    192.0.2.25\n" in printed


@pytest.mark.parametrize("rule", ["-d 127.0.0.0/8 ! -i lo -j REJECT", "-d 224.0.0.0/4 -j DROP", "! -d 255.255.255.255/32 -i lo -j ACCEPT"])
def test_rules_about_addresses_that_are_no_server_s_hide_nobody(rule: str, folder: Path) -> None:
    Path("one.rules").write_text(DUMP.replace(IMAPS, f"-A INPUT {rule}\n{IMAPS}"), encoding="utf-8")
    Path("two.rules").write_text(DUMP.replace(IMAPS, f"-A INPUT {rule}\n{IMAPS.replace('-s 198.51.100.0/25 ', '')}"), encoding="utf-8")

    printed = gatepost("diff", "one.rules", "two.rules").out

    assert "\nwider: more addresses get in\n\n+ everybody but these gets in now\n    to    imaps (tcp 993)\n" in printed


@pytest.mark.parametrize("address", ["192.0.2.0/24", "mail.example.org"])
def test_the_server_s_address_is_an_address(address: str, folder: Path) -> None:
    assert gatepost("diff", "acme.yaml", "old.rules", "--to", address).status == 2


def test_dumps_of_one_host_in_a_folder_are_one_firewall(folder: Path) -> None:
    for name in ("one", "two"):
        Path(name).mkdir()
        Path(name, "v4.txt").write_text(DUMP, encoding="utf-8")
        Path(name, "readme.txt").write_text("made by hand\n", encoding="utf-8")
    Path("two", "sets.txt").write_text("create mail hash:net family inet\nadd mail 203.0.113.64/28\n", encoding="utf-8")
    matched = "-A INPUT -m set --match-set mail src -p tcp -m tcp --dport 993 -j ACCEPT\n"
    Path("two", "v4.txt").write_text(DUMP.replace(IMAPS, IMAPS + matched), encoding="utf-8")

    printed = gatepost("diff", "one", "two").out

    assert "          203.0.113.64/28\n" in printed


def test_json_says_which_addresses_are_not_meant(folder: Path) -> None:
    found = json.loads(gatepost("diff", "acme.yaml", "old.rules", "--format", "json").out)["changes"]

    submission = [change for change in found if change["service"] == "submission" and change["family"] == 4 and not change["party"]]
    assert [(change["before"], change["after"], change["all_but"]) for change in submission] == [("open", "closed", True)]
