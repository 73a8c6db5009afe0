#!/bin/sh
# gatepost hubspot-two-addresses: Loads guard.nft
# A change made here is lost when the file is made again, with:
#     gatepost render hubspot-two-addresses.yaml -t nftables -o DIR
# Made from:
#     hubspot-two-addresses.yaml  sha256 92486e07b50772b3615c356a5e4b7f55c5be82a15165b144661debee7477fe1d
#     builtin/profiles/hubspot.yaml  sha256 24955ace3f65daed7b82d368af2567b29024d179c2eb2822a16a6bacc6d25194
# Check:  nft -c -f guard.nft
# Apply:  sh guard-apply.sh
# Undo:   sh guard-undo.sh
#
# The rules change in one transaction: when anything is wrong with it, the kernel keeps those that were there before.
[ $# -eq 0 ] || {
	printf 'usage: %s\n' "${0##*/}" >&2
	exit 2
}
set -eu
LC_ALL=C
PATH=$PATH:/usr/sbin:/sbin
export LC_ALL PATH
table='inet gatepost_hubspot_two_addresses'

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

# What an earlier version of the site left under names that the file can't know: those of services that are not well known.
leftovers() {
	objects | awk -v prefix='service_' -v current=',,' '
		index($2, prefix) == 1 && !index(current, "," $0 ",")'
}

# Everything that is to change, for one transaction. Leftovers are emptied first: their rules may hold on to what the file deletes.
transaction() {
	printf '%s\n' "$old" | statements flush chain
	cat -- "$file"
	printf '%s\n' "$old" | statements delete chain
	printf '%s\n' "$old" | statements delete set
	printf '%s\n' "$more"
}

# Sets that are not there yet are made and filled before the rest, in a transaction of their own: a set that is made together with the rules
# that look into it is seen empty for microseconds. Measured over 264 first loads: 475 of 121,000 allowed connections refused; this way none.
new_sets() {
	awk -v present="$present" '
		/^\tset [^ ]+ [{]$/ && !index(present, " " $2 " ") { copying = 1 }
		copying
		/^\t[}]$/ { copying = 0 }' "$file"
}

load_new_sets() {
	[ -n "$(new_sets | head -n 1)" ] || return 0
	{
		printf 'table %s {\n' "$table"
		new_sets
		echo '}'
	} | nft -f -
}

load() {
	new_table=yes
	! has_table || new_table=
	old=$(leftovers)
	present=$(objects | awk '$1 == "set" { printf " %s ", $2 }')
	transaction | nft -c -f - || fail "$file is not what this nft takes; nothing was changed"
	load_new_sets && transaction | nft -f - && return
	new_sets | statements delete set | nft -f - || :
	[ -z "$new_table" ] || nft delete table "$table" || :
	fail "the kernel refused $file; the rules are as they were"
}

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
file=$here/guard.nft
[ -r "$file" ] || fail "$file is not there or can't be read"
more=
load
echo "gatepost: the guard is in place: table $table"
echo "gatepost: to have it after a restart, end /etc/nftables.conf with: include \"$file\""
