package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"
)

// configFile is config.toml: profiles by name.
type configFile struct {
	Profile map[string]profile `toml:"profile"`
}

// profile holds values of common flags, under their names. A zero value counts as not given. There is no place for a
// password, only for where it is.
type profile struct {
	Endpoint        string   `toml:"endpoint"`
	Binding         string   `toml:"binding"`
	User            string   `toml:"user"`
	Party           string   `toml:"party"`
	PasswordFile    string   `toml:"password-file"`
	PasswordEnv     string   `toml:"password-env"`
	PasswordCommand string   `toml:"password-command"`
	Service         string   `toml:"service"`
	Edition         int      `toml:"edition"`
	AllowPlainHTTP  bool     `toml:"allow-plain-http"`
	ConnectTimeout  duration `toml:"connect-timeout"`
	StallTimeout    duration `toml:"stall-timeout"`
	Jobs            int      `toml:"jobs"`
	Progress        string   `toml:"progress"`
	LogLevel        string   `toml:"log-level"`
}

// duration is written as for a flag: "90s". It is no number, or the file could say 90 and mean nanoseconds.
type duration struct{ time.Duration }

// UnmarshalText reads a duration where the file is read, so that a mistake has a line.
func (d *duration) UnmarshalText(text []byte) (err error) {
	d.Duration, err = time.ParseDuration(string(text))
	return err
}

// value is what the profile says for a flag; "" when it says nothing.
func (p profile) value(flag string) string {
	switch flag {
	case "endpoint":
		return p.Endpoint
	case "binding":
		return p.Binding
	case "user":
		return p.User
	case "party":
		return p.Party
	case "password-file":
		return p.PasswordFile
	case "password-env":
		return p.PasswordEnv
	case "password-command":
		return p.PasswordCommand
	case "service":
		return p.Service
	case "edition":
		return number(p.Edition)
	case "allow-plain-http":
		return truth(p.AllowPlainHTTP)
	case "connect-timeout":
		return number(p.ConnectTimeout.Duration, "ns")
	case "stall-timeout":
		return number(p.StallTimeout.Duration, "ns")
	case "jobs":
		return number(p.Jobs)
	case "progress":
		return p.Progress
	case "log-level":
		return p.LogLevel
	}
	return ""
}

func number[T ~int | ~int64](n T, unit ...string) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(int64(n), 10) + strings.Join(unit, "")
}

func truth(b bool) string {
	if !b {
		return ""
	}
	return "true"
}

// defaultProfile is used when it is there and no other is named.
const defaultProfile = "default"

// readProfile finds a profile by name. path "" is the usual place, where the file may be missing.
func readProfile(path, name string) (profile, error) {
	file, err := readConfig(path)
	if err != nil {
		return profile{}, err
	}
	wanted := name
	if wanted == "" {
		wanted = defaultProfile
	}
	found, ok := file.Profile[wanted]
	if !ok && name != "" {
		there := strings.Join(slices.Sorted(maps.Keys(file.Profile)), ", ")
		return profile{}, usageError("there is no profile %q; there are: %s", name, cmp.Or(there, "none"))
	}
	return found, nil
}

func readConfig(path string) (configFile, error) {
	var file configFile
	missingIsFine := path == ""
	if missingIsFine {
		dir, err := os.UserConfigDir()
		if err != nil {
			return file, nil // no place, no file
		}
		path = filepath.Join(dir, "altinn-transfer", "config.toml")
	}
	f, err := os.Open(path)
	if missingIsFine && errors.Is(err, fs.ErrNotExist) {
		return file, nil
	}
	if err != nil {
		return file, usageError("read configuration: %w", err)
	}
	defer f.Close()
	if err := toml.NewDecoder(f).DisallowUnknownFields().Decode(&file); err != nil {
		return file, usageError("read configuration: %w", located(path, err))
	}
	return file, nil
}

// located says where in the file a mistake is.
func located(path string, err error) error {
	if unknown, ok := errors.AsType[*toml.StrictMissingError](err); ok {
		first := unknown.Errors[0]
		line, _ := first.Position()
		key := first.Key()
		if key[len(key)-1] == "password" {
			return fmt.Errorf("%s:%d: a password does not belong here; use password-file, password-env or password-command", path, line)
		}
		return fmt.Errorf("%s:%d: unknown key %s", path, line, strings.Join(key, "."))
	}
	if wrong, ok := errors.AsType[*toml.DecodeError](err); ok {
		line, _ := wrong.Position()
		return fmt.Errorf("%s:%d: %w", path, line, err)
	}
	return fmt.Errorf("%s: %w", path, err)
}
