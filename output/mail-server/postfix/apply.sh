#!/bin/sh
# gatepost mail-server: Set up the services of this site in Postfix's master.cf
# A change made here is lost when the file is made again, with:
#     gatepost render mail-server.yaml -t postfix -o DIR
# Made from:
#     mail-server.yaml  sha256 b9347f359fe8cb4f5ba098c46b12392e9c935d0448acc46521c882fe0625ce44
#     builtin/profiles/hubspot.yaml  sha256 24955ace3f65daed7b82d368af2567b29024d179c2eb2822a16a6bacc6d25194
# Check:  sh apply.sh --check
# Apply:  sh apply.sh
# Undo:   sh undo.sh
#
# Sets up the services of this site in master.cf: service by service, so that main.cf and every other service stay as they are. Everything is
# tried on a copy first; then master.cf is replaced in one step and Postfix reloads. If a step fails, everything is put back as it was.
#   apply.sh [-c CONFIG_DIR]          set up, or set up again
#   apply.sh --check [-c CONFIG_DIR]  show what would change in master.cf, and change nothing
# Connections that are open stay open.
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
	say 'usage: apply.sh [--check] [-c CONFIG_DIR]'
	exit 2
}

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)

# How many connections at once one client of this site may need, and which address families its connectors use.
need=100 families='ipv4 ipv6' exempt='auto'

# The parameters of main.cf that count here. What an older Postfix does not know is left out.
consulted='known_tcp_ports inet_interfaces inet_protocols smtpd_service_name postscreen_access_list postscreen_client_connection_count_limit
	smtpd_tls_chain_files smtpd_tls_cert_file smtpd_tls_eccert_file smtpd_tls_dcert_file
	smtpd_tls_security_level smtpd_use_tls smtpd_tls_protocols smtpd_tls_mandatory_protocols smtpd_tls_mandatory_ciphers smtpd_sasl_auth_enable
	smtpd_delay_reject smtpd_client_restrictions smtpd_helo_restrictions smtpd_sender_restrictions smtpd_restriction_classes
	smtpd_client_event_limit_exceptions smtpd_client_connection_count_limit smtpd_client_connection_rate_limit
	smtpd_client_message_rate_limit smtpd_client_recipient_rate_limit smtpd_client_new_tls_session_rate_limit smtpd_client_auth_rate_limit'

# Two sites would each take the other's settings for Postfix's own.
refuse_other_sites() {
	find "$config" -maxdepth 2 -path "$config/gatepost_*/last" ! -path "$state/last" >"$work/others"
	read -r other <"$work/others" || return 0
	stop "the site in ${other%/last} is set up here already: undo it first, or make one site of both"
}

# Collect what the configuration says before we change it.
prepare() {
	for list in wanted added named listeners; do
		: >"$work/$list"
	done
	postconf -c "$config" -M 2>/dev/null | awk '{ print $1 "/" $2 }' >"$work/live"
	postconf -c "$work/base" -n >"$work/base/explicit" 2>/dev/null
	# shellcheck disable=SC2086 # a list of names
	{
		postconf -c "$work/base" $consulted >"$work/base/raw" 2>/dev/null
		postconf -c "$work/base" -x $consulted >"$work/base/expanded" 2>/dev/null
	}
	postconf -c "$work/base" -nx >"$work/base/explicit.expanded" 2>/dev/null
	postconf -c "$work/base" -Px >"$work/base/settings.expanded" 2>/dev/null
	classes=$(value_in expanded smtpd_restriction_classes | tr ',' ' ') || :
	known=$(value_in raw known_tcp_ports | tr ',' ' ') # Postfix 3.6 looks there first
	awk '$2 == "inet" { print $1, $8, $4, $5 }' "$work/base/services" >"$work/inet"
	while read -r name command unprivileged chroot; do
		echo "$(port_of "$name") $name/inet ${command##*/} $unprivileged $chroot" >>"$work/listeners"
	done <"$work/inet"
	awk '$3 == "smtpd" { print $4, $5; exit }' "$work/listeners" >"$work/columns"
	[ -s "$work/columns" ] || echo '- -' >"$work/columns"
	warn_unreachable
}

# Print the value of a name in one of the lists of $work/base; fails if it is not there.
value_in() {
	awk -v name="$2" '$1 == name { sub(/^[^ ]+ = ?/, ""); print; found = 1; exit } END { exit !found }' "$work/base/$1"
}

# Print what counts for an entry of master.cf: what it sets itself, or what main.cf says, or the default.
effective() {
	pick "$1" "$2" settings.expanded expanded
}

