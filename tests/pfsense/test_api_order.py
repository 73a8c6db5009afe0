"""api.sh where somebody else's rules are judged before ours: it stops before it changes anything."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.cli import Result
from tests.support.firewall_https import KEY, SECRET, make_certificate, run, serve, write_files
from tests.support.firewall_https import Firewall as Server
from tests.support.opnsense_model import Firewall
from tests.support.pfsense import HUBSPOT, make_plan, render_texts

Play = Callable[..., Result]
FOREIGN = "00000000-0000-4000-8000-000000000009"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificate(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def server(certificate: Path) -> Iterator[Server]:
    with serve(Firewall(), certificate) as running:
        yield running


@pytest.fixture
def play(certificate: Path, server: Server, tmp_path: Path) -> Play:
    """Run api.sh of a site with two rules, the numbers 1 and 2 on wan."""
    plan = make_plan({"hubspot": {"imaps": HUBSPOT}}, services=["imaps"])
    files = write_files(render_texts(plan, target="opnsense"), tmp_path / "files")
    authority = str(certificate.with_name("ca.pem"))
    settings = {"GATEPOST_FIREWALL": server.url, "GATEPOST_CA": authority, "GATEPOST_KEY": KEY, "GATEPOST_SECRET": SECRET}
    return lambda *words: run(files / "api.sh", words, settings)


def add_rule(server: Server, **fields: str) -> None:
    """Somebody else's rule, judged before ours but for the fields."""
    assert isinstance(server.model, Firewall)
    server.model.rules[FOREIGN] = {"description": "s3cr3t", "interface": "wan", "sequence": "2", "source_net": "any", **fields}


@pytest.mark.parametrize("words", [[], ["--check"]])
@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"sequence": "1"},
        {"sequence": "?"},
        {"interface": ""},
        {"interface": "lan,wan"},
        {"interface": "lan", "interfacenot": "1"},
        {"description": "about gatepost acme: it"},
    ],
)
def test_a_foreign_rule_that_is_judged_first_stops_it(play: Play, server: Server, fields: dict[str, str], words: list[str]) -> None:
    add_rule(server, **fields)

    done = play(*words)

    assert (done.status, server.changes) == (1, [])
    number = fields.get("sequence", "2").replace("?", "0")
    assert f"somebody else's rule is judged before those of this site: {FOREIGN}, sequence {number}; " in done.err
    assert "a number above 2\n" in done.err
    assert "nothing was changed" in done.err
    assert "s3cr3t" not in done.err


@pytest.mark.parametrize(
    "fields",
    [
        {"sequence": "3"},
        {"enabled": "0"},
        {"quick": "0"},
        {"interface": "lan"},
        {"interface": "lan,opt1"},
        {"interface": "wan", "interfacenot": "1"},
        {"description": "gatepost acme-2: it"},
    ],
)
def test_a_foreign_rule_that_is_not_judged_first_does_not_stop_it(play: Play, server: Server, fields: dict[str, str]) -> None:
    add_rule(server, **fields)

    done = play()

    assert (done.status, done.err.count("judged before")) == (0, 0)
    assert len(server.changes) > 0


def test_a_foreign_rule_on_all_interfaces_is_told_whatever_its_number(play: Play, server: Server) -> None:
    add_rule(server, interface="", sequence="90")

    done = play("--check")

    assert done.status == 0
    assert f"rule {FOREIGN}, sequence 90, is on several interfaces or all, and is judged before those of this site" in done.err


def test_a_rule_of_ours_that_somebody_renamed_does_not_stop_it(play: Play, server: Server) -> None:
    play()
    assert isinstance(server.model, Firewall)
    for item in server.model.rules.values():
        item["description"] = item["description"].replace("gatepost acme:", "mine:")

    assert play().status == 0


def test_a_foreign_rule_that_is_judged_first_does_not_stop_the_undo(play: Play, server: Server) -> None:
    play()
    add_rule(server)

    assert play("--undo").status == 0
    assert isinstance(server.model, Firewall)
    assert server.model.rules.keys() == {*Firewall().rules, FOREIGN}
