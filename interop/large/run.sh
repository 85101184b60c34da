#!/usr/bin/env bash
# A file of 4 GiB + 3 bytes through the command and the server, from a file and from a pipe, and back: it must arrive as it
# was sent, and no process may hold more than 48 MiB above what it takes idle. Needs GNU time, and 13 GiB in TMPDIR.
. "$(dirname "$0")/../common.sh"

size=$((4 * 1024 * 1024 * 1024 + 3))
measures 48

make_zip "$size" "$work/large.zip"
printf '[limits]\nfile = "none"\n' >"$work/server.toml"
start_measured serve "$ours" serve --addr 127.0.0.1:0 --data "$work/store" --config "$work/server.toml"
ALTINN_TRANSFER_ENDPOINT=$(address "$work/serve.log")
export ALTINN_TRANSFER_ENDPOINT

# back NAME: receives the one file that waits, and compares it.
back() {
	mkdir "$work/in"
	measured "$1" "$ours" receive --out "$work/in" "${as_recipient[@]}"
	same "$work/large.zip" "$work/in/large.zip"
	rm -r "$work/in"
}

measured send "$ours" send "$work/large.zip" "${as_sender[@]}" --to "$recipient" "${service[@]}"
back receive
measured send-from-pipe "$ours" send - --name large.zip "${as_sender[@]}" --to "$recipient" "${service[@]}" < <(cat "$work/large.zip")
back receive-again
stop "${started[0]}" || fail "the server did not end well"
for name in send receive send-from-pipe receive-again serve; do
	bounded "$name"
done
echo "$interop: $size bytes, there and back twice, equal"
