"""Where the shipped templates and profiles are: inside an installed package, or beside it in a checkout."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

_PACKAGE: Final = Path(__file__).resolve().parent
BUILTIN: Final = "builtin"
MANIFEST: Final = "target.yaml"


def find_folder(name: str) -> Path:
    """The folder of shipped `templates` or `profiles`. A wheel carries them inside the package; a checkout has them beside it."""
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


def profile_path(name: str) -> Path | None:
    """The file of a shipped connector profile, or None: only names that a listing of the folder shows are taken."""
    return find_folder("profiles") / f"{name}.yaml" if name in shipped_profiles() else None


def shipped_profiles() -> tuple[str, ...]:
    """The names of the shipped connector profiles, sorted."""
    return tuple(sorted(path.stem for path in find_folder("profiles").glob("*.yaml")))


def target_folders(user_folders: Sequence[Path] = ()) -> dict[str, Path]:
    """Every target's folder by its name, sorted by name; a user's folder with a manifest goes before the shipped one of that name.

    A user's folder without a `target.yaml` only overrides templates, so it defines no target.
    """
    found: dict[str, Path] = {}
    for parent in (*user_folders, find_folder("templates")):
        for manifest in sorted(parent.glob(f"*/{MANIFEST}")):
            found.setdefault(manifest.parent.name, manifest.parent)
    return dict(sorted(found.items()))


def shown_path(path: Path) -> str:
    """A path as messages name it: what lies in the shipped templates is `builtin/templates/…`, without this machine's folders."""
    return f"{BUILTIN}/templates/{path.relative_to(find_folder('templates')).as_posix()}" if is_shipped(path) else path.as_posix()


def is_shipped(path: Path) -> bool:
    """Whether a template or its folder is one of the shipped ones."""
    return path.is_relative_to(find_folder("templates"))
