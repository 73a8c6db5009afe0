#!/bin/sh
# gatepost acme: Put the files of this folder into Dovecot's configuration
# A change made here is lost when the file is made again, with:
#     gatepost render acme.yaml -t dovecot -o DIR
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
# Installs the files for the server's version of Dovecot, 2.3 and 2.4 here, beside its dovecot.conf:
#   conf.d/90-gatepost-acme.conf, the settings
# Everything is tried on a copy first. A limit or a TLS version that the server has is never lowered. If a step fails, everything is put
# back as it was.
#   apply.sh                    install, or install again, and have a running Dovecot reload
#   apply.sh --check            try it, change nothing
#   apply.sh -c FILE            for the instance with that dovecot.conf
set -eu
LC_ALL=C PATH=$PATH:/usr/sbin:/sbin
export LC_ALL PATH
: "${DOVECOT:=dovecot}" "${DOVECONF:=doveconf}" "${DOVEADM:=doveadm}"
umask 022

site='acme'
drop_in="90-gatepost-$site.conf"
list="gatepost-$site-allow-nets.inc"

say() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
}

stop() {
	say "$@"
	exit 1
}

# Find Dovecot's configuration, wait for other runs, and remove what a killed one left. Sets config, folder, scratch and copy.
open_folder() {
	config=$1
	[ -n "$config" ] || config=$("$DOVECONF" -n 2>/dev/null | sed -n '1s/^# [^:]*: //p')
	case $config in
	/*) ;;
	?*) config=$PWD/$config ;;
	*) stop "\`$DOVECONF -n\` names no configuration, or does not accept it; name it with -c" ;;
	esac
	[ -f "$config" ] || stop "$config is no file"
	folder=${config%/*}
	[ -d "$folder/conf.d" ] || stop "$folder/conf.d is no folder; this script installs a file there"
	if command -v flock >/dev/null; then
		exec 9<"$folder"
		flock -w 60 9 || stop 'another run has not ended'
	fi
	scratch=$folder/.gatepost-$site copy=$folder/.gatepost-$site/copy
	clean_up
}

clean_up() {
	rm -rf "$scratch"
	rm -f "$folder/conf.d/.$drop_in" "$folder/.$list"
}

# A copy of the configuration, mostly links, without our settings and with an empty list: what Dovecot would read without us.
make_copy() {
	(umask 077 && mkdir "$scratch")
	mkdir "$copy" "$copy/conf.d"
	for path in "$folder"/* "$folder"/.[!.]*; do
		case ${path##*/} in
		conf.d | "$list" | ".gatepost-$site") ;;
		*) copy_entry "$path" "$copy" ;;
		esac
	done
	for path in "$folder"/conf.d/* "$folder"/conf.d/.[!.]*; do
		[ "${path##*/}" = "$drop_in" ] || copy_entry "$path" "$copy/conf.d"
	done
	: >"$copy/$list"
}

# A link, or, for a file that includes others by an absolute path into the folder, a copy that includes those of the copy.
copy_entry() {
	[ -e "$1" ] || return 0
	if [ -f "$1" ] && grep -q '^[[:space:]]*!include' "$1"; then
		FROM=$folder/ TO=$copy/ awk '
			/^[ \t]*!include/ && (at = index($0, ENVIRON["FROM"])) {
				$0 = substr($0, 1, at - 1) ENVIRON["TO"] substr($0, at + length(ENVIRON["FROM"]))
			}
			{ print }
		' "$1" >"$2/${1##*/}"
	else
		ln -s "$1" "$2/${1##*/}"
	fi
}

# Read the copy as Dovecot would: $1.conf has all settings that are not Dovecot's own, $1.err the complaints, with the paths of the real files.
read_copy() {
	status=0
	"$DOVECONF" -c "$copy/${config##*/}" -n >"$scratch/$1.conf" 2>"$scratch/$1.raw" || status=$?
	FROM=$copy TO=$folder awk '
		{
			while (at = index($0, ENVIRON["FROM"])) {
				$0 = substr($0, 1, at - 1) ENVIRON["TO"] substr($0, at + length(ENVIRON["FROM"]))
			}
			print
		}
	' "$scratch/$1.raw" >"$scratch/$1.err"
	return "$status"
}

