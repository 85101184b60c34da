#!/usr/bin/env bash
# The demo in every binding over TLS, 1 GiB each: no run may hold more than the same 48 MiB above what the command takes idle,
# and WS and EC2 may cost at most 10 % more processor time (user and system together, the least of five rounds) than Basic.
# Needs GNU time, and 3 GiB in TMPDIR.
set -euo pipefail
cd "$(dirname "$0")/../.."

rounds=5
above=$((48 * 1024)) # KiB
percent=110

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
	printf 'interop/bindings: %s\n' "$*" >&2
	exit 1
}
[ -x /usr/bin/time ] || fail "GNU time is not installed; on Debian: apt-get install time"

go build -o "$work/altinn-transfer" ./cmd/altinn-transfer
/usr/bin/time -f %M -o "$work/idle" "$work/altinn-transfer" version >/dev/null
idle=$(tail -n 1 "$work/idle")

declare -A least peak
for round in $(seq "$rounds"); do # one after the other, so that a busy moment of the machine meets all of them
	for binding in basic ws ec2; do
		/usr/bin/time -f '%U %S %M' -o "$work/cost" "$work/altinn-transfer" demo --binding "$binding" --tls --progress none >"$work/report" ||
			fail "the demo failed in $binding: $(cat "$work/report")"
		grep -q '^equal     12 of 12$' "$work/report" || fail "not every file came as it was sent in $binding"
		read -r ms kib < <(tail -n 1 "$work/cost" | awk '{ printf "%d %d\n", ($1 + $2) * 1000, $3 }')
		[ -z "${least[$binding]:-}" ] || [ "$ms" -lt "${least[$binding]}" ] && least[$binding]=$ms
		[ "$kib" -gt "${peak[$binding]:-0}" ] && peak[$binding]=$kib
		printf '   round %d %-6s %6d ms of processor time %8d KiB at most\n' "$round" "$binding" "$ms" "$kib"
	done
done
for binding in basic ws ec2; do
	ratio=$((least[$binding] * 100 / least[basic]))
	printf '   %-6s %6d ms, %d %% of Basic; %d KiB at most, %d idle\n' "$binding" "${least[$binding]}" "$ratio" "${peak[$binding]}" "$idle"
	[ "$ratio" -le "$percent" ] || fail "$binding costs $ratio % of what Basic costs over TLS"
	[ "${peak[$binding]}" -le $((idle + above)) ] || fail "$binding took more than $above KiB above idle"
done
echo "interop/bindings: 1 GiB in each binding, there and back, equal"
