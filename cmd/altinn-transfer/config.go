package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/altinn-transfer/altinn-transfer/endpoint"
	"github.com/pelletier/go-toml/v2"
)

// configFile is config.toml: profiles by name.
type configFile struct {
	Profile map[string]profile `toml:"profile"`
}

// profile holds values of common flags, under their names. A zero value counts as not given. There is no place for a
// password, only for where it is.
type profile struct {
	Endpoint       string   `toml:"endpoint"`
	Binding        string   `toml:"binding"`
	User           string   `toml:"user"`
	Party          string   `toml:"party"`
	Service        string   `toml:"service"`
	Edition        int      `toml:"edition"`
	Certificate    string   `toml:"certificate"`
	Client         string   `toml:"client-certificate"`
	CA             string   `toml:"ca"`
	AllowPlainHTTP bool     `toml:"allow-plain-http"`
	ConnectTimeout duration `toml:"connect-timeout"`
	StallTimeout   duration `toml:"stall-timeout"`
	Jobs           int      `toml:"jobs"`
	Progress       string   `toml:"progress"`
	LogLevel       string   `toml:"log-level"`

	PasswordFile               string `toml:"password-file"`
	PasswordEnv                string `toml:"password-env"`
	PasswordCommand            string `toml:"password-command"`
	CertificatePasswordFile    string `toml:"certificate-password-file"`
	CertificatePasswordEnv     string `toml:"certificate-password-env"`
	CertificatePasswordCommand string `toml:"certificate-password-command"`
	ClientPasswordFile         string `toml:"client-certificate-password-file"`
	ClientPasswordEnv          string `toml:"client-certificate-password-env"`
	ClientPasswordCommand      string `toml:"client-certificate-password-command"`

	// Operation has what the service has otherwise than the catalogue, by the operation's name in the documentation.
	Operation map[string]operation `toml:"operation"`
}

// operation is how one operation is called in the profile's binding; "" is as the catalogue has it.
type operation struct {
	Name      string `toml:"name"`
	Namespace string `toml:"namespace"`
	Interface string `toml:"interface"`
	Path      string `toml:"path"`
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
	for field, value := range reflect.ValueOf(p).Fields() {
		if field.Tag.Get("toml") == flag && !value.IsZero() {
			return fmt.Sprint(value.Interface())
		}
	}
	return ""
}

// overrides are what the profile says of operations. They are for its own binding, whatever the command line has.
func (p profile) overrides() ([]endpoint.Override, error) {
	b, err := endpoint.ParseBinding(cmp.Or(p.Binding, "basic"))
	if err != nil {
		return nil, usageError("binding in the profile: %w", err)
	}
	var overrides []endpoint.Override
	for _, base := range slices.Sorted(maps.Keys(p.Operation)) {
		o := p.Operation[base]
		overrides = append(overrides, endpoint.Override{
			Base: base, Binding: b, Name: o.Name, Namespace: o.Namespace, Interface: o.Interface, Path: o.Path,
		})
	}
	return overrides, nil
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
		if last := key[len(key)-1]; strings.HasSuffix(last, "password") {
			return fmt.Errorf("%s:%d: a password does not belong here; use %[3]s-file, %[3]s-env or %[3]s-command", path, line, last)
		}
		return fmt.Errorf("%s:%d: unknown key %s", path, line, strings.Join(key, "."))
	}
	if wrong, ok := errors.AsType[*toml.DecodeError](err); ok {
		line, _ := wrong.Position()
		return fmt.Errorf("%s:%d: %w", path, line, err)
	}
	return fmt.Errorf("%s: %w", path, err)
}
