#!/bin/sh
# gatepost acme: Takes the include away
# A change made here is lost when the file is made again, with:
#     gatepost render acme.yaml -t nftables -o DIR
# Made from:
#     acme.yaml  sha256 312c6b15efcf6d157537bb8c6fa4a9c41e4f5fbef644d3fdf76d453b4947b05e
#     builtin/profiles/hubspot.yaml  sha256 24955ace3f65daed7b82d368af2567b29024d179c2eb2822a16a6bacc6d25194
#     builtin/profiles/nylas.yaml  sha256 5d61cd9b849670b689fffd24869806dc998e69ae947b74c86775f23a3abf33d4
#     builtin/profiles/make.yaml  sha256 58899ccea2e0e26155efff33750dfbe4771ee99ba6b3945bc4bc99a77711f0f1
#     acme-make.txt  sha256 2d14c881137037984e0d03d0ff1fc1d484abacf5a50af3667fe9d50226974232
# Undo:   sh include-undo.sh
#
# Deletes the rules that jump to our chain, our chains and our sets, in one transaction, and nothing else of the host's table.
[ $# -eq 0 ] || {
	printf 'usage: %s\n' "${0##*/}" >&2
	exit 2
}
set -eu
LC_ALL=C
PATH=$PATH:/usr/sbin:/sbin
export LC_ALL PATH
table='inet filter'

fail() {
	printf 'gatepost: %s\n' "$*" >&2
	exit 1
}

# Two runs at once, whatever folders they are in, would take away each other's sets. The lock is the network namespace's, so no file is left
# of it; any process there could hold it, so nobody is waited for longer than a minute.
lock=/proc/self/ns/net
if command -v flock >/dev/null && [ -r "$lock" ]; then
	exec 9<"$lock"
	flock -n 9 || {
		echo 'gatepost: waiting for another run to end' >&2
		flock -w 60 9 || echo 'gatepost: it has not ended; going on' >&2
	}
fi

command -v nft >/dev/null || fail 'nft is not installed; on Debian and Ubuntu: apt-get install nftables'
nft list chains >/dev/null 2>&1 || fail 'nft may not read the rules: run this as root'

# Every chain and set of the table, as `chain NAME` and `set NAME`. Listing the table itself would fetch each address of its sets.
objects() {
	{ nft list chains inet && nft -t list sets inet; } | awk -v table="$table" '
		$1 == "table" { ours = ($2 " " $3 == table) }
		ours && $3 == "{" && ($1 == "chain" || $1 == "set") { print $1, $2 }'
}

# Turns such lines into statements: `statements delete set` prints `delete set TABLE NAME` for each set.
statements() {
	awk -v verb="$1" -v kind="$2" -v table="$table" '$1 == kind { print verb, kind, table, $2 }'
}

has_table() {
	nft list chains inet | grep -qxF "table $table {"
}

base='gatepost_acme'

# Rules of the host that jump to our chain, one `CHAIN HANDLE` a line. Texts in quotes don't count: a comment may say anything.
jumps() {
	nft -a -t list table "$table" 2>/dev/null | awk -v target="$base" '
		$1 == "chain" && $3 == "{" { chain = $2 }
		match($0, / # handle [0-9]+$/) {
			handle = substr($0, RSTART + length(" # handle "))
			rule = substr($0, 1, RSTART - 1)
			gsub(/"[^"]*"/, "", rule)
			sub(/ comment $/, "", rule)
			if (rule ~ ("(^|[ \t])(jump|goto) " target "$")) print chain, handle
		}'
}

ours=$(objects | awk -v base="$base" -v prefix='gatepost_acme__' '$2 == base || index($2, prefix) == 1')
if [ -z "$ours" ]; then
	echo "gatepost: the table $table holds nothing of $base: nothing to undo"
	exit 0
fi
{
	jumps | awk -v table="$table" '{ print "delete rule", table, $1, "handle", $2 }'
	printf '%s\n' "$ours" | statements flush chain
	printf '%s\n' "$ours" | statements delete chain
	printf '%s\n' "$ours" | statements delete set
} | nft -f - || fail "nothing was changed: something in $table still refers to $base, perhaps a verdict map; take that away first"
echo "gatepost: the include is gone: chain $base of the table $table"
echo 'gatepost: lines in /etc/nftables.conf that include include.nft or jump to the chain have to go as well'
