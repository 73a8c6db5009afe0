#!/bin/sh
# gatepost hubspot-two-addresses: Takes the include away
# A change made here is lost when the file is made again, with:
#     gatepost render hubspot-two-addresses.yaml -t nftables -o DIR
# Made from:
#     hubspot-two-addresses.yaml  sha256 92486e07b50772b3615c356a5e4b7f55c5be82a15165b144661debee7477fe1d
#     builtin/profiles/hubspot.yaml  sha256 24955ace3f65daed7b82d368af2567b29024d179c2eb2822a16a6bacc6d25194
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

base='gatepost_hubspot_two_addresses'

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

ours=$(objects | awk -v base="$base" -v prefix='gatepost_hubspot_two_addresses__' '$2 == base || index($2, prefix) == 1')
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
