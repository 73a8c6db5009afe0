"""A word that a script does not know stops it before it does anything: `--check` must never load."""

from pathlib import Path
from typing import Final

import pytest

from tests.house.tree import ROOT
from tests.kernel.lab import Lab, save

SCRIPTS: Final = sorted(ROOT.glob("output/acme/*/*.sh")) + sorted(ROOT.glob("output/cloud/*/undo.sh"))
# What names the group, and the programs that would ask the clouds: no script gets that far.
GIVEN: Final = "VPC_ID=vpc-0 RESOURCE_GROUP=none NSG=none AWS=false AZ=true GCLOUD=true"


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: f"{script.parent.name}-{script.name}")
def test_a_word_that_it_does_not_know_stops_it(lab: Lab, script: Path) -> None:
    before = save(lab)

    done = lab.run("sh", "-c", f"{GIVEN} sh '{script}' --nonsense", check=False)

    assert (done.returncode, "usage: " in done.stdout + done.stderr, save(lab)) == (2, True, before)
