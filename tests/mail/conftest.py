"""Mail labs. Only Debian 13's programs may be absent: apt has to fetch them."""

from collections.abc import Iterator

import pytest

from tests.mail.lab import MACHINE, RELEASES, TRIXIE, MailLab, MissingRelease, find_root


@pytest.fixture(scope="session")
def trixie() -> str:
    """Debian 13's name, where its programs are."""
    try:
        find_root(TRIXIE)
    except MissingRelease as why:
        pytest.skip(f"Debian 13's Postfix 3.10 and Dovecot 2.4: {why}")
    return TRIXIE


@pytest.fixture(scope="session", params=RELEASES)
def release(request: pytest.FixtureRequest) -> str:
    """A Debian release whose programs are here: 12's and 13's, one after the other."""
    name: str = request.getfixturevalue(TRIXIE) if request.param == TRIXIE else request.param
    return name


@pytest.fixture
def mail_lab(release: str) -> Iterator[MailLab]:
    """A fresh lab, nothing started yet; once with each release."""
    with MailLab(release) as lab:
        yield lab


@pytest.fixture
def machine_lab() -> Iterator[MailLab]:
    """A fresh lab with the machine's own programs alone, for what does not differ between releases."""
    with MailLab(MACHINE) as lab:
        yield lab


@pytest.fixture(scope="module")
def module_lab(release: str) -> Iterator[MailLab]:
    """A lab for a whole module, once with each release, nothing started yet."""
    with MailLab(release) as lab:
        yield lab
