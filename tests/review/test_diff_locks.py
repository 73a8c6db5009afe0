"""`gatepost diff` with locks: what the feeds said then and now, for the services that the shipped profiles name."""

import json
import subprocess
from pathlib import Path
from typing import Final

import pytest

from generator import resources
from generator.diagnostics import Report
from generator.lock import find_feed
from generator.models import ConnectorUse
from generator.review.lock_side import read_lock_plan
from generator.source import SourceFile
from tests.profiles.shipped import connector
from tests.support.cli import Result, gatepost

PROFILES: Final = resources.find_folder("profiles")
PIN = """\
  {name}:
    url: "{url}"
    format: "text"
    definition: "{digest}"
    fetched: "2026-11-23T10:00:00Z"
    sha256: "{digest}"
    networks: [{networks}]
"""
REGIONS = """\
    regions:
      eu: [198.51.100.0/28]
      us: [203.0.113.0/28]
"""
LEAVING = """\
    leaving:
      - {network: "192.0.2.9/32", until: 2026-12-23}
"""


def pin(networks: str, name: str = "jira-cloud", url: str = "https://feeds.example.org/list.txt", digest: str = "0" * 64) -> str:
    return PIN.format(name=name, url=url, digest=digest, networks=networks)


def lock(*pins: str) -> str:
    return "kind: lock\nschema: gatepost.lock/1\nconnectors:\n" + "".join(pins)


def write_locked_site(name: str, more: str = "") -> str:
    """A site of one connector, with a lock of the feed that its shipped profile describes."""
    feed = find_feed(ConnectorUse(use=name), connector(PROFILES / f"{name}.yaml").model)
    assert feed is not None
    networks = "192.0.2.1/32, 2001:db8::1/128"
    Path("acme.lock").write_text(lock(pin(networks, name, feed.url or "https://example.org/feed", feed.digest)), encoding="utf-8")
    Path("acme.yaml").write_text(f"kind: site\nname: acme\nconnectors:\n  - use: {name}\n{more}", encoding="utf-8")
    return "acme.yaml"


def compare(old: str, new: str) -> Result:
    Path("old.lock").write_text(old, encoding="utf-8")
    Path("new.lock").write_text(new, encoding="utf-8")
    return gatepost("diff", "old.lock", "new.lock", "--format", "json")


def changes(done: Result) -> list[tuple[str, str, str, list[str]]]:
    return [(change["verdict"], change["party"], change["service"], change["prefixes"]) for change in json.loads(done.out)["changes"]]


