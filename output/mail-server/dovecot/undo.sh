#!/bin/sh
# gatepost mail-server: Take the files of this site out of Dovecot's configuration
# A change made here is lost when the file is made again, with:
#     gatepost render mail-server.yaml -t dovecot -o DIR
# Made from:
#     mail-server.yaml  sha256 b9347f359fe8cb4f5ba098c46b12392e9c935d0448acc46521c882fe0625ce44
#     builtin/profiles/hubspot.yaml  sha256 24955ace3f65daed7b82d368af2567b29024d179c2eb2822a16a6bacc6d25194
# Check:  sh apply.sh --check
# Apply:  sh apply.sh
# Undo:   sh undo.sh
#
# Removes what apply.sh installed, whichever version of the files it came from, and has a running Dovecot reload. Can be run again.
#   undo.sh                     remove
#   undo.sh -c FILE             from the instance with that dovecot.conf
set -eu
LC_ALL=C PATH=$PATH:/usr/sbin:/sbin
export LC_ALL PATH
: "${DOVECOT:=dovecot}" "${DOVECONF:=doveconf}" "${DOVEADM:=doveadm}"
umask 022

site='mail-server'
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

usage() {
	say 'usage: undo.sh [-c DOVECOT.CONF]'
	exit 2
}

# A Dovecot that includes a file which is gone does not start. So the lines go first, then the file.
refuse_while_included() {
	make_copy
	rm -f "$copy/$list"
	! read_copy without || return 0
	: >"$copy/$list"
	read_copy with || {
		show_complaints "$scratch/with.err" >&2
		stop 'Dovecot does not accept its own configuration, so nothing was removed'
	}
	say "Dovecot includes $folder/$list and would not start without it; remove these lines and run this again:"
	show_includes
	exit 1
}

undo() {
	trap clean_up EXIT
	trap 'exit 1' HUP INT TERM
	[ -e "$folder/conf.d/$drop_in" ] || [ -e "$folder/$list" ] || return 0
	refuse_while_included
	rm -f "$folder/conf.d/$drop_in" "$folder/$list"
	reload
}

config=''
case $#:${1-} in
0:) ;;
2:-c) config=$2 ;;
*) usage ;;
esac
open_folder "$config"
undo