effective_raw() {
	pick "$1" "$2" settings raw
}

pick() {
	awk -v key="$1/$2" -v name="$2" '
		$1 == key || $1 == name && !own { own = $1 == key; value = $0; sub(/^[^ ]+ = ?/, "", value) }
		END { print value }
	' "$work/base/$3" "$work/base/$4"
}

warn_unreachable() {
	case $(value_in expanded inet_interfaces) in
	all) ;;
	*loopback-only* | localhost | 127.*) say 'inet_interfaces lets Postfix listen on loopback alone: no connector can reach it' ;;
	*) ;;
	esac
	for family in $families; do
		case $(value_in expanded inet_protocols) in
		*all* | *"$family"*) ;;
		*) say "inet_protocols leaves $family out: connectors that use it can't reach Postfix" ;;
		esac
	done
}

# Set NAME=VALUE, without blanks, for all entries of the port.
set_all() {
	for entry in $entries; do
		echo "$entry/$1" >>"$work/wanted"
	done
}

require_certificate() {
	for entry in $entries; do
		has_certificate "$entry" || stop "no certificate is set for ${entry%/*}: smtpd_tls_chain_files or smtpd_tls_cert_file"
	done
}

has_certificate() {
	for name in smtpd_tls_cert_file smtpd_tls_chain_files smtpd_tls_eccert_file smtpd_tls_dcert_file; do
		case $(effective "$1" "$name") in
		'' | none) ;;
		*) return 0 ;;
		esac
	done
	return 1
}

# A connector may need an older TLS than the user wants. Who gives way is the user's to say: an older one is never let in again untold.
keep_floor() {
	for entry in $entries; do
		ours=$(awk -v key="$entry/smtpd_tls_mandatory_protocols=" 'index($0, key) == 1 { value = substr($0, length(key) + 1) } END { print value }' "$work/wanted")
		refuse_newer_floor smtpd_tls_mandatory_protocols
		if [ "$(versions_in "$value")" = "$(versions_in "$ours")" ]; then # in the user's words, so that nothing is told as replaced
			grep -vxF -e "$entry/smtpd_tls_mandatory_protocols=$ours" "$work/wanted" >"$work/others"
			echo "$entry/smtpd_tls_mandatory_protocols=$(printf '%s\n' "$value" | squeeze)" >>"$work/others"
			mv -f -- "$work/others" "$work/wanted"
		fi
		[ "$(effective "$entry" smtpd_tls_security_level)" != may ] || grep -q "^$entry=" "$work/added" ||
			refuse_newer_floor smtpd_tls_protocols
	done
}

# $1: the setting that names the versions so far.
refuse_newer_floor() {
	value=$(effective "$entry" "$1")
	theirs=$(versions_in "$value") floor=$(versions_in "$ours")
	theirs=${theirs%% *} floor=${floor%% *}
	case $theirs in
	'?') stop "${entry%/*} has $1 = $value: which versions of TLS these are can't be told, so write them as in >=TLSv1.2" ;;
	'') stop "${entry%/*} has $1 = $value: that leaves no version of TLS, so take it out of Postfix first" ;;
	*) ;;
	esac
	! awk -v theirs="$theirs" -v ours="$floor" 'BEGIN { exit !(substr(theirs, 5) + 0 > substr(ours, 5) + 0) }' ||
		stop "${entry%/*} takes nothing older than $theirs ($1 = $value), and this site would let $floor in again: write \"server: {tls_minimum: $theirs}\" in the site; or, where a connector speaks nothing newer than $floor, take that setting out of Postfix first"
}

# Print the versions that a list of protocols lets in, the oldest first: `>=TLSv1.2`, `!SSLv3,!TLSv1`, `TLSv1.2:TLSv1.3`. "?": not all is known.
versions_in() {
	printf '%s\n' "$1" | awk '
		function rank(name) {
			name = toupper(name)
			sub(/^0X/, "", name)
			return (name in at) ? at[name] : -1
		}
		BEGIN {
			split("SSLV2 SSLV3 TLSV1 TLSV1.1 TLSV1.2 TLSV1.3", names, " ")
			split("0002 0300 0301 0302 0303 0304", numbers, " ")
			split("TLSv0.2 TLSv0.3 TLSv1.0 TLSv1.1 TLSv1.2 TLSv1.3", shown, " ")
			for (i = 1; i <= 6; i++) at[names[i]] = at[numbers[i]] = i
			low = 2; high = 6
		}
		{
			count = split($0, words, /[ \t,:]+/)
			for (i = 1; i <= count; i++) {
				word = words[i]
				if (word == "") continue
				start = word ~ /^[<>]=/ ? 3 : word ~ /^!/ ? 2 : 1
				number = rank(substr(word, start))
				if (number < 0) unknown = 1
				else if (word ~ /^>=/) low = number > 2 ? number : 2
				else if (word ~ /^<=/) high = number
				else if (word ~ /^!/) out[number]
				else { only[number]; some = 1 }
			}
		}
		END {
			if (unknown) { print "?"; exit }
			for (i = low; i <= high; i++)
				if (!(i in out) && (!some || i in only)) { printf "%s%s", blank, shown[i]; blank = " " }
			print ""
		}
	'
}

