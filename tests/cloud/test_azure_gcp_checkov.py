"""checkov, an independent judge of infrastructure code: no finding in any form for Azure and GCP, and it does find a planted one."""

import json
from pathlib import Path

from tests.cloud.files import full_plan, write
from tests.cloud.tools import run, tool

NEW_GROUP = "{create_nsg: true, location: westeurope, tags: [team=mail], resource_group: rg}"
FORMS = {
    "azure-arm": NEW_GROUP,
    "azure-bicep": "{nsg: nsg-mail}",
    "azure-terraform": NEW_GROUP,
    "gcp-terraform": "{target_tags: [mail], log: true}",
}


# For Azure checkov knows everybody by an asterisk, and in Terraform it does not look through `each.value`.
PLANTED = (
    ('"587"', '"22"'),
    ("'587'", "'22'"),
    ("'0.0.0.0/0'", "'*'"),
    ('"sourceAddressPrefix": "0.0.0.0/0"', '"sourceAddressPrefix": "*"'),
    ("source_address_prefix        = each.value.source", 'source_address_prefix        = "*"'),
    ("destination_port_ranges      = each.value.ports", 'destination_port_range      = "22"'),
)


def failed_and_passed(folder: Path) -> tuple[set[str], set[str]]:
    """The folders in which checkov finds something, and those in which it finds that something holds."""
    frameworks = ["--framework", "arm", "bicep", "terraform"]
    words = ["-d", ".", *frameworks, "--skip-download", "--compact", "-o", "json"]
    done = run([tool("checkov", "checkov"), *words], folder, {"HOME": str(folder), "LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"})
    parts = json.loads(done.stdout)
    assert [part["results"]["parsing_errors"] for part in parts if part["results"]["parsing_errors"]] == []
    failed, passed = ([found for part in parts for found in part["results"][kind]] for kind in ("failed_checks", "passed_checks"))
    return {found["file_path"].split("/")[1] for found in failed}, {found["file_path"].split("/")[1] for found in passed}


def test_no_form_has_a_finding_and_a_planted_mistake_is_found_in_each(tmp_path: Path) -> None:
    for target, options in FORMS.items():
        planted = write(tmp_path / f"planted-{target}", full_plan(), target, options)
        write(tmp_path / target, full_plan(), target, options)
        for path in planted.iterdir():
            text = path.read_text(encoding="utf-8")
            for before, after in PLANTED:
                text = text.replace(before, after)
            path.write_text(text, encoding="utf-8")

    failed, passed = failed_and_passed(tmp_path)

    assert failed == {f"planted-{target}" for target in FORMS}
    assert passed >= set(FORMS)
