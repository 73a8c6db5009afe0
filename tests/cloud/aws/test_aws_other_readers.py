"""Programs that know nothing of gatepost read what is in the account (fwshift), or judge the files (checkov)."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from generator.plan import Access, Plan
from tests.cloud.aws.conftest import Account
from tests.cloud.aws.plans import full_plan, long_plan
from tests.cloud.aws.reading import EVERYBODY
from tests.cloud.files import write
from tests.cloud.tools import FWSHIFT, run, tool

GROUPS = tuple(f"sg-{number:08x}" for number in range(16))
ARGUED = {"CKV2_AWS_5": "the groups are attached where the server is described, outside these files"}


def saved(groups: Iterable[Mapping[str, Any]], lists: Iterable[Mapping[str, Any]]) -> str:
    """What the AWS CLI would answer about an interface in these groups, as one file."""
    held = [{**group, "VpcId": "vpc-1", "GroupId": new, "IpPermissionsEgress": []} for group, new in zip(groups, GROUPS, strict=False)]
    interface = {
        "NetworkInterfaceId": "eni-1",
        "VpcId": "vpc-1",
        "SubnetId": "subnet-1",
        "PrivateIpAddress": "10.0.0.25",
        "PrivateIpAddresses": [{"PrivateIpAddress": "10.0.0.25", "Primary": True}],
        "Ipv6Addresses": [{"Ipv6Address": "2001:db8:ffff:25::25"}],
        "Groups": [{"GroupId": group["GroupId"], "GroupName": group["GroupName"]} for group in held],
    }
    answers: list[dict[str, Any]] = [{"SecurityGroups": held}, {"NetworkInterfaces": [interface]}]
    for one in lists:
        entries = [{"Cidr": cidr} for cidr in one["Entries"]]
        answers += [{"PrefixListId": one["PrefixListId"], "Entries": entries}]
    return json.dumps(answers)


def reference(plan: Plan) -> str:
    """One group with a permission for each source, straight from the plan."""
    permissions = []
    public = {service.name for service in plan.services if service.access is Access.PUBLIC}
    for rule in plan.rules:
        permissions += [_permission(rule.protocol, port, str(source)) for port in rule.ports for source in rule.sources]
    for service in plan.services:
        if service.name in public:
            permissions += [_permission(service.protocol, port, everybody) for port in service.ports for everybody in EVERYBODY]
    return saved([{"GroupName": "wanted", "Description": "x", "IpPermissions": permissions}], [])


def _permission(protocol: str, port: tuple[int, int], cidr: str) -> dict[str, Any]:
    ranges = {"Ipv6Ranges": [{"CidrIpv6": cidr}]} if ":" in cidr else {"IpRanges": [{"CidrIp": cidr}]}
    return {"IpProtocol": protocol, "FromPort": port[0], "ToPort": port[1], **ranges}


def differences(folder: Path, first: str, second: str) -> int:
    """How many connections fwshift finds that the two accounts judge differently."""
    for name, text in (("first.json", first), ("second.json", second)):
        (folder / name).write_text(text, encoding="utf-8")
    command: list[str | Path] = [
        FWSHIFT,
        "compare",
        "--from",
        "aws",
        "--from-second",
        "aws",
        "--json",
        "first.json",
        "second.json",
    ]
    done = run(command, folder, {"PATH": "/usr/bin:/bin", "HOME": str(folder)})
    return len(json.loads(done.stdout)["differences"])


@pytest.mark.parametrize("options", ["{sources: lists}", "{sources: rules}"])
def test_another_reader_finds_no_difference_between_the_account_and_the_plan(account: Account, tmp_path: Path, options: str) -> None:
    account.script(write(tmp_path / "files", full_plan(), "aws-cli", options), "apply.sh")
    found = saved(account.groups().values(), account.lists().values())

    assert differences(tmp_path, reference(full_plan()), found) == 0
    assert differences(tmp_path, reference(full_plan("192.0.2.99")), found) > 0
    assert differences(tmp_path, reference(long_plan(3)), found) > 0


def test_checkov_finds_nothing_that_is_not_argued(tmp_path: Path) -> None:
    for target in ("aws-terraform", "aws-cloudformation"):
        write(tmp_path / "files" / target, full_plan(), target)
    command: list[str | Path] = [
        tool("checkov", "checkov"),
        "--skip-download",
        "--framework",
        "terraform",
        "cloudformation",
        "-d",
        ".",
        "-o",
        "json",
        "--soft-fail",
    ]

    done = run(command, tmp_path / "files", {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)})

    results = [one["results"] for one in json.loads(done.stdout)]
    assert [len(one["passed_checks"]) > 0 for one in results] == [True, True]
    assert {check["check_id"] for one in results for check in one["failed_checks"]} <= set(ARGUED)