# Never weaker than it was.
set_ciphers() {
	for entry in $entries; do
		[ "$(effective "$entry" smtpd_tls_mandatory_ciphers)" = high ] || echo "$entry/smtpd_tls_mandatory_ciphers=medium" >>"$work/wanted"
	done
}

# Nobody relays without a login. What an entry sets itself stays if it promises as much, since it may promise more.
set_relay() {
	for entry in $entries; do
		if own=$(value_in settings.expanded "$entry/smtpd_relay_restrictions") && is_strict "$own"; then
			continue
		fi
		echo "$entry/smtpd_relay_restrictions=permit_sasl_authenticated,reject" >>"$work/wanted"
	done
}

# Whether nothing but a login lets anybody relay.
is_strict() {
	last='' login=''
	for last in $(printf '%s\n' "$1" | tr ',' ' '); do
		case $last in
		permit_sasl_authenticated) login=yes ;;
		reject | reject_* | defer | defer_*) ;;
		*) return 1 ;;
		esac
	done
	[ "$last" = reject ] && [ -n "$login" ]
}

warn_without_tls() {
	for entry in $entries; do
		[ -n "$(effective "$entry" smtpd_tls_security_level)" ] || [ "$(effective "$entry" smtpd_use_tls)" = yes ] ||
			say "port $port ($service) offers no TLS: smtpd_tls_security_level is empty"
	done
}

# Name a table of this folder as it will be installed: $path.
name_table() {
	sum=$(cksum <"$here/$1.cidr")
	path=$state/$1.${sum%% *}.cidr
	grep -qxF -e "$1 $path" "$work/named" || echo "$1 $path" >>"$work/named"
}

# Whoever is not in the table is refused before the greeting, so nobody else can try a password. What main.cf asks of HELO would then be asked
# before the login that it may make an exception for.
close() {
	name_table "$1"
	set_all "smtpd_client_restrictions=check_client_access,cidr:$path,reject"
	for entry in $entries; do
		! keeps_delay || continue
		echo "$entry/smtpd_delay_reject=no" >>"$work/wanted"
		echo "$entry/smtpd_helo_restrictions=" >>"$work/wanted"
	done
}

# Whether the refusal has to wait for the recipient. A check that needs one is asked too early otherwise, and lets everything pass. On port 25 it
# may wait; where passwords are taken it may not, so there the check has to move.
keeps_delay() {
	[ "$(effective "$entry" smtpd_delay_reject)" != no ] || return 1
	for name in smtpd_client_restrictions smtpd_helo_restrictions smtpd_sender_restrictions; do
		restrictions_in "$(effective "$entry" "$name")" '' >"$work/asked"
		needy=$(sed -n -E '/^(check_recipient_|reject_.*recipient|(permit|reject|defer)_(un)?auth_destination$|permit_mx_backup$)/{p;q;}' "$work/asked")
		case $kind.$name.$needy in
		*.) ;;
		exclusive.smtpd_client_restrictions.* | submission.*)
			first=''
			! grep -q "^$entry=" "$work/added" || first="list this listener in master.cf and "
			stop "$name of ${entry%/*} has $needy, which needs a recipient, but would not get one here: ${first}move the check to its smtpd_recipient_restrictions, where it still counts"
			;;
		*)
			say "$name of ${entry%/*} has $needy, which needs a recipient: so strangers are refused at theirs, and not at the greeting"
			return 0
			;;
		esac
		grep -qxF check_policy_service "$work/asked" || continue
		case $kind.$name in
		exclusive.smtpd_[hs]*)
			say "$name of ${entry%/*} has check_policy_service, which may need a recipient: so strangers are refused at theirs, and not at the greeting"
			return 0
			;;
		*.smtpd_sender_restrictions) say "$name of ${entry%/*} has check_policy_service: the service is now asked before it can know a recipient" ;;
		*) ;;
		esac
	done
	return 1
}

