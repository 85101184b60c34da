package bench

import "time"

// sample is a report as it could have been found, with the things in it that a report can have.
func sample() *Report {
	far := Usage{User: 0.1, System: 0.2, Peak: 12 << 20}
	round := func(seconds, cpu float64) Round {
		return Round{Seconds: seconds, CPU: cpu, Pair: &Pair{Client: Usage{User: cpu, Peak: 14 << 20}, Far: &far}}
	}
	small := func(seconds float64) Round {
		r := round(seconds, seconds/2)
		r.Latency = latencies([]float64{0.01, 0.02, 0.03, 0.04, 0.3})
		return r
	}
	packed := Round{Seconds: 0.5, CPU: 0.5, Pair: &Pair{Client: Usage{User: 0.5, Peak: 14 << 20}}, Packed: 1 << 28}
	return &Report{
		Made:     time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC),
		Machine:  Machine{OS: "linux", Arch: "amd64", Kernel: "6.1", CPU: "A <fast> one", Cores: 2, Go: "go1.26", Version: "v1.0.0"},
		Settings: Settings{Rounds: 3, Size: gib, Files: 100},
		Idle:     &Pair{Client: Usage{Peak: 10 << 20}, Far: &far},
		Notes:    []string{"something could not be measured"},
		Rows: []Row{
			{Part: "codec", Task: "decode text", Who: ours, Ours: true, Bytes: gib, Rounds: []Round{{Seconds: 0.1}, {Seconds: 0.125}, {Seconds: 0.11}}},
			{Part: "codec", Task: "decode text", Who: "mime/multipart", Base: true, Bytes: gib, Rounds: []Round{{Seconds: 0.5}, {Seconds: 0.4}, {Seconds: 0.45}}},
			{
				Part: "path", Task: "upload", Who: ours, Ours: true, Bytes: gib,
				Rounds: []Round{round(0.5, 1), round(0.6, 1.1), round(0.55, 1.05)},
				Held:   []Reading{{0.01, 10 << 20, 9 << 20}, {0.02, 13 << 20, 11 << 20}, {0.03, 14 << 20, 12 << 20}},
			},
			{Part: "path", Task: "upload", Who: "net/http PUT, copying", Base: true, Bytes: gib, Rounds: []Round{round(0.5, 1), round(0.5, 1), round(0.5, 1)}},
			{Part: "path", Task: "upload by size", Who: ours, Ours: true, Bytes: gib, Sized: 16 << 10, Rounds: []Round{round(4, 4)}},
			{Part: "path", Task: "upload by size", Who: ours, Ours: true, Bytes: gib, Sized: 1 << 20, Rounds: []Round{round(1, 1)}},
			{Part: "bulk", Task: "send small files", Who: ours, Ours: true, Bytes: 100 << 14, Files: 100, Rounds: []Round{small(0.5), small(0.4), small(0.6)}},
			{Part: "bulk", Task: "send small files", Who: "net/http, the same steps", Base: true, Bytes: 100 << 14, Files: 100, Rounds: []Round{small(0.25)}},
			{Part: "zip", Task: "pack text", Who: ours, Ours: true, Bytes: gib, Rounds: []Round{packed}},
		},
	}
}
