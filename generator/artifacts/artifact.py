"""One rendered file."""

from hashlib import sha256
from typing import NamedTuple


class Artifact(NamedTuple):
    """One rendered file. `path` is POSIX and relative to the output folder: `<site>/<target>/<file>`.

    `check`, `apply` and `undo` are commands for a user who stands in the folder `<site>/<target>`.
    """

    site: str
    target: str
    role: str
    path: str
    content: str
    mode: int
    apply: str
    undo: str
    check: str

    @property
    def folder(self) -> str:
        """The target's folder, relative to the output folder."""
        return f"{self.site}/{self.target}"

    @property
    def data(self) -> bytes:
        """The file's bytes."""
        return self.content.encode()

    @property
    def sha256(self) -> str:
        """The digest of the file's bytes."""
        return sha256(self.data).hexdigest()
