package server

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// Times and sizes of a connection that has not said yet what it wants.
const (
	headTime = 10 * time.Second
	idleTime = 2 * time.Minute
	headSize = 64 << 10
)

// Serve answers requests on l until ctx ends. Then it takes no new ones, lets those under way end for Limits.Drain, and breaks
// off what is left. l may speak TLS ([crypto/tls.NewListener]); where it does not, TLS has to end in front of it, since all that
// the bindings protect beside TLS is who is calling.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	web := &http.Server{
		Handler: s, ReadHeaderTimeout: headTime, IdleTimeout: idleTime, MaxHeaderBytes: headSize,
		ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	ended := make(chan error, 1)
	go func() { ended <- web.Serve(l) }()
	select {
	case err := <-ended:
		return errors.Join(err, web.Close()) // the listener failed; what it has let in goes as well
	case <-ctx.Done():
	}
	drain, cancel := s.drainContext(context.WithoutCancel(ctx))
	defer cancel()
	err := web.Shutdown(drain)
	if errors.Is(err, context.DeadlineExceeded) {
		s.log.Warn("requests under way are broken off", "after", s.options.Limits.Drain)
		err = web.Close()
	}
	if ended := <-ended; !errors.Is(ended, http.ErrServerClosed) {
		err = errors.Join(err, ended)
	}
	return err
}

// drainContext ends when requests under way are waited for no longer.
func (s *Server) drainContext(ctx context.Context) (context.Context, context.CancelFunc) {
	if s.options.Limits.Drain < 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, s.options.Limits.Drain)
}
