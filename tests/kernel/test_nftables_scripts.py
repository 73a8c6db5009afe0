"""The scripts of the nftables target: they load all or nothing, can be run again, and undo leaves no trace."""

from collections.abc import Mapping
from subprocess import CompletedProcess
from typing import Final

import pytest

from generator.artifacts import Artifact
from generator.plan import Access
from tests.kernel.lab import Lab, find_tool
from tests.kernel.nftables_loaded import HOST, TABLE, objects, place, ruleset, script
from tests.support.plans import make_plan, service
from tests.support.targets import render

V4: Final = ["192.0.2.7", "198.51.100.0/25"]
V6: Final = ["2001:db8:100::/48"]
PLAN: Final = make_plan(
    [service("imaps"), service("accept"), service("smtp", Access.ADDITIVE)],
    {"hubspot": {"imaps": V4 + V6, "accept": V4, "smtp": V4}},
    trusted=["203.0.113.0/28"],
)
FILES: Final = render(PLAN)
LIMITED: Final = render(PLAN, "{connection_limit: 9, hook: prerouting, interface: [eth0]}")
REJECTING: Final = render(PLAN, "{refuse: reject}")
SMALLER: Final = render(make_plan([service("imaps")], {"hubspot": {"imaps": V4}}))
SCRIPTS: Final = (("guard-apply.sh",), ("include-apply.sh", "--jump", "input"))
JUMP: Final = 'jump gatepost_acme comment "gatepost acme"'

# Does what nft does, except for the second time that it is to load something.
NFT_THAT_FAILS_ONCE: Final = """#!/bin/sh
if [ "$*" = "-f -" ]; then
	echo >>loads
	[ "$(wc -l <loads)" -ne 2 ] || exit 1
fi
exec NFT "$@"
"""


@pytest.fixture
def host(lab: Lab) -> Lab:
    """A lab whose server filters by itself."""
    lab.run("nft", "-f", "-", stdin=HOST)
    return lab


def with_line(files: Mapping[str, Artifact], name: str, line: str) -> dict[str, Artifact]:
    return {**files, name: files[name]._replace(content=f"{files[name].content}{line}\n")}


def run_with_an_nft_that_fails_once(lab: Lab, name: str) -> CompletedProcess[str]:
    nft = lab.folder / "nft"
    nft.write_text(NFT_THAT_FAILS_ONCE.replace("NFT", find_tool("nft")), encoding="utf-8")
    nft.chmod(0o755)
    path = place(lab, FILES)
    return lab.run("env", f"PATH={lab.folder}:/usr/bin:/bin", "sh", str(path / name), check=False)


@pytest.mark.parametrize("files", [FILES, LIMITED], ids=["defaults", "limited"])
def test_applying_twice_is_applying_once(host: Lab, files: Mapping[str, Artifact]) -> None:
    for name, *arguments in SCRIPTS:
        script(host, files, name, *arguments)
    once = ruleset(host)

    for name, *arguments in SCRIPTS:
        script(host, files, name, *arguments)

    assert ruleset(host) == once


@pytest.mark.parametrize("files", [FILES, LIMITED], ids=["defaults", "limited"])
def test_undo_leaves_no_trace(host: Lab, files: Mapping[str, Artifact]) -> None:
    before = ruleset(host)
    for name, *arguments in SCRIPTS:
        script(host, files, name, *arguments)

    script(host, files, "include-undo.sh")
    script(host, files, "guard-undo.sh")

    assert ruleset(host) == before


@pytest.mark.parametrize("name", ["guard-undo.sh", "include-undo.sh"])
def test_undo_of_nothing_says_so(host: Lab, name: str) -> None:
    before = ruleset(host)

    told = script(host, FILES, name).stdout

    assert "nothing to undo" in told
    assert ruleset(host) == before


def test_undo_works_where_there_is_no_table_at_all(lab: Lab) -> None:
    statuses = [script(lab, FILES, name, check=False).returncode for name in ("guard-undo.sh", "include-undo.sh")]

    assert statuses == [0, 0]


