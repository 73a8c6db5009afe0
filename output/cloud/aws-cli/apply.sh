#!/bin/sh
# gatepost cloud: Bring security groups and prefix lists to what the site says
# A change made here is lost when the file is made again, with:
#     gatepost render cloud.yaml -t aws-cli -o DIR
# Made from:
#     cloud.yaml  sha256 9e1099e5573404224deb497fb939d4747c7a861a59fff4d965cf2168e43c67a7
#     builtin/profiles/hubspot.yaml  sha256 24955ace3f65daed7b82d368af2567b29024d179c2eb2822a16a6bacc6d25194
# Check:  sh apply.sh --check
# Apply:  sh apply.sh
# Undo:   sh undo.sh
#
# Brings the groups, prefix lists and rules of this site in the AWS account to what the site says, and touches nothing else. Whatever is right
# already stays. What is new is allowed before what is old is taken away, so nobody who may get in before and after is refused meanwhile.
#   apply.sh          make the changes; can be run again, also after it was stopped half-way
#   apply.sh --check  tell what would change; status 1 if anything would
# The account, the region and the profile are those of the AWS CLI; AWS names another program, VPC_ID the VPC.
# Run it from one place at a time. What was made for another VPC or name prefix it does not know: run undo.sh before you change one of them.
#
# Attach every group to the network interface of the mail server. A group can only allow: an interface allows what any of its groups allows.
# So take these ports out of its other groups, over IPv4 and IPv6; rules for "all traffic" and for wider ranges of ports allow them too:
#   [ ] imaps, tcp 993
# Connections that are open already stay open.
# Not closed: submission, tcp 587: public, the rules here let everybody in.
# gatepost_cloud: 4 of 60 rules for IPv4, 3 of 60 rules for IPv6.
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

tags='[{"Key": "gatepost", "Value": "gatepost/cloud"}]'

# Key and value of each tag.
cat >"$scratch/tags" <<'END'
gatepost	gatepost/cloud
END

# Name of each group.
cat >"$scratch/groups" <<'END'
gatepost_cloud
END

# Name, family, room and description of each prefix list.
cat >"$scratch/lists" <<'END'
END

# Prefix list and prefix of each entry.
cat >"$scratch/entries" <<'END'
END

# Group, protocol, first port, last port, source (a prefix, or the name of a prefix list) and description of each rule.
cat >"$scratch/rules" <<'END'
gatepost_cloud tcp 587 587 0.0.0.0/0 gatepost/cloud/public/submission/v4
gatepost_cloud tcp 993 993 192.0.2.0/24 gatepost/cloud/trusted/imaps/v4
gatepost_cloud tcp 993 993 198.51.100.10/32 gatepost/cloud/hubspot/imaps/v4
gatepost_cloud tcp 993 993 203.0.113.0/28 gatepost/cloud/hubspot/imaps/v4
gatepost_cloud tcp 587 587 ::/0 gatepost/cloud/public/submission/v6
gatepost_cloud tcp 993 993 2001:db8:a::/48 gatepost/cloud/trusted/imaps/v6
gatepost_cloud tcp 993 993 2001:db8:100::/48 gatepost/cloud/hubspot/imaps/v6
END

: >"$scratch/ids"
: >"$scratch/nothing"
checking='' changes=0

# In a check, tell the change; else tell it and make it.
change() {
	changes=$((changes + 1))
	printf '%s%s\n' "${checking:+would }" "$1"
	[ -z "$checking" ] || return 0
	shift
	status=0
	"$AWS" ec2 "$@" </dev/null >/dev/null 2>"$scratch/error" || status=$?
	cat "$scratch/error" >&2
	return "$status"
}

# ---- groups: $scratch/ids gets the name and the ID of each; in a check a group may be without an ID

make_groups() {
	if [ -n "$existing" ]; then
		printf '%s %s\n' "$existing" "$existing" >"$scratch/ids"
		return 0
	fi
	own_groups
	while read -r name; do
		id=$(awk -v name="$name" '$2 == name { print $1 }' "$scratch/own_groups")
		[ -n "$id" ] || make_group
		[ -z "$id" ] || close_outwards
		printf '%s %s\n' "$name" "$id" >>"$scratch/ids"
	done <"$scratch/groups"
}

