#!/usr/bin/env bash
# In which order a file is written, synced, named and answered for, as the kernel sees it: a send, its server, and a receive,
# each under strace. Needs strace and the right to use it.
set -euo pipefail
cd "$(dirname "$0")/../.."

export SENDING=avsender-demo RECEIVING=mottaker-demo
work=$(mktemp -d)
export XDG_STATE_HOME=$work/state # journals of its own
server=
cleanup() {
	[ -z "$server" ] || kill "$server" 2>/dev/null || true
	wait
	rm -rf "$work"
}
trap cleanup EXIT

fail() {
	printf 'interop/strace: %s\n' "$*" >&2
	exit 1
}
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

go build -o "$work/altinn-transfer" ./cmd/altinn-transfer
{
	printf 'PK\003\004'
	head -c 300000 /dev/urandom
} >"$work/a.zip"

# With -D it is the server that is the child of this shell, and not strace.
strace -D -f -yy -s 4096 -e "trace=$calls" -o "$work/serve.trace" \
	"$work/altinn-transfer" serve --addr 127.0.0.1:0 --data "$work/store" 2>"$work/serve.log" &
server=$!
for _ in $(seq 100); do
	endpoint=$(sed -n 's/^listening on \(http:[^,]*\),.*/\1/p' "$work/serve.log")
	[ -n "$endpoint" ] && break
	sleep 0.1
done
[ -n "$endpoint" ] || fail "the server does not listen: $(cat "$work/serve.log")"
export ALTINN_TRANSFER_ENDPOINT=$endpoint

traced send "$work/altinn-transfer" send "$work/a.zip" --to 910077473 --service 4192 --edition 270815 \
	--user avsender --password-env SENDING --party 910075918
cp "$work/serve.trace" "$work/upload.trace" # what the server did until then
mkdir "$work/in"
traced receive "$work/altinn-transfer" receive --out "$work/in" --user mottaker --password-env RECEIVING --party 910077473
cmp "$work/a.zip" "$work/in/a.zip"

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
echo "interop/strace: every step is on disk before what it allows"
