"""From one prefix to 5,000: what fits is written completely and within the quota, what doesn't is refused, in every form."""

from pathlib import Path

import pytest

from generator.diagnostics import Report
from tests.cloud.aws.plans import LONG, long_plan, random_plan
from tests.cloud.aws.reading import Allowed, collect, load_template, meant, read_permissions, read_template
from tests.cloud.files import write
from tests.scale import scaled
from tests.support.targets import render

SIZES = (1, 59, 60, 61, 299, 300, 301, 490, 491, 999, 1000, 1001, 2500, 5000)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("quota", "room"), [("", 300), ("rules_per_group: 200", 1000), ("rules_per_group: 1000", 1000)])
@pytest.mark.parametrize("target", ["aws-terraform", "aws-cli", "aws-cloudformation"])
def test_a_site_is_refused_only_if_it_can_not_fit(target: str, quota: str, room: int, size: int) -> None:
    report = Report()

    files = render(long_plan(size), f"{{{quota}}}" if quota else "", target=target, report=report)

    most = min(room, 490) if target == "aws-cloudformation" else room
    assert bool(files) is (size <= most)
    text = "".join(artifact.content for artifact in files.values())
    assert [host for host in LONG[:size] if f'"{host}/32"' not in text] == [] or not files


def permissions_of(folder: Path) -> Allowed:
    """What all ip-permissions files of a folder allow together."""
    allowed = [read_permissions(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("ip-permissions-*.json"))]
    return collect((port, str(prefix)) for one in allowed for port, prefixes in one.items() for prefix in prefixes)


@pytest.mark.parametrize("seed", range(scaled(2000)))
def test_random_sites_are_written_completely_in_the_forms_that_any_reader_takes(tmp_path: Path, seed: int) -> None:
    plan = random_plan(seed, most=200)
    permissions = write(tmp_path / "cli", plan, "aws-cli", "{groups_per_interface: 16}")
    template = write(tmp_path / "cfn", plan, "aws-cloudformation", "{groups_per_interface: 16}") / "security-groups.yaml"

    assert permissions_of(permissions) == meant(plan)
    assert read_template(template.read_text(encoding="utf-8")) == meant(plan)
    assert load_template(template.read_text(encoding="utf-8"))["AWSTemplateFormatVersion"] == "2010-09-09"
