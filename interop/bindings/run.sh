#!/usr/bin/env bash
# The demo in every binding over TLS, 1 GiB each: no run may hold more than the same 48 MiB above what the command takes idle,
# and WS and EC2 may cost at most 10 % more processor time (user and system together) than Basic in the same round, by the
# median of five rounds. Needs GNU time, and 3 GiB in TMPDIR.
. "$(dirname "$0")/../common.sh"

rounds=5
percent=110
measures 48

declare -A ratios peak
for round in $(seq "$rounds"); do # one after the other, so that a busy moment of the machine meets all of them
	for binding in basic ws ec2; do
		measured demo "$ours" demo --binding "$binding" --tls --progress none >"$work/report" ||
			fail "the demo failed in $binding: $(cat "$work/report")"
		grep -q '^equal     12 of 12$' "$work/report" || fail "not every file came as it was sent in $binding"
		read -r ms kib < <(cost demo | awk '{ printf "%d %d\n", ($3 + $4) * 1000, $1 }')
		[ "$binding" != basic ] || basic=$ms
		ratios[$binding]+="$((ms * 100 / basic)) "
		[ "$kib" -gt "${peak[$binding]:-0}" ] && peak[$binding]=$kib
		printf '   round %d %-6s %6d ms of processor time, %d %% of Basic %8d KiB at most\n' "$round" "$binding" "$ms" "$((ms * 100 / basic))" "$kib"
	done
done
for binding in basic ws ec2; do
	median=$(tr ' ' '\n' <<<"${ratios[$binding]}" | sort -n | sed '/^$/d' | sed -n "$((rounds / 2 + 1))p")
	printf '   %-6s %d %% of Basic; %d KiB at most, %d idle\n' "$binding" "$median" "${peak[$binding]}" "$idle"
	[ "$median" -le "$percent" ] || fail "$binding costs $median % of what Basic costs over TLS"
	[ "${peak[$binding]}" -le $((idle + above)) ] || fail "$binding took more than $((above / 1024)) MiB above idle"
done
echo "$interop: 1 GiB in each binding, there and back, equal"
