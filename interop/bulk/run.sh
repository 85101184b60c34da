#!/usr/bin/env bash
# A bulk of 10 000 files of 16 KiB, eight at once, with journals, through the command and the server and back; beside it the
# least that net/http can do with the same round trips and the same syncs (internal/bare), in the same minutes. Then eight
# files of 1 GiB at once. Every file must arrive as it was sent, and no process may hold more than 64 MiB above what it takes
# idle. Needs GNU time, and 17 GiB in TMPDIR.
#
#   FILES=10000     small files
#   LARGE=1024      MiB of each of the eight large ones; 0: none
. "$(dirname "$0")/../common.sh"

files=${FILES:-10000}
large=${LARGE:-1024}

# digests DIR: of what is in it, without the names.
digests() { find "$1" -type f -exec sha256sum {} + | cut -d ' ' -f 1 | sort; }

# there_and_back NAME DIR: sends what is in a directory, receives it, and compares.
there_and_back() {
	mkdir "$work/in"
	start_measured "$1-serve" "$ours" serve --addr 127.0.0.1:0 --data "$work/store" --config "$work/server.toml" --log-level warn
	ALTINN_TRANSFER_ENDPOINT=$(address "$work/$1-serve.log")
	export ALTINN_TRANSFER_ENDPOINT
	measured "$1-send" "$ours" send "$2" -j 8 --progress none "${as_sender[@]}" --to "$recipient" "${service[@]}" >/dev/null
	measured "$1-receive" "$ours" receive --out "$work/in" -j 8 --progress none "${as_recipient[@]}" >/dev/null
	stop "${started[-1]}" || fail "the server did not end well"
	digests "$work/in" | cmp -s - "$work/$1.digests" || fail "what came back is not what was sent"
	rm -r "$work/in" "$work/store"
	for process in send receive serve; do
		bounded "$1-$process"
	done
}

# bare: the same with net/http alone.
bare() {
	local at
	mkdir "$work/in" "$work/store"
	start_measured bare-serve "$work/bulk" serve "$work/store"
	at=$(address "$work/bare-serve.log")
	measured bare-send "$work/bulk" send "$at" "$work/small" "$work/bare-send.journal"
	measured bare-receive "$work/bulk" receive "$at" "$work/in" "$work/bare-receive.journal"
	stop "${started[-1]}" || fail "the bare server did not end well"
	digests "$work/in" | cmp -s - "$work/small.digests" || fail "what came back through net/http is not what was sent"
	rm -r "$work/in" "$work/store"
}

# compared DIRECTION: files per second, of the command and of net/http.
compared() {
	local ours theirs
	read -r _ ours _ < <(cost "small-$1")
	read -r _ theirs _ < <(cost "bare-$1")
	awk -v n="$files" -v ours="$ours" -v theirs="$theirs" -v what="$1" 'BEGIN {
		printf "   %-16s %6.0f files a second, %.0f with net/http alone: %.2f times as long\n", what, n / ours, n / theirs, ours / theirs }'
}

# processor NAME: what a file there and back costs client and server.
processor() {
	tail -q -n 1 "$work/$1"-{send,receive,serve}.cost | awk -v n="$files" -v what="$1" '{ all += $3 + $4 } END {
		printf "   %-16s %6.2f ms of processor time for each file, there and back\n", what, all / n * 1000 }'
}

measures 64
go build -o "$work/bulk" ./interop/bulk
printf '[limits]\nfile = "none"\n' >"$work/server.toml"

mkdir "$work/small"
"$work/bulk" make "$work/small" "$files" $((16 * 1024))
digests "$work/small" >"$work/small.digests"
there_and_back small "$work/small"
bare
compared send
compared receive
processor small
processor bare
rm -r "$work/small"
[ "$large" -gt 0 ] || exit 0

# Each begins with what no other has; the rest is a hole, which the disk need not hold.
mkdir "$work/large"
"$work/bulk" make "$work/large" 8 $((64 * 1024))
truncate -s "${large}M" "$work/large"/*
digests "$work/large" >"$work/large.digests"
there_and_back large "$work/large"
echo "$interop: $files files of 16 KiB and 8 of $large MiB, there and back, equal"
