#!/bin/sh
# gatepost mail-server: Take the settings of this site out of Postfix's master.cf
# A change made here is lost when the file is made again, with:
#     gatepost render mail-server.yaml -t postfix -o DIR
# Made from:
#     mail-server.yaml  sha256 b9347f359fe8cb4f5ba098c46b12392e9c935d0448acc46521c882fe0625ce44
#     builtin/profiles/hubspot.yaml  sha256 24955ace3f65daed7b82d368af2567b29024d179c2eb2822a16a6bacc6d25194
# Check:  sh apply.sh --check
# Apply:  sh apply.sh
# Undo:   sh undo.sh
#
# Brings master.cf back to the bytes it had before apply.sh. If somebody has edited it since, our settings are taken out one by one, and the
# rest stays. The tables and the folder go too. Can be run again; if a step fails, everything is put back.
#   undo.sh [-c CONFIG_DIR]
set -euf # -f: an entry of master.cf such as [::1]:587 is no pattern
LC_ALL=C PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
export LC_ALL PATH
umask 022

folder='gatepost_mail_server'
work='' master='' daemons='' begun='' renamed='' running=''

say() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
}

stop() {
	say "$*"
	exit 1
}

# postconf warns of every parameter of main.cf that nothing refers to. Whoever reads what it prints sees its words only if it fails.
ask_postconf() {
	postconf "$@" 2>/dev/null || postconf "$@"
}

# Find the configuration in $config, or Postfix's own; keep others from changing it at the same time.
open_configuration() {
	command -v postconf >/dev/null || stop 'there is no postconf here: run this where Postfix is installed'
	[ -n "$config" ] || config=$(ask_postconf -h config_directory)
	config=$(CDPATH='' cd -- "$config" && pwd -P) || exit 1
	case $config in
	*[!A-Za-z0-9/._+-]*) stop "$config: Postfix would not read a table in a folder of this name" ;;
	*) ;;
	esac
	for file in main.cf master.cf; do
		[ -f "$config/$file" ] || stop "$config/$file is not there"
	done
	master=$(readlink -f -- "$config/master.cf")
	state=$config/$folder
	daemons=$(ask_postconf -c "$config" -h daemon_directory)
	# The lock is the folder's own, so no file is left of it; nobody is waited for longer than a minute.
	if command -v flock >/dev/null; then
		exec 9<"$config"
		flock -n 9 || {
			say 'waiting for another run to end'
			flock -w 60 9 || stop 'it has not ended'
		}
	fi
	trap finish EXIT
	trap 'exit 1' HUP INT TERM
	work=$(mktemp -d)
	cp -- "$master" "$work/current"
}

# A daemon that Postfix starts must not keep the lock.
ask_postfix() {
	postfix -c "$config" "$@" 9<&-
}

# `master -t` fails without a word where a master holds the lock; `postfix status` takes a second and logs.
is_running() {
	! said=$(MAIL_CONFIG=$config "$daemons/master" -t 2>&1) || return 1
	[ -z "$said" ] || ask_postfix status >/dev/null 2>&1
}

# Write a file as master.cf is written: with its owner and mode. $1: the text, $2: the file.
write_like_master() {
	cp -p -- "$master" "$2" && cat -- "$1" >"$2"
}

# Put a text in the place of master.cf, all of it or nothing.
put_master() {
	write_like_master "$1" "$master.$folder" && mv -f -- "$master.$folder" "$master"
}

# The same, and from now on `finish` takes it back.
replace_master() {
	cmp -s "$work/current" "$master" || stop 'somebody is changing master.cf at this moment; run this again'
	renamed=yes
	put_master "$1"
}

# Have a running Postfix read its files. A listener that it can't open ends it a moment later, so it is looked at again.
reload() {
	[ -n "$running" ] || return 0
	ask_postfix reload >"$work/said" 2>&1 || {
		cat -- "$work/said" >&2
		return 1
	}
	sleep 1
	is_running || {
		say 'Postfix has ended; its log tells why'
		return 1
	}
}

# However the script ends: an unfinished change is taken back, and nothing stays behind.
finish() {
	status=$?
	trap '' HUP INT TERM
	trap - EXIT
	if [ -n "$renamed" ]; then
		say 'failed; putting master.cf back as it was'
		put_master "$work/current" || {
			say "it could not be put back; $work/current is what it was"
			exit 1
		}
		if [ -n "$running" ] && ! { is_running && reload; }; then
			ask_postfix start || say 'Postfix could not be started'
		fi
	fi
	[ -z "$begun" ] || tidy_up || :
	[ -z "$master" ] || rm -f -- "$master.$folder"
	[ -z "$work" ] || rm -rf -- "$work"
	exit "$status"
}

is_pair() {
	[ -f "$1/before" ] && [ -f "$1/after" ]
}

# Each change is recorded as a pair, master.cf before and after: as `next` before it is made, as `last` when it is. So whenever a run is
# killed, one of them tells what was changed. Here `next` becomes `last` if master.cf says that the change was made, and goes otherwise.
settle_record() {
	if is_pair "$state/next" && ! cmp -s "$state/next/before" "$master"; then
		if cmp -s "$state/next/after" "$master" || ! is_pair "$state/last"; then
			rm -rf -- "$state/last"
			mv -- "$state/next" "$state/last"
		fi
	fi
	rm -rf -- "$state/next" "$state/part"
}

