"""api.sh on a stand-in for an OPNsense behind HTTPS: what it leaves there, whatever fails, and that nobody sees the key."""

import copy
import fcntl
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.cli import Result
from tests.support.firewall_https import KEY, SECRET, make_certificate, programs_without, run, serve, watch_programs, write_files
from tests.support.firewall_https import Firewall as Server
from tests.support.opnsense_model import Firewall
from tests.support.pfsense import HUBSPOT, NYLAS, OFFICE, make_plan, render_texts

OLD: dict[str, Any] = {"connectors": {"hubspot": {"imaps": HUBSPOT}, "nylas": {"imaps": NYLAS}}, "services": ["imaps"], "trusted": OFFICE}
NEW: dict[str, Any] = {"connectors": {"hubspot": {"imaps": HUBSPOT}}, "services": ["imaps"]}
Play = Callable[..., Result]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificate(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def server(certificate: Path) -> Iterator[Server]:
    with serve(Firewall(), certificate) as running:
        yield running


@pytest.fixture(scope="module")
def versions(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The files of two versions of a site."""
    folder = tmp_path_factory.mktemp("files")
    return {
        name: write_files(render_texts(make_plan(**plan), target="opnsense"), folder / name) for name, plan in (("old", OLD), ("new", NEW))
    }


@pytest.fixture
def settings(certificate: Path, server: Server) -> dict[str, str]:
    authority = str(certificate.parent / "ca.pem")
    return {"GATEPOST_FIREWALL": server.url, "GATEPOST_CA": authority, "GATEPOST_KEY": KEY, "GATEPOST_SECRET": SECRET}


@pytest.fixture
def play(settings: dict[str, str], versions: dict[str, Path]) -> Play:
    def play_version(version: str, *words: str, **environment: str) -> Result:
        return run(versions[version] / "api.sh", words, {**settings, **environment})

    return play_version


def state(server: Server) -> Any:
    assert isinstance(server.model, Firewall)
    return copy.deepcopy((server.model.aliases, server.model.rules))


def named(server: Server) -> tuple[list[str], list[str]]:
    """The names of all aliases and the descriptions of all rules."""
    aliases, rules = state(server)
    return sorted(alias["name"] for alias in aliases.values()), sorted(rule["description"] for rule in rules.values())


def test_applied_again_and_undone_twice_it_leaves_what_it_should(play: Play, server: Server) -> None:
    first = play("new")
    once = state(server)
    again = play("new")
    twice = state(server)
    undone = [play("new", "--undo"), play("new", "--undo")]

    assert [done.status for done in (first, again, *undone)] == [0] * 4
    assert twice == once
    assert {alias["content"] for alias in once[0].values()} >= {"192.0.2.7/32\n198.51.100.0/25\n2001:db8:100::/48", "993"}
    assert len(once[1]) == len(Firewall().rules) + 2
    assert state(server) == (Firewall().aliases, Firewall().rules)


def test_a_new_version_replaces_the_old_one_and_nothing_else(play: Play, server: Server) -> None:
    play("old")

    done = play("new")

    assert done.status == 0
    assert named(server) == (
        [*[f"gatepost_acme__{name}" for name in ("PORTS_imaps", "SERVER", "hubspot")], "office"],
        ["gatepost acme-2: hubspot to imaps", *[f"gatepost acme: {who} to imaps" for who in ("hubspot", "nobody else")], "web"],
    )


def test_check_names_what_would_change_and_changes_nothing(play: Play, server: Server) -> None:
    play("old")
    before, calls = state(server), len(server.changes)

    apply, undo = play("new", "--check"), play("new", "--undo", "--check")

    assert [line for line in apply.out.splitlines() if "replace" not in line] == [
        "would delete alias gatepost_acme__TRUSTED",
        "would delete alias gatepost_acme__nylas",
        "would delete rule gatepost acme: nylas to imaps",
        "would delete rule gatepost acme: trusted to imaps",
    ]
    assert {line.split()[1] for line in undo.out.splitlines()} == {"delete"}
    assert (apply.status, undo.status, len(server.changes), state(server)) == (0, 0, calls, before)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ((401, {"status": 401, "message": "Authentication Failed"}), "does not take the key: Authentication Failed"),
        ((403, {"status": 403, "message": "Forbidden"}), "the key may not do this: Forbidden"),
        ((404, {"errorMessage": "Endpoint not found"}), "is it OPNsense 25.1 or later: Endpoint not found"),
        ((500, {"errorMessage": "it burns"}), "refuses with status 500: it burns"),
        (
            (200, {"result": "failed", "validations": {"rule.source_net": "no such alias"}}),
            "did not do it: failed; rule.source_net: no such",
        ),
        ((200, ["no", "object"]), "is none that such a firewall gives"),
        ((500, {"errorMessage": f"{KEY} is no key"}), "(it repeats the key)"),
        ((500, {"errorMessage": f"{SECRET} is no secret"}), "(it repeats the secret)"),
        ("html", "is none that such a firewall gives"),
        ("redirect", "answers with a redirect, which is not followed"),
        ("hang up", "the connection broke, and the call may have been carried out"),
    ],
)
def test_a_failure_in_the_middle_is_told(play: Play, server: Server, fault: Any, words: str) -> None:
    failing = iter([None, None, fault])
    server.fault = lambda _call: next(failing)

    done = play("new")

    assert (done.status, len(server.calls)) == (1, 3)
    assert "stopped at call 3 of 8, POST /api/firewall/filter/set_rule/" in done.err
    assert words in done.err
    assert "what was saved so far takes effect with the last call" in done.err
    assert [text for text in (KEY, SECRET) if text in done.out + done.err] == []


def test_a_second_run_repairs(play: Play, server: Server) -> None:
    failing = iter([None, None, "hang up"])
    server.fault = lambda _call: next(failing, None)

    broken, repaired = play("new"), play("new")

    assert (broken.status, repaired.status) == (1, 0)
    assert len(state(server)[1]) == len(Firewall().rules) + 2


def test_a_refusal_of_the_first_call_has_changed_nothing(play: Play, server: Server) -> None:
    server.fault = lambda _call: (401, {"message": "Authentication Failed"})

    done = play("new")

    assert done.status == 1
    assert done.err.endswith("nothing was changed\n")


def test_an_alias_in_use_stops_the_undo_with_the_firewall_s_own_words(play: Play, server: Server) -> None:
    play("new")
    assert isinstance(server.model, Firewall)
    server.model.rules["00000000-0000-4000-8000-000000000009"] = {"description": "mine", "source_net": "gatepost_acme__hubspot"}

    done = play("new", "--undo")

    assert done.status == 1
    assert "(gatepost_acme__hubspot)" in done.err
    assert "gatepost_acme__hubspot is in use" in done.err


def test_what_is_no_uuid_never_becomes_part_of_a_path(play: Play, server: Server) -> None:
    listed = {"filter": {"rules": {"rule": {"core/system/halt": {"description": "gatepost acme: x"}}}}}
    server.fault = lambda call: (200, listed) if call.path.endswith("/filter/get") else None

    done = play("new", "--undo")

    assert done.status == 1
    assert server.changes == []


def test_a_certificate_of_an_unknown_authority_is_not_accepted(settings: dict[str, str], server: Server, versions: dict[str, Path]) -> None:
    (versions["new"] / ".curlrc").write_text("insecure\n", encoding="utf-8")

    done = run(versions["new"] / "api.sh", [], {**settings, "GATEPOST_CA": ""})

    assert done.status == 1
    assert "the firewall's certificate is not accepted" in done.err
    assert server.calls == []


def test_a_certificate_for_another_name_is_not_accepted(play: Play, server: Server) -> None:
    done = play("new", GATEPOST_FIREWALL=server.url.replace("localhost", "127.0.0.1"))

    assert done.status == 1
    assert "the firewall's certificate is not accepted" in done.err
    assert server.calls == []


def test_a_firewall_that_is_not_there_ends_it_with_3(play: Play, server: Server) -> None:
    server.server.server_close()

    done = play("new")

    assert done.status == 3
    assert "the firewall can't be reached: curl: (7)" in done.err


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"GATEPOST_FIREWALL": ""}, "GATEPOST_FIREWALL is not set"),
        ({"GATEPOST_FIREWALL": "http://fw.example.org"}, "has to begin with https://"),
        ({"GATEPOST_FIREWALL": "https://me:word@fw.example.org"}, "has to be https://NAME or https://NAME:PORT"),
        ({"GATEPOST_FIREWALL": 'https://fw.example.org"\ninsecure'}, "has to be https://NAME or https://NAME:PORT"),
        ({"GATEPOST_KEY": ""}, "there is no key: set GATEPOST_KEY"),
        ({"GATEPOST_SECRET": ""}, "there is no secret: set GATEPOST_SECRET"),
        ({"GATEPOST_SECRET": "a\nb"}, "the secret has a line end"),
        ({"GATEPOST_KEY_FILE": "absent"}, "set GATEPOST_KEY_FILE or GATEPOST_KEY, not both"),
        ({"GATEPOST_KEY": "", "GATEPOST_SECRET": "", "GATEPOST_KEY_FILE": "absent"}, "absent that can be read (GATEPOST_KEY_FILE)"),
        ({"GATEPOST_CA": "absent.pem"}, "absent.pem that can be read (GATEPOST_CA)"),
    ],
)
def test_what_is_missing_is_said_before_anything_is_tried(play: Play, server: Server, environment: dict[str, str], words: str) -> None:
    done = play("new", **environment)

    assert done.status == 2
    assert words in done.err
    assert server.calls == []


@pytest.mark.parametrize("program", ["curl", "jq"])
def test_a_missing_program_is_named(play: Play, tmp_path: Path, program: str) -> None:
    done = play("new", PATH=programs_without(tmp_path, program))

    assert (done.status, done.err) == (2, f"api.sh: {program} is not installed; this script needs curl and jq\n")


def test_a_second_run_in_the_folder_at_the_same_time_is_refused(play: Play, server: Server, versions: dict[str, Path]) -> None:
    with (versions["new"] / "api.sh").open(encoding="utf-8") as script:
        fcntl.flock(script, fcntl.LOCK_EX)
        done = play("new")

    assert (done.status, server.calls) == (2, [])
    assert "another run is under way in this folder" in done.err


def test_an_address_of_ipv6_is_an_address(play: Play) -> None:
    assert play("new", GATEPOST_FIREWALL="https://[::1]:9").status == 3


def test_an_unknown_word_is_refused(play: Play, server: Server) -> None:
    done = play("new", "--insecure")

    assert (done.status, server.calls) == (2, [])


def test_the_key_file_that_opnsense_hands_out_is_read(play: Play, server: Server, tmp_path: Path) -> None:
    (tmp_path / "key.txt").write_bytes(f"key={KEY}\r\nsecret={SECRET}\r\n".encode())

    done = play("new", "--check", GATEPOST_KEY="", GATEPOST_SECRET="", GATEPOST_KEY_FILE=str(tmp_path / "key.txt"))

    assert done.status == 0
    assert {call.login for call in server.calls} == {f"{KEY}:{SECRET}"}


def test_no_process_has_the_key_in_its_arguments_or_environment(
    settings: dict[str, str], versions: dict[str, Path], server: Server, tmp_path: Path
) -> None:
    path, notes = watch_programs(tmp_path)

    done = run(versions["new"] / "api.sh", [], {**settings, "PATH": path}, traced=True)

    noted = notes.read_text(encoding="utf-8", errors="replace")
    assert (done.status, {call.login for call in server.calls}) == (0, {f"{KEY}:{SECRET}"})
    assert "curl -q --config -\n" in noted
    assert [text for text in (KEY, SECRET, "k3y", "s3cr3t") if text in noted + done.out + done.err] == []


def test_nothing_is_left_in_the_folder_for_temporary_files(play: Play, server: Server, tmp_path: Path) -> None:
    server.fault = lambda call: "hang up" if call.path.endswith("/apply") else None

    play("new", TMPDIR=str(tmp_path))

    assert os.listdir(tmp_path) == []


def test_shellcheck_passes_the_script(versions: dict[str, Path]) -> None:
    checked = subprocess.run(
        ["shellcheck", "--enable=all", "--exclude=SC2250,SC2310,SC2311,SC2312", "api.sh"],
        cwd=versions["new"],
        capture_output=True,
        text=True,
    )

    assert (checked.stdout, checked.returncode) == ("", 0)