def git(*arguments: str) -> None:
    author = ("-c", "user.name=Example", "-c", "user.email=it@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *author, *arguments], capture_output=True, check=True)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def repository(folder: Path) -> Path:
    """A repository whose lock has one prefix more in the second commit than in the first."""
    git("init", "--quiet", "--initial-branch", "main")
    (folder / "mail").mkdir()
    for networks in ("192.0.2.1/32", "192.0.2.1/32, 192.0.2.64/26"):
        (folder / "mail" / "acme.lock").write_text(lock(pin(networks)), encoding="utf-8")
        git("add", "--all")
        git("commit", "--quiet", "--message", networks)
    return folder


def test_the_order_and_the_cut_of_prefixes_are_no_difference() -> None:
    done = compare(
        lock(pin("192.0.2.0/25, 192.0.2.128/25"), pin("192.0.2.1/32", "pulsetic")),
        lock(pin("192.0.2.1/32", "pulsetic"), pin("192.0.2.128/25, 192.0.2.0/25")),
    )

    assert (done.status, json.loads(done.out)["verdict"], changes(done)) == (0, "same", [])


def test_one_prefix_more_is_wider_and_names_the_connector_the_services_and_the_addresses() -> None:
    done = compare(lock(pin("192.0.2.1/32")), lock(pin("192.0.2.1/32, 2001:db8::/48")))

    assert json.loads(done.out)["verdict"] == "wider"
    assert changes(done) == [
        ("wider", "jira-cloud", "imap", ["2001:db8::/48"]),
        ("wider", "jira-cloud", "imaps", ["2001:db8::/48"]),
    ]


def test_a_change_stands_at_the_list_of_the_lock() -> None:
    compare(lock(pin("192.0.2.1/32")), lock(pin("192.0.2.1/32, 192.0.2.3/32")))

    found = json.loads(gatepost("diff", "old.lock", "new.lock", "--format", "sarif").out)

    place = found["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert (place["artifactLocation"]["uri"], place["region"]["startLine"]) == ("new.lock", 10)


def test_regions_are_let_in_together() -> None:
    done = compare(lock(pin("192.0.2.1/32")), lock(pin("192.0.2.1/32") + REGIONS))

    assert changes(done)[0] == ("wider", "jira-cloud", "imap", ["198.51.100.0/28", "203.0.113.0/28"])


def test_what_is_leaving_is_still_let_in() -> None:
    done = compare(lock(pin("192.0.2.1/32, 192.0.2.9/32")), lock(pin("192.0.2.1/32") + LEAVING))

    assert changes(done) == []


def test_a_connector_that_is_new_closes_nothing_to_others() -> None:
    done = compare(lock(pin("192.0.2.1/32")), lock(pin("192.0.2.1/32"), pin("198.51.100.1/32", "auth0-smtp")))

    assert changes(done) == [
        ("wider", "auth0-smtp", "submissions", ["198.51.100.1"]),
        ("wider", "auth0-smtp", "submission", ["198.51.100.1"]),
    ]


def test_a_lock_says_nothing_of_settings() -> None:
    done = compare(lock(pin("192.0.2.1/32")), lock(pin("192.0.2.1/32"), pin("192.0.2.1/32", "pulsetic")))

    assert json.loads(done.out)["settings"] == []


@pytest.mark.parametrize("name", ["jira-cloud", "statuscake", "salesforce-email-relay"])
def test_a_lock_and_the_site_that_uses_it_with_all_services_are_the_same(name: str) -> None:
    write_locked_site(name)

    done = gatepost("diff", "acme.lock", "acme.yaml", "--format", "json")

    assert (done.status, json.loads(done.out)["same"]) == (0, True)


def test_a_service_that_the_site_opens_to_everybody_is_no_difference() -> None:
    write_locked_site("jira-cloud", "access: {imaps: public, imap: allowlist}\n")

    assert json.loads(gatepost("diff", "acme.yaml", "acme.lock", "--format", "json").out)["same"] is True


@pytest.mark.parametrize("target", ["iptables", "nftables"])
def test_rules_of_a_service_that_is_open_to_everybody_are_no_difference(target: str) -> None:
    site = write_locked_site("jira-cloud", "access: {imaps: public, imap: allowlist}\n")
    gatepost("render", site, "-t", target, "-o", "out")

    assert json.loads(gatepost("diff", "acme.lock", "out", "--format", "json").out)["same"] is True


def test_what_only_the_site_lets_in_is_told() -> None:
    write_locked_site("jira-cloud", "trusted: [10.20.0.0/16]\naccess: {imaps: allowlist, imap: allowlist}\n")

    assert changes(gatepost("diff", "acme.lock", "acme.yaml", "--format", "json")) == [
        ("wider", "trusted", "imap", ["10.20.0.0/16"]),
        ("wider", "trusted", "imaps", ["10.20.0.0/16"]),
    ]


def test_a_service_that_the_site_leaves_out_is_told() -> None:
    write_locked_site("jira-cloud", "    services: [imaps]\naccess: {imaps: allowlist}\n")

    assert changes(gatepost("diff", "acme.lock", "acme.yaml", "--format", "json")) == [
        ("narrower", "jira-cloud", "imap", ["192.0.2.1"]),
        ("narrower", "jira-cloud", "imap", ["2001:db8::1"]),
    ]


def test_rules_that_were_rendered_before_the_feed_grew_let_fewer_in() -> None:
    site = write_locked_site("jira-cloud", "access: {imaps: allowlist, imap: allowlist}\n")
    gatepost("render", site, "-t", "iptables", "-o", "out")
    Path("acme.lock").write_text(Path("acme.lock").read_text().replace("192.0.2.1/32", "192.0.2.0/31"), encoding="utf-8")

    assert changes(gatepost("diff", "out", "acme.lock", "--format", "json"))[:1] == [("wider", "jira-cloud", "imap", ["192.0.2.0"])]


def test_a_file_of_a_revision_is_compared_with_the_one_on_disk(repository: Path) -> None:
    printed = gatepost("diff", "HEAD~1:mail/acme.lock", "mail/acme.lock").out

    assert [line for line in printed.splitlines() if line.startswith("old")] == ["old  HEAD~1:mail/acme.lock"]
    assert "192.0.2.64/26" in printed


def test_a_range_and_a_lock_are_two_revisions_of_it(repository: Path) -> None:
    done = gatepost("diff", "HEAD~1..HEAD", "mail/acme.lock", "--format", "json")

    assert changes(done)[0] == ("wider", "jira-cloud", "imap", ["192.0.2.64/26"])


@pytest.mark.parametrize("path", ["mail", "."])
def test_the_lock_of_a_folder_without_rules_is_found(path: str, repository: Path) -> None:
    done = gatepost("diff", f"HEAD~1:{path}", path, "--format", "json")

    assert changes(done)[0] == ("wider", "jira-cloud", "imap", ["192.0.2.64/26"])


def test_several_locks_in_a_folder_are_not_taken_for_one(repository: Path) -> None:
    Path("mail", "other.lock").write_text(lock(pin("192.0.2.1/32")), encoding="utf-8")

    done = gatepost("diff", "HEAD:mail", "mail")

    assert (done.status, done.out) == (1, "")
    assert "error[AUD080]: `mail` holds 2 locks, and no rules\n" in done.err
    assert "name one: mail/acme.lock, mail/other.lock\n" in done.err


def test_a_mistake_in_a_lock_of_a_revision_is_told_at_its_own_name(repository: Path) -> None:
    Path("mail", "acme.lock").write_text(lock(pin("192.0.2.1/24")), encoding="utf-8")
    git("commit", "--quiet", "--all", "--message", "three")

    done = gatepost("diff", "HEAD:mail/acme.lock", "HEAD~1:mail/acme.lock")

    assert done.status == 1
    assert done.err.startswith("HEAD:mail/acme.lock:10:16: error[NET002]")


def test_a_lock_of_every_shipped_connector_is_a_plan() -> None:
    text = lock(*(pin("192.0.2.1/32, 2001:db8::1/128", name) for name in resources.shipped_profiles()))
    report = Report()

    plan = read_lock_plan(SourceFile("all.lock", "all.lock", text, ""), report)

    assert report.findings == ()
    assert plan is not None
    assert {rule.connector for rule in plan.rules} == set(resources.shipped_profiles())


def test_a_site_of_a_revision_has_the_lock_of_that_revision(folder: Path) -> None:
    git("init", "--quiet", "--initial-branch", "main")
    site = write_locked_site("jira-cloud", "access: {imaps: allowlist, imap: allowlist}\n")
    git("add", "--all")
    git("commit", "--quiet", "--message", "one")
    lock_file = folder / "acme.lock"
    lock_file.write_text(lock_file.read_text(encoding="utf-8").replace("192.0.2.1/32", "192.0.2.0/31"), encoding="utf-8")

    assert changes(gatepost("diff", f"HEAD:{site}", site, "--format", "json"))[:1] == [("wider", "jira-cloud", "imap", ["192.0.2.0"])]
