package main

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/internal/atomicfile"
	"github.com/altinn-transfer/altinn-transfer/internal/certs"
	"github.com/spf13/cobra"
)

// makeCertificate makes an organisation's certificate to try the EC2 binding with.
type makeCertificate struct {
	app      *app
	name     string
	party    string
	password passwordSource
}

func newMakeCertificateCommand(a *app) *cobra.Command {
	m := &makeCertificate{app: a}
	cmd := &cobra.Command{
		Use:   "make-certificate FILE --party NUMBER",
		Short: "Make an organisation's certificate, to try ec2 with",
		Long: `Makes a certificate with its key that is like the one of an organisation (virksomhetssertifikat), and prints the line that
lets a user of a server begin sessions with it. The file is PEM if its name ends in .pem, and PKCS#12 otherwise. Without a
password, which PEM never has here, it can be opened by anybody who gets hold of it. It is for tests: nobody vouches for it.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return m.run(cmd.Context(), args[0]) },
	}
	flags := cmd.Flags()
	flags.StringVar(&m.party, "party", "", "organisation `number` that it is made out to")
	flags.StringVar(&m.name, "name", "Test enterprise", "`name` that it is made out to")
	m.password.addFlags(flags, "certificate-password", "the password that a PKCS#12 file gets")
	return cmd
}

func (m *makeCertificate) run(ctx context.Context, path string) error {
	if m.party == "" {
		return usageError("no party is given; use --party")
	}
	if _, err := parseParty("--party", m.party); err != nil {
		return err
	}
	authority, err := certs.NewAuthority("altinn-transfer test root")
	if err != nil {
		return err
	}
	pair, err := authority.Enterprise(m.name, m.party)
	if err != nil {
		return err
	}
	content, err := m.encode(ctx, path, pair)
	if err != nil {
		return err
	}
	if err := writeNew(path, content); err != nil {
		return err
	}
	_, err = fmt.Fprintf(m.app.out, "made %s, for the user in the server's configuration:\n    certificates = [\"%x\"]\n", visible(path), sha256.Sum256(pair.Certificate[0]))
	return err
}

func (m *makeCertificate) encode(ctx context.Context, path string, pair *tls.Certificate) ([]byte, error) {
	isPEM := strings.EqualFold(filepath.Ext(path), ".pem")
	switch {
	case isPEM && m.password.given() > 0:
		return nil, usageError("a password is given, and a PEM file gets none here; use a name that ends in .p12")
	case isPEM:
		return certs.EncodePEM(pair)
	case m.password.given() == 0:
		return certs.Encode(pair, "")
	}
	password, err := m.password.read(ctx, m.app, "")
	if err != nil {
		return nil, err
	}
	return certs.Encode(pair, password)
}

// writeNew makes a file that must not be there, which nobody else can read.
func writeNew(path string, content []byte) error {
	err := createNew(path, content)
	if errors.Is(err, fs.ErrExist) {
		return usageError("%s is there already", path)
	}
	if err != nil {
		return &failure.Error{Op: "write " + path, Kind: failure.Disk, Err: err}
	}
	return nil
}

func createNew(path string, content []byte) error {
	dir, err := os.OpenRoot(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer dir.Close()
	file, err := atomicfile.Create(dir, filepath.Base(path))
	if err != nil {
		return err
	}
	defer file.Discard()
	if _, err := file.Write(content); err != nil {
		return err
	}
	return file.CommitNew()
}
