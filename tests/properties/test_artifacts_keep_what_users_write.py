"""Whatever is rendered, edited and deleted in whatever order: no byte that a user wrote is lost, and a render tells the truth."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.scale import scaled
from tests.support.artifacts import artifact, tree, write

FOLDER = "acme/nftables"
PATHS = [f"{FOLDER}/{name}" for name in ("a", "b", "sub/c")]
MEMORY = Path("/dev/shm")  # need not wait for a disk

renders = st.dictionaries(st.sampled_from(PATHS), st.sampled_from(["one\n", "two\n", "three\n"]), min_size=1)
edits = st.tuples(st.sampled_from(PATHS), st.sampled_from(["one\n", "mine\n", "mine, too\n"]) | st.none())
steps = st.lists(renders | edits, max_size=8)


def edit(folder: Path, path: str, text: str | None) -> None:
    """What a user does to one file: writes it, or deletes it."""
    file = folder / path
    if text is None:
        file.unlink(missing_ok=True)
    else:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


def act(folder: Path, step: dict[str, str] | tuple[str, str | None]) -> tuple[set[str], set[str], bool]:
    """The user's texts before and after a step, and whether it kept its promise."""
    before = {text for text in tree(folder).values() if text.startswith("mine")}
    if isinstance(step, tuple):
        edit(folder, *step)
        return set(), set(), True
    written, findings = write(folder, *(artifact(path, text) for path, text in step.items()))
    now = tree(folder)
    complete = all(now.get(path) == text for path, text in step.items())
    refused = any(finding.startswith("TGT052") for finding in findings)
    return before, set(now.values()), complete if written is not None else refused


@settings(max_examples=scaled(2000))
@given(steps)
def test_nothing_that_a_user_wrote_is_lost(taken: Sequence[dict[str, str] | tuple[str, str | None]]) -> None:
    with TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as name:
        seen = [act(Path(name), step) for step in taken]

    assert all(before <= after for before, after, _ in seen)
    assert all(kept for _, _, kept in seen)
