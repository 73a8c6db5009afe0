#!/bin/sh
# gatepost acme: Make the calls of rest.json or rest-undo.json
# A change made here is lost when the file is made again, with:
#     gatepost render acme.yaml -t pfsense -o DIR
# Made from:
#     acme.yaml  sha256 312c6b15efcf6d157537bb8c6fa4a9c41e4f5fbef644d3fdf76d453b4947b05e
#     builtin/profiles/hubspot.yaml  sha256 24955ace3f65daed7b82d368af2567b29024d179c2eb2822a16a6bacc6d25194
#     builtin/profiles/nylas.yaml  sha256 5d61cd9b849670b689fffd24869806dc998e69ae947b74c86775f23a3abf33d4
#     builtin/profiles/make.yaml  sha256 58899ccea2e0e26155efff33750dfbe4771ee99ba6b3945bc4bc99a77711f0f1
#     acme-make.txt  sha256 2d14c881137037984e0d03d0ff1fc1d484abacf5a50af3667fe9d50226974232
# Check:  sh rest.sh --check
# Apply:  sh rest.sh
# Undo:   sh rest.sh --undo
#
# Makes the calls of rest.json, or of rest-undo.json, one after the other, and stops at the first that fails. Can be run again.
#   rest.sh           put the aliases and rules of this site in, or in place of an earlier version
#   rest.sh --undo    take them out again
#   --check           with either: only read, and say what would be created, replaced and deleted
# The environment says where and who; nothing of it is ever an argument of a program:
#   GATEPOST_FIREWALL    https://fw.example.org, with :PORT where it is another one than 443
#   GATEPOST_KEY         a key of the REST API; or a user's name, with the password in GATEPOST_SECRET
#   GATEPOST_KEY_FILE    instead of these, a file with the lines key=... and, for a password, secret=...
#   GATEPOST_CA          a file with the certificate of a private authority, in PEM
# It ends with 1 if a call failed, 2 if something is missing here, 3 if the firewall can't be reached.
#
# The calls, for other programs: `path`, `body` and `method`, and of the answer `expect`. With `if_there`, an object of `list` with the same
# `key` is changed by its `id` instead. `for_each` of the objects there that begin as `where` says, without those of `except`, the `call` is
# made, `{name}` being the object's; with `refuse_if_used_in`, nothing in those lists, `unless` it begins so, may use their names.
# `expect_first` are the descriptions of the first rules. The new rules are above the old ones before those go, so at no time is a service
# open that was closed, or closed to one who is let in before and after.

# shellcheck disable=SC2016 # the variables in single quotes are jq's
calls=rest.json
undo_calls=rest-undo.json
needs='is pfSense-pkg-RESTAPI 2.1 or later installed there'
alias_list=/api/v2/firewall/aliases alias_items=data alias_prefix='gatepost_acme__'
rule_list=/api/v2/firewall/rules rule_items=data rule_key=descr rule_mark='gatepost acme: '

make_login() {
	if [ -z "$secret" ]; then
		login="header = \"X-API-Key: $(quote "$key")\""
		return 0
	fi
	case $key in
	*:*) refuse 'a user name can not have a colon' ;;
	*) login="user = \"$(quote "$key:$secret")\"" ;;
	esac
}

set +x # a trace would show the key
set -eu
LC_ALL=C
export LC_ALL
umask 077

start=$PWD
CDPATH='' cd -- "$(dirname -- "$0")"
work='' key='' secret='' answered='' under_way='' sent='' doing='' index=0 total=0

say() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
}

# What the user has to put right before anything can be tried.
refuse() {
	say "$*"
	exit 2
}

# stop STATUS WORDS...
stop() {
	ending=$1
	shift
	[ -z "$doing" ] || say "stopped at call $index of $total, $doing"
	say "$*"
	if [ -z "$sent" ]; then
		say 'nothing was changed'
	else
		say 'what was saved so far takes effect with the last call, or when the firewall loads its rules for another reason'
		say 'when the cause is gone, run it again: it begins at the top and repairs'
	fi
	exit "$ending"
}

interrupt() {
	case $under_way in
	'' | GET) ;;
	*) sent=yes ;;
	esac
	stop 1 'ended by a signal'
}

