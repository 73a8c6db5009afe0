#!/bin/sh
# gatepost sales: Load and hook the iptables rules of this folder
# A change made here is lost when the file is made again, with:
#     gatepost render two-servers-sales.yaml -t iptables -o DIR
# Made from:
#     two-servers-sales.yaml  sha256 4d25edf072585ec0bfb8cd3f3baadc3eda11f9693e515bce79820bf14b6e1874
#     builtin/profiles/hubspot.yaml  sha256 24955ace3f65daed7b82d368af2567b29024d179c2eb2822a16a6bacc6d25194
# Check:  sh apply.sh --check
# Apply:  sh apply.sh
# Undo:   sh undo.sh
#
# Loads the files beside this script and hooks them into INPUT, once, in both families. It touches nothing but our own chains and sets, and
# refuses no allowed connection meanwhile. If a step fails, it puts everything back as it was.
#   apply.sh          load, or load again
#   apply.sh --check  do all of it in a scratch network namespace; `iptables-restore --test` passes rules that don't load
# IPTABLES, IP6TABLES and IPSET name other programs, such as IPTABLES=iptables-legacy IP6TABLES=ip6tables-legacy.
# At boot, run it before the mail server starts. Sessions that are already open stay open; `conntrack -D -p tcp --dport PORT` ends them.
set -eu
LC_ALL=C PATH=$PATH:/usr/sbin:/sbin
export LC_ALL PATH
: "${IPTABLES:=iptables}" "${IP6TABLES:=ip6tables}" "${IPSET:=ipset}"
export IPTABLES IP6TABLES IPSET

chain='GATEPOST-SALES'
chains='GATEPOST-SALES GATEPOST-SALES_GUARD GATEPOST-SALES_CONN'
set_prefix='gatepost-sales'

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

sets=''

hook() {
	is_hooked "$1" || "$1" -w 5 -I INPUT 1 -p tcp -j "$chain"
}

# Print a transaction that brings the chains of one family back to what they are now. A chain that does not exist yet will be deleted.
print_state() {
	all=$("$1-save" -c -t filter) || return 1
	echo '*filter'
	for name in $chains; do
		printf ':%s - [0:0]\n' "$name"
	done
	printf '%s\n' "$all" | awk -v ours=" $chains " '/^\[/ && $2 == "-A" && index(ours, " " $3 " ")'
	for name in $chains; do
		printf '%s\n' "$all" | grep -q "^:$name " || printf -- '-X %s\n' "$name"
	done
	echo COMMIT
}

# Undo what load_rules did to one family: program, state, and whether it was hooked.
restore_state() {
	[ "$3" = hooked ] || unhook "$1"
	printf '%s\n' "$2" | "$1-restore" -w 5 --noflush --counters
}

twin_of() {
	printf '%s~%s\n' "$set_prefix" "${1#"$set_prefix"_}"
}

# Fill the twins, then swap. From then on a twin holds what its set held before.
load_sets() {
	set -- -e '^swap ' -e '^destroy '
	for set in $sets_before; do
		case $set in
		"$set_prefix~"*) destroy_set "$set" ;; # left by a run that was killed
		*) set -- "$@" -e "^create $set " ;;   # it may have another maxelem, on which `create` would stop
		esac
	done
	grep -v "$@" sets.ipset | "$IPSET" restore -exist
	trap '' HUP INT TERM # a signal between a swap and its record would leave it out of roll_back
	for set in $sets; do
		"$IPSET" swap "$(twin_of "$set")" "$set"
		swapped="$swapped $set"
	done
	trap 'exit 1' HUP INT TERM
}

# Destroy our sets but those named.
keep_sets() {
	for set in $(list_sets); do
		case " $* " in
		*" $set "*) ;;
		*) destroy_set "$set" ;;
		esac
	done
}

roll_back() {
	trap '' HUP INT TERM
	say 'failed; putting everything back as it was'
	[ -z "$touched4" ] || restore_state "$IPTABLES" "$state4" "$hooked4" || say 'the IPv4 rules could not be put back'
	[ -z "$touched6" ] || restore_state "$IP6TABLES" "$state6" "$hooked6" || say 'the IPv6 rules could not be put back'
	for set in $swapped; do
		"$IPSET" swap "$(twin_of "$set")" "$set" || say "the set $set could not be put back"
	done
	# shellcheck disable=SC2086 # a list of names
	keep_sets $sets_before || say 'some sets could not be removed'
	exit 1
}

load_rules() {
	touched4=yes
	"$IPTABLES-restore" -w 5 --noflush <v4.rules
	hook "$IPTABLES"
	if has_ipv6; then
		touched6=yes
		"$IP6TABLES-restore" -w 5 --noflush <v6.rules
		hook "$IP6TABLES"
	fi
}

apply() {
	hooked4='' hooked6='' touched4='' touched6='' swapped=''
	state4=$(print_state "$IPTABLES")
	! is_hooked "$IPTABLES" || hooked4=hooked
	if has_ipv6; then
		state6=$(print_state "$IP6TABLES")
		! is_hooked "$IP6TABLES" || hooked6=hooked
	fi
	sets_before=$(list_sets)
	trap roll_back EXIT
	trap 'exit 1' HUP INT TERM
	[ -z "$sets" ] || load_sets
	load_rules
	trap - EXIT HUP INT TERM
	# shellcheck disable=SC2086 # a list of names
	keep_sets $sets
}

# Nothing is left of a namespace once its only process ends.
check() {
	for way in 'unshare -n' 'unshare -rn'; do
		if $way true 2>/dev/null; then
			exec $way sh "./${0##*/}"
		fi
	done
	say 'could not be tried: this user gets no network namespace here'
	exit 3
}

case ${1-} in
'') apply ;;
--check) check ;;
*)
	say 'usage: apply.sh [--check]'
	exit 2
	;;
esac
