// Package bench measures the path of the bytes beside what it could cost at least: the same bytes through bare net/http.
//
// It holds benchmarks only, to be compared within one run; those of the codec alone are in package mtom:
//
//	go test -run '^$' -bench . ./bench ./mtom
package bench