clean_up() {
	[ -z "$work" ] || rm -rf -- "$work"
}

# Settings, and the key above all, go to curl on its standard input: everybody on the machine can read arguments.
quote() {
	sed 's/[\\"]/\\&/g' <<EOF
$1
EOF
}

# The path of a file that the user named, from the folder that they stand in.
find_file() {
	case $1 in
	/*) printf '%s\n' "$1" ;;
	*) printf '%s\n' "$start/$1" ;;
	esac
}

check_text() {
	case $2 in
	*[[:cntrl:]]*) refuse "$1 has a line end or another control character in it" ;;
	*) ;;
	esac
}

# A file as OPNsense hands it out: key=... and secret=...
read_key_file() {
	if [ -d "$1" ] || [ ! -r "$1" ]; then
		refuse "there is no file $1 that can be read (GATEPOST_KEY_FILE)"
	fi
	while IFS= read -r line || [ -n "$line" ]; do
		line=$(printf '%s\n' "$line" | tr -d '\r')
		case $line in
		key=*) key=${line#key=} ;;
		secret=*) secret=${line#secret=} ;;
		'' | '#'*) ;;
		*) refuse "$1 has a line that is neither key=... nor secret=..." ;;
		esac
	done <"$1"
}

read_settings() {
	for program in curl jq; do
		command -v "$program" >/dev/null || refuse "$program is not installed; this script needs curl and jq"
	done
	base=${GATEPOST_FIREWALL-}
	base=${base%/}
	case $base in
	'') refuse 'GATEPOST_FIREWALL is not set: the address of the firewall, such as https://fw.example.org' ;;
	https://*[!][A-Za-z0-9._:-]* | https:// | https://-*) refuse 'GATEPOST_FIREWALL has to be https://NAME or https://NAME:PORT and nothing more' ;;
	https://*) ;;
	*) refuse 'GATEPOST_FIREWALL has to begin with https://' ;;
	esac
	if [ -n "${GATEPOST_KEY_FILE-}" ]; then
		[ -z "${GATEPOST_KEY-}${GATEPOST_SECRET-}" ] || refuse 'set GATEPOST_KEY_FILE or GATEPOST_KEY, not both'
		read_key_file "$(find_file "$GATEPOST_KEY_FILE")"
	else
		key=${GATEPOST_KEY-} secret=${GATEPOST_SECRET-}
	fi
	unset GATEPOST_KEY GATEPOST_SECRET # no program that is started here needs them
	check_text 'the key' "$key"
	check_text 'the secret' "$secret"
	[ -n "$key" ] || refuse 'there is no key: set GATEPOST_KEY, or let GATEPOST_KEY_FILE name a file with a line key=...'
	authority=''
	if [ -n "${GATEPOST_CA-}" ]; then
		authority=$(find_file "$GATEPOST_CA")
		if [ -d "$authority" ] || [ ! -r "$authority" ]; then
			refuse "there is no file $authority that can be read (GATEPOST_CA)"
		fi
		authority="cacert = \"$(quote "$authority")\""
	fi
}

# Two runs in this folder at once would undo each other's steps.
take_lock() {
	if command -v flock >/dev/null; then
		exec 9<"${0##*/}"
		flock -n 9 || refuse 'another run is under way in this folder'
	fi
}

# Text from elsewhere as one short line, without what a terminal obeys, and without the key, whoever repeats it.
tidy() {
	text=$(tr '\n\t' '  ' | tr -cd '[:print:]' | cut -c 1-400)
	case $text in
	*"$key"*) text='(it repeats the key)' ;;
	*)
		[ -z "$secret" ] || case $text in
		*"$secret"*) text='(it repeats the secret)' ;;
		*) ;;
		esac
		;;
	esac
	printf '%s\n' "$text"
}

# What the firewall says of a failure: message (pfSense), errorMessage, result and validations (OPNsense).
read_message() {
	jq -r '[.message?, .errorMessage?, .result?, ((.validations? // {}) | objects | to_entries[] | "\(.key): \(.value)")]
		| map(strings | select(. != "")) | join("; ")' "$work/answer" 2>/dev/null | tidy
}

