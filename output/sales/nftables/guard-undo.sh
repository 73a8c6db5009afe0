#!/bin/sh
# gatepost sales: Takes the guard away
# A change made here is lost when the file is made again, with:
#     gatepost render two-servers-sales.yaml -t nftables -o DIR
# Made from:
#     two-servers-sales.yaml  sha256 4d25edf072585ec0bfb8cd3f3baadc3eda11f9693e515bce79820bf14b6e1874
#     builtin/profiles/hubspot.yaml  sha256 24955ace3f65daed7b82d368af2567b29024d179c2eb2822a16a6bacc6d25194
# Undo:   sh guard-undo.sh
#
# Deletes one table, which is gatepost's own. Connections that are open stay open.
[ $# -eq 0 ] || {
	printf 'usage: %s\n' "${0##*/}" >&2
	exit 2
}
set -eu
LC_ALL=C
PATH=$PATH:/usr/sbin:/sbin
export LC_ALL PATH
table='inet gatepost_sales'

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

if ! has_table; then
	echo "gatepost: there is no table $table: nothing to undo"
	exit 0
fi
nft delete table "$table" || fail "the kernel kept the table $table"
echo "gatepost: the guard is gone: table $table"
echo 'gatepost: a line in /etc/nftables.conf that includes guard.nft has to go as well'
