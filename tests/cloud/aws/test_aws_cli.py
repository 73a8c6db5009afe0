"""The scripts for the AWS CLI, run against moto: what is in the account afterwards is what the site says, and nothing else was touched."""

from pathlib import Path

import pytest

from generator.net import intersect_prefixes, subtract_prefixes
from generator.plan import Plan
from tests.cloud.aws.conftest import Account
from tests.cloud.aws.plans import full_plan, long_plan, random_plan
from tests.cloud.aws.reading import collect, meant
from tests.cloud.files import write
from tests.scale import LONG, scaled
from tests.support.plans import make_plan, service

IMAPS = ("tcp", 993, 993)
LISTS, RULES = "{sources: lists}", "{sources: rules}"
SSH = "IpProtocol=tcp,FromPort=22,ToPort=22,IpRanges=[{CidrIp=192.0.2.0/24,Description=gatepost}]"
OUTWARDS = "IpProtocol=tcp,FromPort=143,ToPort=143,IpRanges=[{CidrIp=198.51.100.0/25}]"
SAME = "IpProtocol=tcp,FromPort=143,ToPort=143,IpRanges=[{CidrIp=192.0.2.0/28}]"


def apply(account: Account, folder: Path, plan: Plan, options: str = "") -> str:
    return account.script(write(folder / "files", plan, "aws-cli", options), "apply.sh")


@pytest.mark.parametrize("options", [LISTS, RULES])
def test_the_account_allows_what_the_plan_says_and_a_second_run_changes_nothing(account: Account, tmp_path: Path, options: str) -> None:
    apply(account, tmp_path, full_plan(), options)
    assert account.allowed() == meant(full_plan())
    account.calls()

    printed = account.script(tmp_path / "files", "apply.sh")

    assert (printed, account.calls()) == ("", [])
    assert account.script(tmp_path / "files", "apply.sh", "--check") == ""


@pytest.mark.parametrize("options", [LISTS, RULES])
def test_undoing_leaves_nothing_and_can_be_done_twice(account: Account, tmp_path: Path, options: str) -> None:
    apply(account, tmp_path, full_plan(), options)

    account.script(tmp_path / "files", "undo.sh")

    assert (account.groups(), account.lists()) == ({}, {})
    assert account.script(tmp_path / "files", "undo.sh") == ""


@pytest.mark.parametrize("options", [LISTS, RULES])
def test_checking_tells_the_changes_and_makes_none(account: Account, tmp_path: Path, options: str) -> None:
    files = write(tmp_path / "files", full_plan(), "aws-cli", options)

    told = account.script(files, "apply.sh", "--check", status=1)

    assert account.calls() == []
    assert "would create the group gatepost_acme\n" in told
    apply(account, tmp_path, full_plan("192.0.2.99"), options)
    write(files, full_plan(), "aws-cli", options)
    assert account.script(files, "apply.sh", "--check", status=1).startswith("would ")
    assert account.calls() == []


def test_every_change_of_a_site_is_carried_out(account: Account, tmp_path: Path) -> None:
    steps = [
        (full_plan(), LISTS),
        (full_plan("192.0.2.99", "2001:db8:7::/48"), LISTS),
        (long_plan(10, 3), "{sources: lists, rules_per_group: 6}"),  # two groups, and lists in both
        (long_plan(10, 3), "{sources: rules, rules_per_group: 6}"),
        (full_plan(), "{sources: rules, tags: [Team=a b]}"),
    ]
    for plan, options in steps:
        apply(account, tmp_path, plan, options)

        assert account.allowed() == meant(plan)
    assert account.script(tmp_path / "files", "apply.sh", "--check") == ""
    assert (len(account.groups()), account.lists()) == (1, {})


