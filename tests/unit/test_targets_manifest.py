"""`target.yaml` of the shipped targets: commands name files that are there, every file has a reader or a test."""

from pathlib import Path

import pytest

from generator import resources
from generator.diagnostics import Report
from generator.targets.lowerings import LOWERINGS, bind_lowering
from generator.targets.manifest import load_manifest
from tests.support.targets import shipped_target

ROOT = Path(__file__).parents[2]
NAMES = tuple(resources.target_folders())


def test_every_lowering_has_a_shipped_target() -> None:
    assert {shipped_target(name).manifest.lowering for name in NAMES} == set(LOWERINGS)


@pytest.mark.parametrize("name", NAMES)
def test_a_manifest_has_what_its_lowering_reads(name: str) -> None:
    report = Report()

    lower = bind_lowering(shipped_target(name), report)

    assert (lower is not None, report.findings) == (True, ())


@pytest.mark.parametrize("name", NAMES)
def test_the_commands_name_files_of_the_target(name: str) -> None:
    outputs = shipped_target(name).manifest.outputs
    files = {output.file for output in outputs}
    words = {word for output in outputs for command in (output.check, output.apply, output.undo) for word in (command or "").split()}

    assert {word for word in words if word.endswith((".nft", ".sh", ".rules", ".ipset"))} <= files


@pytest.mark.parametrize("name", NAMES)
def test_every_file_has_a_reader_or_names_the_test_that_covers_it(name: str) -> None:
    outputs = shipped_target(name).manifest.outputs

    assert [output.file for output in outputs if output.reader is None and output.covered_by is None] == []
    assert [output.covered_by for output in outputs if output.covered_by and not (ROOT / output.covered_by).is_file()] == []


def test_a_users_folder_goes_before_the_shipped_one(tmp_path: Path) -> None:
    folder = tmp_path / "nftables"
    folder.mkdir()
    (folder / "target.yaml").write_text("kind: target\n")

    assert resources.target_folders([tmp_path])["nftables"] == folder
    assert resources.target_folders()["nftables"] != folder


def test_a_users_folder_without_a_manifest_defines_no_target(tmp_path: Path) -> None:
    (tmp_path / "nftables").mkdir()

    assert resources.target_folders([tmp_path]) == resources.target_folders()


def test_a_manifest_that_is_no_manifest_is_told(tmp_path: Path) -> None:
    report = Report()
    (tmp_path / "target.yaml").write_text("kind: target\nname: own\ncolour: red\n")

    assert load_manifest(tmp_path, report) is None
    assert report.has_errors


@pytest.mark.parametrize("name", sorted(resources.target_folders()))
def test_applying_every_file_of_a_target_runs_no_script_that_undoes(name: str) -> None:
    commands = [output.apply or "" for output in shipped_target(name).manifest.outputs]

    assert [command for command in commands if "undo" in command] == []
