//go:build !unix

package main

import "os"

// ignoreAsking has nothing to do: no signal asks here.
func ignoreAsking() {}

func listenForAsking(chan<- os.Signal) {}

func stopAsking(chan<- os.Signal) {}
