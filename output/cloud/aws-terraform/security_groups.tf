# gatepost cloud: Security groups, prefix lists and inbound rules, for Terraform
# A change made here is lost when the file is made again, with:
#     gatepost render cloud.yaml -t aws-terraform -o DIR
# Made from:
#     cloud.yaml  sha256 9e1099e5573404224deb497fb939d4747c7a861a59fff4d965cf2168e43c67a7
#     builtin/profiles/hubspot.yaml  sha256 24955ace3f65daed7b82d368af2567b29024d179c2eb2822a16a6bacc6d25194
# Check:  terraform init -backend=false && terraform validate
# Apply:  terraform init && terraform apply
# Undo:   terraform destroy
#
# Attach every group to the network interface of the mail server. A group can only allow: an interface allows what any of its groups allows.
# So take these ports out of its other groups, over IPv4 and IPv6; rules for "all traffic" and for wider ranges of ports allow them too:
#   [ ] imaps, tcp 993
# Connections that are open already stay open.
# Not closed: submission, tcp 587: public, the rules here let everybody in.
# To undo it in a module of your own: delete the file, then terraform apply.
# gatepost_cloud: 4 of 60 rules for IPv4, 3 of 60 rules for IPv6.

variable "gatepost_cloud_vpc_id" {
  description = "VPC of the mail server of cloud"
  type        = string
}

locals {
  gatepost_cloud_tags = {
    "gatepost" = "gatepost/cloud"
  }

  gatepost_cloud_prefix_lists = {
    "hubspot ipv4" = {
      name        = "gatepost_cloud_hubspot_ipv4"
      family      = "IPv4"
      description = "gatepost/cloud/hubspot/v4"
      entries = [
        "198.51.100.10/32",
        "203.0.113.0/28",
      ]
    }
    "hubspot ipv6" = {
      name        = "gatepost_cloud_hubspot_ipv6"
      family      = "IPv6"
      description = "gatepost/cloud/hubspot/v6"
      entries = [
        "2001:db8:100::/48",
      ]
    }
    "trusted ipv4" = {
      name        = "gatepost_cloud_trusted_ipv4"
      family      = "IPv4"
      description = "gatepost/cloud/trusted/v4"
      entries = [
        "192.0.2.0/24",
      ]
    }
    "trusted ipv6" = {
      name        = "gatepost_cloud_trusted_ipv6"
      family      = "IPv6"
      description = "gatepost/cloud/trusted/v6"
      entries = [
        "2001:db8:a::/48",
      ]
    }
  }

  gatepost_cloud_from_lists = {
    "imaps hubspot ipv4" = {
      group       = "gatepost_cloud"
      protocol    = "tcp"
      first_port  = 993
      last_port   = 993
      list        = "hubspot ipv4"
      description = "gatepost/cloud/hubspot/imaps/v4"
    }
    "imaps trusted ipv4" = {
      group       = "gatepost_cloud"
      protocol    = "tcp"
      first_port  = 993
      last_port   = 993
      list        = "trusted ipv4"
      description = "gatepost/cloud/trusted/imaps/v4"
    }
    "imaps hubspot ipv6" = {
      group       = "gatepost_cloud"
      protocol    = "tcp"
      first_port  = 993
      last_port   = 993
      list        = "hubspot ipv6"
      description = "gatepost/cloud/hubspot/imaps/v6"
    }
    "imaps trusted ipv6" = {
      group       = "gatepost_cloud"
      protocol    = "tcp"
      first_port  = 993
      last_port   = 993
      list        = "trusted ipv6"
      description = "gatepost/cloud/trusted/imaps/v6"
    }
  }

  gatepost_cloud_from_ipv4 = {
    "submission 0.0.0.0/0" = {
      group       = "gatepost_cloud"
      protocol    = "tcp"
      first_port  = 587
      last_port   = 587
      cidr        = "0.0.0.0/0"
      description = "gatepost/cloud/public/submission/v4"
    }
  }

  gatepost_cloud_from_ipv6 = {
    "submission ::/0" = {
      group       = "gatepost_cloud"
      protocol    = "tcp"
      first_port  = 587
      last_port   = 587
      cidr        = "::/0"
      description = "gatepost/cloud/public/submission/v6"
    }
  }
}

resource "aws_security_group" "gatepost_cloud" {
  for_each = toset(["gatepost_cloud"])

  name        = each.key
  description = "Mail services of cloud, kept by gatepost"
  vpc_id      = var.gatepost_cloud_vpc_id
  tags        = local.gatepost_cloud_tags
}

resource "aws_ec2_managed_prefix_list" "gatepost_cloud" {
  for_each = local.gatepost_cloud_prefix_lists

  name           = each.value.name
  address_family = each.value.family
  max_entries    = length(each.value.entries)
  tags           = local.gatepost_cloud_tags

  dynamic "entry" {
    for_each = each.value.entries
    content {
      cidr        = entry.value
      description = each.value.description
    }
  }
}

resource "aws_vpc_security_group_ingress_rule" "gatepost_cloud_lists" {
  for_each = local.gatepost_cloud_from_lists

  security_group_id = aws_security_group.gatepost_cloud[each.value.group].id
  description       = each.value.description
  ip_protocol       = each.value.protocol
  from_port         = each.value.first_port
  to_port           = each.value.last_port
  prefix_list_id    = aws_ec2_managed_prefix_list.gatepost_cloud[each.value.list].id
  tags              = local.gatepost_cloud_tags
}

resource "aws_vpc_security_group_ingress_rule" "gatepost_cloud_ipv4" {
  for_each = local.gatepost_cloud_from_ipv4

  security_group_id = aws_security_group.gatepost_cloud[each.value.group].id
  description       = each.value.description
  ip_protocol       = each.value.protocol
  from_port         = each.value.first_port
  to_port           = each.value.last_port
  cidr_ipv4         = each.value.cidr
  tags              = local.gatepost_cloud_tags
}

resource "aws_vpc_security_group_ingress_rule" "gatepost_cloud_ipv6" {
  for_each = local.gatepost_cloud_from_ipv6

  security_group_id = aws_security_group.gatepost_cloud[each.value.group].id
  description       = each.value.description
  ip_protocol       = each.value.protocol
  from_port         = each.value.first_port
  to_port           = each.value.last_port
  cidr_ipv6         = each.value.cidr
  tags              = local.gatepost_cloud_tags
}

output "gatepost_cloud_security_group_ids" {
  description = "The groups to attach to the network interface of the mail server"
  value       = { for name, group in aws_security_group.gatepost_cloud : name => group.id }
}
