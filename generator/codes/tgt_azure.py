"""TGT220 to TGT239: Azure network security groups. Part of `tgt`."""

from typing import Final

from generator.codes import Code

AZURE_CODES: Final = (
    Code(
        "TGT220",
        "error",
        "a block of priorities beyond the last one",
        "Every rule of a network security group has a number of its own, 100 to 4096. A site has the numbers `priority_first` to\n"
        "`priority_first` + `priority_size` - 1 for itself.",
        "learn.microsoft.com: Network security groups, security rules",
    ),
    Code(
        "TGT221",
        "error",
        "more security rules than the block of priorities or the group holds",
        "A rule holds addresses of one family, so a connector has up to two. Three ways out: a larger `priority_size`, fewer connectors\n"
        "in the site, or a firewall on the machine itself.",
        "learn.microsoft.com: Azure subscription and service limits, networking",
    ),
    Code(
        "TGT222",
        "error",
        "more prefixes than a network security group holds",
        "All rules of a group together hold 4,000 addresses and ranges of sources, and as many of destinations, so splitting them over\n"
        "more rules does not help; and where the subnet has a group and the interface another one, both have to allow, so a second\n"
        "group does not help either. Three ways out: fewer prefixes, a raised limit (`addresses_per_nsg`), or a firewall on the machine\n"
        "itself.",
        "learn.microsoft.com: Azure subscription and service limits, networking",
    ),
    Code(
        "TGT224",
        "error",
        "an option of a new group for a group that exists",
        "`location` and `tags` belong to a group that gatepost makes. Security rules have neither, so the option would be left out.",
        "REST reference of securityRules",
    ),
    Code(
        "TGT225",
        "error",
        "a tag with two values",
        "Azure keeps one value for each tag name, and takes names that differ in upper and lower case alone for the same one.",
        "learn.microsoft.com: Use tags to organize your Azure resources",
    ),
)