# The lines that include our list, after Dovecot stumbled over the copy without it.
show_includes() {
	lines=$(for file in "$folder"/* "$folder"/conf.d/*; do
		[ ! -f "$file" ] || LIST=$list awk '
			/^[ \t]*!include/ && (at = index($0, ENVIRON["LIST"])) {
				print FILENAME ":" FNR ":" substr($0, 1, at + length(ENVIRON["LIST"]) - 1)
			}
		' "$file"
	done)
	if [ -n "$lines" ]; then
		printf '%s\n' "$lines" >&2
	else
		show_complaints "$scratch/without.err" >&2
	fi
}

# Complaints of Dovecot without the values that it quotes, which may be passwords: whole lines where nothing is quoted but names and
# numbers, else the place alone.
show_complaints() {
	awk '
		{
			place = $1 " " $2
			text = $0
			if (match($0, /configuration file [^ ]+ line [0-9]+: /)) {
				place = substr($0, 1, RSTART + RLENGTH - 3)
				text = substr($0, RSTART + RLENGTH)
			}
		}
		text ~ /^([a-z0-9_]+: )?Unknown setting: [a-z0-9_]+$/ ||
		text ~ /^(Expecting .\{.|Garbage after .\{.|No matches)$/ ||
		text ~ /line [0-9]+: Global setting [a-z0-9_\/]+ won.t change the setting inside / ||
		text ~ /duplicate listener: [^ ]+$/ ||
		text ~ /service [a-z0-9-]+ \{ (client|process)_limit=[0-9]+ \}/ { print; next }
		NF { print place " (`doveconf -n` tells what is wrong)" }
	' "$1"
}

# Whether a list of the configuration names something: `a b`, or in Dovecot 2.4 also lines of `a = yes`.
lists() {
	"$DOVECONF" -c "$config" -h "$1" 2>/dev/null | awk -v word="$2" '
		$2 == "=" { found = found || ($1 == word && $3 == "yes"); next }
		{ for (i = 1; i <= NF; i++) found = found || $i == word }
		END { exit !found }
	'
}

# The process that a running Dovecot with this configuration has, or nothing.
find_master() {
	base=$("$DOVECONF" -c "$config" -h base_dir 2>/dev/null) && read -r master 2>/dev/null <"$base/master.pid" &&
		kill -0 "$master" 2>/dev/null && echo "$master"
}

# Sessions that are open stay open.
reload() {
	if [ -n "$(find_master)" ]; then
		"$DOVEADM" -c "$config" reload && [ -n "$(find_master)" ]
	else
		say 'Dovecot is not running; it reads the files when it starts'
	fi
}

with_settings='yes'
with_list=''
# The connectors that speak no newer TLS than the others, and the newest that they speak.
tls_ceiling='TLSv1.2'
tls_connectors='hubspot'
newline='
'

# Our settings in the file $1 as lines of `FILTER SETTING VALUE`, those for IMAP first; without a filter, `-`.
list_settings() {
	awk '
		/^[ \t]*(#|$)/ { next }
		/\{[ \t]*$/ { word[++depth] = $1; name[depth] = $2; next }
		/^[ \t]*\}/ { depth--; next }
		$2 == "=" && $1 ~ /^(ssl|ssl_min_protocol|disable_plaintext_auth|auth_allow_cleartext|mail_max_userip_connections|process_limit|default_client_limit|port)$/ {
			filter = "-"
			path = ""
			for (i = 1; i <= depth; i++)
				if (word[i] == "protocol")
					filter = "protocol=" name[i]
				else
					path = path word[i] "/" name[i] "/"
			print filter, path $1, $3
		}
	' "$1"
}

# The settings in the file `ours` as lines of `SETTING OURS VALUE`, with what the configuration $1 says.
compare_settings() {
	for_imap=$(awk '$1 != "-" { print $2 }' "$scratch/ours")
	for_all=$(awk '$1 == "-" { print $2 }' "$scratch/ours")
	# shellcheck disable=SC2086 # lists of names
	{
		"$DOVECONF" -c "$1" -h -f protocol=imap $for_imap
		"$DOVECONF" -c "$1" -h $for_all default_process_limit
	} 2>/dev/null | awk '
		FILENAME == ARGV[1] { name[NR] = $2; ours[NR] = $3; count = NR; next }
		{ value[FNR] = $0 }
		END {
			for (i = 1; i <= count; i++) {
				if (name[i] ~ /\/process_limit$/ && value[i] ~ /^0?$/)
					value[i] = value[count + 1]
				print name[i], ours[i], value[i]
			}
		}
	' "$scratch/ours" -
}

# A value as a number, so that more is more: more connections, or newer TLS alone. The options of the target end at a million.
rank() {
	case $1 in
	0 | unlimited | [0-9][0-9][0-9][0-9][0-9][0-9][0-9]*) echo 1000000 ;;
	'' | ANY) echo 0 ;;
	SSLv3) echo 1 ;;
	TLSv1) echo 2 ;;
	TLSv1.1) echo 3 ;;
	TLSv1.2) echo 4 ;;
	TLSv1.3 | LATEST) echo 5 ;;
	*[!0-9]*) echo 9 ;; # not known here
	*) echo "$1" ;;
	esac
}

# What to write into the site file for a setting, so that it keeps the value that the administrator gave it.
name_cure() {
	case $1:$2 in
	mail_max_userip_connections:unlimited) set -- "$1" 0 ;;
	*:unlimited) set -- "$1" 1000000 ;;
	*:LATEST) set -- "$1" TLSv1.3 ;;
	*) ;;
	esac
	case $1 in
	mail_max_userip_connections) echo "\`userip_connections: $2\` under \`targets: dovecot:\`" ;;
	service/imap-login/process_limit) echo "\`login_processes: $2\` under \`targets: dovecot:\`" ;;
	service/imap/process_limit) echo "\`imap_processes: $2\` under \`targets: dovecot:\`" ;;
	default_client_limit) echo "\`client_limit: $2\` under \`targets: dovecot:\`" ;;
	*) echo "\`tls_minimum: $2\` under \`server:\`" ;;
	esac
}

# What to do about a setting $1 that is $2 without us, and that we would lower.
tell_cure() {
	if [ "$1" = ssl_min_protocol ] && [ -n "$tls_ceiling" ] && [ "$(rank "$2")" -gt "$(rank "$tls_ceiling")" ]; then
		echo "the server's own floor has to come down to $tls_ceiling, because $tls_connectors can speak nothing newer;" \
			"change ssl_min_protocol where it is set, and run this again"
	else
		echo "write $(name_cure "$1" "$2") in the site file, and render again"
	fi
}

# Whether our settings $1 take nothing from what Dovecot has without us.
keeps_everything() {
	# Nobody but us has listeners of these names, and Dovecot 2.3 answers nothing for one that is not there.
	list_settings "$1" | grep -v /gatepost- >"$scratch/ours"
	compare_settings "$copy/${config##*/}" | {
		kept=yes
		while read -r setting ours theirs; do
			case $setting in
			*/port)
				if [ "$theirs" = 0 ]; then
					say "the listener ${setting%/port} is switched off now and will be on port $ours"
				elif [ -n "$theirs" ] && [ "$theirs" != "$ours" ]; then
					kept=''
					say "${setting%/port} listens on port $theirs now, and would leave it for $ours; say \`server: {ports: ...}\` in the site file," \
						'or give it the new port in the file that has the old one, and run this again'
				fi
				;;
			*/ssl)
				if [ "$theirs:$ours" = yes:no ]; then
					kept=''
					say "${setting%/ssl} begins with TLS now, and would begin in cleartext"
				fi
				;;
			mail_max_userip_connections | */process_limit | default_client_limit | ssl_min_protocol)
				if [ "$(rank "$theirs")" -gt "$(rank "$ours")" ]; then
					kept=''
					say "$setting is $theirs without us, and we would make it $ours; $(tell_cure "$setting" "$theirs")"
				fi
				;;
			*) ;; # of the rest, ours is the strictest there is
			esac
		done
		[ -n "$kept" ]
	}
}

