#!/usr/bin/env bash
# A real foreign peer: gSOAP, made from our server's own contract, against our server; and our commands against a gSOAP
# server. Files must arrive as they were sent, in both framings, and faults as what they are. Needs the Debian packages
# gsoap, libgsoap-dev and g++, and uses loopback only.
. "$(dirname "$0")/../common.sh"

streams=$PWD/bench/gsoap # what the bench has of gSOAP as well
nowhere=00000000-0000-4000-8000-000000000000
for tool in wsdl2h soapcpp2 gcc go; do
	command -v "$tool" >/dev/null || fail "$tool is not installed; on Debian: apt-get install gsoap libgsoap-dev g++"
done

# small PID LIMIT: that server never took more memory than so many MiB.
small() {
	local peak
	peak=$(awk '/^VmHWM/ { print int($2 / 1024) }' "/proc/$1/status")
	[ "$peak" -le "$2" ] || fail "the server took $peak MiB of memory, over $2"
	say "the server took at most $peak MiB of memory"
}

step "our command and server"
build
start "$work/serve.log" '^listening on' "$ours" serve --addr 127.0.0.1:0 --data "$work/store"
base=$(address "$work/serve.log")
serve_pid=${started[-1]}

step "gSOAP, from our contract"
contracts=(
	"$base/ServiceEngineExternal/BrokerServiceExternalBasic.svc?wsdl"
	"$base/ServiceEngineExternal/BrokerServiceExternalBasicStreamed.svc?wsdl"
	"$base/IntermediaryExternal/IntermediaryInboundBasic.svc?wsdl"
	"$base/IntermediaryExternal/IntermediaryInboundBasicStreamed.svc?singlewsdl"
	"$base/ArchiveExternal/ReporteeArchiveExternalStreamedBasic.svc?singlewsdl"
)
mkdir "$work/generated"
quiet wsdl2h -c -P -F -t "$streams/typemap.dat" -o "$work/altinn.h" "${contracts[@]}"
if grep -i -A3 'warning\|error' "$work/said"; then fail "wsdl2h is not content with the contract"; fi
quiet soapcpp2 -c -L -x -w -d "$work/generated" -I/usr/share/gsoap/import "$work/altinn.h"
if grep -i -A3 'warning\|error' "$work/said"; then fail "soapcpp2 is not content with the contract"; fi
(
	cd "$work/generated"
	gcc -O1 -c soapC.c soapClient.c soapServer.c
	gcc -O1 -Wall -Wextra -I. -I"$here" -I"$streams" -o "$work/client" "$here/client.c" soapC.o soapClient.o -lgsoap
	gcc -O1 -Wall -Wextra -I. -I"$here" -I"$streams" -o "$work/server" "$here/server.c" soapC.o soapServer.o -lgsoap
)
client() { "$work/client" "$@"; }

# Sizes around the buffers of both sides, and one far beyond any of them.
sizes=(5 2047 2048 2049 65535 65536 65537 $((64 << 20)))
for size in "${sizes[@]}"; do
	make_zip "$size" "$work/$size.zip"
done
# Content that looks like a delimiter and ends in what could begin one.
printf 'PK\003\004\r\n--\r\n--==\r\n\r\r\n-\r' >"$work/dashes.zip"
files=("${sizes[@]}" dashes)
largest=$work/${sizes[-1]}.zip

for framing in chunks length; do
	export FRAMING=$framing
	step "gSOAP client, our server, $framing"
	for file in "${files[@]}"; do
		reference=$(client "$base" initiate "interop-$framing-$file-0123456789abcdef")
		client "$base" upload "$reference" "$work/$file.zip" >/dev/null
		size=$(stat -c %s "$work/$file.zip")
		client "$base" list | grep -q "^$reference $size " || fail "$reference is not listed with its size"
		client "$base" download "$reference" "$work/got"
		same "$work/$file.zip" "$work/got"
		client "$base" confirm "$reference"
	done
	[ -z "$(client "$base" list)" ] || fail "confirmed files are still listed"
	task=$(client "$base" instantiate "interop-$framing")
	number=$(client "$base" attach "$task" "$largest")
	client "$base" fetch "$number" "$work/got"
	same "$largest" "$work/got"
	client "$base" test
	say "${#files[@]} files and an attachment to a form task, there and back"
	for size in "${sizes[0]}" "${sizes[-1]}"; do
		expect 3 'AltinnFault 40212' client "$base" upload "$nowhere" "$work/$size.zip"
	done
	expect 3 'AltinnFault 40212' client "$base" download "$nowhere" "$work/none"
	[ ! -e "$work/none" ] || fail "a fault left a file"
	say "faults are typed, also in the middle of an upload"
done
small "$serve_pid" 64

# Our command as each of the two users, at $base.
avsender() { "$ours" "$1" --endpoint "$base" "${as_sender[@]}" "${@:2}"; }
mottaker() { "$ours" "$1" --endpoint "$base" "${as_recipient[@]}" "${@:2}"; }
names=("${files[@]/%/.zip}")

for framing in chunks length; do
	export FRAMING=$framing
	step "our commands, gSOAP server, $framing"
	mkdir "$work/far-$framing"
	port=$(free_port)
	base=http://127.0.0.1:$port
	start "$work/far-$framing.log" '^listening on' env -C "$work/far-$framing" "$work/server" "$port"
	far_pid=${started[-1]}

	quiet avsender send "${service[@]}" --to "$recipient" "${names[@]/#/$work/}"
	mkdir "$work/in-$framing"
	quiet mottaker receive "${service[@]}" --out "$work/in-$framing"
	for name in "${names[@]}"; do
		same "$work/$name" "$work/in-$framing/$name"
	done
	[ -z "$(client "$base" list)" ] || fail "files are listed that were received and confirmed"
	say "${#names[@]} files sent and received"

	reference=$(client "$base" initiate "interop-stdin-0123456789abcdef")
	quiet avsender upload "$reference" - --name stdin.zip <"$largest"
	expect 3 40208 avsender upload "$reference" "$largest"
	quiet mottaker download "$reference" -o "$work/stdin-$framing.zip"
	same "$largest" "$work/stdin-$framing.zip"
	quiet mottaker confirm "$reference"
	say "one of unknown length uploaded, downloaded and confirmed"

	expect 5 40212 mottaker download "$nowhere" -o "$work/none"
	[ ! -e "$work/none" ] || fail "a fault left a file"
	# The server closes without reading the rest, so that the fault races with a reset: once would prove little.
	for _ in $(seq 5); do
		expect 5 40212 avsender upload "$nowhere" "$largest"
		SENDER_PASSWORD=wrong expect 12 'code 5' avsender upload "$nowhere" "$largest"
	done
	say "faults end in their exit codes, also in the middle of an upload"
	small "$far_pid" 32
done

echo "$interop: all passed in $SECONDS s"
