package bench

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
)

// The least there is: the file from a socket to a socket, without HTTP. A client says with one byte which way it goes, the size
// goes before the bytes, and who took them answers with one byte more.

const (
	tcpUp   = 'u'
	tcpDown = 'd'
)

func serveTCP(ctx context.Context, l net.Listener, o order, got *arrived) error {
	stop := context.AfterFunc(ctx, func() { l.Close() })
	defer stop()
	for {
		conn, err := l.Accept()
		if ctx.Err() != nil {
			return nil
		}
		if err == nil {
			err = answerTCP(conn.(*net.TCPConn), o, got)
		}
		if err != nil {
			return err
		}
	}
}

func answerTCP(conn *net.TCPConn, o order, got *arrived) error {
	defer conn.Close()
	for {
		var asked [1]byte
		if _, err := io.ReadFull(conn, asked[:]); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		var err error
		if asked[0] == tcpUp {
			err = takeTCP(conn, o, got)
		} else {
			err = giveTCP(conn, o)
		}
		if err != nil {
			return err
		}
	}
}

// giveTCP sends the file by the kernel where it can.
func giveTCP(conn *net.TCPConn, o order) error {
	file, err := os.Open(o.File)
	if err != nil {
		return err
	}
	defer file.Close()
	if err := binary.Write(conn, binary.BigEndian, o.Size); err != nil {
		return err
	}
	if _, err := conn.ReadFrom(file); err != nil {
		return err
	}
	var answer [1]byte
	_, err = io.ReadFull(conn, answer[:])
	return err
}

// takeTCP moves what comes to the null device, on Linux without a copy through this process.
func takeTCP(conn *net.TCPConn, o order, got *arrived) error {
	var size int64
	if err := binary.Read(conn, binary.BigEndian, &size); err != nil {
		return err
	}
	n, err := emptyTCP(io.LimitReader(conn, size), o, got)
	if err != nil {
		return err
	}
	if n != size {
		return fmt.Errorf("%d of %d bytes came", n, size)
	}
	_, err = conn.Write([]byte{'.'})
	return err
}

func emptyTCP(r io.Reader, o order, got *arrived) (int64, error) {
	if o.Check {
		to := got.sink(true)
		defer to.done()
		return io.Copy(to, r)
	}
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		return 0, err
	}
	defer null.Close()
	n, err := null.ReadFrom(r)
	got.n.Add(n)
	return n, err
}

func sendTCP(ctx context.Context, o order) (word, error) {
	return overTCP(ctx, o, tcpUp, func(conn *net.TCPConn, _ *arrived) error { return giveTCP(conn, o) })
}

func receiveTCP(ctx context.Context, o order) (word, error) {
	return overTCP(ctx, o, tcpDown, func(conn *net.TCPConn, got *arrived) error { return takeTCP(conn, o, got) })
}

func overTCP(ctx context.Context, o order, direction byte, once func(*net.TCPConn, *arrived) error) (word, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", o.Address)
	if err != nil {
		return word{}, err
	}
	defer conn.Close()
	got := new(arrived)
	return repeated(ctx, o, got, func() error {
		_, err := conn.Write([]byte{direction})
		return errors.Join(err, once(conn.(*net.TCPConn), got))
	})
}
