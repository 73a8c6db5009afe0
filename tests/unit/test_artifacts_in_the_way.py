"""What stands in the way of writing artifacts: a finding, and nothing written."""

import os
from pathlib import Path

import pytest

from generator.artifacts import Artifact, write_artifacts
from generator.diagnostics import Report
from tests.support.artifacts import HOOK, RULES, artifact, manifest, tree, write


def test_a_foreign_file_stops_everything(tmp_path: Path) -> None:
    (tmp_path / "acme/nftables").mkdir(parents=True)
    (tmp_path / RULES).write_text("mine\n")

    written, findings = write(tmp_path, artifact(), artifact(HOOK), artifact("acme/iptables/v4.rules"))

    assert written is None
    assert findings == ["TGT052 `out/acme/nftables/rules.nft` is in the way: it is not what gatepost writes, and no earlier run wrote it"]
    assert tree(tmp_path) == {RULES: "mine\n"}
    assert not (tmp_path / "acme/iptables").exists()


def test_a_foreign_file_of_the_same_bytes_is_taken_in(tmp_path: Path) -> None:
    (tmp_path / "acme/nftables").mkdir(parents=True)
    (tmp_path / RULES).write_text("rules\n")

    written, findings = write(tmp_path, artifact())

    assert findings == []
    assert written is not None
    assert written.unchanged == (RULES,)
    assert manifest(tmp_path) == ["rules.nft"]


@pytest.mark.parametrize(
    "path",
    [
        "acme/nftables/../../../etc/passwd",
        "acme/nftables/sub/../../x",
        "acme/nftables/./x",
        "acme/nftables//x",
        "acme/nftables/",
        "acme/nftables/a\nb",
        "acme/nftables/.gatepost.json",
        "acme/nftables/.gatepost-1.tmp",
    ],
)
def test_a_path_that_leaves_its_folder_is_a_bug(tmp_path: Path, path: str) -> None:
    with pytest.raises(ValueError, match="may not write to"):
        write(tmp_path / "out", artifact(path), artifact(HOOK))

    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("path", ["acme/iptables/x", "/etc/x", "x"])
def test_a_path_of_somebody_else_is_a_bug(tmp_path: Path, path: str) -> None:
    stray = Artifact("acme", "nftables", "guard", path, "x", 0o644, "", "", "")

    with pytest.raises(ValueError, match="may not write to"):
        write(tmp_path, stray)


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    written, findings = write(tmp_path, artifact(), artifact(content="other\n"))

    assert written is None
    assert findings == ["TGT051 two files of this run are named `acme/nftables/rules.nft`"]


def test_a_link_in_the_place_of_a_file_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "acme/nftables").mkdir(parents=True)
    (tmp_path / "mine").write_text("mine\n")
    (tmp_path / RULES).symlink_to(tmp_path / "mine")

    written, findings = write(tmp_path, artifact())

    assert written is None
    assert findings == ["TGT053 `out/acme/nftables/rules.nft` is a symbolic link, and a file belongs there"]
    assert (tmp_path / "mine").read_text() == "mine\n"


def test_a_folder_in_the_place_of_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / RULES).mkdir(parents=True)

    _, findings = write(tmp_path, artifact())

    assert findings == ["TGT053 `out/acme/nftables/rules.nft` is a folder, and a file belongs there"]


def test_a_pipe_in_the_place_of_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "acme/nftables").mkdir(parents=True)
    os.mkfifo(tmp_path / RULES)

    _, findings = write(tmp_path, artifact())

    assert findings == ["TGT053 `out/acme/nftables/rules.nft` is neither a file nor a folder, and a file belongs there"]


@pytest.mark.parametrize("link", ["acme", "acme/nftables"])
def test_a_link_in_the_place_of_a_folder_is_not_followed(tmp_path: Path, link: str) -> None:
    out = tmp_path / "out"
    (out / link).parent.mkdir(parents=True)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (out / link).symlink_to(elsewhere)

    written, findings = write(out, artifact())

    assert written is None
    assert findings == [f"TGT054 `out/{link}` is a symbolic link, and a folder belongs there"]
    assert list(elsewhere.iterdir()) == []


def test_the_output_folder_itself_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "out").symlink_to(tmp_path / "real")

    write(tmp_path / "out", artifact())

    assert tree(tmp_path / "real") == {RULES: "rules\n"}


def test_a_file_in_the_place_of_the_output_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine\n")

    written, findings = write(tmp_path / "out", artifact())

    assert written is None
    assert findings == ["TGT056 `out` cannot be used: Not a directory"]


def test_a_file_above_the_output_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine\n")

    written, findings = write(tmp_path / "file/out", artifact())

    assert written is None
    assert findings == ["TGT056 `out` cannot be used: Not a directory"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("<<<<<<< HEAD\n", "it is not the JSON that gatepost writes"),
        ("[" * 100_000, "it is not the JSON that gatepost writes"),
        ('{"schema": "gatepost.manifest/9", "files": []}', "its schema is not gatepost.manifest/1"),
        (
            '{"schema": "gatepost.manifest/1", "files": [{"path": "../../x", "sha256": "' + "0" * 64 + '"}]}',
            "it lists a path or a digest that gatepost never writes",
        ),
    ],
)
def test_a_damaged_manifest_stops_everything(tmp_path: Path, text: str, why: str) -> None:
    write(tmp_path, artifact())
    (tmp_path / "acme/nftables/.gatepost.json").write_text(text)

    written, findings = write(tmp_path, artifact(content="new\n"))

    assert written is None
    assert findings == [f"TGT055 `out/acme/nftables/.gatepost.json` is damaged: {why}"]
    assert (tmp_path / RULES).read_text() == "rules\n"


def test_an_error_that_was_found_before_writes_nothing(tmp_path: Path) -> None:
    report = Report()
    report.add("TGT051", None, "something")

    written = write_artifacts([artifact()], tmp_path / "out", report)

    assert written is None
    assert not (tmp_path / "out").exists()


def test_a_name_that_is_too_long_is_told(tmp_path: Path) -> None:
    written, findings = write(tmp_path / "out", artifact("acme/nftables/" + "x" * 300), artifact(HOOK))

    assert written is None
    assert findings[0].endswith("cannot be used: File name too long")
    assert not (tmp_path / "out").exists()
