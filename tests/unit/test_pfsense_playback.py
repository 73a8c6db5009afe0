"""The playback sessions, played by PHP as pfSsh.php plays them, on a configuration with other people's objects."""

import copy
from pathlib import Path

import pytest

from generator.plan import Access
from tests.support.pfsense import HUBSPOT, OFFICE, SERVER, Config, busy_config, make_plan, play, render_texts, rule

URL = "https://192.0.2.80/lists"


def sessions(options: str = "", **plan: object) -> tuple[str, str]:
    """The session and its undo."""
    given: dict[str, object] = {"trusted": OFFICE} | plan
    files = render_texts(make_plan(**given), options, target="pfsense")  # type: ignore[arg-type]  # the tests pass what make_plan takes
    return files["playback.txt"], files["playback-undo.txt"]


def described(config: Config, interface: str = "wan") -> list[str]:
    """The descriptions of the rules on an interface, in order."""
    listed = (item for item in config["filter"]["rule"] if item["interface"] == interface and "floating" not in item)
    return [item["descr"].partition(" to ")[0] for item in listed]


def rows(config: Config, interface: str = "wan") -> dict[str, str]:
    """Where the separators of an interface stand."""
    return {item["text"]: item["row"][0] for item in config["filter"]["separator"][interface].values()}


def others_of(config: Config) -> Config:
    """The configuration without what is ours, and without the rows of separators."""
    left = copy.deepcopy(config)
    left["aliases"]["alias"] = [item for item in left["aliases"]["alias"] if not item["name"].startswith("gatepost_acme__")]
    left["filter"]["rule"] = [item for item in left["filter"]["rule"] if not item["descr"].startswith("gatepost acme: ")]
    for separators in left["filter"]["separator"].values():
        for separator in separators.values() if separators else ():
            separator.pop("row")
    return left


def test_our_rules_come_first_and_in_order(tmp_path: Path) -> None:
    played = play(sessions()[0], busy_config(), tmp_path)

    assert described(played.config)[:3] == ["gatepost acme: hubspot", "gatepost acme: trusted", "gatepost acme: nobody else"]
    assert played.said == "gatepost acme: the configuration has 4 aliases and 3 rules of ours\n"


def test_nothing_of_others_changes(tmp_path: Path) -> None:
    played = play(sessions()[0], busy_config(), tmp_path)

    assert others_of(played.config) == others_of(busy_config())


def test_the_configuration_is_written_once_and_the_filter_loaded_once(tmp_path: Path) -> None:
    played = play(sessions()[0], busy_config(), tmp_path)

    assert (played.status, played.calls) == (0, {"write_config": 1, "filter_configure": 1, "unlink": []})


def test_playing_a_session_again_changes_nothing(tmp_path: Path) -> None:
    session, _ = sessions()
    once = play(session, busy_config(), tmp_path)

    again = play(session, once.config, tmp_path)

    assert again.config == once.config
    assert again.calls["write_config"] == 0


def test_undo_leaves_the_configuration_as_it_was(tmp_path: Path) -> None:
    session, undo = sessions()
    applied = play(session, busy_config(), tmp_path)

    undone = play(undo, applied.config, tmp_path)

    assert undone.config == busy_config()


def test_undo_can_be_played_again(tmp_path: Path) -> None:
    played = play(sessions()[1], busy_config(), tmp_path)

    assert (played.config, played.calls["write_config"]) == (busy_config(), 0)


def test_every_interface_gets_the_rules(tmp_path: Path) -> None:
    played = play(sessions("{interface: [wan, opt1]}")[0], busy_config(), tmp_path)

    assert described(played.config, "opt1") == described(played.config)[:3]
    assert len({item["tracker"] for item in played.config["filter"]["rule"]}) == len(played.config["filter"]["rule"])


def test_separators_keep_their_place_among_the_rules_of_others(tmp_path: Path) -> None:
    played = play(sessions()[0], busy_config(), tmp_path)

    assert rows(played.config) == {"services": "fr3", "other site": "fr5"}
    assert rows(played.config, "lan") == {"inside": "fr0"}


def test_separators_move_by_the_change_of_our_number(tmp_path: Path) -> None:
    applied = play(sessions()[0], busy_config(), tmp_path)

    fewer = play(sessions(trusted=())[0], applied.config, tmp_path)

    assert rows(fewer.config) == {"services": "fr2", "other site": "fr4"}


