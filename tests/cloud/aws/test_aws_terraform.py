"""The Terraform files: valid for a provider's schema, equal to the plan when read back, within the quota, and changed in place."""

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.cloud.aws.modules import GROUP, IN_VPC, VPC, Module, actions_by_site, allowed_by_site, site_of
from tests.cloud.aws.plans import compile_site, full_plan, long_plan, random_plan
from tests.cloud.aws.reading import meant, terraform_use
from tests.cloud.files import write
from tests.cloud.stub.terraform import Terraform, actions
from tests.cloud.tools import run, tool
from tests.scale import scaled

FORMS = [
    (full_plan(site="lists"), f"{{{IN_VPC}}}"),
    (full_plan(site="rules"), f"{{{IN_VPC}, sources: rules, tags: [Team=mail, Cost=a b]}}"),
    (full_plan(site="existing"), f"{{security_group: {GROUP}}}"),
    (long_plan(100, 20, services=2, site="several"), f"{{{IN_VPC}}}"),
    (long_plan(300, 10, site="full"), f"{{{IN_VPC}}}"),
    *((random_plan(seed, site=f"random{seed}"), f"{{{IN_VPC}}}") for seed in range(scaled(40))),
]


def test_the_files_mean_the_plan_and_keep_the_quota(tmp_path: Path) -> None:
    module = Module(tmp_path)
    for plan, options in FORMS:
        module.put(plan, options)
    module.terraform.check_format()
    module.terraform.validate()

    shown = module.settle()

    assert allowed_by_site(shown) == {plan.site: meant(plan) for plan, _ in FORMS}
    assert max(terraform_use(shown).values()) == 60
    resources = [one for one in shown["planned_values"]["root_module"]["resources"] if site_of(one) == "rules"]
    tags = {"gatepost": "gatepost/rules", "Team": "mail", "Cost": "a b"}
    assert [one["values"]["tags"] for one in resources] == [tags] * len(resources)


def test_sites_whose_names_begin_alike_have_no_name_in_common(tmp_path: Path) -> None:
    names: list[tuple[str, ...]] = []
    for site in ("acme", "acme-from", "acme-prefix", "acme-lists", "acme-ipv4"):
        text = (write(tmp_path / site, full_plan(site=site), "aws-terraform") / "security_groups.tf").read_text(encoding="utf-8")
        names += re.findall(r'^(?:  (\w+) = {|resource "(\w+" "\w+)"|(?:variable|output) "(\w+)")', text, re.MULTILINE)

    assert len(names) == 5 * 12
    assert len(set(names)) == len(names)


@pytest.mark.long
def test_a_raised_quota_is_filled_with_lists_of_a_hundred_prefixes(tmp_path: Path) -> None:
    module, plan = Module(tmp_path), long_plan(1000, 1000, site="raised")
    module.put(plan, f"{{{IN_VPC}, rules_per_group: 1000}}")

    shown = module.settle()

    lists = [one["values"] for one in shown["planned_values"]["root_module"]["resources"] if one["type"].endswith("prefix_list")]
    assert allowed_by_site(shown) == {"raised": meant(plan)}
    assert max(len(one["entry"]) for one in lists) <= 100


def test_a_small_change_destroys_nothing(tmp_path: Path) -> None:
    module, rules = Module(tmp_path), f"{{{IN_VPC}, sources: rules}}"
    for size in (3, 59, 60, 150):
        module.put(long_plan(size, site=f"grows{size}"))
    module.put(full_plan("192.0.2.99", site="shrinks"))
    module.put(full_plan(site="plain"), rules)
    module.put(long_plan(3, site="serves"))
    module.put(compile_site())
    module.terraform.apply()
    for size in (3, 59, 60, 150):
        module.put(long_plan(size + 1, site=f"grows{size}"))
    module.put(full_plan(site="shrinks"))
    module.put(full_plan("192.0.2.99", "2001:db8:7::/48", site="plain"), rules)
    module.put(long_plan(3, services=2, site="serves"))
    module.put(compile_site(shuffle=1))

    assert actions_by_site(module.terraform.plan()) == {
        "grows3": Counter(update=1),
        "grows59": Counter(update=1),
        "grows60": Counter(update=1, create=3),  # a second group, with its list and its rule
        "grows150": Counter(update=1),
        "shrinks": Counter(update=1),
        "plain": Counter(create=8),  # for either prefix imap, smtp, and imaps on its two ranges of ports
        "random": Counter(),  # the same site with its YAML in another order
        "serves": Counter(create=1),  # a rule that refers to the same list
    }


def test_the_vpc_is_a_variable_unless_the_site_names_it(tmp_path: Path) -> None:
    files = write(tmp_path / "module", long_plan(1), "aws-terraform")

    assert actions(Terraform(files, tmp_path / "scratch", gatepost_acme_vpc_id=VPC).plan()) == Counter(create=3)
    assert "gatepost_acme_vpc_id" in Terraform(files, tmp_path / "scratch").call("plan", "-input=false", "-no-color", status=1)


def test_undoing_destroys_everything(tmp_path: Path) -> None:
    module = Module(tmp_path)
    module.put(full_plan())
    module.terraform.apply()
    outputs = module.terraform.state()["values"]["outputs"]
    assert list(outputs["gatepost_acme_security_group_ids"]["value"]) == ["gatepost_acme"]

    module.terraform.call("destroy", "-auto-approve", "-input=false", "-no-color")

    assert module.terraform.state().get("values") is None


PLANTED = {
    "missing": ('        "192.0.2.7/32",\n', ""),
    "other": ('"192.0.2.7/32"', '"192.0.2.6/32"'),
    "wider": ("2001:db8:100::/48", "2001:db8:100::/47"),
    "port": ("first_port  = 143", "first_port  = 142"),
    "half": ('cidr        = "::/0"', 'cidr        = "::/1"'),
}


def test_planted_differences_are_found(tmp_path: Path) -> None:
    module = Module(tmp_path)
    for site, (old, new) in PLANTED.items():
        path = module.put(full_plan(site=site))
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
    module.put(full_plan(site="sound"))

    found = allowed_by_site(module.settle())

    assert [site for site, allowed in found.items() if allowed == meant(full_plan(site=site))] == ["sound"]


def test_another_reader_of_hcl_takes_the_files(tmp_path: Path) -> None:
    files = write(tmp_path, full_plan(), "aws-terraform")

    done = run([tool("aws", "hcl2tojson"), *files.glob("*.tf"), "-o", tmp_path / "json"], tmp_path, {"PATH": "/usr/bin:/bin"})

    assert done.returncode == 0, done.stderr
