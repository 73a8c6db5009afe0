"""`gatepost diff` of what is no matter of addresses: TLS, dates, owners, options of targets."""

from pathlib import Path

import pytest

from generator.net import PortRange
from generator.readers.limits import find_limits
from tests.review.diffing import change, folder, status
from tests.support.cli import PROFILE, SITE, gatepost

__all__ = ["folder"]

LIMITED = (
    "used yes, layouts guard, include, hook input, destination any, connection_limit 40, refuse drop, log no, counters no,"
    " host_table inet filter"
)


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("    mailboxes: 3\n", "    mailboxes: 4\n", "  connector crm mailboxes: 3 -> 4\n  connector crm connections: 15 -> 20\n"),
        ("    mailboxes: 3\n", "    mailboxes: 3\n    expires: 2027-06-30\n", "  connector crm expires: not set -> 2027-06-30\n"),
        ("    mailboxes: 3\n", "    mailboxes: 3\n    owner: it@example.org\n", "  connector crm owner: not set -> it@example.org\n"),
        ("smtp: smtp.example.org}", "smtp: mx.example.org}", "  server smtp: smtp.example.org -> mx.example.org\n"),
        ("smtp.example.org}", "smtp.example.org, tls_minimum: TLSv1.3}", "  server tls_minimum: TLSv1.2 -> TLSv1.3\n"),
    ],
)
def test_a_setting_that_changed_is_told(old: str, new: str, line: str, folder: Path) -> None:
    printed = change(old, new)

    assert "\nsame: the same addresses get in; other things differ\n" in printed
    assert line in printed


def test_a_limit_of_a_target_that_changed_is_told(folder: Path) -> None:
    Path("old.yaml").write_text(f"{SITE}targets:\n  nftables: {{}}\n", encoding="utf-8")
    Path("new.yaml").write_text(f"{SITE}targets:\n  nftables: {{connection_limit: 40}}\n", encoding="utf-8")

    done = gatepost("diff", "old.yaml", "new.yaml")

    assert done.out.endswith("\nsettings\n  target nftables connection_limit: none -> 40\n")


def test_an_option_that_says_the_default_is_no_difference(folder: Path) -> None:
    Path("old.yaml").write_text(f"{SITE}targets:\n  nftables: {{}}\n", encoding="utf-8")
    Path("new.yaml").write_text(f"{SITE}targets:\n  nftables: {{hook: input}}\n", encoding="utf-8")

    assert gatepost("diff", "old.yaml", "new.yaml").status == 0


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("{nftables: {connection_limit: 40}}", "", f"target nftables: {LIMITED} -> none"),
        ("", "{nftables: {connection_limit: 40}}", f"target nftables: none -> {LIMITED}"),
        ("{nftables: {connection_limit: 40}, postfix: {}}", "{postfix: {}}", f"target nftables: {LIMITED} -> none"),
        ("{nftables: {connection_limit: 40}}", "{nftables: {connection_limit: forty}}", "target nftables connection_limit: 40 -> forty"),
        ("{nftables: {}}", "{nftables: {connections: 40}}", "target nftables connections: none -> 40"),
        ("{ours: {connection_limit: 40}}", "{ours: {}}", "target ours connection_limit: 40 -> none"),
        ("{ours: {only: [b, a]}}", "{ours: {only: [a]}}", "target ours only: a, b -> a"),
    ],
)
def test_no_option_is_left_out(old: str, new: str, line: str, folder: Path) -> None:
    for name, targets in (("old", old), ("new", new)):
        Path(f"{name}.yaml").write_text(SITE + (f"targets: {targets}\n" if targets else ""), encoding="utf-8")

    done = gatepost("diff", "old.yaml", "new.yaml")

    assert (done.status, done.out.partition("settings\n")[2]) == (1, f"  {line}\n")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("[198.51.100.25, 198.51.100.26]", "[198.51.100.26, 198.51.100.25]"),
        ("any, layouts: [guard, include]", "any, layouts: [include, guard]"),
    ],
)
def test_the_order_of_a_list_of_options_is_no_difference(old: str, new: str, folder: Path) -> None:
    Path("old.yaml").write_text(f"{SITE}targets:\n  nftables: {{destination: {old}}}\n", encoding="utf-8")
    Path("new.yaml").write_text(f"{SITE}targets:\n  nftables: {{destination: {new}}}\n", encoding="utf-8")

    assert gatepost("diff", "old.yaml", "new.yaml").status == 0


def test_the_order_of_tls_versions_is_no_difference(folder: Path) -> None:
    Path("other.yaml").write_text(PROFILE.replace("[TLSv1.2, TLSv1.3]", "[TLSv1.3, TLSv1.2]"), encoding="utf-8")

    assert status("./crm.yaml", "./other.yaml") == 0


def test_the_tls_mode_that_changed_is_told(folder: Path) -> None:
    other = PROFILE.replace("imaps: {port: 993, application: imap, tls: implicit}", "imaps: {port: 993, application: imap, tls: starttls}")
    Path("other.yaml").write_text(other, encoding="utf-8")

    assert "\nsettings\n  service imaps tls: implicit -> starttls\n" in change("./crm.yaml", "./other.yaml")


def test_a_setting_alone_is_different_and_not_wider(folder: Path) -> None:
    assert [status("mailboxes: 3", "mailboxes: 4", "--fail-on", word) for word in ("different", "wider", "narrower")] == [1, 0, 0]


@pytest.mark.parametrize(("limit", "after"), [("{connection_limit: 15}", "15 connections at once"), ("{}", "none")])
def test_a_limit_of_a_rendered_guard_that_changed_is_told(limit: str, after: str, folder: Path) -> None:
    for name, options in (("old", "{connection_limit: 40}"), ("new", limit)):
        Path("rendered.yaml").write_text(f"{SITE}targets:\n  nftables: {options}\n", encoding="utf-8")
        assert gatepost("render", "rendered.yaml", "-o", name).status == 0

    done = gatepost("diff", "old", "new")

    assert done.status == 1
    assert "\n  chain inet gatepost_acme imaps" in done.out.partition("settings\n")[2]
    assert done.out.count(f" -> {after}  (in acme/nftables/guard.nft)\n") == 3


def test_limits_in_nft_s_own_words_are_told_by_chain_or_port(folder: Path) -> None:
    kept = "set {} {{ type ipv4_addr; flags dynamic; }}\n"
    rules = (
        f"table inet mail {{\n  {kept.format('seen')}  {kept.format('fast')}  chain input {{\n"
        "    type filter hook input priority 0; policy drop;\n"
        '    tcp dport { 465, 993 } add @seen { ip saddr ct count over 20 } drop comment "ct count over 7" # limit rate 9/day\n'
        "    meta l4proto tcp update @fast { ip saddr limit rate over 6/minute } drop\n  }\n}\n"
        "add table ip more\nadd chain ip more input\nadd rule ip more input ct count over 9 drop\n"
    )
    found = [(limit.words, limit.chain, limit.ports) for limit in find_limits(rules, "mail.nft", "nftables")]

    assert found == [
        ("20 connections at once", "inet mail input", (PortRange(465, 465), PortRange(993, 993))),
        ("6 connections in a minute", "inet mail input", None),
        ("9 connections at once", "ip more input", None),
    ]
