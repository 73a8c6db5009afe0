"""Who may import whom. A change of this table is a change of the design: tell why in the commit."""

import subprocess
import sys
from graphlib import TopologicalSorter

import pytest

from tests.house.tree import PACKAGE, ROOT, imports, is_third_party, module_name, package_modules, python_files

# Each unit (a module or a package of generator/) from the bottom up, with the units below that it may import from.
LAYERS = {
    "codes": "",
    "diagnostics": "codes",
    "net": "",
    "source": "diagnostics",
    "resources": "",
    "network_list": "diagnostics source",
    "models": "",
    "schema": "models",
    "decode": "diagnostics source models schema",
    "lock": "diagnostics source models decode",
    "remainder": "diagnostics net source models",
    "load": "diagnostics source resources network_list models decode lock remainder",
    "plan": "diagnostics net",
    "plan_json": "diagnostics plan",
    "verdict": "net plan",
    "compile": "codes diagnostics net network_list models decode lock load plan",
    "checks": "diagnostics net models load plan verdict compile",
    "targets": "diagnostics net source resources models decode plan",
    "merge": "diagnostics net",
    "readers": "diagnostics net source merge",
    "artifacts": "diagnostics",
    "feeds": "codes diagnostics net source models decode lock load compile artifacts",
    "render": "diagnostics resources plan targets artifacts",
    "pipeline": "diagnostics net resources load compile checks targets artifacts render merge",
    "prove": "diagnostics net plan verdict targets artifacts",
    "review": (
        "codes diagnostics net source resources models decode lock load plan plan_json verdict compile checks targets readers artifacts"
    ),
    "preflight": "diagnostics net source resources models decode load plan verdict compile checks",
    "cli": (
        "codes diagnostics net source resources models schema decode plan plan_json compile targets artifacts readers merge pipeline prove "
        "review feeds preflight"
    ),
    "__main__": "cli",
}

# The only places that know a library. Everything else speaks through them.
LIBRARIES = {
    "netaddr": {"generator.net"},
    "yaml": {"generator.source"},
    "pydantic": {"generator.schema", "generator.decode"},
    "pydantic_core": {"generator.models"},
    "jinja2": {"generator.render"},
    "typer": {"generator.cli"},
    "certifi": {"generator.preflight"},
    "cryptography": {"generator.preflight"},
    "dns": {"generator.feeds.resolver", "generator.preflight"},
    "idna": {"generator.preflight"},
    "urllib3": {"generator.feeds.fetch"},
}

MODULES = {module_name(path): path for path in python_files(PACKAGE)}


def unit(module: str) -> str:
    """`targets` for `generator.targets.naming`; nothing for the package itself and for what is not ours."""
    top, _, rest = module.partition(".")
    return rest.partition(".")[0] if top == PACKAGE else ""


def knows(module: str, library: str) -> bool:
    return any(module == owner or module.startswith(f"{owner}.") for owner in LIBRARIES.get(library, ()))


def strangers(module: str) -> set[str]:
    """The units that a module imports from and may not."""
    allowed = {unit(module), "", *LAYERS.get(unit(module), "").split()}
    return {unit(name) for name in imports(MODULES[module])} - allowed


def foreign_libraries(module: str) -> set[str]:
    """The libraries that a module imports and may not."""
    libraries = {name.partition(".")[0] for name in imports(MODULES[module]) if is_third_party(name)}
    return {library for library in libraries if not knows(module, library)}


def test_modules_import_only_from_the_layers_that_the_table_names() -> None:
    assert {module: found for module in MODULES if (found := strangers(module))} == {}


def test_a_library_is_known_to_its_own_modules_alone() -> None:
    assert {module: found for module in MODULES if (found := foreign_libraries(module))} == {}


def test_every_unit_of_the_table_is_above_those_that_it_may_import_from() -> None:
    order = list(LAYERS)

    assert {name for name, below in LAYERS.items() if not set(below.split()) <= set(order[: order.index(name)])} == set()


def test_the_table_names_every_unit_and_no_other() -> None:
    units = {unit(module) for module in MODULES} - {""}

    assert units == set(LAYERS)


def test_modules_do_not_import_each_other_in_a_circle() -> None:
    graph = {module: [name for name in imports(path) if name in package_modules()] for module, path in MODULES.items()}

    order = list(TopologicalSorter(graph).static_order())

    assert sorted(order) == sorted(MODULES)


@pytest.mark.parametrize("library", ["certifi", "cryptography", "dns", "idna", "jinja2", "netaddr", "pydantic", "urllib3", "yaml"])
def test_starting_the_command_loads_no_heavy_library(library: str) -> None:
    program = f"import sys, generator.cli.every; sys.exit({library!r} in sys.modules)"

    status = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode

    assert status == 0