# Print the words of a list of restrictions and of the classes that it names, one a line. $2: the classes it is in.
restrictions_in() {
	for word in $(printf '%s\n' "$1" | tr ',' ' '); do
		printf '%s\n' "$word"
		case " $2 " in
		*" $word "*) continue ;;
		*) ;;
		esac
		case " $classes " in
		*" $word "*) (restrictions_in "$(pick "$entry" "$word" settings.expanded explicit.expanded)" "$2 $word") ;;
		*) ;;
		esac
	done
}

# Spare connectors the client limits where there are any that they could meet.
spare() {
	for entry in $entries; do
		[ "$exempt" = always ] || meets_limits "$entry" || continue
		name_table "$1"
		now=$(effective_raw "$entry" smtpd_client_event_limit_exceptions | squeeze)
		echo "$entry/smtpd_client_event_limit_exceptions=${now:+$now,}cidr:$path" >>"$work/wanted"
	done
}

meets_limits() {
	count=$(effective "$1" smtpd_client_connection_count_limit)
	[ "$count" -eq 0 ] || [ "$count" -ge "$need" ] || return 0
	for rate in connection message recipient new_tls_session auth; do
		[ "$(effective "$1" "smtpd_client_${rate}_rate_limit")" -eq 0 ] || return 0
	done
	return 1
}

# A list without blanks: Postfix takes a comma as well.
squeeze() {
	sed 's/[[:blank:],][[:blank:],]*/,/g; s/^,//; s/,$//'
}

pass_postscreen() {
	for screen in $screens; do
		name_table "$1"
		now=$(effective_raw "$screen" postscreen_access_list | squeeze)
		echo "$screen/postscreen_access_list=${now:+$now,}cidr:$path" >>"$work/wanted"
		count=$(effective "$screen" postscreen_client_connection_count_limit)
		[ "$count" -eq 0 ] || [ "$count" -ge "$need" ] ||
			say "postscreen_client_connection_count_limit is $count on port $port, and a connector may need $need: it spares nobody, so raise it"
	done
}

# Tell which settings of the user's no longer count. undo.sh brings them back.
tell_replaced() {
	awk '
		function plain(text) { gsub(/[ \t,]+/, ",", text); return text }
		{ value = $0; sub(/^[^ ]+ = ?/, "", value) }
		FILENAME == ARGV[1] { own[$1] = value; next }
		FILENAME == ARGV[2] { main[$1] = value; next }
		FILENAME == ARGV[3] { there[$1 "/" $2]; next }
		{
			at = index($0, "="); key = substr($0, 1, at - 1); value = substr($0, at + 1)
			name = key; sub(/.*\//, "", name); entry = substr(key, 1, length(key) - length(name) - 1)
		}
		index(value, "cidr:") && name !~ /_restrictions$/ { next }
		key in own { if (plain(own[key]) != plain(value)) print "replaced in " entry ": " name " = " own[key]; next }
		name in main && plain(main[name]) != plain(value) { print (entry in there ? "no longer" : "not") " from main.cf in " entry ": " name " = " main[name] }
	' "$work/base/settings" "$work/base/explicit" "$work/base/services" "$work/wanted" >"$work/replaced"
	while IFS= read -r line; do
		say "$line"
	done <"$work/replaced"
	[ ! -s "$work/replaced" ] || say 'undo.sh brings these back'
}

# Print the number of a port that master.cf names: `submission`, `465`, `[::1]:587`. 0: nobody knows the name.
port_of() {
	name=${1##*:}
	case $name in
	*[!0-9]*) ;;
	*)
		echo "$name"
		return
		;;
	esac
	for word in $known; do
		case =${word%=*}= in
		*"=$name="*)
			echo "${word##*=}"
			return
			;;
		*) ;;
		esac
	done
	{ getent services "$name/tcp" 2>/dev/null || cat /etc/services 2>/dev/null || :; } | awk -v name="$name" '
		$2 ~ /\/tcp$/ {
			for (i = 1; i <= NF && $i !~ /^#/; i++)
				if (i != 2 && $i == name) { port = $2; exit }
		}
		END { print port + 0 }
	'
}