# Whether the settings $2 are in effect in the configuration $1, and no later line overrides them.
is_in_effect() {
	list_settings "$2" >"$scratch/ours"
	compare_settings "$1" | {
		same=yes
		while read -r setting ours now; do
			[ "$now" = "$ours" ] || {
				same=''
				say "$setting would be ${now:-unset} and not $ours: does ${config##*/} include conf.d/*.conf, does a later file or line say otherwise?"
			}
		done
		[ -n "$same" ]
	}
}

# The blocks for some addresses or names in which the settings $2 have what our settings $1 have for IMAP. Dovecot 2.3 then refuses every
# login ("Conflict in setting"), which `doveconf -n` does not tell; in 2.4 the last one wins.
list_conflicts() {
	list_settings "$1" >"$scratch/ours"
	awk '
		FILENAME == ARGV[1] {
			if ($1 != "-")
				ours[$2]
			next
		}
		/\{[ \t]*$/ {
			block[++depth] = $0
			sub(/^[ \t]*/, "", block[depth])
			sub(/[ \t]*\{[ \t]*$/, "", block[depth])
			partial[depth] = partial[depth - 1] || block[depth] ~ /^(local|remote|local_name) / || block[depth] ~ /^protocol !/
			next
		}
		/^[ \t]*\}/ { depth--; next }
		depth && partial[depth] && $1 in ours {
			line = block[1]
			for (i = 2; i <= depth; i++)
				line = line " { " block[i]
			print line " { " $1
		}
	' "$scratch/ours" "$2"
}

# Complaints in $2 that are not in $1; numbers in them may differ.
list_new_complaints() {
	awk '
		{
			shape = $0
			gsub(/[0-9]+/, "N", shape)
		}
		FILENAME == ARGV[1] { known[shape]; next }
		NF && !(shape in known)
	' "$1" "$2"
}

# What makes Dovecot believe others in what they say of a client's address, in the settings $1, one a line.
list_believed() {
	awk '
		$1 ~ /^(login|haproxy)_trusted_networks$/ && $2 == "=" {
			networks = $0
			sub(/^[^=]*=/, "", networks)
			gsub(/["\t,]/, " ", networks)
			count = split(networks, network, " ")
			for (i = 1; i <= count; i++)
				if (network[i] !~ /^127\.[0-9]+\.[0-9]+\.[0-9]+(\/(8|9|[12][0-9]|3[0-2]))?$/ && network[i] !~ /^::1(\/128)?$/)
					wide[$1]
		}
		END {
			for (name in wide)
				print name " is wider than this server: whoever is there can claim an address of the list"
		}
	' "$1"
}

# What is wrong with the passdb blocks in the settings $2 that check passwords, one a line; our list is in $1. A block that denies users, or
# serves no mechanism, checks none; but one that denies may say of those whom it does not know that they are in.
judge_passdbs() {
	awk '
		function judge() {
			if (idle || (denies && !lets_in))
				return
			bypass = lets_in ? lets_in : bypass
			if (bypass)
				print "takes logins without checking their password (" bypass "): " title
			else if (!listed)
				print "lacks the list: " title
		}
		{ sub(/^[ \t]+/, "") }
		FILENAME == ARGV[1] {
			if (/^(override_fields = allow_nets=|allow_nets = )/)
				want = $0
			next
		}
		/\{[ \t]*$/ {
			depth++
			if (!inside && $1 == "passdb") {
				inside = depth
				title = $0
				sub(/[ \t]*\{[ \t]*$/, "", title)
				denies = idle = listed = 0
				bypass = lets_in = ""
			}
			next
		}
		/^\}/ {
			if (inside == depth) {
				judge()
				inside = 0
			}
			depth--
			next
		}
		!inside { next }
		$0 == want { listed = 1; next }
		/^driver = / { title = title " with " $0 }
		/^deny = yes$/ { denies = 1 }
		/^mechanisms = none$/ { idle = 1 }
		/^result_success = continue/ { bypass = $0 }
		/^result_(failure|internalfail) = (return|continue)-ok$/ { lets_in = $0 }
		match($0, /nopassword|noauthenticate/) { bypass = substr($0, RSTART, RLENGTH) } # the line may have a password too
	' "$1" "$2"
}

usage() {
	say 'usage: apply.sh [--check] [-c DOVECOT.CONF]'
	exit 2
}

# Sets settings and addresses: our files for the version that is installed, or nothing.
choose_files() {
	version=$("$DOVECOT" --version) || stop "$DOVECOT does not run"
	case $version in
	2.[34].*) version=${version%"${version#2.[34]}"} ;;
	*) stop "there are files for Dovecot 2.3 and 2.4, and this is $version" ;;
	esac
	settings=${with_settings:+$here/dovecot-$version.conf} addresses=${with_list:+$here/allow-nets-$version.inc}
	for file in "$settings" "$addresses"; do
		[ -z "$file" ] || [ -f "$file" ] || stop "there is no ${file##*/}; is $version among \`versions\` under \`targets: dovecot:\` in the site file?"
	done
}

# Two sites would each undo the limits of the other.
refuse_other_sites() {
	for file in "$folder"/conf.d/90-gatepost-*.conf "$folder"/gatepost-*-allow-nets.inc; do
		case ${file##*/} in
		"$drop_in" | "$list") ;;
		*) [ ! -e "$file" ] || stop "$file is another site's; make them one site, or undo that one first" ;;
		esac
	done
}

# Try our files on a copy of the configuration. What it says about the list is for apply to judge.
try_copy() {
	make_copy
	read_copy before || {
		show_complaints "$scratch/before.err" >&2
		stop 'Dovecot does not accept its own configuration, so nothing was tried'
	}
	if [ -n "$settings" ]; then
		lists protocols imap || stop 'Dovecot serves no IMAP: protocols does not name it'
		[ "$("$DOVECONF" -c "$config" -h -f protocol=imap ssl)" != no ] || stop 'TLS is off: ssl = no'
		keeps_everything "$settings" || exit 1
		conflicts=$(list_conflicts "$settings" "$scratch/before.conf")
		[ -z "$conflicts" ] || stop "Dovecot does not take a setting both for IMAP and for some addresses or names; remove: $conflicts"
		cat "$settings" >"$copy/conf.d/$drop_in"
	fi
	[ -z "$addresses" ] || cat "$addresses" >"$copy/$list"
	read_copy after || {
		show_complaints "$scratch/after.err" >&2
		stop 'Dovecot does not accept its configuration with our files, so nothing was changed'
	}
	list_new_complaints "$scratch/before.err" "$scratch/after.err" >"$scratch/new.err"
	complaints=$(show_complaints "$scratch/new.err")
	[ -z "$complaints" ] || stop "Dovecot warns of its configuration with our files, so nothing was changed: $complaints"
	[ -z "$settings" ] || is_in_effect "$copy/${config##*/}" "$settings" || stop 'nothing was changed'
}

# The first lines of the passdb blocks in the file $1, up to the brace: what else a file has may be a password.
list_passdbs() {
	awk '
		match($0, /^[ \t]*passdb([ \t]+("[^"]*"|[^ \t#{"=]+))?[ \t]*\{/) { print FILENAME ":" FNR ":" substr($0, 1, RLENGTH) }
	' "$1"
}

