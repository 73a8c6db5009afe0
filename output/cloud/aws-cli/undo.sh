#!/bin/sh
# gatepost cloud: Take the rules, prefix lists and security groups of this site away again
# A change made here is lost when the file is made again, with:
#     gatepost render cloud.yaml -t aws-cli -o DIR
# Made from:
#     cloud.yaml  sha256 9e1099e5573404224deb497fb939d4747c7a861a59fff4d965cf2168e43c67a7
#     builtin/profiles/hubspot.yaml  sha256 24955ace3f65daed7b82d368af2567b29024d179c2eb2822a16a6bacc6d25194
# Check:  sh apply.sh --check
# Apply:  sh apply.sh
# Undo:   sh undo.sh
#
# Takes every rule of this site out of its groups, and deletes its own groups and prefix lists, whichever version of the files made
# them for this VPC and name prefix. It touches nothing else and can be run again. A group that is still attached to an interface stays, without
# a rule.
set -eu
LC_ALL=C AWS_PAGER=''
export LC_ALL AWS_PAGER
: "${AWS:=aws}"

owner='gatepost/cloud'
mark='gatepost/cloud/'
existing=''
vpc=''
: "${vpc:=${VPC_ID-}}"

CDPATH='' cd -- "$(dirname -- "$0")"

say() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
}

die() {
	say "$@"
	exit 1
}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM

# What AWS answers goes into a file, never straight into a pipe: there, a failed call would look like an empty answer.
ask() {
	"$AWS" ec2 "$@" --output text </dev/null
}

find_vpc() {
	if [ -n "$existing" ]; then
		vpc=$(ask describe-security-groups --group-ids "$existing" --query 'SecurityGroups[0].VpcId')
	fi
	[ -n "$vpc" ] || die 'which VPC? VPC_ID=vpc-... sh '"${0##*/}"
}

# Our own security groups in the VPC, as ID and name. Whose an object is, its tag says.
own_groups() {
	ask describe-security-groups --filters "Name=vpc-id,Values=$vpc" "Name=tag:gatepost,Values=$owner" \
		--query 'SecurityGroups[].[GroupId, GroupName]' >"$scratch/own_groups"
}

# Our own prefix lists in the region, as name, ID, room and state.
own_lists() {
	ask describe-managed-prefix-lists --filters "Name=tag:gatepost,Values=$owner" \
		--query "PrefixLists[?!starts_with(State, 'delete')].[PrefixListName, PrefixListId, MaxEntries, State]" >"$scratch/own_lists"
}

# The inbound rules of a group, whoever's they are, as ID, protocol, first port, last port, source and description; and of those our own, whose
# description begins with what no other site's rule begins with.
rules_of() {
	ask describe-security-group-rules --filters "Name=group-id,Values=$1" --query 'SecurityGroupRules[?!IsEgress].[SecurityGroupRuleId,
		IpProtocol, FromPort, ToPort, CidrIpv4 || CidrIpv6 || PrefixListId || ReferencedGroupInfo.GroupId, Description]' >"$scratch/have"
	awk -F '\t' -v mark="$mark" 'index($6, mark) == 1' "$scratch/have" >"$scratch/ours"
}

[ $# -eq 0 ] || {
	say 'usage: undo.sh'
	exit 2
}

left=0
find_vpc
own_groups
[ -z "$existing" ] || printf '%s\t%s\n' "$existing" "$existing" >>"$scratch/own_groups"
while read -r id name; do
	rules_of "$id"
	[ -s "$scratch/ours" ] || continue
	# shellcheck disable=SC2046 # IDs
	"$AWS" ec2 revoke-security-group-ingress --group-id "$id" --security-group-rule-ids $(cut -f 1 "$scratch/ours") </dev/null >/dev/null
	printf 'took our rules out of %s\n' "$name"
done <"$scratch/own_groups"
while read -r id name; do
	[ "$id" != "$existing" ] || continue
	if "$AWS" ec2 delete-security-group --group-id "$id" </dev/null >/dev/null; then
		printf 'deleted the group %s\n' "$name"
	else
		left=1
		say "$name ($id) stays, without a rule of ours: take it off the network interface, then run this again"
	fi
done <"$scratch/own_groups"
own_lists
while read -r name id _; do
	if "$AWS" ec2 delete-managed-prefix-list --prefix-list-id "$id" </dev/null >/dev/null; then
		printf 'deleted the prefix list %s\n' "$name"
	else
		left=1
		say "the prefix list $name ($id) stays: does a rule that is not ours refer to it?"
	fi
done <"$scratch/own_lists"
exit "$left"
