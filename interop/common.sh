# What the scripts beside this share. Each sources it first: it is strict, goes to the root of the module, gives a directory
# for what is made on the way ($work), and at the end stops what was started and removes that.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
interop=interop/$(basename "$(dirname "$0")")
here=$PWD/$interop

sender=910075918 recipient=910077473
export SENDER_PASSWORD=avsender-demo RECIPIENT_PASSWORD=mottaker-demo
service=(--service 4192 --edition 270815)
as_sender=(--user avsender --password-env SENDER_PASSWORD --party "$sender")
as_recipient=(--user mottaker --password-env RECIPIENT_PASSWORD --party "$recipient")

work=$(mktemp -d)
export XDG_STATE_HOME=$work/state # journals of its own
ours=$work/altinn-transfer
started=()

say() { printf '   %s\n' "$*"; }
step() { printf -- '-- %s\n' "$*"; }
fail() {
	printf '%s: %s\n' "$interop" "$*" >&2
	exit 1
}

# stop PID: tells what was started to end, or what it measures, and waits for it.
stop() {
	pkill -TERM -P "$1" || kill "$1" 2>/dev/null || true
	wait "$1"
}

cleanup() {
	local status=$? pid
	if [ "$status" != 0 ]; then
		echo "$interop: FAILED; the servers' last words:" >&2
		tail -n 5 "$work"/*.log >&2 2>/dev/null || true
	fi
	for pid in "${started[@]}"; do
		stop "$pid" 2>/dev/null || true
	done
	rm -rf "$work"
}
trap cleanup EXIT

# build: makes the command, $ours.
build() { go build -o "$ours" ./cmd/altinn-transfer; }

# start LOG TEXT COMMAND...: starts a server and waits until it says that text.
start() {
	local log=$1 text=$2
	shift 2
	"$@" >"$log" 2>&1 &
	started+=($!)
	for _ in $(seq 300); do
		grep -q "$text" "$log" && return
		kill -0 "${started[-1]}" 2>/dev/null || break
		sleep 0.1
	done
	fail "the server does not listen"
}

# address LOG: where a server listens that has said so.
address() { sed -n 's/^listening on \(https\?:[^,]*\).*/\1/p' "$1"; }

# quiet COMMAND...: the command succeeds; only if not, what it said is worth reading.
quiet() {
	"$@" >"$work/said" 2>&1 || { cat "$work/said" >&2; fail "$*"; }
}

# expect STATUS TEXT COMMAND...: the command ends in that status and says that text.
expect() {
	local want=$1 text=$2 got=0 output
	shift 2
	output=$("$@" 2>&1) || got=$?
	[ "$got" = "$want" ] || fail "status $got, want $want: $*: $output"
	grep -q -- "$text" <<<"$output" || fail "no \"$text\": $*: $output"
}

# same A B: the files have the same SHA-256.
same() {
	local a b
	a=$(sha256sum <"$1") b=$(sha256sum <"$2")
	[ "$a" = "$b" ] || fail "$2 is not $1"
}

# free_port: one that nobody listens on.
free_port() {
	local port
	while :; do
		port=$((20000 + RANDOM % 10000))
		(exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
	done
	echo "$port"
}

# make_zip BYTES FILE: something that a service takes for a ZIP, and that does not compress.
make_zip() {
	{
		printf 'PK\003\004'
		openssl enc -aes-128-ctr -nosalt -K 00 -iv "$(printf '%x' $((RANDOM * 32768 + RANDOM)))" -in /dev/zero 2>/dev/null |
			head -c $(($1 - 4))
	} >"$2" || true # of openssl, whose reader has enough
	[ "$(stat -c %s "$2")" = "$1" ] || fail "$2 could not be made"
}

# measured NAME COMMAND...: runs it and keeps its peak of resident memory, in KiB, and its seconds: all, user and system.
measured() { /usr/bin/time -f '%M %e %U %S' -o "$work/$1.cost" "${@:2}"; }

# start_measured NAME COMMAND...: the same of a server.
start_measured() { start "$work/$1.log" '^listening on' /usr/bin/time -f '%M %e %U %S' -o "$work/$1.cost" "${@:2}"; }

# cost NAME: what was measured.
cost() { tail -n 1 "$work/$1.cost"; }

# measures ABOVE: that no process takes so many MiB above what the command takes idle.
measures() {
	[ -x /usr/bin/time ] || fail "GNU time is not installed; on Debian: apt-get install time"
	above=$(($1 * 1024))
	build
	measured idle "$ours" version >/dev/null
	read -r idle _ < <(cost idle)
}

# bounded NAME: says the peak, and compares it.
bounded() {
	local peak
	read -r peak _ < <(cost "$1")
	printf '   %-24s %6d KiB at most, %d idle\n' "$1" "$peak" "$idle"
	[ "$peak" -le $((idle + above)) ] || fail "$1 took more than $((above / 1024)) MiB above idle"
}
