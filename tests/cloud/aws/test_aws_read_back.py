"""What moto's account says about itself, by the real AWS CLI, read back: it lets in whom the plan lets in."""

import json
from pathlib import Path

import pytest

from tests.cloud.aws.conftest import Account
from tests.cloud.aws.plans import full_plan
from tests.cloud.aws.test_aws_cli import LISTS, RULES, apply
from tests.review.meaning import let_in, meant, questions, read_files


def dumps(account: Account) -> list[tuple[str, str]]:
    """The groups of the account, and the entries of their lists, each as the command prints it."""
    found = [("groups.json", json.dumps(account.ask("describe-security-groups", "--filters", "Name=group-name,Values=gatepost*")))]
    for name, listed in account.lists().items():
        number = listed["PrefixListId"]
        query = f"{{PrefixListId:'{number}',Entries:Entries}}"
        entries = account.ask("get-managed-prefix-list-entries", "--prefix-list-id", number, "--query", query)
        found.append((f"{name}.json", json.dumps(entries)))
    return found


@pytest.mark.parametrize("options", [LISTS, RULES])
def test_the_groups_of_an_account_let_in_whom_the_plan_lets_in(account: Account, tmp_path: Path, options: str) -> None:
    apply(account, tmp_path, full_plan(), options)
    ruleset, findings = read_files(*dumps(account))

    assert findings == []
    assert let_in(ruleset, questions(full_plan().services)) == meant(full_plan(), full_plan().services)


def test_the_rules_of_an_account_one_by_one_say_the_same(account: Account, tmp_path: Path) -> None:
    apply(account, tmp_path, full_plan(), RULES)
    (group,) = (one for name, one in account.groups().items() if name.startswith("gatepost"))
    rules = account.ask("describe-security-group-rules", "--filters", f"Name=group-id,Values={group['GroupId']}")
    ruleset, findings = read_files(("rules.json", json.dumps(rules)))

    assert findings == []
    assert let_in(ruleset, questions(full_plan().services)) == meant(full_plan(), full_plan().services)
