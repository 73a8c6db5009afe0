#!/bin/sh
# gatepost cloud: Remove this site's firewall rules from a GCP project
# A change made here is lost when the file is made again, with:
#     gatepost render cloud.yaml -t gcp-rest -o DIR
# Made from:
#     cloud.yaml  sha256 9e1099e5573404224deb497fb939d4747c7a861a59fff4d965cf2168e43c67a7
#     builtin/profiles/hubspot.yaml  sha256 24955ace3f65daed7b82d368af2567b29024d179c2eb2822a16a6bacc6d25194
# Check:  sh apply.sh --check
# Apply:  sh apply.sh
# Undo:   sh undo.sh
#
# Deletes the firewall rules whose names begin with gatepost-cloud--, and no others, those that deny first. Can be run again.
# PROJECT names another project, GCLOUD another program.
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

[ $# -eq 0 ] || {
	say 'usage: undo.sh'
	exit 2
}

list_rules
for action in DENY ALLOW; do
	awk -F '\t' -v action="$action" '$2 == "action" && $3 == action { print $1 }' "$work/ours.tsv" >"$work/names"
	while IFS= read -r name <&3; do
		say "delete $name"
		rules delete "$name"
	done 3<"$work/names"
done
