#!/bin/sh
# gatepost cloud: Bring the rules of an Azure network security group to what rules.tsv says
# A change made here is lost when the file is made again, with:
#     gatepost render cloud.yaml -t azure-cli -o DIR
# Made from:
#     cloud.yaml  sha256 9e1099e5573404224deb497fb939d4747c7a861a59fff4d965cf2168e43c67a7
#     builtin/profiles/hubspot.yaml  sha256 24955ace3f65daed7b82d368af2567b29024d179c2eb2822a16a6bacc6d25194
# Check:  sh apply.sh --check
# Apply:  sh apply.sh
# Undo:   sh undo.sh
#
# Makes, changes and deletes the rules of the group whose names begin with gatepost-cloud--, and no others, until they are those of rules.tsv.
# What is right already is not written. Rules that allow are written before those that deny; a priority is freed before it is given again.
# If it stops half-way, run it again: it goes on from what it finds.
#   apply.sh          bring the group to what rules.tsv says
#   apply.sh --check  tell the differences and change nothing: exit status 0 for none, 1 for some
# RESOURCE_GROUP and NSG name another group, AZ another program. The subscription is that of `az account set`.
# Priorities 1000 to 1099 are this site's. A rule of your own with a smaller number goes first: what that one allows stays open.
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

case $#:${1-} in
0: | 1:--check) ;;
*)
	say 'usage: apply.sh [--check]'
	exit 2
	;;
esac

# What holds a list of addresses must not come from the environment: it would go back there, and a program is started with no more than
# 128 KiB in one variable. `_` is one that shells put there themselves.
unset line rest sources destinations

first=1000 last=1099

# Lines of one file that are not in another one, by their first $3 cells (0: all of them).
missing_from() {
	awk -F '\t' -v cells="$3" '
		{ key = $0 }
		cells { key = $1 }
		FILENAME == ARGV[1] { seen[key] = 1; next } # not NR == FNR: the first file may be empty
		!(key in seen)
	' "$1" "$2"
}

compare() {
	missing_from "$work/ours.tsv" "$work/wanted.tsv" 0 >"$work/pending.tsv"
	missing_from "$work/wanted.tsv" "$work/ours.tsv" 1 >"$work/stale.tsv"
	awk -F '\t' '{ print $2 "\t" $1 }' "$work/ours.tsv" >"$work/live.tsv"
}

# Somebody else's rule in our block would be in the way, or between ours.
look_at_foreign() {
	within=$(awk -F '\t' -v a="$first" -v b="$last" '$3 == "Inbound" && $2 + 0 >= a && $2 + 0 <= b { print $1 " (" $2 ")" }' "$work/foreign.tsv")
	earlier=$(awk -F '\t' -v a="$first" '$3 == "Inbound" && $2 + 0 < a { print $1 " (" $2 ", " $4 ")" }' "$work/foreign.tsv")
	[ -z "$earlier" ] || say "other rules that go first, whatever rules.tsv says:
$earlier"
	[ -z "$within" ] || {
		say "other rules have priorities of this site's block, $first to $last; nothing was changed:
$within"
		exit 1
	}
}

# `create` puts the whole rule, so that it also replaces one of the same name.
put_rule() {
	IFS='	' read -r name priority direction access protocol from sources destinations ports description <<-END
		$1
	END
	say "$2 $name"
	(
		IFS=,
		set -f # an asterisk is Azure's word for any
		# shellcheck disable=SC2086 # lists of addresses and ports
		az_rule create --name "$name" --priority "$priority" --direction "$direction" --access "$access" --protocol "$protocol" \
			--source-port-ranges $from --source-address-prefixes $sources --destination-address-prefixes $destinations \
			--destination-port-ranges $ports --description "$description" --output none
	)
	set_live "$name" "$priority"
}

delete_rule() {
	say "delete $1"
	az_rule delete --name "$1" --output none
	set_live "$1" ''
}

# Note the priority that a rule has now; none: it is gone.
set_live() {
	awk -F '\t' -v name="$1" -v priority="$2" '$2 != name; END { if (priority) print priority "\t" name }' "$work/live.tsv" >"$work/next.tsv"
	mv "$work/next.tsv" "$work/live.tsv"
}

holder_of() {
	awk -F '\t' -v priority="$1" -v name="$2" '$1 == priority && $2 != name { print $2 }' "$work/live.tsv"
}

is_live() {
	awk -F '\t' -v name="$1" '$2 == name { found = 1 } END { exit !found }' "$work/live.tsv"
}

# Every rule that waits needs a number that another rule of ours has. Delete that one if it has to go anyway, else move it out of the way.
make_way() {
	IFS='	' read -r name priority rest <"$work/turn.tsv"
	holder=$(holder_of "$priority" "$name")
	free=$(awk -F '\t' -v a="$first" -v b="$last" '{ taken[$1] = 1 } END { for (n = b; n >= a; n--) if (!(n in taken)) { print n; exit } }' "$work/live.tsv")
	if grep -q "^$holder	" "$work/stale.tsv" || [ -z "$free" ]; then
		delete_rule "$holder"
	else
		say "move $holder to $free"
		az_rule update --name "$holder" --priority "$free" --output none
		set_live "$holder" "$free"
	fi
}

# Write the rules of one kind, each as soon as its priority is free.
put_rules() {
	awk -F '\t' -v access="$1" '$4 == access' "$work/pending.tsv" >"$work/turn.tsv"
	while [ -s "$work/turn.tsv" ]; do
		: >"$work/later.tsv"
		written=''
		while IFS= read -r line <&3; do
			IFS='	' read -r name priority rest <<-END
				$line
			END
			if [ -n "$(holder_of "$priority" "$name")" ]; then
				printf '%s\n' "$line" >>"$work/later.tsv"
			else
				verb=create
				! is_live "$name" || verb=update
				put_rule "$line" "$verb"
				written=yes
			fi
		done 3<"$work/turn.tsv"
		mv "$work/later.tsv" "$work/turn.tsv"
		[ -n "$written" ] || make_way
	done
}

grep -v -e '^#' -e '^$' rules.tsv >"$work/wanted.tsv" || :
if [ "$(wc -l <"$work/wanted.tsv")" -lt 7 ]; then
	say 'rules.tsv is not whole, and what it lacks would be deleted: render both files again'
	exit 1
fi
list_rules
compare
look_at_foreign

if [ "${1-}" = --check ]; then
	awk -F '\t' '{ print "to write: " $1 }' "$work/pending.tsv"
	awk -F '\t' '{ print "to delete: " $1 }' "$work/stale.tsv"
	[ ! -s "$work/pending.tsv" ] && [ ! -s "$work/stale.tsv" ]
	exit
fi

put_rules Allow
put_rules Deny
while IFS='	' read -r name rest <&3; do
	! is_live "$name" || delete_rule "$name"
done 3<"$work/stale.tsv"
list_rules
compare
if [ -s "$work/pending.tsv" ] || [ -s "$work/stale.tsv" ]; then
	say 'the group is not what rules.tsv says: somebody else changed it meanwhile, or Azure spells a value in another way; see apply.sh --check'
	exit 1
fi
