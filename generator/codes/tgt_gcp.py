"""TGT240 to TGT259: GCP firewall rules. Part of `tgt`."""

from typing import Final

from generator.codes import Code

GCP_CODES: Final = (
    Code(
        "TGT240",
        "error",
        "firewall rules without a target",
        "A GCP firewall rule without target tags or target service accounts is for every machine of the network: it would open, and\n"
        "close, the mail ports of all of them. Name the mail server's tag or service account.",
        "docs.cloud.google.com: VPC firewall rules, components",
    ),
    Code(
        "TGT241",
        "error",
        "target tags beside target service accounts",
        "One firewall rule takes tags or service accounts, not both.",
        "docs.cloud.google.com: Using VPC firewall rules",
    ),
    Code(
        "TGT242",
        "error",
        "more firewall rules than the project holds",
        "A rule holds 5,000 source prefixes of one family; longer lists are split over several rules, and a project has a quota of rules.\n"
        "Three ways out: fewer prefixes, a raised quota (`rules_per_project`), or a firewall on the machine itself.",
        "docs.cloud.google.com: Cloud NGFW quotas and limits",
    ),
    Code(
        "TGT243",
        "error",
        "more targets than a firewall rule takes",
        "A rule takes 70 target tags or 10 target service accounts.",
        "docs.cloud.google.com: Cloud NGFW quotas and limits",
    ),
)
