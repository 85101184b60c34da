package bench

import (
	"os"
	"strconv"
	"strings"
	"time"
)

// residentPeak is the most memory that a process has had resident, in bytes; 0 where the system has no /proc.
func residentPeak(pid string) int64 { return statusOf(pid, "VmHWM:") }

// resident is the memory that it has resident now.
func resident(pid int) int64 { return statusOf(strconv.Itoa(pid), "VmRSS:") }

func statusOf(pid, name string) int64 {
	status, err := os.ReadFile("/proc/" + pid + "/status")
	if err != nil {
		return 0
	}
	_, rest, found := strings.Cut(string(status), name)
	fields := strings.Fields(rest)
	if !found || len(fields) == 0 {
		return 0
	}
	kib, err := strconv.ParseInt(fields[0], 10, 64)
	if err != nil {
		return 0
	}
	return kib << 10
}

// Readings of memory: the first so often, then more seldom, so that a long run does not have too many.
const (
	readingEvery = 10 * time.Millisecond
	readingsMost = 400
)

// watch reads the memory of both processes until the run has ended, and then gives what it has read. far may be nil.
func watch(client, far *process) (end func() []Reading) {
	stop, held := make(chan struct{}), make(chan []Reading)
	go func() {
		var all []Reading
		every, begun := readingEvery, time.Now()
		for {
			select {
			case <-stop:
				held <- all
				return
			case <-time.After(every):
			}
			r := Reading{Seconds: time.Since(begun).Seconds(), Client: resident(client.cmd.Process.Pid)}
			if far != nil {
				r.Far = resident(far.cmd.Process.Pid)
			}
			if r.Client == 0 {
				continue // it has ended, or the system does not tell
			}
			if all = append(all, r); len(all) == readingsMost {
				all, every = everySecond(all), 2*every
			}
		}
	}()
	return func() []Reading { close(stop); return <-held }
}

func everySecond(all []Reading) []Reading {
	kept := all[:0]
	for i := 0; i < len(all); i += 2 {
		kept = append(kept, all[i])
	}
	return kept
}
