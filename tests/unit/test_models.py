import ast
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

import generator.models
from generator.models import Addresses, NetworkEntry, SiteModel, network_text
from generator.models.fields import parse_date
from tests.support.documents import MINIMAL_CONNECTOR, MINIMAL_SITE, read_connector, read_site


@pytest.mark.parametrize(
    ("text", "day"), [("2027-06-30", date(2027, 6, 30)), ("0001-01-01", date(1, 1, 1)), ("2024-02-29", date(2024, 2, 29))]
)
def test_a_calendar_date_is_read(text: str, day: date) -> None:
    assert parse_date(text) == day


@pytest.mark.parametrize(
    "text",
    [
        "2027-02-29",
        "2027-6-3",
        "27-06-30",
        "20270630",
        "2027-W01-1",
        "2027-180",
        "30.06.2027",
        "2027-06-30\n",
        "٢٠٢٧-٠٦-٣٠",
        "",
        "0000-01-01",
    ],
)
def test_nothing_else_is_a_date(text: str) -> None:
    assert parse_date(text) is None


def test_a_network_is_written_with_or_without_a_word_about_it() -> None:
    entries = ("192.0.2.0/24", NetworkEntry(network="192.0.2.0/24", note="office"))

    assert [network_text(entry) for entry in entries] == ["192.0.2.0/24", "192.0.2.0/24"]


def test_what_a_site_leaves_out_has_its_default() -> None:
    site = read_site(MINIMAL_SITE).model

    assert (site.server.tls_minimum, site.server.imap, site.connectors[0].mailboxes, site.connectors[0].services) == (
        "TLSv1.2",
        None,
        1,
        None,
    )


def test_what_a_connector_leaves_out_has_its_default() -> None:
    connector = read_connector(MINIMAL_CONNECTOR).model

    assert connector.addresses == Addresses(policy="none")
    assert connector.services["imaps"].protocol == "tcp"
    assert connector.requires.connections_per_mailbox is None


def test_defaults_are_not_shared_between_documents() -> None:
    one, other = read_site(MINIMAL_SITE).model, read_site(MINIMAL_SITE).model

    assert one.access is not other.access


def test_a_model_is_not_changed_afterwards() -> None:
    site = read_site(MINIMAL_SITE).model

    with pytest.raises(AttributeError):
        site.name = "other"  # type: ignore[misc]  # that is the claim


def test_the_models_load_without_pydantic() -> None:
    program = "import sys, generator.models, generator.decode; sys.exit('pydantic' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_every_part_is_exported() -> None:
    folder = Path(generator.models.__file__).parent
    classes = {
        node.name
        for path in folder.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef) and any(isinstance(mark, ast.Name) and mark.id == "part" for mark in node.decorator_list)
    }

    assert classes <= set(generator.models.__all__)
    assert SiteModel.__name__ in classes
