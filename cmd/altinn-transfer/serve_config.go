package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/altinn-transfer/altinn-transfer/server"
	"github.com/pelletier/go-toml/v2"
)

const serverConfigHelp = `A configuration file with all that it may hold:

    any_file = false          # take broker files that are no ZIPs
    keep = "336h"             # how long references and files live
    keep_confirmed = false    # keep what every recipient has confirmed, too

    client_roots = "roots.pem"  # who vouches for certificates that begin sessions of ec2
    show_pins = false         # write the codes that persons are sent to the log

    [limits]
    file = "1GiB"             # "none" for no limit
    attachment = "500MiB"     # "none" for no limit
    requests = 256            # under way at once; -1 for no limit
    stall = "60s"             # without a byte either way
    drain = "10s"             # for requests under way when it stops

    [[user]]
    name = "avsender"
    password_hash = "..."     # altinn-transfer serve hash-password makes it
    rights = [{ party = "910075918", send = true, receive = true }]
    certificates = ["..."]    # SHA-256 of those that it may begin sessions of ec2 with; make-certificate prints one

    [[person]]                # where none is listed, a person's login is not looked at
    ssn = "01010112345"
    password_hash = "..."
    rights = [{ party = "910075918", send = true }]  # those of the system where this is missing

    [[service]]               # where none is listed, every service exists
    code = "4192"
    edition = 270815

    [[attachment]]            # a rule for what is attached to forms; a service without one takes up to 30 MB of anything
    service = "4192"
    edition = 270815
    type = "vedlegg"
    max_size = "200MiB"
    extensions = [".pdf", ".xml"]
    min = 1                   # how many there must be, and can be; 0 for any number
    max = 5

    [[trouble]]               # misbehave, to test a client
    kind = "cut-answer"       # delay, cut-request, cut-answer, lose-answer, fault or busy
    operation = "DownloadFileStreamed"  # every one where this is missing
    skip = 1                  # so many requests are left alone
    times = 2                 # so many are met then; 0 for all
    after = "1MiB"            # of cut-request and cut-answer
    delay = "5s"              # of delay, and the Retry-After of busy
    code = 40208              # of fault`

// serverConfig is the server's configuration file.
type serverConfig struct {
	AnyFile       bool     `toml:"any_file"`
	Keep          duration `toml:"keep"`
	KeepConfirmed bool     `toml:"keep_confirmed"`
	ClientRoots   string   `toml:"client_roots"`
	ShowPINs      bool     `toml:"show_pins"`
	Limits        struct {
		File       size     `toml:"file"`
		Attachment size     `toml:"attachment"`
		Requests   int      `toml:"requests"`
		Stall      duration `toml:"stall"`
		Drain      duration `toml:"drain"`
	} `toml:"limits"`
	Users []struct {
		Name         string   `toml:"name"`
		PasswordHash string   `toml:"password_hash"`
		Rights       rights   `toml:"rights"`
		Certificates []string `toml:"certificates"`
	} `toml:"user"`
	Persons []struct {
		SSN          string `toml:"ssn"`
		PasswordHash string `toml:"password_hash"`
		Rights       rights `toml:"rights"`
	} `toml:"person"`
	Attachments []struct {
		Service    string   `toml:"service"`
		Edition    int      `toml:"edition"`
		Type       string   `toml:"type"`
		MaxSize    size     `toml:"max_size"`
		Extensions []string `toml:"extensions"`
		Min        int      `toml:"min"`
		Max        int      `toml:"max"`
	} `toml:"attachment"`
	Services []struct {
		Code    string `toml:"code"`
		Edition int    `toml:"edition"`
	} `toml:"service"`
	Troubles []struct {
		Kind      string   `toml:"kind"`
		Operation string   `toml:"operation"`
		Skip      int      `toml:"skip"`
		Times     int      `toml:"times"`
		After     size     `toml:"after"`
		Delay     duration `toml:"delay"`
		Code      int      `toml:"code"`
	} `toml:"trouble"`
}

