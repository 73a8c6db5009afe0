"""apply.sh and undo.sh of the iptables target, on a host that has rules, chains and sets of its own."""

from collections.abc import Mapping

import pytest

from tests.kernel.iptables_loaded import BACKENDS, Site, save_kernel
from tests.kernel.lab import Lab, LabError, save, without_ours
from tests.kernel.lab.foreign import iptables_closed
from tests.support.iptables import HUBSPOT, OFFICE, make_plan, render_iptables

LAYOUTS = ("plain", "ipset")
Files = Mapping[str, str]


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def host(lab: Lab, backend: str) -> Lab:
    """A host with policy DROP, fail2ban's chain, a redirect and ipsets."""
    iptables_closed(f"-{backend}").load(lab)
    return lab


@pytest.fixture(params=LAYOUTS)
def files(request: pytest.FixtureRequest) -> Files:
    return files_of(request.param)


def files_of(layout: str, *, site: str = "acme", prefixes: tuple[str, ...] = HUBSPOT) -> Files:
    return render_iptables(make_plan(site=site, grants={"hubspot": (("imaps", "submission"), prefixes)}, trusted=OFFICE), layout=layout)


def broken(files: Files, name: str, old: str, new: str) -> Files:
    """The files with the last `old` in one of them replaced."""
    before, found, after = files[name].rpartition(old)
    assert found, f"{old!r} is not in {name}"
    return {**files, name: before + new + after}


def test_loading_twice_equals_loading_once(host: Lab, backend: str, files: Files) -> None:
    site = Site(host, files, backend=backend)
    site.apply()
    once = save_kernel(host, backend)

    site.apply()

    assert save_kernel(host, backend) == once


def test_foreign_rules_and_sets_stay_the_same_whatever_happens(host: Lab, backend: str, files: Files) -> None:
    site = Site(host, files, backend=backend)
    before = save(host)

    site.apply()
    loaded = without_ours(save(host))
    site.apply()
    loaded_again = without_ours(save(host))
    site.undo()
    removed = save(host)

    assert (loaded, loaded_again, removed) == (before, before, before)


def test_removing_twice_or_what_was_never_loaded_is_no_mistake(host: Lab, backend: str, files: Files) -> None:
    site = Site(host, files, backend=backend)
    before = save(host)

    site.undo()
    site.apply()
    site.undo()
    site.undo()

    assert save(host) == before


def test_removal_on_a_host_without_a_ruleset_leaves_none(lab: Lab, backend: str, files: Files) -> None:
    Site(lab, files, backend=backend).undo()

    assert save(lab) == ()


@pytest.mark.parametrize(("first", "second"), [LAYOUTS, tuple(reversed(LAYOUTS))])
def test_another_layout_leaves_nothing_of_the_one_before(host: Lab, backend: str, first: str, second: str) -> None:
    Site(host, files_of(second), backend=backend).apply()
    wanted = save_kernel(host, backend)
    Site(host, files_of(first), backend=backend).apply()

    Site(host, files_of(second), backend=backend).apply()

    assert save_kernel(host, backend) == wanted


def test_services_that_no_longer_share_their_sources_leave_no_set_behind(host: Lab, backend: str) -> None:
    Site(host, files_of("ipset"), backend=backend).apply()
    apart = make_plan(grants={"hubspot": (("imaps", "submission"), HUBSPOT), "nylas": (("imaps",), ("203.0.113.77", "2001:db8:77::/48"))})

    Site(host, render_iptables(apart, layout="ipset"), backend=backend).apply()

    assert {name for name in host.run("ipset", "-n", "list").stdout.split() if "gatepost" in name} == {
        f"gatepost-acme_{service}{family}" for service in ("imaps", "submission") for family in (4, 6)
    }


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("sets.ipset", "\nadd ", "\nadd no-such-"),
        ("v4.rules", "-j ACCEPT", "-j NO-SUCH-TARGET"),
        ("v6.rules", "-j ACCEPT", "-j NO-SUCH-TARGET"),
        ("v6.rules", "COMMIT", "COMMOT"),
    ],
)
def test_a_failed_load_leaves_everything_as_it_was(host: Lab, backend: str, name: str, old: str, new: str) -> None:
    Site(host, files_of("ipset"), backend=backend).apply()
    before = save_kernel(host, backend, exact=True)
    changed = files_of("ipset", prefixes=("203.0.113.200", "2001:db8:200::/48"))

    failed = Site(host, broken(changed, name, old, new), backend=backend).apply(check=False)

    assert (failed.returncode, save_kernel(host, backend, exact=True)) == (1, before)


@pytest.mark.parametrize("name", ["v4.rules", "v6.rules"])
def test_a_failed_first_load_leaves_nothing(host: Lab, backend: str, files: Files, name: str) -> None:
    before = save_kernel(host, backend, exact=True)

    failed = Site(host, broken(files, name, "-j ACCEPT", "-j NO-SUCH-TARGET"), backend=backend).apply(check=False)

    assert (failed.returncode, save_kernel(host, backend, exact=True)) == (1, before)


def test_a_failed_load_of_another_layout_leaves_everything_as_it_was(host: Lab, backend: str) -> None:
    Site(host, files_of("plain"), backend=backend).apply()
    before = save_kernel(host, backend, exact=True)

    failed = Site(host, broken(files_of("ipset"), "v6.rules", "-j ACCEPT", "-j NO-SUCH-TARGET"), backend=backend).apply(check=False)

    assert (failed.returncode, save_kernel(host, backend, exact=True)) == (1, before)


