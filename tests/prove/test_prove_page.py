"""docs/PROVE.md describes every key of what `prove` prints, which satisfies the published schema."""

from pathlib import Path
from typing import Final

import pytest

from tests.docs.test_json_documents import described, faults, load_schema, objects
from tests.house.tree import ROOT
from tests.prove.sites import tampered, write
from tests.support.cli import gatepost

PAGE: Final = ROOT / "docs" / "PROVE.md"


@pytest.mark.parametrize(("name", "keys"), objects(load_schema("prove-1"), ""))
def test_the_page_describes_every_key(name: str, keys: set[str]) -> None:
    assert described(PAGE, name) == keys


def test_a_proof_that_holds_satisfies_its_schema(folder: Path) -> None:
    printed = gatepost("prove", "acme.yaml", "--format", "json")

    assert (faults("prove-1", printed.out), printed.status) == ([], 0)


@pytest.mark.parametrize("new", ["203.0.113.0/27", "203.0.113.16/33"])
def test_a_proof_that_fails_satisfies_its_schema(folder: Path, new: str) -> None:
    write(folder, "iptables: {layout: plain}")
    tampered(folder, "iptables", "v4.rules", "203.0.113.16/28", new)

    printed = gatepost("prove", "acme.yaml", "-t", "iptables", "--artifact", "v4.rules", "--format", "json")

    assert (faults("prove-1", printed.out), printed.status) == ([], 1)