def test_what_is_not_ours_stays_as_it_is(host: Lab) -> None:
    foreign = objects(host, "inet gatepost_acme_two"), objects(host, "inet filter")

    for name in ("guard-apply.sh", "include-apply.sh"):
        script(host, FILES, name)

    ours = {
        item for item in objects(host, "inet filter") if item.split()[1].startswith("gatepost_acme__") or item.split()[1] == "gatepost_acme"
    }
    assert (objects(host, "inet gatepost_acme_two"), objects(host, "inet filter") - ours) == foreign


@pytest.mark.parametrize(("name", "file"), [("guard-apply.sh", "guard.nft"), ("include-apply.sh", "include.nft")])
@pytest.mark.parametrize("line", ["add rule inet gatepost_acme", "add rule inet nowhere input accept"], ids=["syntax", "no such table"])
def test_a_mistake_in_the_last_line_changes_nothing(host: Lab, name: str, file: str, line: str) -> None:
    script(host, SMALLER, name)
    before = ruleset(host)

    done = script(host, with_line(FILES, file, line), name, check=False)

    assert (done.returncode, ruleset(host)) == (1, before)
    assert "nothing was changed" in done.stderr


@pytest.mark.parametrize("name", ["guard-apply.sh", "include-apply.sh"])
@pytest.mark.parametrize("loaded_before", [False, True])
def test_when_the_kernel_refuses_late_the_sets_made_beforehand_go_again(host: Lab, name: str, loaded_before: bool) -> None:
    if loaded_before:
        script(host, SMALLER, name)
    before = ruleset(host)

    done = run_with_an_nft_that_fails_once(host, name)

    assert done.returncode == 1, done
    assert "the rules are as they were" in done.stderr
    assert ruleset(host) == before


def test_a_late_refusal_never_takes_the_hosts_table(lab: Lab) -> None:
    lab.run("nft", "table inet filter { chain input { type filter hook input priority filter; policy drop; }; }")
    before = ruleset(lab)

    done = run_with_an_nft_that_fails_once(lab, "include-apply.sh")

    assert (done.returncode, ruleset(lab)) == (1, before)


def test_services_of_other_names_go_when_the_site_drops_them(host: Lab) -> None:
    script(host, FILES, "guard-apply.sh")
    script(host, FILES, "include-apply.sh")

    script(host, SMALLER, "guard-apply.sh")
    script(host, SMALLER, "include-apply.sh")

    assert "service_accept" not in ruleset(host)
    assert "gatepost_acme_two__service_x4" in ruleset(host)


def test_a_service_called_like_the_set_of_another_one_goes_too(host: Lab) -> None:
    earlier, later = (render(make_plan([service(name)], {"crm": {name: V4 + V6}})) for name in ("x4", "x"))
    for name in ("guard-apply.sh", "include-apply.sh"):
        script(host, later, name)
    wanted = objects(host), objects(host, "inet filter")
    for files in (earlier, later):
        for name in ("guard-apply.sh", "include-apply.sh"):
            script(host, files, name)

    assert (objects(host), objects(host, "inet filter")) == wanted


def test_the_include_tells_that_nothing_leads_to_it(host: Lab) -> None:
    done = script(host, FILES, "include-apply.sh")

    assert 'no rule leads to it yet: write "jump gatepost_acme" above the rule that drops' in done.stderr


def test_a_jump_is_the_first_rule_of_its_chain(host: Lab) -> None:
    script(host, FILES, "include-apply.sh", "--jump", "input")

    rules = host.run("nft", "list", "chain", "inet", "filter", "input").stdout.splitlines()[3:-2]
    assert [rule.strip() for rule in rules] == [JUMP, 'tcp dport 22 accept comment "do not jump gatepost_acme"', "jump gatepost_acme_two"]


@pytest.mark.parametrize("rule", ["jump gatepost_acme", "tcp dport 993 goto gatepost_acme", 'jump gatepost_acme comment "mine # handle 4"'])
def test_a_jump_of_the_hosts_own_is_enough(host: Lab, rule: str) -> None:
    script(host, FILES, "include-apply.sh")
    host.run("nft", f"add rule inet filter input {rule}")
    before = ruleset(host)

    done = script(host, FILES, "include-apply.sh", "--jump", "input")

    assert (ruleset(host), done.stderr) == (before, "")


