#!/usr/bin/env bash
# A file of 4 GiB + 3 bytes through the command and the server, from a file and from a pipe, and back: it must arrive as it
# was sent, and no process may hold more than 48 MiB above what it takes idle. Needs GNU time, and 13 GiB in TMPDIR.
set -euo pipefail
cd "$(dirname "$0")/../.."

size=$((4 * 1024 * 1024 * 1024 + 3))
above=$((48 * 1024)) # KiB
export SENDING=avsender-demo RECEIVING=mottaker-demo
sender=(--user avsender --password-env SENDING --party 910075918)
recipient=(--user mottaker --password-env RECEIVING --party 910077473)

work=$(mktemp -d)
export XDG_STATE_HOME=$work/state # journals of its own
# stop tells the server, and not what measures it, to end.
stop() { pkill -TERM -f "^$work/altinn-transfer serve" || true; }
cleanup() {
	stop
	wait
	rm -rf "$work"
}
trap cleanup EXIT

fail() {
	printf 'interop/large: %s\n' "$*" >&2
	exit 1
}
[ -x /usr/bin/time ] || fail "GNU time is not installed; on Debian: apt-get install time"

# measured NAME COMMAND...: runs it and keeps its peak of resident memory, in KiB.
measured() {
	local name=$1
	shift
	/usr/bin/time -f %M -o "$work/$name.peak" "$@"
}

# bounded NAME: says the peak, and compares it.
bounded() {
	local peak
	peak=$(tail -n 1 "$work/$1.peak")
	printf '   %-24s %6d KiB at most, %d idle\n' "$1" "$peak" "$idle"
	[ "$peak" -le $((idle + above)) ] || fail "$1 took more than $above KiB above idle"
}

go build -o "$work/altinn-transfer" ./cmd/altinn-transfer
measured idle "$work/altinn-transfer" version >/dev/null
idle=$(tail -n 1 "$work/idle.peak")

# Begins as a ZIP does, which is all that the service looks at; the rest is what does not compress.
{
	printf 'PK\003\004'
	openssl enc -aes-128-ctr -nosalt -K 00 -iv 00 -in /dev/zero 2>/dev/null | head -c $((size - 4))
} >"$work/large.zip" || true
[ "$(stat -c %s "$work/large.zip")" = "$size" ] || fail "the file to be sent could not be made"
digest=$(sha256sum <"$work/large.zip")

printf '[limits]\nfile = "none"\n' >"$work/server.toml"
measured serve "$work/altinn-transfer" serve --addr 127.0.0.1:0 --data "$work/store" --config "$work/server.toml" 2>"$work/serve.log" &
server=$!
for _ in $(seq 100); do
	endpoint=$(sed -n 's/^listening on \(http:[^,]*\),.*/\1/p' "$work/serve.log")
	[ -n "$endpoint" ] && break
	sleep 0.1
done
[ -n "$endpoint" ] || fail "the server does not listen"
export ALTINN_TRANSFER_ENDPOINT=$endpoint
to=(--to 910077473 --service 4192 --edition 270815)

# back NAME: receives the one file that waits, and compares it.
back() {
	mkdir "$work/in"
	measured "$1" "$work/altinn-transfer" receive --out "$work/in" "${recipient[@]}"
	[ "$(sha256sum <"$work/in/large.zip")" = "$digest" ] || fail "what came back is not what was sent"
	rm -r "$work/in"
}

measured send "$work/altinn-transfer" send "$work/large.zip" "${sender[@]}" "${to[@]}"
back receive
measured send-from-pipe "$work/altinn-transfer" send - --name large.zip "${sender[@]}" "${to[@]}" < <(cat "$work/large.zip")
back receive-again
stop
wait "$server" || fail "the server did not end well"
for name in send receive send-from-pipe receive-again serve; do
	bounded "$name"
done
echo "interop/large: $size bytes, there and back twice, equal"
