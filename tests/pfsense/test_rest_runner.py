"""rest.sh on a stand-in for a pfSense behind HTTPS: what it leaves there, at every moment, and what it says when something fails."""

import copy
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.scale import LONG
from tests.support.cli import Result
from tests.support.firewall_https import KEY, SECRET, Call, Fault, make_certificate, run, serve, write_files
from tests.support.firewall_https import Firewall as Server
from tests.support.pfsense import HUBSPOT, NYLAS, OFFICE, make_plan, render_texts
from tests.support.pfsense_model import Firewall

OLD: dict[str, Any] = {"connectors": {"hubspot": {"imaps": HUBSPOT}, "nylas": {"imaps": NYLAS}}, "services": ["imaps"], "trusted": OFFICE}
NEW: dict[str, Any] = {
    "connectors": {"hubspot": {"imaps": (*HUBSPOT, "192.0.2.77")}, "pipedrive": {"imaps": ["198.51.100.200"]}},
    "services": ["imaps"],
}
NEW_RULES = [f"gatepost acme: {who} to imaps" for who in ("hubspot", "pipedrive", "nobody else")]
APPLY = "/api/v2/firewall/apply"
Play = Callable[..., Result]
# Both versions are played once for all tests.
pytestmark = pytest.mark.xdist_group("pfsense-rest")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificate(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def versions(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The files of two versions of a site."""
    folder = tmp_path_factory.mktemp("files")
    return {
        name: write_files(render_texts(make_plan(**plan), target="pfsense"), folder / name) for name, plan in (("old", OLD), ("new", NEW))
    }


@pytest.fixture(scope="module")
def applied(certificate: Path, versions: dict[str, Path]) -> dict[str, Firewall]:
    """A firewall without anything of ours, and after each version."""
    firewalls = {"none": Firewall(), "old": Firewall(), "new": Firewall()}
    for version, folder in versions.items():
        with serve(firewalls[version], certificate) as server:
            assert play_on(server, folder / "rest.sh").status == 0
    return firewalls


@pytest.fixture
def firewall() -> Firewall:
    return Firewall()


@pytest.fixture
def server(certificate: Path, firewall: Firewall) -> Iterator[Server]:
    with serve(firewall, certificate) as running:
        yield running


@pytest.fixture
def play(server: Server, versions: dict[str, Path], applied: dict[str, Firewall]) -> Play:
    """Play a version; with `on`, where another one was played before."""

    def play_version(version: str, *words: str, on: str = "", **environment: str) -> Result:
        if on:
            vars(server.model).update(vars(copy.deepcopy(applied[on])))
        return play_on(server, versions[version] / "rest.sh", *words, **environment)

    return play_version


def play_on(server: Server, script: Path, *words: str, **environment: str) -> Result:
    settings = {"GATEPOST_FIREWALL": server.url, "GATEPOST_CA": str(server.authority), "GATEPOST_KEY": KEY}
    return run(script, words, {**settings, **environment})


def state(firewall: Firewall) -> tuple[Any, Any]:
    return copy.deepcopy((sorted(firewall.aliases, key=lambda alias: str(alias["name"])), firewall.rules))


def at_call(number: int, fault: str | tuple[int, Any]) -> Fault:
    """Have something else happen to one of the calls that change something."""
    seen: list[Call] = []

    def decide(call: Call) -> str | tuple[int, Any] | None:
        seen.extend([call] if call.method != "GET" else [])
        return fault if len(seen) == number and call.method != "GET" else None

    return decide


def test_everything_is_put_in_above_the_rest_and_loaded_once(play: Play, firewall: Firewall) -> None:
    done = play("new")

    before = Firewall()
    assert (done.status, done.err) == (0, "rest.sh: all calls of rest.json are made, and the firewall has loaded its rules\n")
    assert [rule["descr"] for rule in firewall.rules[:3]] == NEW_RULES
    assert firewall.rules[3:] == before.rules
    assert firewall.aliases[:2] == before.aliases
    assert firewall.loaded == [(firewall.aliases, firewall.rules)]


@pytest.mark.parametrize("before", ["new", "old"])
def test_again_or_over_an_old_version_it_leaves_the_same(play: Play, firewall: Firewall, applied: dict[str, Firewall], before: str) -> None:
    done = play("new", on=before)

    assert done.status == 0
    assert state(firewall) == state(applied["new"])


@pytest.mark.parametrize("before", ["none", "old"])
def test_the_undo_leaves_everything_as_it_was(play: Play, firewall: Firewall, before: str) -> None:
    done = play("new", "--undo", on=before)

    assert done.status == 0
    assert (firewall.aliases, firewall.rules) == (Firewall().aliases, Firewall().rules)


def test_at_no_moment_is_the_service_open_or_closed_to_those_of_both_versions(play: Play, server: Server, firewall: Firewall) -> None:
    moments: list[list[str]] = []
    server.after = lambda _call: moments.append([rule["descr"] for rule in firewall.rules])

    play("new", on="old")

    ours = [[descr.removeprefix("gatepost acme: ") for descr in moment if descr.startswith("gatepost acme: ")] for moment in moments]
    assert [moment for moment in ours if moment.index("hubspot to imaps") > moment.index("nobody else to imaps")] == []
    assert ["nylas to imaps" in moment for moment in (ours[0], ours[-1])] == [True, False]


@pytest.mark.parametrize("number", [1, 7] if LONG else [7])
def test_after_a_hang_up_a_second_run_repairs(
    play: Play, server: Server, firewall: Firewall, applied: dict[str, Firewall], number: int
) -> None:
    server.fault = at_call(number, "hang up")

    broken, repaired = play("new", on="old"), play("new")

    assert (broken.status, repaired.status) == (1, 0)
    assert "may have been carried out" in broken.err
    assert "run it again: it begins at the top and repairs" in broken.err
    assert state(firewall) == state(applied["new"])


def test_a_rule_that_somebody_puts_on_top_meanwhile_stops_it_before_anything_goes(play: Play, server: Server, firewall: Firewall) -> None:
    server.after = lambda call: firewall.rules.insert(0, {"descr": "mine"}) if call.path.endswith("/rule") else None

    done = play("new", on="old")

    assert done.status == 1
    assert "somebody else changes rules at the same time" in done.err
    assert "gatepost acme: nylas to imaps" in {rule["descr"] for rule in firewall.rules}
    assert len(firewall.loaded) == 1


@pytest.mark.parametrize(
    ("kind", "item", "words"),
    [
        ("rules", {"descr": "mine", "source": "!gatepost_acme__nylas"}, []),
        ("aliases", {"name": "all", "type": "network", "descr": "", "address": ["192.0.2.1/32", "gatepost_acme__nylas"]}, ["--undo"]),
        ("port_forwards", {"descr": "mine", "source": "gatepost_acme__nylas", "target": "10.20.0.25"}, ["--check"]),
    ],
)
def test_an_alias_that_somebody_else_uses_stays_and_nothing_is_changed(
    play: Play, server: Server, firewall: Firewall, applied: dict[str, Firewall], kind: str, item: Any, words: list[str]
) -> None:
    lists = copy.deepcopy(applied["old"])
    getattr(lists, kind).append(item)
    vars(firewall).update(vars(lists))

    done = play("new", *words)

    assert done.status == 1
    assert "something else uses" in done.err
    assert "gatepost_acme__nylas" in done.err
    assert done.err.endswith("nothing was changed\n")
    assert server.changes == []


def test_check_names_what_would_change_and_changes_nothing(play: Play, server: Server) -> None:
    done = play("new", "--check", on="old")

    assert done.out.splitlines() == [
        "would create alias gatepost_acme__pipedrive",
        *[f"would replace alias gatepost_acme__{name}" for name in ("PORTS_imaps", "SERVER", "hubspot")],
        *[f"would delete alias gatepost_acme__{name}" for name in ("TRUSTED", "nylas")],
        "would create rule gatepost acme: pipedrive to imaps",
        "would replace rule gatepost acme: hubspot to imaps",
        "would replace rule gatepost acme: nobody else to imaps",
        "would delete rule gatepost acme: nylas to imaps",
        "would delete rule gatepost acme: trusted to imaps",
    ]
    assert (done.status, server.changes) == (0, [])


def test_check_of_the_undo_names_what_would_go(play: Play, server: Server) -> None:
    done = play("old", "--check", "--undo", on="new")

    names = [f"would delete alias gatepost_acme__{name}" for name in ("PORTS_imaps", "SERVER", "hubspot", "pipedrive")]
    assert done.out.splitlines() == [*names, *sorted(f"would delete rule {descr}" for descr in NEW_RULES)]
    assert (done.status, server.changes) == (0, [])


def test_a_key_is_sent_as_such_and_a_password_with_its_user(play: Play, server: Server) -> None:
    play("new", "--check")
    play("new", "--check", GATEPOST_SECRET=SECRET)

    assert {call.login for call in server.calls} == {KEY, f"{KEY}:{SECRET}"}


def test_a_refused_rule_stops_it_and_says_which_and_why(play: Play, server: Server) -> None:
    server.fault = at_call(6, (400, {"message": "Field `source` is\n invalid\x1b[2J", "status": "bad request"}))

    done = play("new")

    assert done.status == 1
    assert "POST /api/v2/firewall/rule (gatepost acme: pipedrive to imaps)" in done.err
    assert "refuses with status 400: Field `source` is  invalid[2J" in done.err
    assert APPLY not in {call.path for call in server.calls}


def test_shellcheck_passes_the_script(versions: dict[str, Path]) -> None:
    checked = subprocess.run(
        ["shellcheck", "--enable=all", "--exclude=SC2250,SC2310,SC2311,SC2312", "rest.sh"],
        cwd=versions["new"],
        capture_output=True,
        text=True,
    )

    assert (checked.stdout, checked.returncode) == ("", 0)
