"""A vendor's server with a certificate of the tests' own authority, for each test that asks for one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.feeds.server.authority import Authority
from tests.feeds.server.web import Vendor, running_vendor


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def vendor(authority: Authority) -> Iterator[Vendor]:
    with running_vendor(authority.good()) as server:
        yield server


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, authority: Authority) -> Path:
    """A folder for a site, as the current one; the system trusts the tests' authority and names no proxy."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.trusted))
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return tmp_path
