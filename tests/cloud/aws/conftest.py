"""An AWS account of moto's, with the real AWS CLI in front of it."""

import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.cloud.aws.reading import Allowed, read_account
from tests.cloud.tools import run, tool

HERE = Path(__file__).resolve().parent
DEADLINE_SECONDS = 60


class Account:
    """An account with one VPC. `calls` are the arguments of every call of the CLI since the last look."""

    def __init__(self, env: Mapping[str, str], log: Path) -> None:
        self.env, self.log = dict(env), log
        self.vpc = self.ask("create-vpc", "--cidr-block", "10.0.0.0/16", "--amazon-provided-ipv6-cidr-block")["Vpc"]["VpcId"]
        self.env["VPC_ID"] = self.vpc

    def aws(self, *words: str, status: int = 0) -> Any:
        """What a call of the CLI answers."""
        done = run(["aws", *words, "--output", "json"], HERE, self.env)
        assert done.returncode == status, done.stdout + done.stderr
        return json.loads(done.stdout or "null")

    def ask(self, *words: str) -> Any:
        """What EC2 answers."""
        return self.aws("ec2", *words)

    def script(self, folder: Path, *words: str, status: int = 0, **env: str) -> str:
        """What a rendered script prints."""
        self.calls()
        done = run(["sh", *words], folder, {**self.env, **env})
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr

    def calls(self) -> list[list[str]]:
        """The calls since the last look; those that only ask left out."""
        lines = self.log.read_text(encoding="utf-8").splitlines() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        words = [json.loads(line) for line in lines]
        return [one for one in words if not one[1].startswith(("describe", "get", "wait"))]

    def break_call(self, number: int) -> str:
        """An `aws` of which the changing call of this number fails, and every later one too."""
        return self._break('case $2 in describe* | get* | wait) exec aws "$@" ;; esac', f'[ "$number" -lt {number} ] || exit 1')

    def break_question(self, number: int) -> str:
        """An `aws` that has no answer to the question of this number, as when AWS is asked too often, and to no other."""
        return self._break('case $2 in describe* | get*) ;; *) exec aws "$@" ;; esac', f'[ "$number" -ne {number} ] || exit 254')

    def _break(self, others: str, fail: str) -> str:
        path, count = self.log.parent / "broken-aws", self.log.parent / "count"
        count.write_text("", encoding="utf-8")
        path.write_text(f'#!/bin/sh\n{others}\nprintf x >>{count}\nnumber=$(wc -c <{count})\n{fail}\nexec aws "$@"\n', encoding="utf-8")
        path.chmod(0o755)
        return str(path)

    def groups(self) -> dict[str, dict[str, Any]]:
        """The security groups of the VPC by name, without its default one."""
        listed = self.ask("describe-security-groups", "--filters", f"Name=vpc-id,Values={self.vpc}")["SecurityGroups"]
        return {group["GroupName"]: group for group in listed if group["GroupName"] != "default"}

    def lists(self) -> dict[str, dict[str, Any]]:
        """Our prefix lists by name, with their entries."""
        listed = self.ask("describe-managed-prefix-lists", "--filters", "Name=tag-key,Values=gatepost")["PrefixLists"]
        found = {}
        for one in listed:
            if one["State"] != "delete-complete" and one["OwnerId"] != "AWS":
                entries = self.ask("get-managed-prefix-list-entries", "--prefix-list-id", one["PrefixListId"])["Entries"]
                found[one["PrefixListName"]] = {**one, "Entries": [entry["Cidr"] for entry in entries]}
        return found

    def allowed(self) -> Allowed:
        """What the groups of the VPC allow together."""
        return read_account(self.groups().values(), {one["PrefixListId"]: one["Entries"] for one in self.lists().values()})

    def existing_group(self, *permissions: str) -> str:
        """A group that somebody else made, with rules of theirs."""
        group: str = self.ask("create-security-group", "--group-name", "theirs", "--description", "x", "--vpc-id", self.vpc)["GroupId"]
        for one in permissions:
            self.ask("authorize-security-group-ingress", "--group-id", group, "--ip-permissions", one)
        return group

    def attach(self, *groups: str) -> str:
        """A network interface in these groups."""
        subnet = self.ask("create-subnet", "--vpc-id", self.vpc, "--cidr-block", "10.0.0.0/24")["Subnet"]["SubnetId"]
        made: str = self.ask("create-network-interface", "--subnet-id", subnet, "--groups", *groups)["NetworkInterface"][
            "NetworkInterfaceId"
        ]
        return made


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, str]]:
    """The environment in which `aws` is the AWS CLI, and the account is moto's."""
    folder, python, port = tmp_path_factory.mktemp("moto"), tool("aws", "python"), _free_port()
    env = {
        "PATH": f"{folder}:{os.environ['PATH']}",
        "HOME": str(folder),
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "NO_PROXY": "127.0.0.1",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "LC_ALL": "C",
    }
    path = folder / "aws.socket"
    programs = (["strict_moto.py", str(port)], ["quick_aws.py", str(path)])
    with (folder / "log").open("w") as log:
        started = [subprocess.Popen([python, HERE / words[0], *words[1:]], env=env, stdout=log, stderr=log) for words in programs]
    aws = folder / "aws"
    aws.write_text(f'#!/bin/sh\nexec {python} -S -E {HERE / "aws_client.py"} {path} "${{AWS_LOG:-/dev/null}}" "$@"\n', encoding="utf-8")
    aws.chmod(0o755)
    (folder / "sleep").symlink_to("/bin/true")  # prefix lists are ready when they have been looked at, however soon
    try:
        end = time.monotonic() + DEADLINE_SECONDS
        while not (_answers(port) and path.exists()):
            assert time.monotonic() < end, (folder / "log").read_text()
            assert [one.poll() for one in started] == [None, None], (folder / "log").read_text()
            time.sleep(0.1)
        yield env
    finally:
        for one in started:
            one.kill()
            one.wait()


@pytest.fixture
def account(servers: Mapping[str, str], tmp_path: Path) -> Iterator[Account]:
    """A VPC of its own; what scripts and stacks made is gone at the end, prefix lists first of all, which are the region's."""
    one = Account({**servers, "AWS_LOG": str(tmp_path / "calls")}, tmp_path / "calls")
    yield one
    for group in one.groups().values():
        one.ask("delete-security-group", "--group-id", group["GroupId"])
    for listed in one.lists().values():
        one.ask("delete-managed-prefix-list", "--prefix-list-id", listed["PrefixListId"])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
