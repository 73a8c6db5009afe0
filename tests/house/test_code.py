"""What the style guide asks of every Python file and no linter looks at: length, and where clocks and chance are allowed."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house.tree import PACKAGE, imports, module_name, parse, python_files, relative

FILE_LINES = 300
FUNCTION_LINES = 40

# The same input gives the same bytes: whatever changes from run to run or machine to machine stays in cli/.
VOLATILE_MODULES = {"locale", "random", "secrets", "time", "uuid"}
VOLATILE_NAMES = {"datetime.now", "datetime.today", "datetime.utcnow", "date.today", "os.environ", "os.getenv", "os.getcwd", "Path.cwd"}

# The lab of `prove` waits for real packets, by a real clock.
LOUD = (f"{PACKAGE}/cli/", f"{PACKAGE}/prove/lab/")
QUIET_FILES = [path for path in python_files(PACKAGE) if not relative(path).startswith(LOUD)]


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """The name and the number of lines of every function in a file."""
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{module_name(path)}.{node.name}", (node.end_lineno or node.lineno) - node.lineno + 1


def blind_handlers(path: Path) -> Iterator[str]:
    """The places that catch everything, but for those that tidy up and let it go on."""
    for node in ast.walk(parse(path)):
        blind = isinstance(node, ast.ExceptHandler) and (node.type is None or ast.unparse(node.type) in {"Exception", "BaseException"})
        if isinstance(node, ast.ExceptHandler) and blind and ast.unparse(node.body[-1]) != "raise":
            yield f"{relative(path)}:{node.lineno}"


def volatile_names(path: Path) -> Iterator[str]:
    """What a file takes from the clock, the environment or chance."""
    modules = VOLATILE_MODULES.intersection(name.partition(".")[0] for name in imports(path))
    names = VOLATILE_NAMES.intersection(ast.unparse(node) for node in ast.walk(parse(path)) if isinstance(node, ast.Attribute))
    yield from (f"{relative(path)}: {name}" for name in sorted(modules | names))


def test_files_are_short() -> None:
    lines = {relative(path): len(path.read_text(encoding="utf-8").splitlines()) for path in python_files()}

    assert {path: count for path, count in lines.items() if count >= FILE_LINES} == {}


def test_functions_are_short() -> None:
    lines = [function for path in python_files() for function in functions(path)]

    assert [(name, count) for name, count in lines if count >= FUNCTION_LINES] == []


def test_only_the_command_itself_catches_every_exception() -> None:
    places = [place for path in python_files(PACKAGE) for place in blind_handlers(path)]

    assert [place for place in places if not place.startswith(f"{PACKAGE}/cli/app.py:")] == []


def test_no_clock_environment_or_chance_outside_the_command_line() -> None:
    assert [name for path in QUIET_FILES for name in volatile_names(path)] == []