make_group() {
	taken=$(ask describe-security-groups --filters "Name=vpc-id,Values=$vpc" "Name=group-name,Values=$name" --query 'SecurityGroups[].GroupId')
	[ -z "$taken" ] || die "$taken is called $name and is not ours: rename it, or choose another name_prefix"
	changes=$((changes + 1))
	printf '%screate the group %s\n' "${checking:+would }" "$name"
	[ -z "$checking" ] || return 0
	id=$(ask create-security-group --group-name "$name" --vpc-id "$vpc" --description 'Mail services of cloud, kept by gatepost' \
		--tag-specifications "[{\"ResourceType\": \"security-group\", \"Tags\": $tags}]" --query GroupId)
	"$AWS" ec2 wait security-group-exists --group-ids "$id" </dev/null
}

# A new group lets everything out. That is not what it is for, and another group of the interface may mean to prevent it.
close_outwards() {
	ask describe-security-group-rules --filters "Name=group-id,Values=$id" \
		--query "SecurityGroupRules[?IsEgress && IpProtocol == '-1' && !Description].[SecurityGroupRuleId]" >"$scratch/outwards"
	while read -r rule; do
		change "take $rule out of $name, which lets everything out" revoke-security-group-egress --group-id "$id" --security-group-rule-ids "$rule"
	done <"$scratch/outwards"
}

# ---- prefix lists: AWS changes them in the background, and either what is in them or their room, never both at once

wait_for_list() {
	state='' tries=0
	while [ "$tries" -lt 90 ]; do
		state=$(ask describe-managed-prefix-lists --prefix-list-ids "$1" --query 'PrefixLists[0].State') || state=''
		case $state in
		*-complete) return 0 ;;
		*-failed) break ;;
		*) sleep 1 ;;
		esac
		tries=$((tries + 1))
	done
	say "$1: ${state:-no answer}"
	return 1
}

# Of the list $name, $id, $has_room and $state; all are empty if there is none.
find_list() {
	awk -v name="$name" '$1 == name { print $2, $3, $4 }' "$scratch/own_lists" >"$scratch/found"
	[ "$(grep -c . "$scratch/found" || :)" -le 1 ] || die "two prefix lists are called $name and tagged $owner: delete the one that no rule refers to"
	id='' has_room='' state=''
	read -r id has_room state <"$scratch/found" || :
}

# What the list has and should have, and the differences: $scratch/more comes in, $scratch/less goes.
compare_list() {
	ask get-managed-prefix-list-entries --prefix-list-id "$id" --query 'Entries[].[Cidr]' >"$scratch/has.unsorted"
	sort "$scratch/has.unsorted" >"$scratch/has"
	wanted_entries
	comm -13 "$scratch/has" "$scratch/wants" >"$scratch/more"
	comm -23 "$scratch/has" "$scratch/wants" >"$scratch/less"
}

wanted_entries() {
	awk -v name="$name" '$1 == name { print $2 }' "$scratch/entries" | sort >"$scratch/wants"
}

# Prefixes as the API takes them; with a description to put them in, without one to take them out.
as_entries() {
	awk -v description="$2" '
		BEGIN { printf "["; if (description != "") tail = ",\"Description\":\"" description "\"" }
		{ printf "%s{\"Cidr\":\"%s\"%s}", (NR > 1 ? "," : ""), $1, tail }
		END { print "]" }' "$1"
}

resize_list() {
	change "give the prefix list $name room for $1" modify-managed-prefix-list --prefix-list-id "$id" --prefix-list-name "$name" --max-entries "$1" &&
		{ [ -n "$checking" ] || wait_for_list "$id"; }
}

# Change what is in a list: the files of what comes in and of what goes.
modify_list() {
	come=$(grep -c . "$1" || :) go=$(grep -c . "$2" || :)
	[ "$come$go" != 00 ] || return 0
	version=$(ask describe-managed-prefix-lists --prefix-list-ids "$id" --query 'PrefixLists[0].Version')
	set -- --add-entries "$(as_entries "$1" "$description")" --remove-entries "$(as_entries "$2" '')"
	[ "$come" != 0 ] || set -- "$3" "$4"
	[ "$go" != 0 ] || set -- "$1" "$2"
	change "put $come prefixes into the prefix list $name, take $go out" modify-managed-prefix-list \
		--prefix-list-id "$id" --prefix-list-name "$name" --current-version "$version" "$@"
	[ -n "$checking" ] || wait_for_list "$id"
}

