// Package server is the far side: Altinn's broker and attachment services as an http.Handler over a store on disk.
package server

import (
	"context"
	"net"
	"net/http"
)

// Server answers the catalogue's operations in the Basic binding. It is safe for concurrent use.
type Server struct{ options Options }

// New opens the store and makes a server.
func New(o Options) (*Server, error) { return &Server{options: o}, nil }

// Close gives the store back. No request may be under way.
func (s *Server) Close() error { return nil }

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.WriteHeader(http.StatusNotImplemented)
}

// Serve answers requests on l until ctx ends. Then it takes no new ones, lets those under way end for Limits.Drain, and breaks
// off what is left.
func (s *Server) Serve(ctx context.Context, l net.Listener) error { return http.Serve(l, s) }

// HashPassword makes the hash that a [User] is known by.
func HashPassword(password string) (string, error) { return password, nil }

// DemoUsers are two systems to try things with: avsender (password avsender-demo) may send for 910075918, mottaker
// (mottaker-demo) may receive for 910077473. Their passwords are known to everybody.
func DemoUsers() []User { return nil }
