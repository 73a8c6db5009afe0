"""`check_artifacts`: every difference is found and shown, nothing is written."""

from pathlib import Path

from generator.artifacts import Artifact, Drift, check_artifacts
from generator.diagnostics import Report
from tests.support.artifacts import HOOK, RULES, artifact, told, tree, write


def check(directory: Path, *artifacts: Artifact) -> tuple[tuple[Drift, ...], list[str]]:
    report = Report()
    drifts = check_artifacts(artifacts, directory, report)
    return drifts, told(report, directory)


def test_what_was_just_written_does_not_differ(tmp_path: Path) -> None:
    write(tmp_path, artifact(), artifact(HOOK, mode=0o755))

    assert check(tmp_path, artifact(), artifact(HOOK, mode=0o755)) == ((), [])


def test_a_missing_file_is_shown_whole(tmp_path: Path) -> None:
    drifts, findings = check(tmp_path / "out", artifact(content="one\ntwo\n"))

    assert findings == ["TGT060 `out/acme/nftables/rules.nft` is missing"]
    assert [(drift.path, drift.kind) for drift in drifts] == [(RULES, "missing")]
    assert drifts[0].diff == f"--- /dev/null\n+++ b/{RULES}\n@@ -0,0 +1,2 @@\n+one\n+two\n"
    assert not (tmp_path / "out").exists()


def test_a_file_of_an_earlier_run_is_outdated(tmp_path: Path) -> None:
    write(tmp_path, artifact(content="one\ntwo\n"))

    drifts, findings = check(tmp_path, artifact(content="one\nthree\n"))

    assert findings == [f"TGT061 `out/{RULES}` is what an earlier run wrote; its inputs or templates have changed since"]
    assert drifts == (Drift(RULES, "outdated", f"--- a/{RULES}\n+++ b/{RULES}\n@@ -1,2 +1,2 @@\n one\n-two\n+three\n"),)


def test_an_edited_file_is_told_from_an_outdated_one(tmp_path: Path) -> None:
    write(tmp_path, artifact(content="one\n"))
    (tmp_path / RULES).write_text("one\nmine\n")

    drifts, findings = check(tmp_path, artifact(content="one\n"))

    assert findings == [f"TGT062 `out/{RULES}` was edited by hand since gatepost wrote it"]
    assert drifts == (Drift(RULES, "edited", f"--- a/{RULES}\n+++ b/{RULES}\n@@ -1,2 +1 @@\n one\n-mine\n"),)


def test_a_file_that_is_rendered_no_more_is_stale(tmp_path: Path) -> None:
    write(tmp_path, artifact(), artifact(HOOK, "#!\n"))

    drifts, findings = check(tmp_path, artifact())

    assert findings == [f"TGT063 `out/{HOOK}` is left from an earlier run and rendered no more"]
    assert drifts == (Drift(HOOK, "stale", f"--- a/{HOOK}\n+++ /dev/null\n@@ -1 +0,0 @@\n-#!\n"),)


def test_an_edited_stale_file_is_no_drift_but_a_warning(tmp_path: Path) -> None:
    write(tmp_path, artifact(), artifact(HOOK))
    (tmp_path / HOOK).write_text("mine\n")

    drifts, findings = check(tmp_path, artifact())

    assert drifts == ()
    assert findings == [f"TGT058 `out/{HOOK}` is rendered no more, but was edited by hand: it stays"]


def test_a_foreign_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "acme/nftables").mkdir(parents=True)
    (tmp_path / RULES).write_text("mine\n")

    drifts, findings = check(tmp_path, artifact())

    assert findings == [f"TGT052 `out/{RULES}` is in the way: it is not what gatepost writes, and no earlier run wrote it"]
    assert [drift.kind for drift in drifts] == ["foreign"]


def test_a_mode_is_shown_like_version_control_does(tmp_path: Path) -> None:
    write(tmp_path, artifact(HOOK, mode=0o755))
    (tmp_path / HOOK).chmod(0o640)

    drifts, findings = check(tmp_path, artifact(HOOK, mode=0o755))

    assert findings == [f"TGT064 `out/{HOOK}` has mode 0640 and should have 0755"]
    assert drifts == (Drift(HOOK, "mode", f"--- a/{HOOK}\n+++ b/{HOOK}\nold mode 0640\nnew mode 0755\n"),)


def test_a_file_that_everybody_may_write_to_is_drift(tmp_path: Path) -> None:
    write(tmp_path, artifact())
    (tmp_path / RULES).chmod(0o666)

    drifts, _ = check(tmp_path, artifact())

    assert [drift.kind for drift in drifts] == ["mode"]


def test_a_missing_end_of_the_last_line_is_shown(tmp_path: Path) -> None:
    write(tmp_path, artifact(content="one\n"))
    (tmp_path / RULES).write_text("one")

    drifts, _ = check(tmp_path, artifact(content="one\n"))

    assert drifts[0].diff == f"--- a/{RULES}\n+++ b/{RULES}\n@@ -1 +1 @@\n-one\n\\ No newline at end of file\n+one\n"


def test_bytes_that_are_no_text_are_shown_as_escapes(tmp_path: Path) -> None:
    write(tmp_path, artifact(content="one\n"))
    (tmp_path / RULES).write_bytes(b"\xff\n")

    drifts, _ = check(tmp_path, artifact(content="one\n"))

    assert "-\\xff\n" in drifts[0].diff


def test_checking_writes_nothing(tmp_path: Path) -> None:
    write(tmp_path, artifact(), artifact(HOOK))
    (tmp_path / RULES).write_text("mine\n")
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}

    check(tmp_path, artifact(content="new\n"), artifact("acme/iptables/v4.rules"))

    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before
    assert tree(tmp_path) == {HOOK: "rules\n", RULES: "mine\n"}


def test_the_diff_of_a_long_file_takes_no_minute(tmp_path: Path) -> None:
    lines = [f"10.{number >> 8}.{number & 255}.0/24\n" for number in range(20_000)]
    write(tmp_path, artifact(content="".join(lines)))

    drifts, _ = check(tmp_path, artifact(content="".join([*lines[:10000], "new\n", *lines[10001:]])))

    assert drifts[0].diff.count("\n") == 2 + 1 + 6 + 2