# First make what is missing, and let into each list who is new. Where the groups have no room for old and new together, that waits.
grow_lists() {
	own_lists
	while read -r name family room description; do
		find_list
		if [ -z "$id" ]; then
			wanted_entries
			change "create the prefix list $name with $room prefixes" create-managed-prefix-list --prefix-list-name "$name" \
				--address-family "$family" --max-entries "$room" --entries "$(as_entries "$scratch/wants" "$description")" \
				--tag-specifications "[{\"ResourceType\": \"prefix-list\", \"Tags\": $tags}]"
			[ -n "$checking" ] || wait_for_new_list
			continue
		fi
		[ "${state%-complete}" != "$state" ] || wait_for_list "$id" || say 'going on: its last change failed, this one may not'
		compare_list
		[ -s "$scratch/more" ] || continue
		both=$(cat "$scratch/has" "$scratch/more" | grep -c .)
		[ "$both" -le "$has_room" ] || resize_list "$both" || continue
		modify_list "$scratch/more" "$scratch/nothing"
	done <"$scratch/lists"
}

# What was made a moment ago may not be listed yet.
wait_for_new_list() {
	tries=0
	while [ "$tries" -lt 90 ]; do
		own_lists
		find_list
		[ -z "$id" ] || break
		sleep 1
		tries=$((tries + 1))
	done
	[ -n "$id" ] || die "the new prefix list $name does not show up; run this again"
	wait_for_list "$id"
}

# Then, when the rules are there, take out who is gone; who could not be let in before comes in the same step.
shrink_lists() {
	[ ! -s "$scratch/lists" ] || own_lists
	while read -r name _ room description; do
		find_list
		[ -n "$id" ] || continue # in a check, a list that would be new
		compare_list
		[ -n "$checking" ] && : >"$scratch/more" # that was told before
		[ "$has_room" -ge "$room" ] || [ -n "$checking" ] || resize_list "$room"
		modify_list "$scratch/more" "$scratch/less"
		[ "$has_room" -le "$room" ] || resize_list "$room"
	done <"$scratch/lists"
}

# ---- rules

# Rows of protocol, first port, last port, source and description as the API takes them.
as_permissions() {
	awk -F '\t' '
		BEGIN { printf "[" }
		{
			kind = "\"IpRanges\":[{\"CidrIp\":"
			if ($4 ~ /:/) kind = "\"Ipv6Ranges\":[{\"CidrIpv6\":"
			if ($4 ~ /^pl-/) kind = "\"PrefixListIds\":[{\"PrefixListId\":"
			printf "%s{\"IpProtocol\":\"%s\",\"FromPort\":%s,\"ToPort\":%s,%s\"%s\",\"Description\":\"%s\"}]}",
				(NR > 1 ? "," : ""), $1, $2, $3, kind, $4, $5
		}
		END { print "]" }' "$1" >"$scratch/permissions.json"
}

# What a group has and should have, and the differences: $scratch/new, $scratch/old, and $scratch/renamed with another description.
compare_group() {
	awk -v group="$1" 'pass == 1 { id[$1] = $2; next }
		$1 == group { print $2 "\t" $3 "\t" $4 "\t" ($5 in id ? id[$5] : $5) "\t" $6 }' pass=1 "$scratch/own_lists" pass=2 "$scratch/rules" >"$scratch/want"
	: >"$scratch/have"
	: >"$scratch/ours"
	[ -z "$2" ] || rules_of "$2"
	# A rule of somebody else that says the same is as good; AWS takes no second one.
	awk -F '\t' -v new="$scratch/new" -v old="$scratch/old" -v renamed="$scratch/renamed" -v mark="$mark" '
		BEGIN { printf "" >new; printf "" >old; printf "" >renamed }
		pass == 1 { want[$1 FS $2 FS $3 FS $4] = $5; next }
		pass == 2 {
			key = $2 FS $3 FS $4 FS $5
			have[key] = 1
			if (index($6, mark) != 1) next
			if (!(key in want)) print >old
			else if (want[key] != $6) print key FS want[key] >renamed
			next
		}
		!(($1 FS $2 FS $3 FS $4) in have) { print >new }' pass=1 "$scratch/want" pass=2 "$scratch/have" pass=3 "$scratch/want"
}

