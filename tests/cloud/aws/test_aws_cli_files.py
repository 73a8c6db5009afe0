"""The files for the AWS CLI, without a run of the scripts: the permissions as one call takes them, and what shellcheck says."""

import json
from pathlib import Path

import pytest

from tests.cloud.aws.conftest import Account
from tests.cloud.aws.plans import full_plan
from tests.cloud.aws.reading import meant, read_permissions
from tests.cloud.files import write
from tests.cloud.tools import run

LISTS, RULES = "{sources: lists}", "{sources: rules}"


def test_the_permissions_are_the_plan(tmp_path: Path) -> None:
    files = write(tmp_path, full_plan(), "aws-cli")

    assert read_permissions((files / "ip-permissions-gatepost_acme.json").read_text(encoding="utf-8")) == meant(full_plan())


def test_with_lists_the_permissions_are_what_no_list_says(tmp_path: Path) -> None:
    path = write(tmp_path, full_plan(), "aws-cli", LISTS) / "ip-permissions-gatepost_acme.json"
    permissions = json.loads(path.read_text(encoding="utf-8"))

    assert [(one["FromPort"], len(one["IpRanges"]), len(one["Ipv6Ranges"])) for one in permissions] == [(587, 1, 1)]


def test_the_permissions_can_be_authorized_as_they_are(account: Account, tmp_path: Path) -> None:
    group = account.existing_group()
    path = write(tmp_path, full_plan(), "aws-cli") / "ip-permissions-gatepost_acme.json"

    account.ask("authorize-security-group-ingress", "--group-id", group, "--ip-permissions", f"file://{path}")

    assert account.allowed() == meant(full_plan())


@pytest.mark.parametrize("options", [LISTS, RULES, "{security_group: sg-0123456789abcdef0}"])
def test_shellcheck_passes_the_scripts(tmp_path: Path, options: str) -> None:
    files = write(tmp_path, full_plan(), "aws-cli", options)
    command = ["shellcheck", "--enable=all", "--exclude=SC2250,SC2310,SC2311,SC2312", "apply.sh", "undo.sh"]

    checked = run(command, files, {"PATH": "/usr/bin:/bin"})

    assert (checked.stdout, checked.returncode) == ("", 0)