# Remove from our folder whatever master.cf does not name: tables of other versions, and what a killed run left.
tidy_up() {
	[ -d "$state" ] || return 0
	settle_record
	find "$state" -name '*.cidr*' -type f >"$work/tables"
	while IFS= read -r table; do
		grep -qF -e "$table" -- "$master" || rm -f -- "$table"
	done <"$work/tables"
	is_pair "$state/last" || rm -rf -- "$state"
}

# Make $work/NAME, a configuration of its own with a given master.cf. Postfix before 3.5 needs the last line feed, and all of them wait for
# seconds to read a main.cf that has just been written: so the copy is as old as the file.
copy_configuration() {
	mkdir "$work/$1"
	cp -pL -- "$config/main.cf" "$work/$1/main.cf"
	cat -- "$2" >"$work/$1/master.cf"
	[ -z "$(tail -c 1 -- "$2")" ] || echo >>"$work/$1/master.cf"
	read_configuration "$1"
}

# List what is in $work/NAME/master.cf: its services, and what they set.
read_configuration() {
	if ! postconf -c "$work/$1" -M >"$work/$1/services" 2>"$work/said" || ! postconf -c "$work/$1" -P >"$work/$1/settings" 2>>"$work/said"; then
		show_said
		stop 'postconf can not read master.cf'
	fi
}

show_said() {
	grep -v 'main[.]cf: unused parameter' "$work/said" >&2 || :
}

# Give each line of a file to postconf as a request. $1: the configuration, $2: the file, then how.
request() {
	copy=$work/$1 file=$2
	shift 2
	[ -s "$file" ] || return 0
	while IFS= read -r line; do
		set -- "$@" "$line"
	done <"$file"
	postconf -c "$copy" "$@" 2>"$work/said" || {
		show_said
		stop 'postconf can not change master.cf'
	}
}

# Make $work/base, the configuration without anything of ours, and $work/base.cf, its master.cf to the byte.
find_base() {
	if is_pair "$state/last" && cmp -s "$state/last/after" "$work/current"; then
		copy_configuration base "$state/last/before"
		cp -- "$state/last/before" "$work/base.cf"
	elif is_pair "$state/next" && cmp -s "$state/next/after" "$work/current"; then
		copy_configuration base "$state/next/before"
		cp -- "$state/next/before" "$work/base.cf"
	else
		edited=''
		copy_configuration base "$work/current"
		for pair in next last; do
			! is_pair "$state/$pair" || cmp -s "$state/$pair/before" "$work/current" || take_out "$pair"
		done
		cp -- "$work/current" "$work/base.cf"
		[ -z "$edited" ] || cp -- "$work/base/master.cf" "$work/base.cf"
	fi
}

# Somebody has edited master.cf since: take our settings out of $work/base one by one, and leave the rest as it is.
take_out() {
	copy_configuration "$1.before" "$state/$1/before"
	copy_configuration "$1.after" "$state/$1/after"
	edited=yes
	say "master.cf was edited since $folder was set up: taking out our settings alone"
	awk '
		{ name = $1 "/" $2 }
		FILENAME == ARGV[1] { before[name]; next }
		FILENAME == ARGV[2] { after[name]; next }
		name in after && !(name in before) { print name }
	' "$work/$1.before/services" "$work/$1.after/services" "$work/base/services" >"$work/ours"
	request base "$work/ours" -MX
	read_configuration base
	awk -v folder="/$folder/" '
		{ value = $0; sub(/^[^ ]+ = ?/, "", value) }
		FILENAME == ARGV[1] { before[$1] = value; known[$1]; next }
		FILENAME == ARGV[2] { after[$1] = value; next }
		!($1 in after) || ($1 in known && before[$1] == after[$1]) { next }
		value != after[$1] && !index(value, folder) { print "kept", $1; next }
		!($1 in known) { print "unset", $1; next }
		before[$1] ~ /[ \t]/ { print "unset", $1; print "spell", $1, before[$1]; next }
		{ print "set", $1 "=" before[$1] }
	' "$work/$1.before/settings" "$work/$1.after/settings" "$work/base/settings" >"$work/ours"
	sed -n 's/^unset //p' "$work/ours" >"$work/unset"
	sed -n 's/^set //p' "$work/ours" >"$work/set"
	request base "$work/unset" -PX
	request base "$work/set" -P
	while read -r word key value; do
		case $word in
		kept) say "${key#*/*/} of ${key%/*} is no longer what we set, and stays" ;;
		spell) spell "$key" "$value" ;;
		*) ;;
		esac
	done <"$work/ours"
	read_configuration base
}

# Set a value that has blanks, which `postconf -P` refuses, at the end of its entry.
spell() {
	line=$(postconf -c "$work/base" -M "${1%/*}" 2>/dev/null)
	echo "${1%/*}=$line -o {${1##*/}=$2}" >"$work/spelled"
	request base "$work/spelled" -M
}

usage() {
	say 'usage: undo.sh [-c CONFIG_DIR]'
	exit 2
}

config=''
while [ $# -gt 0 ]; do
	case $1 in
	-c)
		config=${2-}
		[ -n "$config" ] || usage
		shift
		;;
	*) usage ;;
	esac
	shift
done
open_configuration
if ! [ -d "$state" ]; then
	say "nothing to undo: $config holds no folder $folder"
	exit 0
fi
[ -w "$config" ] || stop "$config can't be written to: run this as root"
! is_running || running=yes
begun=yes
find_base
cmp -s "$work/base.cf" "$work/current" || replace_master "$work/base.cf"
reload
renamed=''
rm -rf -- "$state"
