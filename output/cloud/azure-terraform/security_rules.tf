# gatepost cloud: Security rules for an Azure network security group
# A change made here is lost when the file is made again, with:
#     gatepost render cloud.yaml -t azure-terraform -o DIR
# Made from:
#     cloud.yaml  sha256 9e1099e5573404224deb497fb939d4747c7a861a59fff4d965cf2168e43c67a7
#     builtin/profiles/hubspot.yaml  sha256 24955ace3f65daed7b82d368af2567b29024d179c2eb2822a16a6bacc6d25194
# Check:  terraform init -backend=false && terraform validate
# Apply:  terraform init && terraform apply
# Undo:   terraform destroy
#
# All names have the site in them, so the file fits into a module of yours; alone, it needs `provider "azurerm" { features {} }` beside it.
# Uses 7 of 1000 rules.
# Uses 7 of 100 priorities.
# Uses 8 of 4000 source prefixes.
# Priorities 1000 to 1099 are this site's. A rule of your own with a smaller number goes first: what that one allows stays open.
# Nothing here is an inline `security_rule` of the group, which would remove every other rule of it.

variable "gatepost_cloud__resource_group" {
  description = "Resource group of the network security group"
  type        = string
}

variable "gatepost_cloud__network_security_group" {
  description = "Name of the network security group that exists already"
  type        = string
}

locals {
  gatepost_cloud__resource_group = var.gatepost_cloud__resource_group
  gatepost_cloud__group          = var.gatepost_cloud__network_security_group

  # Sources of one family each: Azure takes no rule with both.
  gatepost_cloud__allow = {
    "gatepost-cloud--allow-hubspot-v4" = {
      description = "gatepost cloud/hubspot/submission+imaps/v4"
      priority    = 1007
      ports       = ["587", "993"]
      source      = null
      sources = [
        "198.51.100.10/32",
        "203.0.113.0/28",
      ]
      destination = "*"
      targets     = null
    }
    "gatepost-cloud--allow-hubspot-v6" = {
      description = "gatepost cloud/hubspot/submission+imaps/v6"
      priority    = 1089
      ports       = ["587", "993"]
      source      = null
      sources = [
        "2001:db8:100::/48",
      ]
      destination = "*"
      targets     = null
    }
    "gatepost-cloud--public-v4" = {
      description = "gatepost cloud/public/submission/v4"
      priority    = 1065
      ports       = ["587"]
      source      = "0.0.0.0/0"
      sources     = null
      destination = "*"
      targets     = null
    }
    "gatepost-cloud--public-v6" = {
      description = "gatepost cloud/public/submission/v6"
      priority    = 1025
      ports       = ["587"]
      source      = "::/0"
      sources     = null
      destination = "*"
      targets     = null
    }
    "gatepost-cloud--trusted-v4" = {
      description = "gatepost cloud/trusted/imaps/v4"
      priority    = 1032
      ports       = ["993"]
      source      = null
      sources = [
        "192.0.2.0/24",
      ]
      destination = "*"
      targets     = null
    }
    "gatepost-cloud--trusted-v6" = {
      description = "gatepost cloud/trusted/imaps/v6"
      priority    = 1050
      ports       = ["993"]
      source      = null
      sources = [
        "2001:db8:a::/48",
      ]
      destination = "*"
      targets     = null
    }
  }
  # Everybody else, over both families, at the end of the block.
  gatepost_cloud__deny = {
    "gatepost-cloud--deny" = {
      description = "gatepost cloud/deny/imaps"
      priority    = 1099
      ports       = ["993"]
      destination = "*"
      targets     = null
    }
  }
}

resource "azurerm_network_security_rule" "gatepost_cloud__allow" {
  for_each = local.gatepost_cloud__allow

  name                         = each.key
  description                  = each.value.description
  resource_group_name          = local.gatepost_cloud__resource_group
  network_security_group_name  = local.gatepost_cloud__group
  priority                     = each.value.priority
  direction                    = "Inbound"
  access                       = "Allow"
  protocol                     = "Tcp"
  source_port_range            = "*"
  source_address_prefix        = each.value.source
  source_address_prefixes      = each.value.sources
  destination_address_prefix   = each.value.destination
  destination_address_prefixes = each.value.targets
  destination_port_ranges      = each.value.ports
}

# Written after the rules that allow and removed before them, so that nobody who is allowed is refused meanwhile.
resource "azurerm_network_security_rule" "gatepost_cloud__deny" {
  for_each   = local.gatepost_cloud__deny
  depends_on = [azurerm_network_security_rule.gatepost_cloud__allow]

  name                         = each.key
  description                  = each.value.description
  resource_group_name          = local.gatepost_cloud__resource_group
  network_security_group_name  = local.gatepost_cloud__group
  priority                     = each.value.priority
  direction                    = "Inbound"
  access                       = "Deny"
  protocol                     = "Tcp"
  source_port_range            = "*"
  source_address_prefix        = "*"
  destination_address_prefix   = each.value.destination
  destination_address_prefixes = each.value.targets
  destination_port_ranges      = each.value.ports
}
