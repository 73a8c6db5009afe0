"""TGT200 to TGT219: AWS security groups. Part of `tgt`."""

from typing import Final

from generator.codes import Code

AWS_CODES: Final = (
    Code(
        "TGT200",
        "error",
        "more rules than the security groups of an interface hold",
        "A group holds 60 inbound rules of each address family, an interface has 5 groups; both can be raised, to 1,000 rules on an\n"
        "interface. A prefix list counts as many rules as it may have entries, once for each port that refers to it. The hint adds up\n"
        "what the site needs. Three ways out: fewer prefixes or services, a higher quota, or a firewall on the host itself.\n"
        "Prefix lists that the site insists on (`sources: lists`) may also be too many for the region, or leave gaps in the groups.",
        "docs.aws.amazon.com: Amazon VPC quotas",
    ),
    Code(
        "TGT201",
        "note",
        "other security groups decide too",
        "A security group can only allow. An interface allows what any of its groups allows, so a service is closed to others only after\n"
        "every other rule for its ports is gone: from the other groups of the interface, and from a group that was there before.\n"
        "Connections that are already open stay open.",
        "docs.aws.amazon.com: Security group rules",
    ),
    Code(
        "TGT202",
        "error",
        "more resources than a CloudFormation template holds",
        "Each rule is a resource of the template, so that a change of one leaves the others alone. A template holds 500 resources.",
        "docs.aws.amazon.com: Understand CloudFormation quotas",
    ),
    Code(
        "TGT203",
        "warning",
        "a VPC beside an existing security group",
        "Rules are added to the group that `security_group` names, and that is in its VPC already: `vpc_id` has no effect.",
        "gatepost's own rule",
    ),
    Code(
        "TGT204",
        "error",
        "a tag that is there twice",
        "An object has one value for each tag. `gatepost` is the tag by which the scripts know their own objects again.",
        "gatepost's own rule",
    ),
    Code(
        "TGT205",
        "error",
        "more tags than an object on AWS has",
        "An object has 50 tags at most. One of them is `gatepost`, by which the scripts know their own objects again.",
        "docs.aws.amazon.com: Tag your Amazon EC2 resources",
    ),
)
