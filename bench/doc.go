// Package bench measures codec and path beside what they could cost at least: the same bytes through bare net/http.
//
// It holds benchmarks only, to be compared within one run:
//
//	go test -run '^$' -bench . ./bench
package bench