@pytest.mark.parametrize("rule", ["jump gatepost_acme", "tcp dport 993 goto gatepost_acme", 'jump gatepost_acme comment "mine # handle 4"'])
def test_undo_takes_the_hosts_jumps_as_well(host: Lab, rule: str) -> None:
    before = ruleset(host)
    script(host, FILES, "include-apply.sh", "--jump", "input")
    host.run("nft", f"add rule inet filter gatepost_acme_two {rule}")

    script(host, FILES, "include-undo.sh")

    assert ruleset(host) == before


def test_undo_does_not_touch_a_rule_that_does_more_than_jump(host: Lab) -> None:
    script(host, FILES, "include-apply.sh")
    host.run("nft", "add rule inet filter input tcp dport vmap { 22 : accept, 993 : jump gatepost_acme }")
    before = ruleset(host)

    done = script(host, FILES, "include-undo.sh", check=False)

    assert (done.returncode, ruleset(host)) == (1, before)
    assert "still refers to gatepost_acme" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (("--jump", "output"), 1, "the table inet filter has no chain output"),
        (("--jump", "input; flush ruleset"), 1, "is no chain to jump from"),
        (("--jump", "gatepost_acme"), 1, "is no chain to jump from"),
        (("--jump",), 2, "usage:"),
        (("input",), 2, "usage:"),
    ],
)
def test_a_wrong_command_line_changes_nothing(host: Lab, arguments: tuple[str, ...], status: int, told: str) -> None:
    before = ruleset(host)

    done = script(host, FILES, "include-apply.sh", *arguments, check=False)

    assert (done.returncode, ruleset(host)) == (status, before)
    assert told in done.stderr


def test_an_include_needs_the_table_of_the_host(lab: Lab) -> None:
    done = script(lab, FILES, "include-apply.sh", check=False)

    assert done.returncode == 1
    assert "there is no table inet filter; the option host_table names the table" in done.stderr
    assert ruleset(lab) == ""


def test_an_include_does_not_wake_a_table_that_its_host_has_put_to_sleep(host: Lab) -> None:
    host.run("nft", "add table inet filter { flags dormant; }")
    before = ruleset(host)

    done = script(host, FILES, "include-apply.sh", "--jump", "input", check=False)

    assert (done.returncode, ruleset(host)) == (1, before)
    assert "the table inet filter is dormant" in done.stderr


@pytest.mark.parametrize("name", ["guard-apply.sh", "guard-undo.sh", "include-apply.sh", "include-undo.sh"])
def test_without_the_right_to_it_the_script_asks_for_root(host: Lab, name: str) -> None:
    path = place(host, FILES)

    done = host.run("setpriv", "--bounding-set=-net_admin", "sh", str(path / name), check=False)

    assert (done.returncode, done.stderr) == (1, "gatepost: nft may not read the rules: run this as root\n")


def test_the_scripts_work_from_their_own_folder_and_for_an_ordinary_user(small_lab: Lab) -> None:
    place(small_lab, FILES)

    small_lab.run("sh", "-c", "cd acme && sh guard-apply.sh && ./guard-apply.sh")

    assert "chain service_accept" in "\n".join(objects(small_lab, TABLE))


def test_a_first_load_refuses_no_allowed_connection(lab: Lab) -> None:
    lab.listen(993)

    def load_and_undo() -> None:
        for _ in range(30):
            script(lab, REJECTING, "guard-apply.sh")
            script(lab, REJECTING, "guard-undo.sh")

    counts = lab.hammer(allowed=[(V4[0], 993), ("2001:db8:100::7", 993)], outside=[], during=load_and_undo)

    assert counts.refused == 0


def test_a_growing_site_refuses_no_allowed_connection_and_admits_no_outsider(lab: Lab) -> None:
    lab.listen(993)
    script(lab, REJECTING, "guard-apply.sh")
    versions = [
        render(plan, "{refuse: reject}") for plan in (PLAN, make_plan([service("imaps"), service("imap")], {"nylas": {"imaps": V4}}))
    ]

    def alternate() -> None:
        for _ in range(15):
            for files in versions:
                script(lab, files, "guard-apply.sh")

    counts = lab.hammer(allowed=[(V4[0], 993)], outside=[("198.51.100.200", 993)], during=alternate)

    assert (counts.refused, counts.admitted) == (0, 0)