// rights are what a user, or a person, may do.
type rights []struct {
	Party   string `toml:"party"`
	Send    bool   `toml:"send"`
	Receive bool   `toml:"receive"`
}

// all is nil only where the file says nothing of rights: a person of whom it says that there are none has none.
func (r rights) all() []server.Right {
	if r == nil {
		return nil
	}
	all := []server.Right{}
	for _, one := range r {
		all = append(all, server.Right{Party: one.Party, Send: one.Send, Receive: one.Receive})
	}
	return all
}

// size is written with a unit, "1GiB", or "none" for no limit.
type size int64

// UnmarshalText reads a size where the file is read, so that a mistake has a line.
func (s *size) UnmarshalText(text []byte) error {
	if string(text) == "none" {
		*s = -1
		return nil
	}
	n, err := parseSize(string(text))
	*s = size(n)
	return err
}

func readServerConfig(path string) (server.Options, error) {
	var config serverConfig
	file, err := os.Open(path)
	if err != nil {
		return server.Options{}, usageError("read configuration: %w", err)
	}
	defer file.Close()
	if err := toml.NewDecoder(file).DisallowUnknownFields().Decode(&config); err != nil {
		return server.Options{}, usageError("read configuration: %w", locatedInServer(path, err))
	}
	options := config.options()
	if config.ClientRoots != "" {
		if options.ClientRoots, err = readRoots(beside(path, config.ClientRoots)); err != nil {
			return options, err
		}
	}
	return options, nil
}

// beside is a file that another one names: where that is, unless the name says where.
func beside(path, name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(filepath.Dir(path), name)
}

// locatedInServer says where in the file a mistake is, and where a password belongs.
func locatedInServer(path string, err error) error {
	if unknown, ok := errors.AsType[*toml.StrictMissingError](err); ok {
		key := unknown.Errors[0].Key()
		if key[len(key)-1] == "password" {
			line, _ := unknown.Errors[0].Position()
			return fmt.Errorf("%s:%d: a password does not belong here; put its hash into password_hash (serve hash-password makes it)", path, line)
		}
	}
	return located(path, err)
}

func (c serverConfig) options() server.Options {
	o := server.Options{
		ShowPINs: c.ShowPINs, AnyFile: c.AnyFile, Keep: c.Keep.Duration, KeepConfirmed: c.KeepConfirmed,
		Limits: server.Limits{
			File: int64(c.Limits.File), Attachment: int64(c.Limits.Attachment), Requests: c.Limits.Requests,
			Stall: c.Limits.Stall.Duration, Drain: c.Limits.Drain.Duration,
		},
	}
	for _, u := range c.Users {
		o.Users = append(o.Users, server.User{
			Name: u.Name, PasswordHash: u.PasswordHash, Certificates: u.Certificates, Rights: u.Rights.all(),
		})
	}
	for _, p := range c.Persons {
		o.Persons = append(o.Persons, server.Person{SSN: p.SSN, PasswordHash: p.PasswordHash, Rights: p.Rights.all()})
	}
	for _, a := range c.Attachments {
		o.Attachments = append(o.Attachments, server.AttachmentRule{
			Service: server.Service{Code: a.Service, Edition: a.Edition}, Type: a.Type, MaxSize: int64(a.MaxSize), Extensions: a.Extensions,
			Min: a.Min, Max: a.Max,
		})
	}
	for _, s := range c.Services {
		o.Services = append(o.Services, server.Service{Code: s.Code, Edition: s.Edition})
	}
	for _, t := range c.Troubles {
		o.Troubles = append(o.Troubles, server.Trouble{
			Kind: server.TroubleKind(t.Kind), Operation: t.Operation, Skip: t.Skip, Times: t.Times,
			After: int64(t.After), Delay: t.Delay.Duration, Code: t.Code,
		})
	}
	return o
}
