"""`gatepost diff` with git revisions: the site of another day, with the files that it named then."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.support.cli import SITE, gatepost, write_site

NETWORK = "      - 203.0.113.0/28\n"


def git(*arguments: str) -> str:
    author = ("-c", "user.name=Example", "-c", "user.email=it@example.org", "-c", "commit.gpgsign=false")
    return subprocess.run(["git", *author, *arguments], capture_output=True, check=True, text=True).stdout


def commit(message: str) -> None:
    git("add", "--all")
    git("commit", "--quiet", "--message", message)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a site in a folder, whose list got shorter in the second commit and longer on a branch."""
    folder = tmp_path / "mail"
    folder.mkdir()
    monkeypatch.chdir(tmp_path)
    git("init", "--quiet", "--initial-branch", "main")
    write_site(folder, SITE.replace(NETWORK, f"{NETWORK}    networks_file: ../lists/more.txt\n"))
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "more.txt").write_text("198.51.100.64\n198.51.100.66\n", encoding="utf-8")
    commit("one")
    git("branch", "feature")
    (tmp_path / "lists" / "more.txt").write_text("198.51.100.64\n", encoding="utf-8")
    commit("two")
    git("checkout", "--quiet", "feature")
    (tmp_path / "lists" / "more.txt").write_text("198.51.100.64\n198.51.100.66\n198.51.100.68\n", encoding="utf-8")
    commit("three")
    monkeypatch.chdir(folder)
    return folder


def changed(*arguments: str) -> list[str]:
    """The title, and the signs with the addresses, of what `diff` prints."""
    lines = gatepost("diff", *arguments).out.splitlines()
    return [line.strip() for line in lines if line.startswith(("old", "new", "+", "-", "          "))]


def test_a_file_of_a_revision_is_compared_with_the_one_on_disk(repository: Path) -> None:
    assert changed("main:mail/acme.yaml", "acme.yaml") == [
        "old  main:mail/acme.yaml",
        "new  acme.yaml",
        "+ crm gets in now",
        "198.51.100.66",
        "198.51.100.68",
        *["198.51.100.66", "198.51.100.68"],  # the public service: whose they are
    ]


def test_a_range_and_a_path_are_two_revisions_of_it(repository: Path) -> None:
    assert changed("main..feature", "acme.yaml")[:4] == [
        "old  main:mail/acme.yaml",
        "new  feature:mail/acme.yaml",
        "+ crm gets in now",
        "198.51.100.66",
    ]


def test_three_dots_begin_where_the_branch_left(repository: Path) -> None:
    found = changed("main...feature", "acme.yaml")

    assert found[2:4] == ["+ crm gets in now", "198.51.100.68"]


def test_a_first_side_that_is_left_out_is_head(repository: Path) -> None:
    assert changed("..HEAD", "acme.yaml") == ["old  HEAD:mail/acme.yaml", "new  HEAD:mail/acme.yaml"]


@pytest.mark.parametrize("written", ["HEAD~1..", "HEAD~1..HEAD"])
def test_a_side_that_is_left_out_is_head(written: str, repository: Path) -> None:
    assert changed(written, "acme.yaml")[1:4] == ["new  HEAD:mail/acme.yaml", "+ crm gets in now", "198.51.100.68"]


def test_a_path_with_a_dot_counts_from_here(repository: Path) -> None:
    assert changed("HEAD:./acme.yaml", "acme.yaml") == ["old  HEAD:mail/acme.yaml", "new  acme.yaml"]


def test_a_file_of_that_very_name_comes_before_a_revision(repository: Path) -> None:
    Path("main:acme.yaml").write_text(Path("acme.yaml").read_text(), encoding="utf-8")

    assert changed("main:acme.yaml", "acme.yaml") == ["old  main:acme.yaml", "new  acme.yaml"]


def test_a_rendered_folder_of_a_revision_is_compared(repository: Path) -> None:
    gatepost("render", "acme.yaml", "-t", "iptables", "-o", "out")
    commit("rendered")
    Path("acme.yaml").write_text(Path("acme.yaml").read_text().replace("198.51.100.10", "198.51.100.12"), encoding="utf-8")
    gatepost("render", "acme.yaml", "-t", "iptables", "-o", "out")

    assert changed("HEAD:mail/out", "out")[2:] == ["+ crm gets in now", "198.51.100.12", "- crm no longer gets in", "198.51.100.10"]


