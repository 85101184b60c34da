#!/usr/bin/env bash
# Every contract that our server gives out, read by foreign tools: xmllint, gSOAP (wsdl2h, and soapcpp2 of what that makes),
# and zeep, which then also calls the server in the WS binding over TLS. What one of them warns of, cannot resolve or finds
# otherwise than the catalogue has it is a failure. Needs the Debian packages curl, libxml2-utils, gsoap and python3-venv, and
# zeep from PyPI. A tool that is missing is told of and done without, but in CI (CI=true) it is a failure, too.
. "$(dirname "$0")/../common.sh"

# without WHAT WHERE: a tool is missing, which is to be had there.
without() {
	[ "${CI:-}" != true ] || fail "$1 is missing; $2"
	say "SKIPPED, for want of $1; $2"
}

# have TOOL PACKAGE: the tool is there, or what it is for is left out.
have() { command -v "$1" >/dev/null || { without "$1" "on Debian: apt-get install $2" && false; }; }

for tool in curl go; do
	command -v "$tool" >/dev/null || fail "$tool is not installed"
done

# content NAME COMMAND...: the command succeeds on that contract, and warns of nothing.
content() {
	local name=$1
	shift
	"$@" >"$work/said" 2>&1 || fail "$1 cannot read $name: $(tail -n 3 "$work/said")"
	# The one warning that says nothing of ours: gSOAP has the namespace of GUIDs built in.
	if grep -iE 'warning|error' "$work/said" | grep -vF 'Built-in schema'; then
		fail "$1 is not content with $name"
	fi
}

build
"$ours" endpoints --json >"$work/endpoints.json"
start "$work/serve.log" '^listening on' "$ours" serve --addr 127.0.0.1:0 --data "$work/store" --tls-self-signed
endpoint=$(address "$work/serve.log")
roots=$work/store/tls-ca.pem

contracts=$work/contracts
mkdir "$contracts"
fetch() { curl -sS --fail --cacert "$roots" "$endpoint$1"; }
for path in $(sed -n 's/^ *"path": "\(.*\)",$/\1/p' "$work/endpoints.json" | sort -u); do
	fetch "$path?wsdl" >"$contracts/$(basename "$path" .svc).wsdl"
	fetch "$path?singleWsdl" | cmp - "$contracts/$(basename "$path" .svc).wsdl"
done
count=$(find "$contracts" -name '*.wsdl' | wc -l)
[ "$count" = 41 ] || fail "$count contracts, not 41"

if have xmllint libxml2-utils; then
	xmllint --noout "$contracts"/*.wsdl
	say "xmllint has read $count contracts"
fi

if have wsdl2h gsoap && have soapcpp2 gsoap; then
	operations=0
	for contract in "$contracts"/*.wsdl; do
		name=$(basename "$contract" .wsdl)
		header=$work/$name/contract.h
		mkdir "$work/$name"
		content "$name" wsdl2h -v -o "$header" "$contract"
		content "$name" soapcpp2 -C -L -x -d "$work/$name" -I/usr/share/gsoap/import "$header"
		operations=$((operations + $(grep -c 'service method-style:' "$header")))
	done
	listed=$(grep -c '^    "name": ' "$work/endpoints.json")
	[ "$operations" = "$listed" ] || fail "gSOAP finds $operations operations, the catalogue has $listed"
	say "gSOAP has compiled $count contracts, $operations operations"
fi

# zeep_installed: there is a Python of our own that has it.
zeep_installed() {
	python3 -m venv "$work/venv" &&
		"$work/venv/bin/pip" install --quiet --disable-pip-version-check zeep==4.3.3
}
if have python3 python3-venv; then
	if zeep_installed >"$work/said" 2>&1; then
		"$work/venv/bin/python" "$here/load.py" "$contracts" "$work/endpoints.json"
		"$work/venv/bin/python" "$here/call.py" "$endpoint" "$roots"
	else
		without zeep "$(tail -n 1 "$work/said")"
	fi
fi
echo "$interop: done in $SECONDS s"
