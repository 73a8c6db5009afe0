"""The CloudFormation template: what cfn-lint says, what it is blind to, and a stack of moto's that is made, changed and deleted."""

import re
from collections import Counter
from pathlib import Path

import pytest

from generator.plan import Plan
from tests.cloud.aws.conftest import Account
from tests.cloud.aws.plans import full_plan, long_plan, random_plan
from tests.cloud.aws.reading import load_template, meant, read_template
from tests.cloud.files import write
from tests.cloud.tools import run, tool
from tests.scale import LONG, scaled

GROUP = "sg-0123456789abcdef0"
VPC = "vpc-0123456789abcdef0"
FORMS = [
    (full_plan(site="made"), ""),
    (full_plan(site="named"), f"{{vpc_id: {VPC}, tags: [Team=mail, Cost=a b], name_prefix: other-one}}"),
    (full_plan(site="existing"), f"{{security_group: {GROUP}}}"),
    (long_plan(300, 60, site="full"), ""),
    (long_plan(400, 90, site="raised"), "{rules_per_group: 490}"),
    *((random_plan(seed, site=f"random{seed}"), "") for seed in range(scaled(100))),
]
DESCRIPTION = re.compile(r"[a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]{1,255}")


def template(folder: Path, plan: Plan, options: str = "") -> Path:
    return write(folder, plan, "aws-cloudformation", options) / "security-groups.yaml"


@pytest.mark.parametrize(("plan", "options"), [pytest.param(*form, id=form[0].site) for form in FORMS])
def test_the_template_means_the_plan(tmp_path: Path, plan: Plan, options: str) -> None:
    assert read_template(template(tmp_path, plan, options).read_text(encoding="utf-8")) == meant(plan)


def test_the_linter_has_nothing_to_say(tmp_path: Path) -> None:
    # It takes ten seconds for 800 rules, all of one form.
    paths = [template(tmp_path / plan.site, plan, options) for plan, options in FORMS if LONG or plan.site not in ("full", "raised")]

    # I3010 tells that 490 rules come near the 500 that a template may have: that is why there are no more.
    command: list[str | Path] = [tool("aws", "cfn-lint"), "--include-checks", "I", "--ignore-checks", "I3010", "--", *paths]
    done = run(command, tmp_path, {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)})

    assert (done.stdout, done.returncode) == ("", 0)


@pytest.mark.parametrize(("plan", "options"), [pytest.param(*form, id=form[0].site) for form in FORMS])
def test_what_the_linter_is_blind_to(tmp_path: Path, plan: Plan, options: str) -> None:
    loaded = load_template(template(tmp_path, plan, options).read_text(encoding="utf-8"))
    resources = loaded["Resources"]
    rules = [one["Properties"] for one in resources.values() if one["Type"] == "AWS::EC2::SecurityGroupIngress"]
    groups = [one["Properties"] for one in resources.values() if one["Type"] == "AWS::EC2::SecurityGroup"]

    used = Counter((str(rule["GroupId"]), "CidrIp" in rule) for rule in rules)
    names = [group["GroupName"] for group in groups]

    assert [rule for rule in rules if not DESCRIPTION.fullmatch(rule["Description"])] == []
    assert [rule for rule in rules if not 1 <= rule["FromPort"] <= rule["ToPort"] <= 65535] == []
    assert [name for name in names if name.startswith("sg-") or not DESCRIPTION.fullmatch(name)] == []
    assert max(used.values()) <= (490 if "490" in options else 60)
    assert len(resources) <= 500
    assert len({(rule["FromPort"], rule.get("CidrIp"), rule.get("CidrIpv6")) for rule in rules}) == len(rules)
    assert [
        group["SecurityGroupEgress"] for group in groups if [one["CidrIp"] for one in group["SecurityGroupEgress"]] != ["127.0.0.1/32"]
    ] == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("192.0.2.0/28", "192.0.2.0/27"),
        ("2001:db8:100::/48", "2001:db8:101::/48"),
        ("FromPort: 143", "FromPort: 144"),
        ('"::/0"', '"::/1"'),
    ],
)
def test_a_planted_difference_is_found(tmp_path: Path, old: str, new: str) -> None:
    text = template(tmp_path, full_plan()).read_text(encoding="utf-8")

    assert old in text
    assert read_template(text.replace(old, new)) != meant(full_plan())


def test_a_stack_is_made_changed_and_deleted(account: Account, tmp_path: Path) -> None:
    path = template(tmp_path, full_plan())
    given = (
        "--stack-name",
        "acme",
        "--template-body",
        f"file://{path}",
        "--parameters",
        f"ParameterKey=VpcId,ParameterValue={account.vpc}",
    )
    account.aws("cloudformation", "validate-template", "--template-body", f"file://{path}")
    account.aws("cloudformation", "create-stack", *given)
    made = account.groups()
    assert account.allowed() == meant(full_plan())

    template(tmp_path, full_plan("192.0.2.99", "2001:db8:7::/48"))
    account.aws("cloudformation", "update-stack", *given)
    assert account.allowed() == meant(full_plan("192.0.2.99", "2001:db8:7::/48"))
    template(tmp_path, full_plan())
    account.aws("cloudformation", "update-stack", *given)
    assert account.allowed() == meant(full_plan())
    assert {name: group["GroupId"] for name, group in account.groups().items()} == {name: group["GroupId"] for name, group in made.items()}

    account.aws("cloudformation", "delete-stack", "--stack-name", "acme")
    assert account.groups() == {}


def test_a_stack_on_a_group_that_is_there_leaves_its_own_rules(account: Account, tmp_path: Path) -> None:
    group = account.existing_group("IpProtocol=tcp,FromPort=22,ToPort=22,IpRanges=[{CidrIp=192.0.2.0/24}]")
    path = template(tmp_path, full_plan(), f"{{security_group: {group}}}")

    account.aws("cloudformation", "create-stack", "--stack-name", "beside", "--template-body", f"file://{path}")
    both = account.allowed()
    account.aws("cloudformation", "delete-stack", "--stack-name", "beside")

    assert {port: prefixes for port, prefixes in both.items() if port[1] != 22} == meant(full_plan())
    assert list(account.allowed()) == [("tcp", 22, 22)]
