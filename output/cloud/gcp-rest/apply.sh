#!/bin/sh
# gatepost cloud: Bring the firewall rules of a GCP project to what rules.tsv says
# A change made here is lost when the file is made again, with:
#     gatepost render cloud.yaml -t gcp-rest -o DIR
# Made from:
#     cloud.yaml  sha256 9e1099e5573404224deb497fb939d4747c7a861a59fff4d965cf2168e43c67a7
#     builtin/profiles/hubspot.yaml  sha256 24955ace3f65daed7b82d368af2567b29024d179c2eb2822a16a6bacc6d25194
# Check:  sh apply.sh --check
# Apply:  sh apply.sh
# Undo:   sh undo.sh
#
# Makes, changes and deletes the firewall rules whose names begin with gatepost-cloud--, and no others, until they are those of rules.tsv.
# What is right already is not written. Rules that allow are written before those that deny, and what is to go is deleted last.
# If it stops half-way, run it again: it goes on from what it finds.
#   apply.sh          bring the project to what rules.tsv says
#   apply.sh --check  tell the differences and change nothing: exit status 0 for none, 1 for some
# PROJECT names another project, GCLOUD another program.
# A rule of your own with a number up to 1000 goes first or beside these, and so do firewall policies: what those allow stays open.
set -eu
LC_ALL=C
export LC_ALL
: "${GCLOUD:=gcloud}"

project=''
own='gatepost-cloud--' # what the names of our rules begin with; no other site's do
PROJECT=${PROJECT:-$project}

CDPATH='' cd -- "$(dirname -- "$0")"

say() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
}

command -v "$GCLOUD" >/dev/null || {
	say "could not be tried: there is no $GCLOUD here"
	exit 3
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# One call of gcloud. Without PROJECT it is the project of gcloud's own configuration.
rules() {
	verb=$1
	shift
	"$GCLOUD" compute firewall-rules "$verb" "$@" ${PROJECT:+"--project=$PROJECT"} --quiet
}

# The answer of `list`, spelled as in rules.tsv. A key that rules.tsv never has keeps its own name.
spell() {
	awk -v OFS='\t' '
		function show(	i) {
			if (name == "") return
			if (!disabled) print name, "disabled", "false"
			print name, "log", logged ? how : "false"
			for (i = 0; i < lines; i++) print name, kept[i]
			for (i in protocol) if (!(i in ported)) print name, "port", protocol[i]
		}
		function clear() {
			name = ""; action = ""; lines = 0; logged = 0; how = "include-all"; disabled = 0
			split("", protocol); split("", ported); split("", kept)
		}
		function keep(key, value) { kept[lines++] = key OFS value }
		BEGIN { clear() }
		{ sub(/\r$/, "") }
		/^---$/ { show(); clear(); next }
		{
			at = index($0, ": ")
			key = substr($0, 1, at - 1)
			value = substr($0, at + 2)
			entry = key
			sub(/\].*/, "]", entry)
			plain = key
			gsub(/\[[0-9]+\]/, "", plain)
		}
		plain == "name" { name = value; next }
		plain == "disabled" { if (value == "True") { disabled = 1; keep("disabled", "true") } next }
		plain == "logConfig.enable" { logged = value == "True"; next }
		plain == "logConfig.metadata" { how = value == "EXCLUDE_ALL_METADATA" ? "exclude-all" : "include-all"; next }
		plain == "network" { sub(/.*\//, "", value); keep("network", value); next }
		plain == "allowed.IPProtocol" || plain == "denied.IPProtocol" {
			if (action == "") keep("action", action = plain == "allowed.IPProtocol" ? "ALLOW" : "DENY")
			protocol[entry] = value
			next
		}
		plain == "allowed.ports" || plain == "denied.ports" { ported[entry] = 1; keep("port", protocol[entry] ":" value); next }
		plain == "sourceRanges" { keep("range", value); next }
		plain == "targetTags" { keep("tag", value); next }
		plain == "targetServiceAccounts" { keep("account", value); next }
		{ keep(plain, value) }
		END { show() }
	'
}

# The project's rules that go in, in one snapshot: ours into ours.tsv, the user's own into foreign.tsv.
list_rules() {
	keys='name,allowed[],denied[],description,destinationRanges[],direction,disabled,logConfig,network,priority'
	keys="$keys,sourceRanges[],sourceServiceAccounts[],sourceTags[],targetServiceAccounts[],targetTags[]"
	rules list --format "flattened[no-pad]($keys)" >"$work/all"
	spell <"$work/all" | sort -u >"$work/all.tsv"
	awk -F '\t' -v own="$own" 'index($1, own) == 1' "$work/all.tsv" >"$work/ours.tsv"
	awk -F '\t' -v own="$own" 'index($1, own) != 1' "$work/all.tsv" >"$work/foreign.tsv"
}

case $#:${1-} in
0: | 1:--check) ;;
*)
	say 'usage: apply.sh [--check]'
	exit 2
	;;
