package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/altinn-transfer/altinn-transfer/server"
	"github.com/pelletier/go-toml/v2"
)

const serverConfigHelp = `A configuration file with all that it may hold:

    any_file = false          # take broker files that are no ZIPs
    keep = "336h"             # how long references and files live
    keep_confirmed = false    # keep what every recipient has confirmed, too

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

    [[service]]               # where none is listed, every service exists
    code = "4192"
    edition = 270815

    [[trouble]]               # misbehave, to test a client
    kind = "cut-answer"       # delay, cut-request, cut-answer, lose-answer, fault or busy
    operation = "DownloadFileStreamed"  # every one where this is missing
    skip = 1                  # so many requests are left alone
    times = 2                 # so many are met then; 0 for all
    after = "1MiB"            # of cut-request and cut-answer
    delay = "5s"              # of delay
    code = 40208              # of fault`

// serverConfig is the server's configuration file.
type serverConfig struct {
	AnyFile       bool     `toml:"any_file"`
	Keep          duration `toml:"keep"`
	KeepConfirmed bool     `toml:"keep_confirmed"`
	Limits        struct {
		File       size     `toml:"file"`
		Attachment size     `toml:"attachment"`
		Requests   int      `toml:"requests"`
		Stall      duration `toml:"stall"`
		Drain      duration `toml:"drain"`
	} `toml:"limits"`
	Users []struct {
		Name         string `toml:"name"`
		PasswordHash string `toml:"password_hash"`
		Rights       []struct {
			Party   string `toml:"party"`
			Send    bool   `toml:"send"`
			Receive bool   `toml:"receive"`
		} `toml:"rights"`
	} `toml:"user"`
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
	return config.options(), nil
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
		AnyFile: c.AnyFile, Keep: c.Keep.Duration, KeepConfirmed: c.KeepConfirmed,
		Limits: server.Limits{
			File: int64(c.Limits.File), Attachment: int64(c.Limits.Attachment), Requests: c.Limits.Requests,
			Stall: c.Limits.Stall.Duration, Drain: c.Limits.Drain.Duration,
		},
	}
	for _, u := range c.Users {
		user := server.User{Name: u.Name, PasswordHash: u.PasswordHash}
		for _, r := range u.Rights {
			user.Rights = append(user.Rights, server.Right{Party: r.Party, Send: r.Send, Receive: r.Receive})
		}
		o.Users = append(o.Users, user)
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
