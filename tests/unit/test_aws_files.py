"""What the files for AWS say to the person who reads them, whatever the form."""

import pytest

from generator.diagnostics import Report
from generator.plan import Access, Plan
from tests.support.plans import make_plan, service
from tests.support.targets import render

MAIN = {"aws-terraform": "security_groups.tf", "aws-cloudformation": "security-groups.yaml", "aws-cli": "apply.sh"}
CHECKLIST = """\
# So take these ports out of {where}, over IPv4 and IPv6; rules for "all traffic" and for wider ranges of ports allow them too:
#   [ ] imap, tcp 143
#   [ ] imaps, tcp 993
# Connections that are open already stay open.
# Not closed: smtp, tcp 25: other mail servers deliver here, leave their rules alone.
# Not closed: submission, tcp 587: public, the rules here let everybody in.
"""


def plan() -> Plan:
    services = [service("imaps"), service("imap"), service("submission", Access.PUBLIC), service("smtp", Access.ADDITIVE)]
    return make_plan(services, {"hubspot": dict.fromkeys(("imaps", "imap", "smtp"), ("192.0.2.7", "2001:db8:7::/48"))})


@pytest.mark.parametrize("target", MAIN)
def test_each_form_begins_with_the_list_of_what_to_close(target: str) -> None:
    assert CHECKLIST.format(where="its other groups") in render(plan(), target=target)[MAIN[target]].content


@pytest.mark.parametrize("target", MAIN)
def test_in_a_group_that_is_there_its_other_rules_are_to_go_too(target: str) -> None:
    text = render(plan(), "{security_group: sg-0a1b2c3d}", target=target)[MAIN[target]].content

    assert CHECKLIST.format(where="the other rules of sg-0a1b2c3d and out of its other groups") in text


def test_no_rule_to_close_is_named_where_everything_is_public() -> None:
    text = render(make_plan([service("imaps", Access.PUBLIC)], {}), target="aws-cli")["apply.sh"].content

    assert "take these ports out" not in text


def test_terraform_is_told_a_provider_that_has_one_rule_to_a_resource() -> None:
    # aws_vpc_security_group_ingress_rule came with 4.56.0 (CHANGELOG of hashicorp/terraform-provider-aws).
    assert 'version = ">= 4.56"' in render(plan(), target="aws-terraform")["versions.tf"].content


def test_tags_are_sorted_and_line_up() -> None:
    text = render(plan(), "{tags: [b=2, Stage=1]}", target="aws-terraform")["security_groups.tf"].content

    assert '    "Stage"    = "1"\n    "b"        = "2"\n    "gatepost" = "gatepost/acme"\n' in text


@pytest.mark.parametrize(("count", "messages"), [(49, []), (50, ["51 tags, and an object has at most 50"])])
def test_an_object_has_fifty_tags_and_no_more(count: int, messages: list[str]) -> None:
    report, tags = Report(), ", ".join(f"t{number}=x" for number in range(count))

    render(plan(), f"{{tags: [{tags}]}}", target="aws-terraform", report=report)

    assert [finding.message for finding in report.findings if finding.severity == "error"] == messages
