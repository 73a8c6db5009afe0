"""A site whose YAML is written in another order: every file says the same, line by line."""

import pytest

from generator.plan import Plan
from tests.cloud.aws.plans import compile_site
from tests.support.targets import render


def lines_of(plan: Plan, target: str, options: str) -> dict[str, list[str]]:
    """The files of a target by name, without the digests of the YAML."""
    files = render(plan, options, target=target)
    return {name: [line for line in file.content.splitlines() if "sha256" not in line] for name, file in files.items()}


@pytest.mark.parametrize("shuffle", range(2))
@pytest.mark.parametrize(
    ("target", "options"),
    [
        ("aws-terraform", ""),
        ("aws-terraform", "{sources: rules}"),
        ("aws-cloudformation", ""),
        ("aws-cli", ""),
        ("aws-cli", "{sources: lists}"),
    ],
)
def test_another_order_of_the_yaml_changes_no_line(target: str, options: str, shuffle: int) -> None:
    assert lines_of(compile_site(shuffle), target, options) == lines_of(compile_site(), target, options)
