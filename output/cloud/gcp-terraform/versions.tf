# gatepost cloud: The versions that firewall_rules.tf needs; leave it out of a module that names them itself
# A change made here is lost when the file is made again, with:
#     gatepost render cloud.yaml -t gcp-terraform -o DIR
# Made from:
#     cloud.yaml  sha256 9e1099e5573404224deb497fb939d4747c7a861a59fff4d965cf2168e43c67a7
#     builtin/profiles/hubspot.yaml  sha256 24955ace3f65daed7b82d368af2567b29024d179c2eb2822a16a6bacc6d25194
# Check:  terraform init -backend=false && terraform validate
# Apply:  terraform init && terraform apply
# Undo:   terraform destroy

terraform {
  required_version = ">= 1.3"
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = ">= 4.0"
    }
  }
}
