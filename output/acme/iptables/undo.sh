#!/bin/sh
# gatepost acme: Take the iptables rules and sets of this site out again
# A change made here is lost when the file is made again, with:
#     gatepost render acme.yaml -t iptables -o DIR
# Made from:
#     acme.yaml  sha256 312c6b15efcf6d157537bb8c6fa4a9c41e4f5fbef644d3fdf76d453b4947b05e
#     builtin/profiles/hubspot.yaml  sha256 24955ace3f65daed7b82d368af2567b29024d179c2eb2822a16a6bacc6d25194
#     builtin/profiles/nylas.yaml  sha256 5d61cd9b849670b689fffd24869806dc998e69ae947b74c86775f23a3abf33d4
#     builtin/profiles/make.yaml  sha256 58899ccea2e0e26155efff33750dfbe4771ee99ba6b3945bc4bc99a77711f0f1
#     acme-make.txt  sha256 2d14c881137037984e0d03d0ff1fc1d484abacf5a50af3667fe9d50226974232
# Check:  sh apply.sh --check
# Apply:  sh apply.sh
# Undo:   sh undo.sh
#
# Unhooks and removes our chains in both families and destroys our sets, whichever version of the files they came from. Can be run again.
set -eu
LC_ALL=C PATH=$PATH:/usr/sbin:/sbin
export LC_ALL PATH
: "${IPTABLES:=iptables}" "${IP6TABLES:=ip6tables}" "${IPSET:=ipset}"
export IPTABLES IP6TABLES IPSET

chain='GATEPOST-ACME'
chains='GATEPOST-ACME GATEPOST-ACME_GUARD GATEPOST-ACME_CONN'
set_prefix='gatepost-acme'

CDPATH='' cd -- "$(dirname -- "$0")"

say() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
}

# Two runs at once, whatever folders they are in, would fill the same twins. The lock is the network namespace's, so no file is left of it;
# any process there could hold it, so nobody is waited for longer than a minute.
lock=/proc/self/ns/net
if command -v flock >/dev/null && [ -r "$lock" ]; then
	exec 9<"$lock"
	flock -n 9 || {
		say 'waiting for another run to end'
		flock -w 60 9 || say 'it has not ended; going on'
	}
fi

# Without IPv6 in the kernel there is nothing to close over it, and ip6tables would only fail.
has_ipv6() {
	[ -e /proc/net/if_inet6 ]
}

is_hooked() {
	"$1" -w 5 -C INPUT -p tcp -j "$chain" 2>/dev/null
}

unhook() {
	while is_hooked "$1"; do
		"$1" -w 5 -D INPUT -p tcp -j "$chain" || return 1
	done
}

# Never another site's sets: a site's name holds neither _ nor ~.
list_sets() {
	command -v "$IPSET" >/dev/null || return 0
	"$IPSET" -n list | grep "^${set_prefix}[_~]" || :
}

# A set may stay in use for a moment after the last rule that named it is gone.
destroy_set() {
	for pause in 0 0 1 1 2; do
		! "$IPSET" destroy "$1" 2>/dev/null || return 0
		sleep "$pause"
	done
	"$IPSET" destroy "$1" || {
		say "the set $1 stays: a rule uses it that these scripts did not load with $IPTABLES"
		return 1
	}
}

[ $# -eq 0 ] || {
	say 'usage: undo.sh'
	exit 2
}

# In one transaction, so that chains which something else still jumps to keep their rules.
delete_chains() {
	tool=$1
	all=$("$tool-save" -t filter) || return 1
	set --
	for name in $chains; do
		! printf '%s\n' "$all" | grep -q "^:$name " || set -- "$@" "$name"
	done
	[ $# -gt 0 ] || return 0
	{
		echo '*filter'
		printf ':%s - [0:0]\n' "$@"
		printf -- '-X %s\n' "$@"
		echo COMMIT
	} | "$tool-restore" -w 5 --noflush
}

remove_rules() {
	if ! unhook "$1" || ! delete_chains "$1"; then
		say "$1: $chain could not be removed; does a rule outside INPUT still jump to it?"
		exit 1
	fi
}

remove_rules "$IPTABLES"
! has_ipv6 || remove_rules "$IP6TABLES"
for set in $(list_sets); do
	destroy_set "$set"
done