# The rules of a file into a group.
authorize() {
	count=$(grep -c . "$3" || :)
	[ "$count" != 0 ] || return 0
	as_permissions "$3"
	change "allow $count more in $1" authorize-security-group-ingress --group-id "$2" --ip-permissions "file://$scratch/permissions.json"
}

revoke_old() {
	count=$(grep -c . "$scratch/old" || :)
	[ "$count" != 0 ] || return 0
	# shellcheck disable=SC2046 # IDs
	change "take $count out of $1" revoke-security-group-ingress --group-id "$2" --security-group-rule-ids $(cut -f 1 "$scratch/old")
}

# Where old and new rules don't fit into a group together, the old ones go first; if that is no help either, they come back.
allow_new() {
	authorize "$1" "$2" "$scratch/new" || make_room "$1" "$2"
	[ -s "$scratch/renamed" ] || return 0
	as_permissions "$scratch/renamed"
	change "describe rules of $1 anew" update-security-group-rule-descriptions-ingress --group-id "$2" \
		--ip-permissions "file://$scratch/permissions.json"
}

make_room() {
	if [ ! -s "$scratch/old" ] || ! grep -q RulesPerSecurityGroupLimitExceeded "$scratch/error"; then
		die "$1 does not take the new rules; what was allowed before is allowed"
	fi
	say "$1 has no room for old and new rules together: the old ones have to go first"
	revoke_old "$1" "$2"
	authorize "$1" "$2" "$scratch/new" && return 0
	cut -f 2- "$scratch/old" >"$scratch/back"
	authorize "$1" "$2" "$scratch/back" && die "$1 does not take the new rules; the old ones are there again"
	die "$1 takes neither the new rules nor these old ones back: $(cut -f 5 "$scratch/old" | tr '\n' ' ')"
}

each_group() {
	while read -r name id; do
		compare_group "$name" "$id"
		"$1" "$name" "$id"
	done <"$scratch/ids"
}

# What an earlier version of the site made and this one doesn't want.
drop_groups() {
	own_groups
	while read -r id name; do
		! grep -q " $id\$" "$scratch/ids" || continue
		compare_group "$name" "$id"
		revoke_old "$name" "$id"
		change "delete the group $name" delete-security-group --group-id "$id" ||
			say "$name ($id) stays, without a rule of ours: take it off the network interface, then run this again"
	done <"$scratch/own_groups"
}

drop_lists() {
	while read -r name id _; do
		! grep -q "^$name " "$scratch/lists" || continue
		change "delete the prefix list $name" delete-managed-prefix-list --prefix-list-id "$id"
	done <"$scratch/own_lists"
}

# ---- tags: those of the site that an object of ours has not, because it was made before them; other tags stay

tag_objects() {
	: >"$scratch/objects"
	[ -n "$existing" ] || awk 'NF == 2 { print $2 }' "$scratch/ids" >"$scratch/objects"
	awk 'pass == 1 { wanted[$1]; next } $1 in wanted { print $2 }' pass=1 "$scratch/lists" pass=2 "$scratch/own_lists" >>"$scratch/objects"
	[ -s "$scratch/objects" ] || return 0
	ask describe-tags --filters 'Name=key,Values=gatepost' --query 'Tags[].[ResourceId, Key, Value]' >"$scratch/tagged"
	awk -F '\t' 'pass == 1 { wanted[$0]; count++; next }
		pass == 2 { if (($2 FS $3) in wanted) right[$1]++; next }
		right[$1] != count' pass=1 "$scratch/tags" pass=2 "$scratch/tagged" pass=3 "$scratch/objects" >"$scratch/untagged"
	while read -r id; do
		change "tag $id" create-tags --resources "$id" --tags "$tags"
	done <"$scratch/untagged"
}

case ${1-} in
'') ;;
--check) checking=yes ;;
*)
	say 'usage: apply.sh [--check]'
	exit 2
	;;
esac
find_vpc
make_groups
grow_lists
each_group allow_new
each_group revoke_old
shrink_lists
drop_groups
drop_lists
tag_objects
if [ -n "$checking" ] && [ "$changes" -gt 0 ]; then
	exit 1
fi