def test_a_separator_above_our_rules_stays_there(tmp_path: Path) -> None:
    session, _ = sessions()
    applied = play(session, busy_config(), tmp_path).config
    applied["filter"]["separator"]["wan"]["sep2"] = {"row": ["fr0"], "text": "mail", "color": "bg-info", "if": "wan"}

    again = play(session, applied, tmp_path)

    assert rows(again.config)["mail"] == "fr0"
    assert rows(play(sessions(trusted=())[0], applied, tmp_path).config) == {"mail": "fr0", "services": "fr2", "other site": "fr4"}


def test_rules_that_somebody_moved_down_go_first_again(tmp_path: Path) -> None:
    session, _ = sessions()
    moved = play(session, busy_config(), tmp_path).config
    moved["filter"]["rule"] = moved["filter"]["rule"][3:] + moved["filter"]["rule"][:3]
    moved["filter"]["separator"] = busy_config()["filter"]["separator"]

    again = play(session, moved, tmp_path)

    assert described(again.config)[:4] == [*described(again.config)[:3], "web"]
    assert rows(again.config) == {"services": "fr3", "other site": "fr5"}


def test_a_rule_with_a_description_edited_by_hand_is_replaced(tmp_path: Path) -> None:
    session, _ = sessions()
    edited = play(session, busy_config(), tmp_path).config
    edited["filter"]["rule"][0]["descr"] = "mine now"

    again = play(session, edited, tmp_path)

    assert described(again.config) == described(play(session, busy_config(), tmp_path).config)


def test_an_earlier_rule_with_a_description_edited_by_hand_goes(tmp_path: Path) -> None:
    two = {"hubspot": {"imaps": HUBSPOT}, "nylas": {"imaps": ["203.0.113.200"]}}
    edited = play(sessions(connectors=two, services=["imaps"])[0], busy_config(), tmp_path).config
    edited["filter"]["rule"][1]["descr"] = "mine now"

    left = play(sessions(connectors={"hubspot": two["hubspot"]}, services=["imaps"])[0], edited, tmp_path)

    assert (left.status, "nylas" in str(left.config), "mine now" in described(left.config)) == (0, False, False)


def test_a_rule_of_somebody_else_with_one_of_our_trackers_stays(tmp_path: Path) -> None:
    session, undo = sessions()
    tracker = play(session, busy_config(), tmp_path).config["filter"]["rule"][0]["tracker"]
    config = busy_config()
    config["filter"]["rule"][0]["tracker"] = tracker

    refused, undone = play(session, config, tmp_path), play(undo, config, tmp_path)

    assert (refused.status, refused.config) == (1, config)
    assert refused.said == f"gatepost acme: nothing was changed: the tracker {tracker} is already that of another rule\n"
    assert undone.config == config


def test_what_a_site_has_no_more_goes(tmp_path: Path) -> None:
    two = {"hubspot": {"imaps": HUBSPOT}, "nylas": {"imaps": ["203.0.113.200"]}}
    applied = play(sessions(connectors=two, services=["imaps"])[0], busy_config(), tmp_path)

    left = play(sessions(connectors={"hubspot": two["hubspot"]}, services=["imaps"])[0], applied.config, tmp_path)

    assert "nylas" in str(applied.config)
    assert "nylas" not in str(left.config)


@pytest.mark.parametrize(
    ("name", "user"),
    [
        ("hubspot", rule("mine", source={"address": "gatepost_acme__hubspot"})),
        ("PORTS_imaps", rule("mine", destination={"any": "", "port": "gatepost_acme__PORTS_imaps"})),
        ("SERVER", rule("mine", destination={"address": "gatepost_acme__SERVER"}, floating="yes")),
    ],
)
def test_an_alias_that_others_use_is_not_taken_away(tmp_path: Path, name: str, user: Config) -> None:
    session, undo = sessions(services=["imaps"])
    config = play(session, busy_config(), tmp_path).config
    config["filter"]["rule"].append(user)

    refused = play(undo, config, tmp_path)

    assert (refused.status, refused.config, refused.calls["filter_configure"]) == (1, config, 0)
    assert (
        f": nothing was changed: the alias gatepost_acme__{name} is to go, and the configuration uses it at /filter/rule/" in refused.said
    )


@pytest.mark.parametrize("area", ["nat", "aliases"])
def test_an_alias_that_a_port_forward_or_another_alias_uses_is_not_taken_away(tmp_path: Path, area: str) -> None:
    session, undo = sessions()
    config = play(session, busy_config(), tmp_path).config
    if area == "nat":
        config["nat"]["rule"][0]["source"] = {"address": "gatepost_acme__hubspot"}
    else:
        config["aliases"]["alias"][0]["address"] = "192.0.2.1 gatepost_acme__hubspot"

    refused = play(undo, config, tmp_path)

    assert (refused.status, refused.config) == (1, config)