def test_an_interrupted_load_leaves_everything_as_it_was(host: Lab, backend: str, files: Files) -> None:
    """The IPv6 rules load, then the script gets the signal of a Ctrl-C or a shutdown."""
    Site(host, files, backend=backend).apply()
    before = save_kernel(host, backend, exact=True)
    for suffix, then in (("", ""), ("-save", ""), ("-restore", 'kill -TERM "$PPID"')):
        program = host.folder / f"interrupting6{suffix}"
        program.write_text(f'#!/bin/sh\nip6tables-{backend}{suffix} "$@" || exit\n{then}\n', encoding="utf-8")
        program.chmod(0o755)
    changed = Site(host, files_of("ipset", prefixes=("203.0.113.200",)), backend=backend)

    failed = changed.apply(check=False, IP6TABLES=f"{host.folder}/interrupting6")

    assert (failed.returncode, save_kernel(host, backend, exact=True)) == (1, before)


def test_a_live_set_of_another_size_is_replaced(host: Lab, backend: str) -> None:
    host.run("ipset", "create", "gatepost-acme_TRUSTED4", "hash:net", "maxelem", "1024")
    site = Site(host, files_of("ipset"), backend=backend)

    site.apply()
    site.apply()

    assert "create gatepost-acme_TRUSTED4 hash:net family inet hashsize 1024 maxelem 65536" in host.run("ipset", "save").stdout


def test_what_a_killed_run_left_is_no_hindrance(host: Lab, backend: str) -> None:
    host.run("ipset", "create", "gatepost-acme~TRUSTED4", "hash:net", "maxelem", "1024")

    Site(host, files_of("ipset"), backend=backend).apply()

    assert "~" not in host.run("ipset", "-n", "list").stdout


def test_a_hook_that_was_put_in_twice_goes_whole(host: Lab, backend: str, files: Files) -> None:
    before = save(host)
    site = Site(host, files, backend=backend)
    site.apply()
    host.run(f"iptables-{backend}", "-A", "INPUT", "-p", "tcp", "-j", "GATEPOST-ACME")

    site.undo()

    assert save(host) == before


def test_chains_that_the_administrator_jumps_to_are_not_emptied(host: Lab, backend: str, files: Files) -> None:
    site = Site(host, files, backend=backend)
    site.apply()
    host.run(f"iptables-{backend}", "-A", "f2b-mail", "-j", "GATEPOST-ACME")
    rules = [line for line in save_kernel(host, backend) if "-A GATEPOST" in line]

    with pytest.raises(LabError, match="GATEPOST-ACME could not be removed; does a rule outside INPUT still jump to it"):
        site.undo()

    assert [line for line in save_kernel(host, backend) if "-A GATEPOST" in line] == rules


def test_a_set_that_something_else_uses_is_named(host: Lab, backend: str) -> None:
    site = Site(host, files_of("ipset"), backend=backend)
    site.apply()
    host.run(f"iptables-{backend}", "-A", "f2b-mail", "-m", "set", "--match-set", "gatepost-acme_TRUSTED4", "src", "-j", "RETURN")

    with pytest.raises(LabError, match="the set gatepost-acme_TRUSTED4 stays: a rule uses it"):
        site.undo()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("acme", "acme-two"),
        ("acme-two", "acme"),
        ("acme", "acme-conn"),
        ("acme", "acme-guard"),
        ("acme-with-a-name-too-long-for-a-chain", "acme-with-a-name-too-long-for-a-change"),
    ],
)
def test_removing_one_site_leaves_the_other_whole(host: Lab, backend: str, one: str, other: str) -> None:
    Site(host, files_of("ipset", site=other), backend=backend, folder="other").apply()
    alone = save_kernel(host, backend)
    site = Site(host, files_of("ipset", site=one), backend=backend, folder="one")

    site.apply()
    site.apply()
    site.undo()

    assert save_kernel(host, backend) == alone


def test_a_check_changes_nothing(host: Lab, backend: str, files: Files) -> None:
    before = save_kernel(host, backend, exact=True)

    checked = Site(host, files, backend=backend).apply("--check")

    assert (checked.returncode, save_kernel(host, backend, exact=True)) == (0, before)


def test_a_check_finds_what_iptables_restore_would_pass(host: Lab, backend: str, files: Files) -> None:
    faulty = broken(files, "v6.rules", "-j ACCEPT", "-j NO-SUCH-TARGET")

    checked = Site(host, faulty, backend=backend).apply("--check", check=False)

    assert (checked.returncode, checked.stderr.count("failed; putting everything back")) == (1, 1)


def test_an_ordinary_user_can_check_and_load_in_a_namespace(files: Files) -> None:
    with Lab(rootless=True) as lab:
        site = Site(lab, files)
        lab.run("ipset", "-n", "list")

        site.apply()
        site.undo()

        assert [line for line in save(lab) if "gatepost" in line.lower()] == []


def test_a_folder_with_a_space_and_a_dash_is_no_hindrance(host: Lab, backend: str, files: Files) -> None:
    site = Site(host, files, backend=backend, folder="-a site")

    site.apply()
    site.undo()

    assert without_ours(save(host)) == save(host)


def test_the_files_are_those_beside_the_script_whatever_cdpath_says(host: Lab, files: Files) -> None:
    other = host.folder / "other" / "acme"
    other.mkdir(parents=True)
    for name in files:
        (other / name).write_text("not what is meant", encoding="utf-8")
    Site(host, files)

    host.run("env", f"CDPATH={other.parent}", "sh", "acme/apply.sh")

    assert "GATEPOST-ACME" in host.run("iptables-save").stdout


def test_an_unknown_option_is_a_wrong_command_line(host: Lab, backend: str, files: Files) -> None:
    refused = Site(host, files, backend=backend).apply("--force", check=False)

    assert (refused.returncode, refused.stderr) == (2, "apply.sh: usage: apply.sh [--check]\n")