@pytest.mark.parametrize("seed", range(scaled(10)))
def test_random_sites_follow_each_other(account: Account, tmp_path: Path, seed: int) -> None:
    for step in range(2):
        plan = random_plan(1000 * seed + step, most=12)
        apply(account, tmp_path, plan, (LISTS, RULES)[seed % 2])

        assert account.allowed() == meant(plan)


def later(plan: Plan, count: int) -> Plan:
    """The plan with the first prefixes of every rule gone."""
    return plan._replace(rules=tuple(rule._replace(sources=rule.sources[count:]) for rule in plan.rules))


def test_a_list_whose_group_is_full_is_exchanged_in_one_step(account: Account, tmp_path: Path) -> None:
    apply(account, tmp_path, long_plan(60), LISTS)

    told = apply(account, tmp_path, later(long_plan(90), 30), LISTS)

    assert account.allowed() == meant(later(long_plan(90), 30))
    assert "put 30 prefixes into the prefix list gatepost_acme_hubspot_ipv4, take 30 out" in told


def test_rules_for_which_a_group_is_too_full_replace_the_old_ones(account: Account, tmp_path: Path) -> None:
    apply(account, tmp_path, long_plan(60), RULES)

    told = apply(account, tmp_path, later(long_plan(90), 30), RULES)

    assert account.allowed() == meant(later(long_plan(90), 30))
    assert "the old ones have to go first" in told


def test_rules_for_which_the_rules_of_others_leave_no_room_change_nothing(account: Account, tmp_path: Path) -> None:
    others = ",".join(f"{{CidrIp=203.0.113.{number}/32}}" for number in range(55))
    group = account.existing_group(f"IpProtocol=tcp,FromPort=22,ToPort=22,IpRanges=[{others}]")
    apply(account, tmp_path, long_plan(5), f"{{security_group: {group}}}")
    before = account.allowed()
    files = write(tmp_path / "files", later(long_plan(11), 5), "aws-cli", f"{{security_group: {group}}}")

    assert "does not take the new rules; the old ones are there again" in account.script(files, "apply.sh", status=1)
    assert account.allowed() == before


def test_a_list_has_no_more_room_than_it_needs(account: Account, tmp_path: Path) -> None:
    for size in (3, 1):
        apply(account, tmp_path, long_plan(size), LISTS)

        assert account.lists()["gatepost_acme_hubspot_ipv4"]["MaxEntries"] == size


@pytest.mark.parametrize("way", ["lists", "rules"])
def test_a_run_that_stops_anywhere_refuses_nobody_and_the_next_one_finishes(account: Account, tmp_path: Path, way: str) -> None:
    options = f"{{sources: {way}, rules_per_group: 8}}"  # two groups
    before, after = long_plan(12, 2), later(long_plan(16, 3), 4)  # in both: the prefixes 4 to 12
    apply(account, tmp_path / "before", before, options)
    apply(account, tmp_path / "after", after, options)
    changing = len(account.calls())
    for failing in range(1, changing + 1) if LONG else range(2, changing + 1, 24):
        apply(account, tmp_path / "before", before, options)
        broken = account.break_call(failing)
        account.script(tmp_path / "after" / "files", "apply.sh", status=1, AWS=broken)

        found = account.allowed()[IMAPS]
        assert subtract_prefixes(intersect_prefixes(meant(before)[IMAPS], meant(after)[IMAPS]), found) == ()
        assert subtract_prefixes(found, (*meant(before)[IMAPS], *meant(after)[IMAPS])) == ()
        account.script(tmp_path / "after" / "files", "apply.sh")
        assert account.allowed() == meant(after)


@pytest.mark.parametrize("way", ["lists", "rules"])
def test_a_question_without_an_answer_stops_the_run_before_it_guesses(account: Account, tmp_path: Path, way: str) -> None:
    apply(account, tmp_path, long_plan(12, 2), f"{{sources: {way}}}")
    files = write(tmp_path / "files", later(long_plan(16, 3), 4), "aws-cli", f"{{sources: {way}}}")
    for asked in range(1, 5):  # for the groups, what they let out, the lists, and what is in a list or a group
        account.script(files, "apply.sh", status=254, AWS=account.break_question(asked))

        assert account.calls() == []


