"""Writing artifacts: all or none, whole files, nobody else's touched. (Killed runs: test_artifacts_kill.)"""

from pathlib import Path

from generator.artifacts import Written
from tests.support.artifacts import HOOK, RULES, artifact, manifest, tree, write


def test_all_artifacts_are_written_with_their_modes(tmp_path: Path) -> None:
    written, findings = write(tmp_path / "out", artifact(), artifact(HOOK, "#!/bin/sh\n", 0o755))

    assert findings == []
    assert written == Written(written=(HOOK, RULES), unchanged=(), removed=(), kept=())
    assert tree(tmp_path / "out") == {HOOK: "#!/bin/sh\n", RULES: "rules\n"}
    assert [(tmp_path / "out" / path).stat().st_mode & 0o777 for path in (HOOK, RULES)] == [0o755, 0o644]


def test_the_manifest_lists_paths_and_digests_in_order(tmp_path: Path) -> None:
    write(tmp_path, artifact(), artifact(HOOK, "#!/bin/sh\n", 0o755))

    assert (tmp_path / "acme/nftables/.gatepost.json").read_text() == (
        "{\n"
        '  "schema": "gatepost.manifest/1",\n'
        '  "files": [\n'
        '    {"path": "hook.sh", "sha256": "a8076d3d28d21e02012b20eaf7dbf75409a6277134439025f282e368e3305abf"},\n'
        '    {"path": "rules.nft", "sha256": "a73e36ec19ff2a725608408e2b396eadd2ac6046cfa31e010f8d62daab565165"}\n'
        "  ]\n"
        "}\n"
    )


def test_a_second_run_touches_nothing(tmp_path: Path) -> None:
    write(tmp_path, artifact())
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}

    written, _ = write(tmp_path, artifact())

    assert written == Written(written=(), unchanged=(RULES,), removed=(), kept=())
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_a_changed_file_is_replaced_and_its_neighbour_not_touched(tmp_path: Path) -> None:
    write(tmp_path, artifact(), artifact(HOOK, "old\n", 0o755))
    before = (tmp_path / RULES).stat().st_mtime_ns

    written, _ = write(tmp_path, artifact(), artifact(HOOK, "new\n", 0o755))

    assert written == Written(written=(HOOK,), unchanged=(RULES,), removed=(), kept=())
    assert (tmp_path / HOOK).read_text() == "new\n"
    assert (tmp_path / RULES).stat().st_mtime_ns == before


def test_a_lost_executable_bit_is_put_back(tmp_path: Path) -> None:
    write(tmp_path, artifact(HOOK, mode=0o755))
    (tmp_path / HOOK).chmod(0o644)

    written, findings = write(tmp_path, artifact(HOOK, mode=0o755))

    assert findings == []
    assert written is not None
    assert written.written == (HOOK,)
    assert (tmp_path / HOOK).stat().st_mode & 0o777 == 0o755


def test_the_umask_of_a_checkout_is_no_difference(tmp_path: Path) -> None:
    write(tmp_path, artifact())
    (tmp_path / RULES).chmod(0o600)

    written, _ = write(tmp_path, artifact())

    assert written is not None
    assert written.unchanged == (RULES,)


def test_a_file_of_an_earlier_run_that_is_rendered_no_more_is_removed(tmp_path: Path) -> None:
    write(tmp_path, artifact(), artifact("acme/nftables/sub/hook.sh"))

    written, findings = write(tmp_path, artifact())

    assert findings == []
    assert written == Written(written=(), unchanged=(RULES,), removed=("acme/nftables/sub/hook.sh",), kept=())
    assert sorted(path.name for path in (tmp_path / "acme/nftables").iterdir()) == [".gatepost.json", "rules.nft"]
    assert manifest(tmp_path) == ["rules.nft"]


def test_another_target_s_folder_is_left_alone(tmp_path: Path) -> None:
    write(tmp_path, artifact(), artifact("acme/iptables/v4.rules"))

    write(tmp_path, artifact(content="new\n"))

    assert tree(tmp_path) == {"acme/iptables/v4.rules": "rules\n", RULES: "new\n"}


def test_a_stale_file_that_was_edited_stays(tmp_path: Path) -> None:
    write(tmp_path, artifact(), artifact(HOOK))
    (tmp_path / HOOK).write_text("mine\n")

    written, findings = write(tmp_path, artifact())

    assert findings == ["TGT058 `out/acme/nftables/hook.sh` is rendered no more, but was edited by hand: it stays"]
    assert written is not None
    assert written.removed == ()
    assert (tmp_path / HOOK).read_text() == "mine\n"
    assert manifest(tmp_path) == ["rules.nft"]


def test_a_stale_file_that_became_a_link_stays(tmp_path: Path) -> None:
    write(tmp_path, artifact(), artifact(HOOK))
    (tmp_path / "mine").write_text("rules\n")
    (tmp_path / HOOK).unlink()
    (tmp_path / HOOK).symlink_to(tmp_path / "mine")

    write(tmp_path, artifact())

    assert (tmp_path / HOOK).is_symlink()
    assert (tmp_path / "mine").read_text() == "rules\n"


def test_the_edits_to_a_file_are_kept_beside_it(tmp_path: Path) -> None:
    write(tmp_path, artifact())
    (tmp_path / RULES).write_text("mine\n")

    written, findings = write(tmp_path, artifact())

    kept = "acme/nftables/rules.nft.edited-fcbc800db3f1"
    assert findings == [f"TGT057 `out/{RULES}` was edited by hand: it is replaced, and the edited text kept as `{Path(kept).name}`"]
    assert written == Written(written=(RULES,), unchanged=(), removed=(), kept=(kept,))
    assert tree(tmp_path) == {RULES: "rules\n", kept: "mine\n"}


def test_kept_edits_are_nobody_s_to_remove(tmp_path: Path) -> None:
    write(tmp_path, artifact())
    (tmp_path / RULES).write_text("mine\n")
    write(tmp_path, artifact())

    _, findings = write(tmp_path, artifact(HOOK))

    assert findings == []
    assert [path.rsplit("/", 1)[1][:18] for path in tree(tmp_path)] == ["hook.sh", "rules.nft.edited-f"]


def test_a_kept_copy_that_was_edited_in_turn_is_not_overwritten(tmp_path: Path) -> None:
    write(tmp_path, artifact())
    (tmp_path / RULES).write_text("mine\n")
    write(tmp_path, artifact())
    copy = next(path for path in tmp_path.rglob("*.edited-*"))
    copy.write_text("mine, longer\n")
    (tmp_path / RULES).write_text("mine\n")

    written, findings = write(tmp_path, artifact())

    assert written is None
    assert [finding[:6] for finding in findings] == ["TGT052", "TGT057"]
    assert copy.read_text() == "mine, longer\n"


def test_strict_writes_nothing_over_an_edited_file(tmp_path: Path) -> None:
    write(tmp_path, artifact())
    (tmp_path / RULES).write_text("mine\n")

    written, findings = write(tmp_path, artifact(), artifact(HOOK), strict=True)

    assert written is None
    assert len(findings) == 1
    assert tree(tmp_path) == {RULES: "mine\n"}
