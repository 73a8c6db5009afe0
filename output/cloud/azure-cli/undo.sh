#!/bin/sh
# gatepost cloud: Remove this site's rules from an Azure network security group
# A change made here is lost when the file is made again, with:
#     gatepost render cloud.yaml -t azure-cli -o DIR
# Made from:
#     cloud.yaml  sha256 9e1099e5573404224deb497fb939d4747c7a861a59fff4d965cf2168e43c67a7
#     builtin/profiles/hubspot.yaml  sha256 24955ace3f65daed7b82d368af2567b29024d179c2eb2822a16a6bacc6d25194
# Check:  sh apply.sh --check
# Apply:  sh apply.sh
# Undo:   sh undo.sh
#
# Deletes the rules of the group whose names begin with gatepost-cloud--, and no others, those that deny first. Can be run again.
# RESOURCE_GROUP and NSG name another group, AZ another program.
set -eu
LC_ALL=C
export LC_ALL
: "${AZ:=az}"

resource_group='' nsg=''
own='gatepost-cloud--' # what the names of our rules begin with; no other site's do
RESOURCE_GROUP=${RESOURCE_GROUP:-$resource_group} NSG=${NSG:-$nsg}

CDPATH='' cd -- "$(dirname -- "$0")"

say() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
}

if [ -z "$RESOURCE_GROUP" ] || [ -z "$NSG" ]; then
	say "name the group: RESOURCE_GROUP=… NSG=… sh ${0##*/}"
	exit 2
fi
command -v "$AZ" >/dev/null || {
	say "could not be tried: there is no $AZ here"
	exit 3
}

# One call of az for the group, or for a rule of it, without what it tells about new versions.
az_nsg() {
	"$AZ" network nsg "$@" --resource-group "$RESOURCE_GROUP" --name "$NSG" --only-show-errors
}

az_rule() {
	"$AZ" network nsg rule "$@" --resource-group "$RESOURCE_GROUP" --nsg-name "$NSG" --only-show-errors
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# Azure keeps one address or port apart from several, so both are put together and in order.
listed() {
	printf "join(',', sort([%s, %s][] | [?@]))" "$1" "$2"
}

# Every rule of the group, in one snapshot, spelled as in rules.tsv: ours into ours.tsv, the user's own into foreign.tsv.
list_rules() {
	query="[].[name, to_string(priority), direction, access, protocol, $(listed sourcePortRange sourcePortRanges),"
	query="$query $(listed sourceAddressPrefix sourceAddressPrefixes), $(listed destinationAddressPrefix destinationAddressPrefixes),"
	query="$query $(listed destinationPortRange destinationPortRanges), description || '']"
	az_rule list --query "$query" --output tsv >"$work/all.tsv"
	awk -F '\t' -v own="$own" -v folder="$work" '
		BEGIN { ours = folder "/ours.tsv"; foreign = folder "/foreign.tsv"; printf "" > ours; printf "" > foreign }
		{ sub(/\r$/, "") }
		index($1, own) == 1 { print > ours; next }
		{ print > foreign }
	' "$work/all.tsv"
}

[ $# -eq 0 ] || {
	say 'usage: undo.sh'
	exit 2
}

list_rules
for access in Deny Allow; do
	awk -F '\t' -v access="$access" '$4 == access { print $1 }' "$work/ours.tsv" >"$work/names"
	while IFS= read -r name <&3; do
		say "delete $name"
		az_rule delete --name "$name" --output none
	done 3<"$work/names"
done