def test_a_link_in_a_folder_of_a_revision_is_followed_as_on_disk(repository: Path) -> None:
    gatepost("render", "acme.yaml", "-t", "iptables", "-o", "out")
    Path("kept").mkdir()
    rules = Path("out/acme/iptables/v4.rules").replace("kept/v4.rules")
    Path("out/acme/iptables/v4.rules").symlink_to("../../../kept/v4.rules")
    commit("linked")
    rules.write_text(rules.read_text().replace("198.51.100.10", "198.51.100.12"), encoding="utf-8")

    assert changed("HEAD:mail/out", "out")[2:] == ["+ crm gets in now", "198.51.100.12", "- crm no longer gets in", "198.51.100.10"]


@pytest.mark.parametrize("target", ["nowhere", "../../../elsewhere", ".."])
def test_a_link_in_a_folder_of_a_revision_that_leads_to_no_file_is_told(target: str, repository: Path) -> None:
    gatepost("render", "acme.yaml", "-t", "iptables", "-o", "out")
    Path("out/acme/iptables/more.rules").symlink_to(target)
    commit("linked")

    expected = "error[AUD082]: `mail/out/acme/iptables/more.rules` is a symbolic link that leads to no file of `HEAD`\n"
    assert expected in gatepost("diff", "HEAD:mail/out", "out").err


def test_a_link_with_a_line_break_in_its_name_is_told(repository: Path) -> None:
    gatepost("render", "acme.yaml", "-t", "iptables", "-o", "out")
    Path("out/acme/iptables/v4.rules\nHEAD").symlink_to("v4.rules")  # git would take it for the names of two files
    commit("linked")

    expected = r"error[AUD082]: `mail/out/acme/iptables/v4.rules\nHEAD` is a symbolic link with a line break in its name"
    assert expected in gatepost("diff", "HEAD:mail/out", "out").err


@pytest.mark.parametrize("name", ["a\nb", "a\tb", "a\"b'c", "a\\b", "-rf", ":(top)a", "\udcff"])
def test_names_of_any_kind_in_a_folder_of_a_revision_are_read(name: str, repository: Path) -> None:
    gatepost("render", "acme.yaml", "-t", "iptables", "-o", "out")
    (Path("out/acme/iptables") / name).write_text("1\n", encoding="utf-8")
    commit("rendered")

    assert gatepost("diff", "HEAD:mail/out", "out").out.splitlines()[-1] == "same: the same addresses get in"


@pytest.mark.parametrize("name", ["a\tb", "a:b", "a b ", ":(top)a", "\udcff"])
def test_links_of_any_name_in_a_folder_of_a_revision_are_followed(name: str, repository: Path) -> None:
    gatepost("render", "acme.yaml", "-t", "iptables", "-o", "out")
    (Path("out/acme/iptables") / name).symlink_to("v4.rules")
    commit("linked")

    assert gatepost("diff", "HEAD:mail/out", "out").out.splitlines()[-1] == "same: the same addresses get in"


def test_the_top_of_a_revision_is_the_whole_of_it_from_any_folder(repository: Path) -> None:
    gatepost("render", "acme.yaml", "-t", "iptables", "-o", "../out")
    git("add", "--all", "..")
    commit("rendered")

    assert changed("HEAD:", "../out") == ["old  HEAD:.", "new  ../out"]


def test_the_top_of_a_revision_is_named_as_git_names_it(repository: Path) -> None:
    done = gatepost("diff", "HEAD:", "acme.yaml")

    assert done.err.startswith("HEAD:.:1:1: error[AUD080]: no file in `HEAD:.` holds rules that can be read\n")


def test_a_repository_in_a_folder_of_a_revision_is_told(repository: Path) -> None:
    gatepost("render", "acme.yaml", "-t", "iptables", "-o", "out")
    commit("rendered")
    git("update-index", "--add", "--cacheinfo", f"160000,{git('rev-parse', 'HEAD').strip()},mail/out/more")
    git("commit", "--quiet", "--message", "nested")

    assert "error[AUD082]: `mail/out/more` is a repository of its own in `HEAD`\n" in gatepost("diff", "HEAD:mail/out", "out").err


