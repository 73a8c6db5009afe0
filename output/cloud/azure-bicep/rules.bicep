// gatepost cloud: Security rules for an Azure network security group
// A change made here is lost when the file is made again, with:
//     gatepost render cloud.yaml -t azure-bicep -o DIR
// Made from:
//     cloud.yaml  sha256 9e1099e5573404224deb497fb939d4747c7a861a59fff4d965cf2168e43c67a7
//     builtin/profiles/hubspot.yaml  sha256 24955ace3f65daed7b82d368af2567b29024d179c2eb2822a16a6bacc6d25194
// Check:  az stack group validate --name gatepost-SITE --resource-group GROUP --template-file rules.bicep --action-on-unmanage deleteResources --deny-settings-mode none
// Apply:  az stack group create --name gatepost-SITE --resource-group GROUP --template-file rules.bicep --action-on-unmanage deleteResources --deny-settings-mode none
// Undo:   az stack group delete --name gatepost-SITE --resource-group GROUP --action-on-unmanage deleteResources
//
// Uses 7 of 1000 rules.
// Uses 7 of 100 priorities.
// Uses 8 of 4000 source prefixes.
// Priorities 1000 to 1099 are this site's. A rule of your own with a smaller number goes first: what that one allows stays open.
// Each rule waits for the one before it: Azure writes one rule of a group at a time. Those that deny are last. A rule is named after its
// number, because what is gone is deleted after all is written, and a number that is still taken would stop the deployment.

@description('Name of the network security group that exists already in the resource group of the deployment')
param networkSecurityGroup string

resource nsg 'Microsoft.Network/networkSecurityGroups@2023-09-01' existing = {
  name: networkSecurityGroup
}

resource gatepost_cloud__allow_hubspot_v4 'Microsoft.Network/networkSecurityGroups/securityRules@2023-09-01' = {
  parent: nsg
  name: 'gatepost-cloud--1007'
  properties: {
    description: 'gatepost cloud/hubspot/submission+imaps/v4'
    priority: 1007
    direction: 'Inbound'
    access: 'Allow'
    protocol: 'Tcp'
    sourcePortRange: '*'
    sourceAddressPrefixes: [
      '198.51.100.10/32'
      '203.0.113.0/28'
    ]
    destinationAddressPrefix: '*'
    destinationPortRanges: [
      '587'
      '993'
    ]
  }
  dependsOn: [
    gatepost_cloud__public_v4
  ]
}

resource gatepost_cloud__allow_hubspot_v6 'Microsoft.Network/networkSecurityGroups/securityRules@2023-09-01' = {
  parent: nsg
  name: 'gatepost-cloud--1089'
  properties: {
    description: 'gatepost cloud/hubspot/submission+imaps/v6'
    priority: 1089
    direction: 'Inbound'
    access: 'Allow'
    protocol: 'Tcp'
    sourcePortRange: '*'
    sourceAddressPrefixes: [
      '2001:db8:100::/48'
    ]
    destinationAddressPrefix: '*'
    destinationPortRanges: [
      '587'
      '993'
    ]
  }
  dependsOn: [
    gatepost_cloud__trusted_v6
  ]
}

resource gatepost_cloud__public_v4 'Microsoft.Network/networkSecurityGroups/securityRules@2023-09-01' = {
  parent: nsg
  name: 'gatepost-cloud--1065'
  properties: {
    description: 'gatepost cloud/public/submission/v4'
    priority: 1065
    direction: 'Inbound'
    access: 'Allow'
    protocol: 'Tcp'
    sourcePortRange: '*'
    sourceAddressPrefix: '0.0.0.0/0'
    destinationAddressPrefix: '*'
    destinationPortRanges: [
      '587'
    ]
  }
}

resource gatepost_cloud__public_v6 'Microsoft.Network/networkSecurityGroups/securityRules@2023-09-01' = {
  parent: nsg
  name: 'gatepost-cloud--1025'
  properties: {
    description: 'gatepost cloud/public/submission/v6'
    priority: 1025
    direction: 'Inbound'
    access: 'Allow'
    protocol: 'Tcp'
    sourcePortRange: '*'
    sourceAddressPrefix: '::/0'
    destinationAddressPrefix: '*'
    destinationPortRanges: [
      '587'
    ]
  }
  dependsOn: [
    gatepost_cloud__allow_hubspot_v6
  ]
}

resource gatepost_cloud__trusted_v4 'Microsoft.Network/networkSecurityGroups/securityRules@2023-09-01' = {
  parent: nsg
  name: 'gatepost-cloud--1032'
  properties: {
    description: 'gatepost cloud/trusted/imaps/v4'
    priority: 1032
    direction: 'Inbound'
    access: 'Allow'
    protocol: 'Tcp'
    sourcePortRange: '*'
    sourceAddressPrefixes: [
      '192.0.2.0/24'
    ]
    destinationAddressPrefix: '*'
    destinationPortRanges: [
      '993'
    ]
  }
  dependsOn: [
    gatepost_cloud__public_v6
  ]
}

resource gatepost_cloud__trusted_v6 'Microsoft.Network/networkSecurityGroups/securityRules@2023-09-01' = {
  parent: nsg
  name: 'gatepost-cloud--1050'
  properties: {
    description: 'gatepost cloud/trusted/imaps/v6'
    priority: 1050
    direction: 'Inbound'
    access: 'Allow'
    protocol: 'Tcp'
    sourcePortRange: '*'
    sourceAddressPrefixes: [
      '2001:db8:a::/48'
    ]
    destinationAddressPrefix: '*'
    destinationPortRanges: [
      '993'
    ]
  }
  dependsOn: [
    gatepost_cloud__allow_hubspot_v4
  ]
}

resource gatepost_cloud__deny 'Microsoft.Network/networkSecurityGroups/securityRules@2023-09-01' = {
  parent: nsg
  name: 'gatepost-cloud--1099'
  properties: {
    description: 'gatepost cloud/deny/imaps'
    priority: 1099
    direction: 'Inbound'
    access: 'Deny'
    protocol: 'Tcp'
    sourcePortRange: '*'
    sourceAddressPrefix: '*'
    destinationAddressPrefix: '*'
    destinationPortRanges: [
      '993'
    ]
  }
  dependsOn: [
    gatepost_cloud__trusted_v4
  ]
}
