"""Files of a git revision, laid out in a folder as a checkout would have them. Nothing is checked out, and no hook or filter runs."""

import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from generator.decode import decode_site
from generator.diagnostics import Report
from generator.load import is_profile_path
from generator.lock import SUFFIX
from generator.source import SourceFile

_RANGE: Final = re.compile(r"(?P<old>.*?)(?P<dots>\.{2,3})(?P<new>.*)", re.DOTALL)
_OBJECT: Final = re.compile(rb"[0-9a-f]+ blob ([0-9]+)\n")
_LINK: Final = "120000"


class GitError(Exception):
    """A revision, or a path in it, can't be read. `str()` is the finding's message."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


class Revised(NamedTuple):
    """A path in a revision, both as git names them; the path counts from the top of the repository."""

    revision: str
    path: str

    def __str__(self) -> str:
        return f"{self.revision}:{self.path}"


def split_revision(argument: str) -> tuple[str, str] | None:
    """`REV:path` as its two parts; None for anything else, such as a file of that very name."""
    revision, colon, path = argument.partition(":")
    return (revision, path) if colon and revision and not os.path.lexists(argument) else None


def expand_range(old: str, new: str) -> tuple[Revised, Revised] | None:
    """`REV..REV` and a path as the path in both revisions; None if the first argument is no range.

    As in git: a side that is left out is HEAD, and `A...B` begins where B left A.

    Raises:
        GitError: there is no repository, or no such revision.
    """
    found = None if os.path.lexists(old) or ":" in old or "/." in old or old.startswith(("./", "../")) else _RANGE.fullmatch(old)
    if found is None:
        return None
    first, last = found["old"] or "HEAD", found["new"] or "HEAD"
    if found["dots"] == "...":
        first = _git("merge-base", "--end-of-options", _commit(first), _commit(last)).decode().strip()[:12]
    path = _from_top(new)
    return Revised(first, path), Revised(last, path)


def revised(revision: str, path: str) -> Revised:
    """A path as git reads it behind a colon: from the top of the repository, or from here if it begins with a dot.

    Raises:
        GitError: there is no repository, or the path leads out of it.
    """
    inside = _from_top(path) if path.startswith(("./", "../")) or path in (".", "..") else os.path.normpath(path or ".")
    return Revised(revision, inside)


def lay_out(wanted: Revised, folder: Path) -> tuple[Path, dict[str, str]]:
    """Write a file of a revision into `folder`, with the files that it names if it is a site, or a folder with all in it.

    Returns where it is, and the text of every file by its path from the top of the repository.

    Raises:
        GitError: it isn't there, is a symbolic link, or names a file outside the repository.
    """
    commit = _commit(wanted.revision)
    kind = "tree" if wanted.path == "." else _kind(commit, wanted)
    written: dict[str, str] = {}
    if kind == "tree":
        for path, data in _blobs(list(_listed(commit, wanted)), wanted.revision):
            _keep(data, path, folder, written)
        return folder / wanted.path, written
    _write(commit, wanted.path, folder, written)
    beside = os.path.splitext(os.path.basename(wanted.path))[0] + SUFFIX  # the lock, of a site or a connector with a feed
    for name in dict.fromkeys((*_named_files(written[wanted.path]), beside)):
        path = os.path.normpath(os.path.join(os.path.dirname(wanted.path), name))
        if path.startswith("../") and not os.path.isabs(name):
            hint = "nobody knows what was in it then; keep it beside the site"
            raise GitError(f"`{wanted}` names `{name}`, which is not in this repository", hint)
        if not os.path.isabs(name) and _exists(commit, path):
            _write(commit, path, folder, written)  # one that isn't there is missed where the site names it
    return folder / wanted.path, written


def _kind(commit: str, wanted: Revised) -> str:
    listed = _git("ls-tree", "-z", commit, "--", f":(top,literal){wanted.path}").decode(errors="surrogateescape")
    if not listed:
        hint = f"see what is there with: git ls-tree -r --name-only {wanted.revision}"
        raise GitError(f"`{wanted.path}` is not in `{wanted.revision}`", hint)
    mode, kind, _ = listed.split(" ", 2)
    if mode == _LINK or kind == "commit":
        what = "a symbolic link" if mode == _LINK else "a repository of its own"
        raise GitError(f"`{wanted.path}` is {what} in `{wanted.revision}`", "name the file that it leads to")
    return kind


def _listed(commit: str, wanted: Revised) -> Iterator[tuple[str, str]]:
    """The files of a folder and of those in it, each with what git finds its contents by: the path, where it is a link to follow."""
    below = [] if wanted.path == "." else ["--", f":(top,literal){wanted.path}"]
    for entry in filter(None, _git("ls-tree", "-r", "-z", "--full-tree", commit, *below).decode(errors="surrogateescape").split("\0")):
        about, _, name = entry.partition("\t")
        mode, kind, digest = about.split(" ")
        if kind == "commit":
            raise GitError(f"`{name}` is a repository of its own in `{wanted.revision}`", "compare it there, and name folders without it")
        if mode == _LINK and "\n" in name:  # git would be asked for two files, and answer for the wrong ones
            raise GitError(f"`{name}` is a symbolic link with a line break in its name", "name folders without it")
        yield name, f"{commit}:{name}" if mode == _LINK else digest


def _blobs(files: Sequence[tuple[str, str]], revision: str) -> Iterator[tuple[str, bytes]]:
    """What is in files, asked for all at once: a repository may have thousands."""
    asked = "".join(f"{digest}\n" for _, digest in files).encode(errors="surrogateescape")
    printed, start = _git("cat-file", "--batch", "--follow-symlinks", given=asked), 0
    for name, digest in files:
        found = _OBJECT.match(printed, start)
        if found is None and ":" in digest:
            raise GitError(f"`{name}` is a symbolic link that leads to no file of `{revision}`", "name folders without it")
        if found is None:
            raise GitError(f"git has lost what it calls {digest}", "see what git fsck says")
        start = found.end() + int(found[1])
        yield name, printed[found.end() : start]
        start += 1


def _exists(commit: str, path: str) -> bool:
    listed = _git("ls-tree", "-z", commit, "--", f":(top,literal){path}").decode(errors="surrogateescape")
    return " blob " in listed.partition("\t")[0] and not listed.startswith(_LINK)


def _write(commit: str, path: str, folder: Path, written: dict[str, str]) -> None:
    _keep(_git("cat-file", "blob", f"{commit}:{path}"), path, folder, written)


def _keep(data: bytes, path: str, folder: Path, written: dict[str, str]) -> None:
    target = Path(os.path.normpath(folder / path))
    if not target.is_relative_to(folder):
        raise GitError(f"`{path}` leads out of the repository", "name a file in it")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)
    written[path] = data.decode("utf-8-sig", errors="replace").replace("\r\n", "\n")


def _named_files(text: str) -> list[str]:
    """The profiles and lists that a site names; none if it is no site, or one with mistakes, which whoever loads it will tell."""
    if not re.search(r"^kind:[ \t]*site\b", text, re.MULTILINE):
        return []
    site = decode_site(SourceFile("", "", text, ""), Report())
    if site is None:
        return []
    uses = site.model.connectors
    return [*(use.use for use in uses if is_profile_path(use.use)), *(use.networks_file for use in uses if use.networks_file)]


def _commit(revision: str) -> str:
    """The digest of a revision, which no option and no other name can be taken for."""
    try:
        return _git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}").decode().strip()
    except GitError:
        _git("rev-parse", "--git-dir")  # no repository at all is another mistake
        hint = "in CI, fetch it first: a shallow clone has one commit"
        raise GitError(f"`{revision}` is no revision of this repository", hint) from None


def _from_top(path: str) -> str:
    top = _git("rev-parse", "--show-toplevel").decode(errors="surrogateescape").rstrip("\n")
    inside = os.path.relpath(os.path.realpath(path), os.path.realpath(top))
    if inside.startswith(".."):
        raise GitError(f"`{path}` is not in this repository", "run the command in the repository, and name a file in it")
    return inside


def _git(*arguments: str, given: bytes = b"") -> bytes:
    """What git prints, to what it is given.

    Raises:
        GitError: it failed, or is not installed.
    """
    try:
        done = subprocess.run(["git", *arguments], capture_output=True, check=False, input=given)  # noqa: S603, S607
    except FileNotFoundError:
        raise GitError("revisions are read with git, which is not installed", "install git, or name two files") from None
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise GitError("git can't read this", said[0] if said else f"git {arguments[0]} failed")
    return done.stdout