def test_a_description_may_name_an_alias_of_ours(tmp_path: Path) -> None:
    session, undo = sessions()
    config = play(session, busy_config(), tmp_path).config
    config["filter"]["rule"].append(rule("see gatepost_acme__hubspot"))

    assert play(undo, config, tmp_path).status == 0


def test_an_interface_that_the_firewall_does_not_have_is_refused(tmp_path: Path) -> None:
    refused = play(sessions("{interface: [wan, opt7]}")[0], busy_config(), tmp_path)

    assert (refused.status, refused.config) == (1, busy_config())
    assert refused.said == "gatepost acme: nothing was changed: this firewall has no interface opt7\n"


def test_a_list_that_can_not_be_fetched_is_refused(tmp_path: Path) -> None:
    session, _ = sessions(f"{{lists: url, list_url: '{URL}'}}", trusted=())

    refused = play(session, busy_config(), tmp_path)

    assert (refused.status, refused.config) == (1, busy_config())
    assert refused.said == f"gatepost acme: nothing was changed: there is no list of networks at {URL}/gatepost_acme__hubspot.txt\n"


def test_a_list_without_networks_is_refused(tmp_path: Path) -> None:
    session, _ = sessions(f"{{lists: url, list_url: '{URL}'}}", trusted=())

    refused = play(session, busy_config(), tmp_path, web={f"{URL}/gatepost_acme__hubspot.txt": "# moved\n"})

    assert (refused.status, refused.config) == (1, busy_config())


def test_a_list_is_fetched_before_the_rules_need_it(tmp_path: Path) -> None:
    session, undo = sessions(f"{{lists: url, list_url: '{URL}'}}", trusted=())

    played = play(session, busy_config(), tmp_path, web={f"{URL}/gatepost_acme__hubspot.txt": "# ours\n192.0.2.7/32\n"})

    alias = next(item for item in played.config["aliases"]["alias"] if item["name"] == "gatepost_acme__hubspot")
    assert (alias["type"], alias["url"], alias["updatefreq"]) == ("urltable", f"{URL}/gatepost_acme__hubspot.txt", "1")
    assert "gatepost_acme__hubspot.txt" in play(undo, played.config, tmp_path).calls["unlink"]


def test_a_configuration_that_can_not_be_written_ends_with_an_error(tmp_path: Path) -> None:
    refused = play(sessions()[0], busy_config(), tmp_path, writable=False)

    assert (refused.status, refused.config, refused.calls["filter_configure"]) == (1, busy_config(), 0)


def test_a_check_only_says_what_would_happen(tmp_path: Path) -> None:
    session, _ = sessions()
    before = play(session, busy_config(), tmp_path, "check")
    after = play(session, play(session, busy_config(), tmp_path).config, tmp_path, "check")

    assert (before.config, before.calls["write_config"], before.calls["filter_configure"]) == (busy_config(), 0, 0)
    assert before.said == "gatepost acme: the configuration would change, to 4 aliases and 3 rules of ours\n"
    assert after.said == "gatepost acme: the configuration has 4 aliases and 3 rules of ours, as it should\n"


def test_another_word_is_refused(tmp_path: Path) -> None:
    refused = play(sessions()[0], busy_config(), tmp_path, "chekc")

    assert (refused.status, refused.config) == (1, busy_config())


def test_an_empty_firewall_takes_a_session(tmp_path: Path) -> None:
    session, undo = sessions()
    empty: Config = {"interfaces": {"wan": {"if": "vtnet0"}}, "aliases": "", "filter": {"separator": ""}}

    applied = play(session, empty, tmp_path)
    undone = play(undo, applied.config, tmp_path)

    assert len(applied.config["filter"]["rule"]) == 3
    assert undone.config == empty


def test_two_sites_live_side_by_side(tmp_path: Path) -> None:
    session, undo = sessions()
    other = render_texts(make_plan(site="acme-2", addresses=["10.20.0.26"], access={"imaps": Access.PUBLIC}), target="pfsense")

    both = play(session, play(other["playback.txt"], busy_config(), tmp_path).config, tmp_path)
    left = play(undo, both.config, tmp_path)

    assert left.config == play(other["playback.txt"], busy_config(), tmp_path).config


def test_no_line_of_a_session_is_taken_for_a_shell_command() -> None:
    lines = "\n".join(sessions("{connection_limit: 20, log: true}")).splitlines()

    assert [line for line in lines if line.startswith(("!", "=")) or "?>" in line] == []
    assert SERVER[0] in "\n".join(lines)
