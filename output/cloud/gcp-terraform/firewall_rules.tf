# gatepost cloud: Firewall rules for a GCP network
# A change made here is lost when the file is made again, with:
#     gatepost render cloud.yaml -t gcp-terraform -o DIR
# Made from:
#     cloud.yaml  sha256 9e1099e5573404224deb497fb939d4747c7a861a59fff4d965cf2168e43c67a7
#     builtin/profiles/hubspot.yaml  sha256 24955ace3f65daed7b82d368af2567b29024d179c2eb2822a16a6bacc6d25194
# Check:  terraform init -backend=false && terraform validate
# Apply:  terraform init && terraform apply
# Undo:   terraform destroy
#
# Uses 8 of 100 rules of the project.
# Uses 2 of 5000 source prefixes in the longest rule.
# A rule of your own with a number up to 1000 goes first or beside these, and so do firewall policies of the organisation, the folder
# and the network: what those allow stays open.

locals {
  # Ranges of one family each: GCP takes no rule with both.
  gatepost_cloud__allow = {
    "gatepost-cloud--allow-hubspot-v4" = {
      description = "gatepost cloud/hubspot/submission+imaps/v4"
      priority    = 1000
      ports       = ["587", "993"]
      ranges = [
        "198.51.100.10/32",
        "203.0.113.0/28",
      ]
    }
    "gatepost-cloud--allow-hubspot-v6" = {
      description = "gatepost cloud/hubspot/submission+imaps/v6"
      priority    = 1000
      ports       = ["587", "993"]
      ranges = [
        "2001:db8:100::/48",
      ]
    }
    "gatepost-cloud--public-v4" = {
      description = "gatepost cloud/public/submission/v4"
      priority    = 1000
      ports       = ["587"]
      ranges = [
        "0.0.0.0/0",
      ]
    }
    "gatepost-cloud--public-v6" = {
      description = "gatepost cloud/public/submission/v6"
      priority    = 1000
      ports       = ["587"]
      ranges = [
        "::/0",
      ]
    }
    "gatepost-cloud--trusted-v4" = {
      description = "gatepost cloud/trusted/imaps/v4"
      priority    = 1000
      ports       = ["993"]
      ranges = [
        "192.0.2.0/24",
      ]
    }
    "gatepost-cloud--trusted-v6" = {
      description = "gatepost cloud/trusted/imaps/v6"
      priority    = 1000
      ports       = ["993"]
      ranges = [
        "2001:db8:a::/48",
      ]
    }
  }
  # Everybody else, over each family.
  gatepost_cloud__deny = {
    "gatepost-cloud--deny-v4" = {
      description = "gatepost cloud/deny/imaps/v4"
      priority    = 1001
      ports       = ["993"]
      ranges = [
        "0.0.0.0/0",
      ]
    }
    "gatepost-cloud--deny-v6" = {
      description = "gatepost cloud/deny/imaps/v6"
      priority    = 1001
      ports       = ["993"]
      ranges = [
        "::/0",
      ]
    }
  }
}

resource "google_compute_firewall" "gatepost_cloud__allow" {
  for_each = local.gatepost_cloud__allow

  name          = each.key
  description   = each.value.description
  network       = "default"
  direction     = "INGRESS"
  priority      = each.value.priority
  source_ranges = each.value.ranges
  target_tags   = ["mail"]

  allow {
    protocol = "tcp"
    ports    = each.value.ports
  }
}

# Written after the rules that allow and removed before them, so that nobody who is allowed is refused meanwhile.
resource "google_compute_firewall" "gatepost_cloud__deny" {
  for_each   = local.gatepost_cloud__deny
  depends_on = [google_compute_firewall.gatepost_cloud__allow]

  name          = each.key
  description   = each.value.description
  network       = "default"
  direction     = "INGRESS"
  priority      = each.value.priority
  source_ranges = each.value.ranges
  target_tags   = ["mail"]

  deny {
    protocol = "tcp"
    ports    = each.value.ports
  }
}