# A call that broke off may have been carried out.
explain_curl() {
	words=$(tidy <"$work/words")
	[ "$ended" -ne 28 ] || [ "$connected" != 0.000000 ] || ended=7
	case $ended$answered in
	5 | 6 | 7) stop 3 "the firewall can't be reached: $words" ;;
	*) ;;
	esac
	[ "$1" = GET ] || sent=yes
	case $ended in
	5 | 6 | 7) stop 1 "the firewall can't be reached any more: $words" ;;
	28) stop 1 "the firewall does not answer in time, and may still carry the call out: $words" ;;
	35 | 51 | 58 | 60 | 77 | 83 | 90 | 91) stop 1 "the firewall's certificate is not accepted (GATEPOST_CA names the file of a private authority): $words" ;;
	*) stop 1 "the connection broke, and the call may have been carried out: $words" ;;
	esac
}

explain_status() {
	words=$(read_message)
	case $code in
	3??) stop 1 "the firewall answers with a redirect, which is not followed: is GATEPOST_FIREWALL its own address?" ;;
	401) stop 1 "the firewall does not take the key: ${words:-401}" ;;
	403) stop 1 "the key may not do this: ${words:-403}" ;;
	404) stop 1 "the firewall has no such call; $needs: ${words:-404}" ;;
	5??) [ "$1" = GET ] || sent=yes ;;
	*) ;;
	esac
	stop 1 "the firewall refuses with status $code: ${words:-it does not say why}"
}

