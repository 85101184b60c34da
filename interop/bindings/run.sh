#!/usr/bin/env bash
# The demo in every binding over TLS, 1 GiB each: no run may hold more than the same 48 MiB above what the command takes idle,
# and WS and EC2 may cost at most 10 % more processor time (user and system together, the least of five rounds) than Basic.
# Needs GNU time, and 3 GiB in TMPDIR.
. "$(dirname "$0")/../common.sh"

rounds=5
percent=110
measures 48

declare -A least peak
for round in $(seq "$rounds"); do # one after the other, so that a busy moment of the machine meets all of them
	for binding in basic ws ec2; do
		measured demo "$ours" demo --binding "$binding" --tls --progress none >"$work/report" ||
			fail "the demo failed in $binding: $(cat "$work/report")"
		grep -q '^equal     12 of 12$' "$work/report" || fail "not every file came as it was sent in $binding"
		read -r ms kib < <(cost demo | awk '{ printf "%d %d\n", ($3 + $4) * 1000, $1 }')
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
echo "$interop: 1 GiB in each binding, there and back, equal"