def test_a_group_that_is_there_keeps_its_own_rules(account: Account, tmp_path: Path) -> None:
    group = account.existing_group(SSH, SAME)
    account.ask("authorize-security-group-egress", "--group-id", group, "--ip-permissions", OUTWARDS)  # what we let in, it lets out
    before = account.ask("describe-security-groups", "--group-ids", group)["SecurityGroups"][0]["IpPermissions"]
    options = f"{{security_group: {group}}}"

    apply(account, tmp_path, full_plan(), options)
    both = account.allowed()
    account.script(tmp_path / "files", "undo.sh")

    ssh = collect([(("tcp", 22, 22), "192.0.2.0/24")])
    assert {port: prefixes for port, prefixes in both.items() if port not in ssh} == meant(full_plan())
    assert account.ask("describe-security-groups", "--group-ids", group)["SecurityGroups"][0]["IpPermissions"] == before


def test_a_group_in_use_stays_without_a_rule_until_it_is_free(account: Account, tmp_path: Path) -> None:
    apply(account, tmp_path, long_plan(7), "{rules_per_group: 6}")
    second = account.groups()["gatepost_acme_2"]["GroupId"]
    interface = account.attach(second)

    assert f"gatepost_acme_2 ({second}) stays, without a rule of ours" in apply(account, tmp_path, long_plan(4), "{rules_per_group: 6}")
    assert account.allowed() == meant(long_plan(4))
    assert f"gatepost_acme_2 ({second}) stays, without a rule of ours" in account.script(tmp_path / "files", "undo.sh", status=1)
    assert (list(account.groups()), account.allowed()) == (["gatepost_acme_2"], {})
    account.ask("delete-network-interface", "--network-interface-id", interface)
    account.script(tmp_path / "files", "undo.sh")
    assert account.groups() == {}


def test_a_prefix_list_that_somebody_else_refers_to_stays(account: Account, tmp_path: Path) -> None:
    group = account.existing_group()
    apply(account, tmp_path, long_plan(2), LISTS)
    listed = account.lists()["gatepost_acme_hubspot_ipv4"]["PrefixListId"]
    theirs = f"IpProtocol=tcp,FromPort=22,ToPort=22,PrefixListIds=[{{PrefixListId={listed}}}]"
    account.ask("authorize-security-group-ingress", "--group-id", group, "--ip-permissions", theirs)

    assert f"({listed}) stays: does a rule that is not ours refer to it?" in account.script(tmp_path / "files", "undo.sh", status=1)
    assert list(account.groups()) == ["theirs"]
    account.ask("revoke-security-group-ingress", "--group-id", group, "--ip-permissions", theirs)
    account.script(tmp_path / "files", "undo.sh")
    assert account.lists() == {}


def test_a_site_moves_from_its_own_groups_into_one_that_is_there(account: Account, tmp_path: Path) -> None:
    group = account.existing_group(SSH)
    apply(account, tmp_path, long_plan(2), LISTS)

    apply(account, tmp_path, long_plan(2), f"{{security_group: {group}}}")

    assert {port: prefixes for port, prefixes in account.allowed().items() if port[1] != 22} == meant(long_plan(2))
    assert (list(account.groups()), account.lists()) == (["theirs"], {})
    account.script(tmp_path / "files", "undo.sh")


def test_two_sites_in_one_group_leave_each_other_alone(account: Account, tmp_path: Path) -> None:
    group = account.existing_group()
    one, two = full_plan(), long_plan(3, site="acme-two")
    for plan in (one, two, one):
        apply(account, tmp_path / plan.site, plan, f"{{security_group: {group}}}")

    account.script(tmp_path / "acme" / "files", "undo.sh")

    assert account.allowed() == meant(two)
    account.script(tmp_path / "acme-two" / "files", "undo.sh")