# The places of the passdb blocks in the files that Dovecot reads: a mistake in one that it does not read goes unnoticed.
show_passdbs() {
	for file in "$folder"/*.conf "$folder"/*.ext "$folder"/conf.d/*.conf "$folder"/conf.d/*.ext; do
		probe=$copy${file#"$folder"}
		[ -e "$probe" ] || continue
		blocks=$(list_passdbs "$file")
		if [ -n "$blocks" ]; then
			rm "$probe"
			echo 'gatepost_probe = yes' >"$probe"
			read_copy probe || printf '%s\n' "$blocks"
			rm "$probe"
			copy_entry "$file" "${probe%/*}"
		fi
	done
}

# Whether every password check has the list; says what to do otherwise.
is_listed_everywhere() {
	faults=$(judge_passdbs "$addresses" "$scratch/after.conf")
	for mechanism in gssapi gss-spnego anonymous; do
		! lists auth_mechanisms "$mechanism" || faults="$faults
auth_mechanisms has $mechanism, which asks no passdb, so the list does not bind it"
	done
	if lists auth_use_winbind yes && lists auth_mechanisms ntlm; then
		faults="$faults
auth_use_winbind lets winbind answer for ntlm, which asks no passdb, so the list does not bind it"
	fi
	believed=$(list_believed "$scratch/after.conf")
	[ -z "$believed" ] || faults="$faults
$believed"
	grep -q '^[[:space:]]*passdb[[:space:]].*{$' "$scratch/after.conf" || faults='there is no passdb'
	[ -n "$faults" ] || return 0
	say "not every login is bound to the list:"
	printf '%s\n' "${faults#"$newline"}" >&2
	case $faults in
	*'lacks the list: '*)
		printf 'Into every block that lacks it goes this line:\n    !include %s\n' "$folder/$list" >&2
		echo 'If a block has it and still lacks the list, another line there overrides it: Dovecot 2.3 takes one line of override_fields.' >&2
		;;
	*) ;;
	esac
	case $faults in
	*': passdb'*) show_passdbs >&2 ;;
	*) ;;
	esac
	return 1
}

# Nobody may need the list that this version of the site no longer has.
is_list_unused() {
	rm -f "$copy/$list"
	read_copy without && return 0
	say "this site no longer has \`allow_nets\`, and Dovecot still includes $folder/$list; remove these lines and run this again:"
	show_includes
	return 1
}

# Make $2 what $1 is, in one step; without $1, remove it.
put() {
	if [ -z "$1" ]; then
		rm -f "$2"
	elif ! cmp -s "$1" "$2"; then
		cat "$1" >"${2%/*}/.${2##*/}"
		chmod 0644 "${2%/*}/.${2##*/}"
		mv -f "${2%/*}/.${2##*/}" "$2"
	fi
}

