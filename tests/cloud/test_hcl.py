"""python-hcl2, which knows nothing of Terraform's own parser, reads the Terraform files: all prefixes are there, as plain texts."""

import json
from pathlib import Path

import pytest

from tests.cloud.files import full_plan, write
from tests.cloud.tools import run, tool

FORMS = {"aws-terraform": "", "azure-terraform": "{resource_group: rg-mail, nsg: nsg-mail}", "gcp-terraform": "{target_tags: [mail]}"}


def texts(value: object) -> set[str]:
    """Every text in a JSON document, without the quotes that some versions of python-hcl2 leave on."""
    if isinstance(value, dict):
        return set().union(*map(texts, value), *map(texts, value.values()))
    if isinstance(value, list):
        return set().union(*map(texts, value))
    return {value.strip('"')} if isinstance(value, str) else set()


@pytest.mark.parametrize("target", FORMS)
def test_another_reader_of_hcl_finds_every_prefix(tmp_path: Path, target: str) -> None:
    plan = full_plan()
    files = write(tmp_path / "files", plan, target, FORMS[target])

    read: set[str] = set()
    for file in files.glob("*.tf"):
        done = run([tool("aws", "hcl2tojson"), file], tmp_path, {"PATH": "/usr/bin:/bin"})
        assert done.returncode == 0, done.stderr
        read |= texts(json.loads(done.stdout))

    wanted = {str(source) for rule in plan.rules for source in rule.sources}
    assert wanted - read == set()