def test_what_was_changed_by_hand_is_put_right(account: Account, tmp_path: Path) -> None:
    apply(account, tmp_path, full_plan(), RULES)
    group = account.groups()["gatepost_acme"]["GroupId"]
    rules = account.ask("describe-security-group-rules", "--filters", f"Name=group-id,Values={group}")["SecurityGroupRules"]
    account.ask("revoke-security-group-ingress", "--group-id", group, "--security-group-rule-ids", rules[0]["SecurityGroupRuleId"])
    other = "IpProtocol=tcp,FromPort=143,ToPort=143,IpRanges=[{CidrIp=203.0.113.77/32,Description=gatepost/acme/old/imap/v4}]"
    account.ask("authorize-security-group-ingress", "--group-id", group, "--ip-permissions", other)

    account.script(tmp_path / "files", "apply.sh")

    assert account.allowed() == meant(full_plan())


@pytest.mark.parametrize("way", ["lists", "rules"])
def test_a_changed_tag_gets_to_what_is_there_and_a_foreign_one_stays(account: Account, tmp_path: Path, way: str) -> None:
    apply(account, tmp_path, long_plan(1), f"{{sources: {way}, tags: [Team=mail, Cost=1]}}")
    group = account.groups()["gatepost_acme"]["GroupId"]
    account.ask("create-tags", "--resources", group, "--tags", "Key=Theirs,Value=x")

    apply(account, tmp_path, long_plan(1), f"{{sources: {way}, tags: [Team=a b, Cost=1, 'x:y/z@+-._=(,)']}}")

    objects = [*account.groups().values(), *account.lists().values()]
    tags = [{tag["Key"]: tag["Value"] for tag in one["Tags"]} for one in objects]
    wanted = {"gatepost": "gatepost/acme", "Team": "a b", "Cost": "1", "x:y/z@+-._": "(,)"}
    assert tags == [wanted | {"Theirs": "x"}] + [wanted] * (len(objects) - 1)
    assert account.script(tmp_path / "files", "apply.sh", "--check") == ""


def test_a_rule_that_comes_to_be_for_another_connector_too_is_described_anew(account: Account, tmp_path: Path) -> None:
    hubspot, nylas = ({name: {"imaps": ("192.0.2.7",)}} for name in ("hubspot", "nylas"))
    apply(account, tmp_path, make_plan([service("imaps")], hubspot), RULES)

    told = apply(account, tmp_path, make_plan([service("imaps")], hubspot | nylas), RULES)

    (permission,) = account.groups()["gatepost_acme"]["IpPermissions"]
    assert permission["IpRanges"] == [{"CidrIp": "192.0.2.7/32", "Description": "gatepost/acme/hubspot+nylas/imaps/v4"}]
    assert told == "describe rules of gatepost_acme anew\n"


def test_a_new_group_lets_nothing_out(account: Account, tmp_path: Path) -> None:
    apply(account, tmp_path, full_plan())

    assert [group["IpPermissionsEgress"] for group in account.groups().values()] == [[]]


def test_a_group_of_somebody_else_with_our_name_is_not_taken_over(account: Account, tmp_path: Path) -> None:
    account.ask("create-security-group", "--group-name", "gatepost_acme", "--description", "x", "--vpc-id", account.vpc)
    files = write(tmp_path, full_plan(), "aws-cli")

    assert "is called gatepost_acme and is not ours" in account.script(files, "apply.sh", status=1)


def test_without_a_vpc_the_scripts_ask_for_one(account: Account, tmp_path: Path) -> None:
    files = write(tmp_path, full_plan(), "aws-cli")

    assert "which VPC?" in account.script(files, "apply.sh", status=1, VPC_ID="")
    assert "which VPC?" in account.script(files, "undo.sh", status=1, VPC_ID="")