keep() {
	[ ! -e "$1" ] || cp -p "$1" "$scratch/old.${1##*/}"
}

put_back() {
	if [ -e "$scratch/old.${1##*/}" ]; then
		put "$scratch/old.${1##*/}" "$1"
	else
		rm -f "$1"
	fi
}

finish() {
	trap '' HUP INT TERM
	if [ -n "$changing" ]; then
		say 'failed; putting everything back as it was'
		put_back "$folder/conf.d/$drop_in" || say "$drop_in could not be put back"
		put_back "$folder/$list" || say "$list could not be put back"
		reload || say 'Dovecot could not be reloaded'
		clean_up
		exit 1
	fi
	clean_up
}

install_files() {
	keep "$folder/conf.d/$drop_in"
	keep "$folder/$list"
	changing=yes
	[ -z "$addresses" ] || put "$addresses" "$folder/$list"
	put "$settings" "$folder/conf.d/$drop_in"
	[ -n "$addresses" ] || put '' "$folder/$list"
	"$DOVECONF" -c "$config" -n >/dev/null 2>&1
	[ -z "$settings" ] || is_in_effect "$config" "$settings"
	reload
	changing=''
}

apply() {
	changing=''
	trap finish EXIT
	trap 'exit 1' HUP INT TERM
	try_copy
	if [ -n "$addresses" ]; then
		is_listed_everywhere || {
			if [ -z "$check_only" ] && [ ! -e "$folder/$list" ]; then
				put "$addresses" "$folder/$list"
				say 'the list is there now, nothing else was changed; mend that and run this again'
			fi
			exit 1
		}
	elif [ -e "$folder/$list" ]; then
		is_list_unused || exit 1
	fi
	[ -n "$check_only" ] || install_files
}

check_only='' config=''
while [ $# -gt 0 ]; do
	case $1 in
	--check) check_only=yes ;;
	-c)
		[ $# -gt 1 ] || usage
		config=$2
		shift
		;;
	*) usage ;;
	esac
	shift
done
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
choose_files
open_folder "$config"
refuse_other_sites
apply
