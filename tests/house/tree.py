"""The project's files, and the import graph of the package, read from the source text."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
PACKAGE: Final = "generator"


@cache
def project_files() -> tuple[Path, ...]:
    """Every file that is, or on the next commit would be, in the repository."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    paths = (ROOT / name for name in listed.split("\0") if name)
    return tuple(sorted(path for path in paths if path.is_file()))


def python_files(folder: str = "") -> list[Path]:
    """The Python files below one folder of the project."""
    return [path for path in project_files() if path.suffix == ".py" and path.is_relative_to(ROOT / folder)]


def relative(path: Path) -> str:
    """A path as the tests' messages show it."""
    return path.relative_to(ROOT).as_posix()


@cache
def parse(path: Path) -> ast.Module:
    """The syntax tree of one file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=relative(path))


def module_name(path: Path) -> str:
    """`generator.targets.naming` for generator/targets/naming.py, `generator.targets` for its __init__.py."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@cache
def package_modules() -> frozenset[str]:
    """The names of all modules of the package."""
    return frozenset(map(module_name, python_files(PACKAGE)))


def imports(path: Path) -> Iterator[str]:
    """The modules that one file imports, at its top, inside functions or for type checking alone."""
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            below = (f"{node.module}.{alias.name}" for alias in node.names)
            yield from (name if name in package_modules() else node.module for name in below)


def is_third_party(module: str) -> bool:
    """Whether a module belongs to neither Python nor us."""
    top = module.partition(".")[0]
    return top != PACKAGE and top not in sys.stdlib_module_names