def test_a_folder_of_a_revision_takes_few_runs_of_git(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gatepost("render", "acme.yaml", "-t", "iptables", "-o", "out")
    for number in range(50):
        Path("out", f"{number} \u00fc.txt").write_text("\n" * number, encoding="utf-8")
    commit("rendered")
    monkeypatch.setenv("GIT_TRACE", str(tmp_path / "runs"))

    assert gatepost("diff", "HEAD:mail/out", "out").status == 0
    assert (tmp_path / "runs").read_text(encoding="utf-8").count("built-in: git") < 10


def test_mistakes_in_a_revision_are_told_at_its_own_name(repository: Path) -> None:
    Path("acme.yaml").write_text(SITE.replace("203.0.113.0/28", "203.0.113.1/28"), encoding="utf-8")
    commit("four")
    write_site(repository)

    done = gatepost("diff", "HEAD:mail/acme.yaml", "acme.yaml")

    assert done.status == 1
    assert done.err.startswith("HEAD:mail/acme.yaml:9:9: error[NET002]")
    assert "      - 203.0.113.1/28\n" in done.err


def test_sarif_names_the_file_without_its_revision(repository: Path) -> None:
    found = json.loads(gatepost("diff", "main..feature", "acme.yaml", "--format", "sarif").out)

    places = [item["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for item in found["runs"][0]["results"]]
    assert set(places) == {"mail/acme.yaml"}


def test_settings_of_a_revision_have_its_places(repository: Path) -> None:
    site = Path("acme.yaml").read_text()
    Path("acme.yaml").write_text(site.replace("    mailboxes: 3\n", "    mailboxes: 3\n    ticket: NET-1\n"), encoding="utf-8")
    commit("four")

    found = json.loads(gatepost("diff", "HEAD~1..HEAD", "acme.yaml", "--format", "json").out)["settings"]

    assert [(setting["name"], setting["place"]["path"]) for setting in found] == [("ticket", "HEAD:mail/acme.yaml")]


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("nowhere:mail/acme.yaml", "`nowhere` is no revision of this repository"),
        ("--help:mail/acme.yaml", "`--help` is no revision of this repository"),
        ("main:acme.yaml", "`acme.yaml` is not in `main`"),
        ("main:../../acme.yaml", "`../../acme.yaml` is not in this repository"),
    ],
)
def test_what_git_does_not_have_is_told(argument: str, message: str, repository: Path) -> None:
    done = gatepost("diff", "--", argument, "acme.yaml")

    assert (done.status, done.out) == (1, "")
    assert f"error[AUD082]: {message}\n" in done.err


def test_a_symbolic_link_is_not_followed(repository: Path) -> None:
    Path("link.yaml").symlink_to("acme.yaml")
    commit("four")

    assert "`mail/link.yaml` is a symbolic link in `HEAD`" in gatepost("diff", "HEAD:mail/link.yaml", "acme.yaml").err


def test_a_list_outside_the_repository_is_not_looked_for_elsewhere(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "more.txt").write_text("198.51.100.99\n", encoding="utf-8")  # where it would be, counted from the scratch folder
    Path("acme.yaml").write_text(Path("acme.yaml").read_text().replace("../lists/", "../../outside/"), encoding="utf-8")
    commit("four")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    done = gatepost("diff", "feature~1:mail/acme.yaml", "feature:mail/acme.yaml")

    assert (done.status, done.out) == (1, "")
    assert "error[AUD082]: `feature:mail/acme.yaml` names `../../outside/more.txt`, which is not in this repository\n" in done.err


def test_without_a_repository_git_s_own_words_are_the_hint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_site(tmp_path)

    assert "error[AUD082]: git can't read this\n" in gatepost("diff", "main..HEAD", "acme.yaml").err


def test_nothing_is_left_behind(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))

    gatepost("diff", "main..feature", "acme.yaml")

    assert list(scratch.iterdir()) == []
