"""gatepost is the same from a checkout, from an editable install and from a wheel, in whatever folder it is started."""

import tarfile
import zipfile
from pathlib import Path

import pytest

from generator import __version__
from tests.house.tree import project_files, relative
from tests.install.ways import Installation, make_venv, oldest_libraries, pip_install

pytestmark = pytest.mark.xdist_group("install")  # one worker builds the wheel, once

SITE = """\
kind: site
name: acme
connectors:
  - use: hubspot
    networks: [198.51.100.10, "2001:db8:100::/48"]
"""


def render(installation: Installation, folder: Path) -> dict[str, bytes]:
    """What one installation writes for the site, by path."""
    folder.mkdir()
    folder.joinpath("site.yaml").write_text(SITE, encoding="utf-8")
    installation.run("render", "site.yaml", "--target", "all", "--output", "out", cwd=folder)
    out = folder / "out"
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}


@pytest.fixture(params=["checkout", "editable", "installed"])
def way(request: pytest.FixtureRequest) -> Installation:
    installation: Installation = request.getfixturevalue(request.param)
    return installation


def test_it_tells_its_version(way: Installation, tmp_path: Path) -> None:
    assert __version__ in way.run("--version", cwd=tmp_path)


def test_it_finds_the_shipped_profiles(way: Installation, tmp_path: Path) -> None:
    assert "hubspot" in way.run("connectors", "list", cwd=tmp_path)


def test_every_installation_renders_the_same_bytes(
    checkout: Installation, editable: Installation, installed: Installation, tmp_path: Path
) -> None:
    from_checkout = render(checkout, tmp_path / "checkout")
    from_editable = render(editable, tmp_path / "editable")
    from_wheel = render(installed, tmp_path / "wheel")

    assert from_checkout != {}
    assert from_editable == from_checkout
    assert from_wheel == from_checkout


def test_the_wheel_holds_the_package_with_its_templates_and_profiles(wheel: Path) -> None:
    expected = {relative(path) for path in project_files() if relative(path).startswith("generator/")}
    expected |= {f"generator/{relative(path)}" for path in project_files() if relative(path).startswith(("templates/", "profiles/"))}

    held = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}

    assert held == expected


def test_the_sdist_holds_every_file_of_the_project(distributions: Path) -> None:
    with tarfile.open(next(distributions.glob("*.tar.gz"))) as sdist:
        held = {name.partition("/")[2] for name in sdist.getnames()}

    assert {relative(path) for path in project_files()} <= held


@pytest.mark.long
@pytest.mark.parametrize("libraries", [[], oldest_libraries()], ids=["newest", "oldest"])
def test_it_works_with_the_libraries_that_pip_fetches(libraries: list[str], wheel: Path, checkout: Installation, tmp_path: Path) -> None:
    fetched = pip_install(make_venv(tmp_path / "venv", shares_libraries=False), str(wheel), *libraries)

    assert render(fetched, tmp_path / "fetched") == render(checkout, tmp_path / "checkout")
