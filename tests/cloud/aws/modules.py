"""Several sites in one Terraform module, because each run of Terraform takes a second: their names don't meet."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from generator.plan import Plan
from tests.cloud.aws.reading import Allowed, read_terraform
from tests.cloud.files import write
from tests.cloud.stub.terraform import Terraform, actions

VPC = "vpc-0123456789abcdef0"
GROUP = "sg-0123456789abcdef0"
IN_VPC = f"vpc_id: {VPC}"


class Module:
    """A Terraform module with a file for each site."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "module"
        self.scratch = folder / "scratch"
        self.folder.mkdir()
        self.terraform = Terraform(self.folder, self.scratch)

    def put(self, plan: Plan, options: str = f"{{{IN_VPC}}}") -> Path:
        """Write, or write again, the file of one site."""
        files = write(self.scratch / "files", plan, "aws-terraform", options)
        (files / "versions.tf").rename(self.folder / "versions.tf")
        return (files / "security_groups.tf").rename(self.folder / f"{plan.site}.tf")

    def settle(self) -> dict[str, Any]:
        """Apply; gives the plan of what is left to do, which is nothing: it knows all ids."""
        self.terraform.apply()
        shown = self.terraform.plan()
        assert actions(shown) == Counter()
        return shown


def site_of(resource: Mapping[str, Any]) -> str:
    """The site of a resource; the sites of these tests have one-word names."""
    name: str = resource["name"].split("_")[1]
    return name


def allowed_by_site(shown: Mapping[str, Any]) -> dict[str, Allowed]:
    """What each site of a module allows."""
    resources = shown["planned_values"]["root_module"]["resources"]
    return {
        site: read_terraform({"values": {"root_module": {"resources": [one for one in resources if site_of(one) == site]}}})
        for site in sorted(map(site_of, resources))
    }


def actions_by_site(shown: Mapping[str, Any]) -> dict[str, Counter[str]]:
    """What a plan does to the objects of each site; nothing for a site that stays as it is."""
    found: dict[str, list[dict[str, Any]]] = {}
    for change in shown["resource_changes"]:
        found.setdefault(site_of(change), []).append(change)
    return {site: actions({"resource_changes": changes}) for site, changes in sorted(found.items())}
