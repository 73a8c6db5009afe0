"""The stub refuses what the clouds' providers refuse, and says which changes make an object anew: else its silence would mean nothing."""

import json
from collections import Counter
from pathlib import Path

from tests.cloud.stub.terraform import Terraform, actions

RULE = 'security_group_id = "sg-0123456789abcdef0"\n  ip_protocol = "tcp"\n  from_port = 993\n  to_port = 993\n'
AZURE = (
    'name = "a"\n  resource_group_name = "g"\n  network_security_group_name = "n"\n  priority = 100\n  direction = "Inbound"\n'
    '  access = "Allow"\n  protocol = "Tcp"\n  source_port_range = "*"\n  destination_address_prefix = "*"\n'
    '  destination_port_range = "993"\n'
)
GOOGLE = 'name = "a"\n  network = "n"\n'
SOUND = {
    "aws_security_group": 'name = "a"\n',
    "aws_ec2_managed_prefix_list": 'name = "a"\n  address_family = "IPv4"\n  max_entries = 1\n  entry { cidr = "192.0.2.7/32" }\n',
    "aws_vpc_security_group_ingress_rule": f'{RULE}  cidr_ipv4 = "192.0.2.7/32"\n',
    "azurerm_network_security_rule": f'{AZURE}  source_address_prefixes = ["192.0.2.7/32"]\n',
    "google_compute_firewall": f'{GOOGLE}  source_ranges = ["192.0.2.7/32"]\n  allow {{\n    protocol = "tcp"\n    ports = ["993"]\n  }}\n',
}
# Resource, what stands in a sound one, and what makes it wrong.
WRONG = (
    ("aws_security_group", 'name = "a"', 'name = "sg-a"'),
    ("aws_security_group", 'name = "a"', 'name = "ä"'),
    ("aws_security_group", 'name = "a"', 'nam = "a"'),
    ("aws_ec2_managed_prefix_list", "max_entries = 1", ""),
    ("aws_ec2_managed_prefix_list", "max_entries = 1", 'max_entries = "one"'),
    ("aws_ec2_managed_prefix_list", "max_entries = 1", "max_entries = 0"),
    ("aws_ec2_managed_prefix_list", "IPv4", "ipv4"),
    ("aws_ec2_managed_prefix_list", "192.0.2.7/32", "192.0.2.7/31"),
    ("aws_vpc_security_group_ingress_rule", 'cidr_ipv4 = "192.0.2.7/32"', 'cidr_ipv4 = "2001:db8::/32"'),
    ("aws_vpc_security_group_ingress_rule", 'cidr_ipv4 = "192.0.2.7/32"', ""),
    ("aws_vpc_security_group_ingress_rule", 'cidr_ipv4 = "192.0.2.7/32"', 'cidr_ipv4 = "192.0.2.7/32"\n  cidr_ipv6 = "2001:db8::/32"'),
    ("aws_vpc_security_group_ingress_rule", "to_port = 993", "to_port = 70000"),
    ("azurerm_network_security_rule", "priority = 100", "priority = 99"),
    ("azurerm_network_security_rule", '"Allow"', '"allow"'),
    ("azurerm_network_security_rule", "source_address_prefixes", "source_prefixes"),
    ("azurerm_network_security_rule", 'source_port_range = "*"', ""),
    ("google_compute_firewall", 'name = "a"', 'name = "A"'),
    ("google_compute_firewall", "192.0.2.7/32", "192.0.2.7"),
    ("google_compute_firewall", '"993"', '"imaps"'),
)


def write(folder: Path, bodies: list[tuple[str, str]]) -> Terraform:
    """A module of resources r0, r1, …"""
    (folder / "module").mkdir(exist_ok=True)
    texts = [f'resource "{kind}" "r{index}" {{\n  {body}}}\n' for index, (kind, body) in enumerate(bodies)]
    (folder / "module" / "main.tf").write_text("".join(texts), encoding="utf-8")
    return Terraform(folder / "module", folder / "scratch")


def test_what_is_sound_is_taken(tmp_path: Path) -> None:
    terraform = write(tmp_path, list(SOUND.items()))

    terraform.validate()

    assert actions(terraform.apply()) == Counter(create=len(SOUND))
    assert actions(terraform.plan()) == Counter()


def test_each_mistake_is_refused(tmp_path: Path) -> None:
    assert [old for kind, old, _ in WRONG if SOUND[kind].count(old) != 1] == []
    terraform = write(tmp_path, [(kind, SOUND[kind].replace(old, new)) for kind, old, new in WRONG])

    found = json.loads(terraform.call("validate", "-json", status=1))["diagnostics"]

    # `resource "aws_security_group" "r0"`
    blamed = {".".join(one["snippet"]["context"].split('"')[1::2]) for one in found if one["severity"] == "error"}
    assert sorted(blamed) == sorted(f"{kind}.r{index}" for index, (kind, _, _) in enumerate(WRONG))


def test_changes_that_make_an_object_anew_are_told_from_those_in_place(tmp_path: Path) -> None:
    kept = [("aws_ec2_managed_prefix_list", "max_entries = 1", "max_entries = 2"), ("azurerm_network_security_rule", "= 100", "= 101")]
    anew = [
        ("aws_security_group", '"a"', '"b"'),
        ("aws_vpc_security_group_ingress_rule", 'cidr_ipv4 = "192.0.2.7/32"', 'cidr_ipv6 = "2001:db8::/32"'),
        ("azurerm_network_security_rule", 'name = "a"', 'name = "b"'),
        ("google_compute_firewall", 'network = "n"', 'network = "m"'),
    ]
    write(tmp_path, [(kind, SOUND[kind]) for kind, _, _ in (*kept, *anew)]).apply()

    changed = write(tmp_path, [(kind, SOUND[kind].replace(old, new)) for kind, old, new in (*kept, *anew)])

    assert actions(changed.plan()) == Counter({"update": len(kept), "delete/create": len(anew)})