# Find every listener on a port, whatever its name and address: $entries are those of smtpd, $screens those of postscreen.
look_for() {
	kind=$1 service=$2 port=$3 entries='' screens=''
	while read -r number entry command _; do
		[ "$number" -eq "$port" ] || continue
		case $kind.$command in
		*.smtpd) entries="$entries $entry" ;;
		submission.*) stop "port $port ($service) is served by $command, not by smtpd: ${entry%/inet} in master.cf" ;;
		*.postscreen) screens="$screens $entry" ;;
		exclusive.*) stop "port $port ($service) is served by $command, which can't be closed here: ${entry%/inet} in master.cf" ;;
		*) say "port $port ($service) is served by $command and stays as it is" ;;
		esac
	done <"$work/listeners"
	for screen in $screens; do
		follow_postscreen "$screen"
	done
	[ -z "$entries" ] || return 0
	case $kind in
	submission) add_listener ;;
	exclusive) stop "master.cf has no smtpd on port $port ($service)" ;;
	*) say "master.cf has no smtpd on port $port ($service): nothing to do there" ;;
	esac
}

# postscreen hands its clients over to a service of the type pass.
follow_postscreen() {
	inner=$(effective "$1" smtpd_service_name)
	if awk -v name="$inner" '$1 == name && $2 == "pass" && $8 ~ /(^|\/)smtpd$/ { found = 1 } END { exit !found }' "$work/base/services"; then
		entries="$entries $inner/pass"
	elif [ "$kind" = exclusive ]; then
		stop "postscreen on port $port hands over to $inner, which is no smtpd of the type pass in master.cf"
	fi
	[ "$kind" = exclusive ] || return 0
	while read -r number entry command _; do
		[ "$command" != postscreen ] || [ "$number" -eq "$port" ] || [ "$(effective "$entry" smtpd_service_name)" != "$inner" ] ||
			stop "postscreen on port $number hands over to $inner too, so closing port $port would close both"
	done <"$work/listeners"
}

# Make a listener that master.cf does not have, as Postfix's own samples do, chrooted as the smtpd that is there.
add_listener() {
	name=$port
	if [ "$port" -eq 587 ] && [ "$(port_of submission)" -eq 587 ]; then
		name=submission
	elif [ "$port" -eq 465 ]; then
		for known_as in ${known:+submissions} smtps; do
			[ "$name" != 465 ] || [ "$(port_of "$known_as")" -ne 465 ] || name=$known_as
		done
	fi
	refuse_taken_port
	read -r unprivileged chroot <"$work/columns"
	entries="$name/inet"
	echo "$name/inet=$name inet n $unprivileged $chroot - - smtpd" >>"$work/added"
	set_all "syslog_name=postfix/$service"
	set_all 'smtpd_recipient_restrictions='
	set_all 'milter_macro_daemon_name=ORIGINATING'
}

# smtpd ends at once where it is to ask for logins and knows nobody who checks them.
warn_without_logins() {
	for name in smtpd_sasl_type smtpd_sasl_path smtpd_sasl_auth_enable; do
		! value_in explicit "$name" >/dev/null || return 0
	done
	for entry in $entries; do
		[ "$(effective "$entry" smtpd_sasl_auth_enable)" = yes ] ||
			say "main.cf sets nothing about SASL: without it nobody can log in on port $port (${entry%/*})"
	done
}

# A login that is refused on one port may be tried on another.
warn_of_other_logins() {
	grep -q '/smtpd_client_restrictions=' "$work/wanted" || return 0
	awk '$8 ~ /(^|\/)smtpd$/ { print $1 "/" $2 }' "$work/base/services" >"$work/smtpds"
	while IFS= read -r entry; do
		case $entry in
		127.* | '[::1]'* | localhost:*) continue ;;
		*) ;;
		esac
		grep -qF -e "$entry/smtpd_client_restrictions=" -e "$entry/smtpd_tls_auth_only=" "$work/wanted" ||
			[ "$(effective "$entry" smtpd_sasl_auth_enable)" != yes ] ||
			say "${entry%/*} takes logins too (smtpd_sasl_auth_enable = yes), and this site leaves it as it is"
	done <"$work/smtpds"
}

# Postfix ends when it can't open a listener. Our own from an earlier run is no stranger.
refuse_taken_port() {
	[ -r /proc/net/tcp ] || return 0
	! grep -qxF -e "$name/inet" "$work/live" || return 0
	hex=$(printf '%04X' "$port")
	! cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk -v port=":$hex" '$4 == "0A" && $2 ~ port "$" { found = 1 } END { exit !found }' ||
		stop "port $port ($service) is taken, and not by a service in master.cf; if it is Postfix's own, run: postfix reload"
}

