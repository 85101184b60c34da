//go:build unix

package main

import (
	"os"
	"os/signal"
	"syscall"
)

// ignoreAsking keeps the signal that asks how far a run is from ending one that has nothing to tell yet.
func ignoreAsking() { listenForAsking(make(chan os.Signal, 1)) }

func listenForAsking(c chan<- os.Signal) { signal.Notify(c, syscall.SIGUSR1) }

func stopAsking(c chan<- os.Signal) { signal.Stop(c) }
