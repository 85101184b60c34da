#!/usr/bin/env bash
# In which order a file is written, synced, named and answered for, as the kernel sees it: a send, its server, and a receive,
# each under strace. Needs strace and the right to use it.
. "$(dirname "$0")/../common.sh"

command -v strace >/dev/null || fail "strace is not installed; on Debian: apt-get install strace"

# traced NAME COMMAND...: runs it with its calls in NAME.trace.
calls=write,writev,pwrite64,fsync,fdatasync,rename,renameat,renameat2,link,linkat,unlink,unlinkat
traced() {
	local name=$1
	shift
	strace -f -yy -s 4096 -e "trace=$calls" -o "$work/$name.trace" "$@"
}

# ordered NAME SIDE PLACE: compares the order in NAME.trace with the one that is read. SIDE is a direction of the journal,
# PLACE a pattern of what files are looked at.
ordered() {
	awk -v side="$2" -v place="$3" -f interop/strace/order.awk "$work/$1.trace" >"$work/$1.order"
	printf '   %s\n' "$1"
	sed 's/^/      /' "$work/$1.order"
	diff "$work/$1.order" - >"$work/$1.diff" || fail "$1 has another order (> is what it must be): $(cat "$work/$1.diff")"
}

build
make_zip 300000 "$work/a.zip"

# With -D it is the server that is the child of this shell, and not strace.
start "$work/serve.log" '^listening on' strace -D -f -yy -s 4096 -e "trace=$calls" -o "$work/serve.trace" \
	"$ours" serve --addr 127.0.0.1:0 --data "$work/store"
ALTINN_TRANSFER_ENDPOINT=$(address "$work/serve.log")
export ALTINN_TRANSFER_ENDPOINT

traced send "$ours" send "$work/a.zip" "${as_sender[@]}" --to "$recipient" "${service[@]}"
cp "$work/serve.trace" "$work/upload.trace" # what the server did until then
mkdir "$work/in"
traced receive "$ours" receive --out "$work/in" "${as_recipient[@]}"
same "$work/a.zip" "$work/in/a.zip"

# The journal allows each call before it is made, and knows its answer before the command says so.
ordered send send /none/ <<-'END'
	journal: write planned
	journal: sync
	ask for InitiateBrokerService
	journal: write sending
	journal: sync
	ask for UploadFileStreamed
	journal: write sent
	journal: sync
END

# The first answer is a reference, the second the receipt of a file that is whole, synced and in its place.
ordered upload none /store/broker <<-'END'
	record: write
	record: sync
	record: final name
	directory: sync
	answer
	file: write
	file: sync
	file: final name
	directory: sync
	record: write
	record: sync
	answer
END

# What is confirmed is whole, synced, in its place, and in the journal.
ordered receive receive /in[/\>] <<-'END'
	ask for GetAvailableFiles
	journal: write fetching
	journal: sync
	ask for DownloadFileStreamed
	file: write
	file: sync
	file: final name
	file: temporary name removed
	directory: sync
	journal: write stored
	journal: sync
	ask for ConfirmDownloaded
	journal: write confirmed
	journal: sync
END
echo "$interop: every step is on disk before what it allows"