# What this version of the site wants.
set_up() {
	# submission, tcp 587: connectors and trusted networks, nobody else
	look_for submission submission 587
	require_certificate
	set_all 'smtpd_tls_wrappermode=no'
	set_all 'smtpd_tls_security_level=encrypt'
	set_all 'smtpd_tls_mandatory_protocols=!SSLv2,!SSLv3,!TLSv1,!TLSv1.1'
	set_all 'smtpd_tls_auth_only=yes'
	set_all 'smtpd_sasl_auth_enable=yes'
	keep_floor
	set_ciphers
	set_relay
	warn_without_logins
	close submission
	spare submission.limits
}

# Every line of every table is one that Postfix reads: it skips the others with a warning, and its exit status tells nothing.
check_tables() {
	: >"$work/empty"
	postmap -c "$work/new" -q 192.0.2.1 "cidr:$work/empty" >/dev/null 2>"$work/before" || :
	for table in submission submission.limits ; do
		postmap -c "$work/new" -q 192.0.2.1 "cidr:$here/$table.cidr" >/dev/null 2>"$work/said" || :
		! grep -vxF -f "$work/before" -- "$work/said" >&2 || stop "Postfix would not read all of $table.cidr"
	done
}

# What postconf warns about. A parameter of main.cf that nothing refers to any more does no harm.
list_warnings() {
	{
		postconf -c "$work/$1" -n
		postconf -c "$work/$1" -M
		postconf -c "$work/$1" -P
	} 2>&1 >/dev/null | sed "s|$work/$1/||g" | grep -v 'main[.]cf: unused parameter' | sort -u >"$work/$1/warnings" || :
}

# postconf passes over what it does not find, with a warning and the exit status 0.
check_settings() {
	awk '
		FILENAME == ARGV[1] { value = $0; sub(/^[^ ]+ = ?/, "", value); is[$1] = value; next }
		{ at = index($0, "="); name = substr($0, 1, at - 1) }
		!(name in is) || is[name] != substr($0, at + 1) { print name }
	' "$work/new/settings" "$work/wanted" >"$work/missing"
	[ ! -s "$work/missing" ] || stop "postconf did not set $(tr '\n' ' ' <"$work/missing")"
	list_warnings base
	list_warnings new
	! grep -vxF -f "$work/base/warnings" -- "$work/new/warnings" >&2 || stop 'postconf warns about the new master.cf'
}

# The tables have their checksum in the name: a new list is a new file, and master.cf alone decides which one counts.
install_tables() {
	while read -r table path; do
		cmp -s "$here/$table.cidr" "$path" || {
			cat -- "$here/$table.cidr" >"$path.part"
			mv -f -- "$path.part" "$path"
		}
	done <"$work/named"
}

# A run may be killed between any two steps: master.cf is the old one or the new one, and each finds its tables.
commit() {
	[ -w "$config" ] || stop "$config can't be written to: run this as root"
	! is_running || running=yes
	begun=yes
	settle_record
	if ! cmp -s "$work/new.cf" "$work/base.cf"; then
		mkdir -p "$state"
		install_tables
		is_recorded || record_change
	fi
	cmp -s "$work/new.cf" "$work/current" || replace_master "$work/new.cf"
	reload
	renamed=''
	! cmp -s "$work/new.cf" "$work/base.cf" || rm -rf -- "$state"
	tidy_up
}

is_recorded() {
	is_pair "$state/last" && cmp -s "$state/last/before" "$work/base.cf" && cmp -s "$state/last/after" "$work/new.cf"
}

record_change() {
	mkdir "$state/part"
	write_like_master "$work/base.cf" "$state/part/before"
	write_like_master "$work/new.cf" "$state/part/after"
	mv -- "$state/part" "$state/next"
}

config='' check=''
while [ $# -gt 0 ]; do
	case $1 in
	--check) check=yes ;;
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
refuse_other_sites
find_base
prepare
set_up
warn_of_other_logins
cp -Rp -- "$work/base" "$work/new"
request new "$work/added" -M
request new "$work/wanted" -P
read_configuration new
cp -- "$work/new/master.cf" "$work/new.cf"
[ -s "$work/added" ] || [ -s "$work/wanted" ] || cp -- "$work/base.cf" "$work/new.cf"
check_settings
check_tables
cmp -s "$work/new.cf" "$work/current" || tell_replaced
if [ -n "$check" ]; then
	diff -u -- "$work/current" "$work/new.cf" || :
	exit 0
fi
commit