esac

network='default' last=1000

# What there is to do, in order, one `step verb name` each. `update` sets neither network nor action, and leaves what it is not told.
compare() {
	awk -F '\t' '
		FILENAME == ARGV[1] { now[$0] = 1; there[$1] = 1; next } # not NR == FNR: the first file may be empty
		!($1 in wanted) { names[++count] = $1 }
		{ wanted[$1] = 1; line[$0] = 1; has[$1, $2] = 1 }
		$2 == "action" { action[$1] = $3 }
		!($0 in now) { changed[$1] = 1; if ($2 == "action" || $2 == "direction" || $2 == "network") anew[$1] = 1 }
		END {
			for (each in now) if (!(each in line)) {
				split(each, cell, "\t")
				changed[cell[1]] = 1
				if (!((cell[1], cell[2]) in has)) anew[cell[1]] = 1
			}
			for (i = 1; i <= count; i++) {
				name = names[i]
				verb = !(name in there) ? "create" : name in anew ? "replace" : "update"
				step = action[name] == "DENY" ? 4 : verb == "create" ? 1 : verb == "update" ? 2 : 3
				if (verb == "create" || name in changed) print step, verb, name
			}
			for (name in there) if (!(name in wanted)) print 5, "delete", name
		}
	' "$work/ours.tsv" "$work/wanted.tsv" | sort >"$work/steps"
}

# Rules of the user's own that are looked at before ours, or at the same time.
look_at_foreign() {
	awk -F '\t' -v network="$network" -v last="$last" '
		{ value[$1, $2] = $3; names[$1] = 1 }
		END {
			for (name in names)
				if (value[name, "network"] == network && value[name, "direction"] == "INGRESS" && value[name, "disabled"] == "false" && value[name, "priority"] + 0 <= last)
					print name " (" value[name, "priority"] ", " value[name, "action"] ")"
		}
	' "$work/foreign.tsv" | sort >"$work/earlier"
	[ ! -s "$work/earlier" ] || say "other rules that go first, or beside these, whatever rules.tsv says:
$(cat "$work/earlier")"
}

# A file of flags, because a list of addresses may be longer than an argument can be.
write_flags() {
	awk -F '\t' -v name="$1" '
		function quoted(key,	i, text) {
			for (i = 1; i <= count[key]; i++) text = text (i > 1 ? ", " : "") "\"" values[key, i] "\""
			return text
		}
		$1 == name { values[$2, ++count[$2]] = $3 }
		END {
			print "--description: " quoted("description")
			print "--priority: " quoted("priority")
			print "--rules: [" quoted("port") "]"
			print "--source-ranges: [" quoted("range") "]"
			if ("tag" in count) print "--target-tags: [" quoted("tag") "]"
			if ("account" in count) print "--target-service-accounts: [" quoted("account") "]"
		}
	' "$work/wanted.tsv" >"$work/flags.yaml"
}

write_rule() {
	write_flags "$2"
	set -- "$1" "$2" --no-enable-logging
	verb=$1
	shift
	if [ "$verb" = update ]; then
		rules update "$@" --no-disabled --flags-file "$work/flags.yaml" --format none
	else
		action=$(awk -F '\t' -v name="$1" '$1 == name && $2 == "action" { print $3 }' "$work/wanted.tsv")
		rules create "$@" --action "$action" --direction INGRESS --network "$network" --flags-file "$work/flags.yaml" --format none
	fi
}

grep -v -e '^#' -e '^$' rules.tsv >"$work/wanted.tsv" || :
if [ "$(wc -l <"$work/wanted.tsv")" -lt 83 ]; then
	say 'rules.tsv is not whole, and what it lacks would be deleted: render both files again'
	exit 1
fi
list_rules
compare
look_at_foreign

if [ "${1-}" = --check ]; then
	cut -d ' ' -f 2- "$work/steps"
	[ ! -s "$work/steps" ]
	exit
fi

while read -r _ verb name <&3; do
	say "$verb $name"
	case $verb in
	delete) rules delete "$name" ;;
	replace)
		rules delete "$name"
		write_rule create "$name"
		;;
	*) write_rule "$verb" "$name" ;;
	esac
done 3<"$work/steps"

if [ -s "$work/steps" ]; then
	list_rules
	compare
fi
if [ -s "$work/steps" ]; then
	say 'the project is not what rules.tsv says: somebody else changed it meanwhile, or GCP spells a value in another way; see apply.sh --check'
	exit 1
fi
