package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"path/filepath"

	"github.com/altinn-transfer/altinn-transfer/binding"
	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/endpoint"
	"github.com/altinn-transfer/altinn-transfer/internal/certs"
	"github.com/altinn-transfer/altinn-transfer/server"
)

// demoFar is the far side of a demo, with what its clients need to know of it.
type demoFar struct {
	users   [2]server.User // who sends, who receives
	binding endpoint.Binding
	tls     *tls.Config // of its clients; nil without TLS
	vouches *certs.Authority

	address string
	stop    func() error
}

// startFar begins a server on a free port. Certificates are made for this one run: the server's own, and one for each
// organisation.
func (d *demoCommand) startFar(ctx context.Context, dir string) (*demoFar, error) {
	far := &demoFar{users: [2]server.User(server.DemoUsers()), binding: d.binding}
	options := server.Options{
		Dir: filepath.Join(dir, "store"), Users: far.users[:], Limits: server.Limits{File: -1}, Log: d.app.log,
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("start the server: %w", err)
	}
	far.address = "http://" + listener.Addr().String()
	if d.tls {
		listener, err = far.encrypt(listener)
	}
	if err == nil && far.vouches != nil {
		options.ClientRoots = far.vouches.Pool()
	}
	var store *server.Server
	if err == nil {
		store, err = server.New(options)
	}
	if err != nil {
		return nil, errors.Join(serverFailure(err), listener.Close())
	}
	far.serve(ctx, store, listener)
	return far, nil
}

// encrypt puts TLS on a listener.
func (f *demoFar) encrypt(l net.Listener) (net.Listener, error) {
	var err error
	if f.vouches, err = certs.NewAuthority("altinn-transfer demo"); err != nil {
		return l, err
	}
	own, err := f.vouches.Server("127.0.0.1")
	if err != nil {
		return l, err
	}
	f.address = "https://" + l.Addr().String()
	f.tls = &tls.Config{RootCAs: f.vouches.Pool()}
	return tls.NewListener(l, serverTLS(*own)), nil
}

// serve answers until it is stopped. It stops when the clients have, not with them: a client that is told to stop may still
// confirm what it has stored.
func (f *demoFar) serve(ctx context.Context, store *server.Server, l net.Listener) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan error, 1)
	go func() { ended <- store.Serve(ctx, l) }()
	f.stop = func() error {
		cancel()
		return errors.Join(<-ended, store.Close())
	}
}

// client is a client of one of the users.
func (f *demoFar) client(user server.User) (*broker.Client, error) {
	credentials, err := f.credentials(user)
	if err != nil {
		return nil, err
	}
	return broker.New(f.address, credentials, &broker.Options{TLS: f.tls})
}

func (f *demoFar) credentials(user server.User) (binding.Credentials, error) {
	password := binding.Literal(demoPassword(user))
	switch f.binding {
	case endpoint.WS:
		return binding.UsernameToken{Username: user.Name, Password: password}, nil
	case endpoint.EC2:
		identity, err := f.vouches.Enterprise(user.Name, user.Rights[0].Party)
		if err != nil {
			return nil, err
		}
		return binding.Certificate{KeyPair: func(context.Context) (*tls.Certificate, error) { return identity, nil }, Username: user.Name, Password: password}, nil
	}
	return binding.Basic{SystemUser: user.Name, Password: password}, nil
}
