#!/bin/sh
# gatepost acme: Loads include.nft; with --jump CHAIN, has that chain of the host jump to it
# A change made here is lost when the file is made again, with:
#     gatepost render acme.yaml -t nftables -o DIR
# Made from:
#     acme.yaml  sha256 312c6b15efcf6d157537bb8c6fa4a9c41e4f5fbef644d3fdf76d453b4947b05e
#     builtin/profiles/hubspot.yaml  sha256 24955ace3f65daed7b82d368af2567b29024d179c2eb2822a16a6bacc6d25194
#     builtin/profiles/nylas.yaml  sha256 5d61cd9b849670b689fffd24869806dc998e69ae947b74c86775f23a3abf33d4
#     builtin/profiles/make.yaml  sha256 58899ccea2e0e26155efff33750dfbe4771ee99ba6b3945bc4bc99a77711f0f1
#     acme-make.txt  sha256 2d14c881137037984e0d03d0ff1fc1d484abacf5a50af3667fe9d50226974232
# Check:  nft -c -f include.nft
# Apply:  sh include-apply.sh --jump input
# Undo:   sh include-undo.sh
#
# The rules change in one transaction: when anything is wrong with it, the kernel keeps those that were there before.
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

# What an earlier version of the site left under names that the file can't know: those of services that are not well known.
leftovers() {
	objects | awk -v prefix='gatepost_acme__service_' -v current=',,' '
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

usage() {
	printf 'usage: %s [--jump CHAIN]\n' "$0" >&2
	echo "  --jump CHAIN  make CHAIN of the table $table jump to $base, by a first rule, if it does not yet" >&2
	exit 2
}

chain=
if [ $# -gt 0 ]; then
	if [ $# -ne 2 ] || [ "$1" != --jump ]; then usage; fi
	chain=$2
fi
case $chain in
*[!A-Za-z0-9_./\\-]* | "$base") fail "$chain is no chain to jump from" ;;
esac

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
file=$here/include.nft
[ -r "$file" ] || fail "$file is not there or can't be read"
has_table || fail "there is no table $table; the option host_table names the table that the host filters with"
# Loading the file would wake a table that sleeps, with every rule that the host keeps in it.
! nft -t list table "$table" | grep -q '^	flags .*dormant' || fail "the table $table is dormant; wake it yourself with: nft add table $table"
more=
if [ -n "$chain" ]; then
	objects | grep -qxF "chain $chain" || fail "the table $table has no chain $chain"
	jumps | awk '{ print $1 }' | grep -qxF -e "$chain" ||
		more="insert rule $table $chain jump $base comment \"gatepost acme\""
fi
load
nft list chains inet | awk -v table="$table" -v base="$base" '
	$1 == "table" { found = $2 " " $3 }
	$1 == "chain" && $2 == base && found != table { print found }' | while read -r other; do
	echo "gatepost: the table $other has a chain $base as well; if host_table was $other before, run the include-undo.sh of that time" >&2
done
echo "gatepost: the include is in place: chain $base of the table $table"
[ -n "$chain" ] || [ -n "$(jumps)" ] ||
	echo "gatepost: no rule leads to it yet: write \"jump $base\" above the rule that drops, or run this with --jump CHAIN" >&2
echo "gatepost: to have it after a restart, end /etc/nftables.conf with: include \"$file\""
echo "gatepost: and write into the table there: chain $base { }, and in the chain that drops: jump $base"