# send METHOD PATH: the answer goes to $work/answer; $work/body is what to send along, but for GET.
send() {
	case $2 in
	/api/*[!A-Za-z0-9/_-]*) stop 1 "the path is no plain one: $2" ;;
	/api/*) ;;
	*) stop 1 "the path is none of the API: $2" ;;
	esac
	body='' code='' ended=0
	if [ "$1" != GET ]; then
		body="header = \"Content-Type: application/json\"
data-binary = \"@$(quote "$work/body")\""
	fi
	: >"$work/answer"
	under_way=$1
	# Without a .curlrc, which may say anything.
	code=$(
		curl -q --config - 2>"$work/words" <<EOF
url = "$base$2"
request = "$1"
$login
$authority
header = "Accept: application/json"
header = "Expect:"
$body
output = "$(quote "$work/answer")"
write-out = "%{http_code} %{time_connect}"
proto = "=https"
tlsv1.2
globoff
silent
show-error
connect-timeout = 10
max-time = 300
max-filesize = 200000000
EOF
	) || ended=$?
	connected=${code#* } code=${code%% *}
	under_way=''
	[ "$ended" -eq 0 ] || explain_curl "$1"
	answered=yes
	case $code in
	2??) ;;
	*) explain_status "$1" ;;
	esac
}

# A call as three lines: in short, its body, all of it. Then the items of a list, or of an object by UUID; those that a step is about; a call
# with what it says of one item.
definitions='
def title: .name // .descr // .description // .uuid;
def plain: tostring | explode | map(select(. > 31 and . < 127)) | implode;
def card: "\(.method) \(.path) \(keys | join(",")) \(.if_there.list // "-") \(.about // (.body | .name // .descr // .rule.description) // "" | plain)",
	(.body | tojson), tojson;
def items($at): getpath($at / ".")
	| if type == "object" then to_entries | map(.value + {uuid: .key}) elif type == "array" then . else error("no list") end;
def begins($tests): . as $item
	| $tests | to_entries | all(.key as $key | .value.starts_with as $text | $item[$key] | type == "string" and startswith($text));
def spared($lists): . as $item | $lists | to_entries | any(.key as $key | .value | any(. == $item[$key]));
def chosen($step): select(begins($step.where) and (spared($step.except // {}) | not));
def interfaces: (.interface // [])
	| if type == "object" then to_entries | map(select(.value.selected | tostring | . == "1" or . == "true") | .key)
		elif type == "string" then split(",") elif type == "array" then . else error("no list") end
	| map(select(. != ""));
def fill($word; $text; $form): if contains($word) then
	if ($text | type == "string" and test($form)) then split($word) | join($text) else error("no \($word)") end else . end;
def fill($item): fill("{uuid}"; $item.uuid; "^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$") | fill("{name}"; $item.name; "^[A-Za-z0-9_]{1,63}$");
'

# ask FILTER [ARGUMENTS]: what a filter makes of the last answer; $step is the step.
ask() {
	filter=$1
	shift
	jq -rc --slurpfile steps "$work/step" "$@" "$definitions \$steps[0] as \$step | $filter" "$work/answer" 2>/dev/null
}

misread() {
	stop 1 "the answer is none that such a firewall gives: is GATEPOST_FIREWALL the address of its own pages, and $needs?"
}

# take FILE NUMBER: one call of a file of calls.
take() {
	: >"$work/body"
	sed -n -e "$(($2 * 3 - 2))w $work/short" -e "$(($2 * 3 - 1))w $work/body" -e "$(($2 * 3))w $work/step" "$1"
	IFS=' ' read -r method path keys list about <"$work/short"
	doing="$method $path${about:+ ($about)}"
}

make_call() {
	case ,$keys, in
	*,if_there,*) find_there ;;
	*) ;;
	esac
	send "$method" "$path"
	case $method,$keys, in
	GET,*,expect,* | [!G]*) ;;
	*) return 0 ;; # what takes something from the answer sees for itself what it is
	esac
	verdict=$(ask '. as $answer | if type != "object" then error("no object") else $step.expect // {} | to_entries | all(.value == $answer[.key]) end') ||
		verdict=''
	if [ "$method" != GET ]; then
		[ "$verdict" = false ] || sent=yes
	fi
	case $verdict in
	true) ;;
	false)
		words=$(read_message)
		stop 1 "the firewall did not do it: ${words:-it does not say why}"
		;;
	*) misread ;;
	esac
	[ "$method" = GET ] || printf '%s\n' "$doing"
}

# An object that is there already is changed, not made a second time.
find_there() {
	send GET "$list"
	ask '$step.if_there as $how | first((items("data")[] | select(.[$how.key] == $step.body[$how.key])), {}) | .id
		| if . == null then "" elif type == "number" then $how.method, ($step.body + {id: .}) else error("no id") end' >"$work/found" || misread
	IFS= read -r found <"$work/found"
	if [ -n "$found" ]; then
		method=$found
		doing="$method $path${about:+ ($about)}"
		sed 1d "$work/found" >"$work/body"
	fi
}

# The first objects of a list have to be those that were put there; otherwise somebody else is at work.
check_first() {
	same=$(ask '[items("data")[] | .descr][:($step.expect_first | length)] == $step.expect_first') || misread
	[ "$same" = true ] ||
		stop 1 'the rules at the top of the list are not those that were put there: somebody else changes rules at the same time'
}

# Where somebody else's rule is judged first, ours may decide nothing, while every call succeeds. OPNsense gives interfaces as an object of
# all that there are, with those of the rule selected. Rules on several interfaces or all, as far as they are on one of ours, come before
# those of a single one, whatever their number: with a high one they are told and no more, as `gatepost merge` does.
check_before() {
	ask '$step.refuse_if_before as $how | items($how.list)[]
		| select((.enabled | tostring) != "0" and (.quick | tostring) != "0")
		| select((begins($how.unless) or spared($how.except)) | not)
		| interfaces as $on | (.interfacenot | tostring == "1") as $inverted
		| [$how.last | to_entries[] | select(.key as $one | $on == [] or ($on | any(. == $one)) != $inverted) | .value] as $met
		| select($met != []) | (.sequence | tonumber? // 0) as $number
		| "\($number <= ($met | max)) \($inverted or ($on | length) != 1) \($number) \($met | max) \(.uuid | plain)"' >"$work/before" || misread
	while IFS=' ' read -r refused floating number last uuid; do
		uuid=$(printf '%s' "$uuid" | tidy)
		case $refused,$floating in
		true,false) stop 1 "somebody else's rule is judged before those of this site: $uuid, sequence $number; give it a number above $last" ;;
		true,*) stop 1 "somebody else's rule is judged before those of this site: $uuid, sequence $number; put it on one interface, with a number above $last" ;;
		false,true) say "rule $uuid, sequence $number, is on several interfaces or all, and is judged before those of this site: look whether it is about the mail server" ;;
		*) ;;
		esac
	done <"$work/before"
}

# A rule that names an alias that is gone is no rule any more, without a word; so nobody else's may name one that is to go.
check_use() {
	ask '[items($step.for_each)[] | chosen($step).name]' >"$work/names" || misread
	[ "$(cat "$work/names")" != '[]' ] || return 0
	for list in $(jq -r '.refuse_if_used_in[].path' "$work/step"); do
		send GET "$list"
		used=$(
			# An address may be negated, or one of several.
			ask '($step.refuse_if_used_in[] | select(.path == $list)) as $use | first((
				items("data")[] | select(($use.unless and begins($use.unless)) | not) | . as $item
				| paths(type == "string") | select(any(. == "descr" or . == "detail") | not) | . as $path
				| $item | getpath($path) | splits("[ ,!]+") | select(. as $word | $names[0] | any(. == $word))
				| "\(.) (\($item | title))"), "")' --slurpfile names "$work/names" --arg list "$list"
		) || misread
		[ -z "$used" ] || stop 1 "an alias is to go that something else uses, at $list: $(printf '%s\n' "$used" | tidy)"
	done
}

# One call for each object that the step chooses, with its UUID or name.
make_each() {
	ask '[items($step.for_each)[] | chosen($step)][] | . as $item | $step.call
		| .path |= fill($item) | .body |= map_values(fill($item)) | .about = ($item | title) | card' >"$work/each" || misread
	count=$(($(wc -l <"$work/each") / 3)) number=0
	while [ "$number" -lt "$count" ]; do
		number=$((number + 1))
		take "$work/each" "$number"
		make_call
	done
}

# make_calls [KEY...]: all of them, or those that have one of the keys.
make_calls() {
	while [ "$index" -lt "$total" ]; do
		index=$((index + 1))
		take "$work/calls" "$index"
		wanted=''
		for key_wanted in "${@:-method}"; do
			case ,$keys, in
			*",$key_wanted,"*) wanted=yes ;;
			*) ;;
			esac
		done
		[ -n "$wanted" ] || continue
		make_call
		case ,$keys, in
		*,refuse_if_before,*) check_before ;;
		*,refuse_if_used_in,*) check_use ;;
		*,expect_first,*) check_first ;;
		*,call,*) make_each ;;
		*) ;;
		esac
	done
	doing=''
}

# Tell what there would be to create, replace and delete.
tell_change() {
	send GET "$2"
	: >"$work/step"
	ask '([$calls[][].body | (if $what == "alias" then .name // (.data.aliases.alias // {} | .[].name) elif .name then empty else .descr // .rule.description end) // empty]
			| unique) as $wanted
		| ([items($at)[] | .[$key] | strings | select(startswith($ours))] | unique) as $there
		| (($wanted - $there)[] | "would create \($what) \(.)"),
			($wanted[] | select(. as $name | $there | any(. == $name)) | "would replace \($what) \(.)"),
			(($there - $wanted)[] | "would delete \($what) \(.)")' \
		--slurpfile calls "$calls" --arg what "$1" --arg at "$3" --arg key "$4" --arg ours "$5" >"$work/changes" || misread
	tr -cd '[:print:]\n' <"$work/changes"
}

check=''
for word; do
	case $word in
	--check) check=yes ;;
	--undo) calls=$undo_calls ;;
	*) refuse "usage: ${0##*/} [--check] [--undo]" ;;
	esac
done
read_settings
make_login
take_lock
trap clean_up EXIT
trap interrupt HUP INT TERM
work=$(mktemp -d)
jq -r "$definitions .[] | card" "$calls" >"$work/calls" || refuse "$calls can't be read"
total=$(($(wc -l <"$work/calls") / 3))
if [ -n "$check" ]; then
	tell_change alias "$alias_list" "$alias_items" name "$alias_prefix"
	tell_change rule "$rule_list" "$rule_items" "$rule_key" "$rule_mark"
	make_calls refuse_if_before refuse_if_used_in
	say 'nothing was changed'
else
	make_calls
	say "all calls of $calls are made, and the firewall has loaded its rules"
fi
