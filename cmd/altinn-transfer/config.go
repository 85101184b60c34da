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
	"strings"
	"time"

	"github.com/altinn-transfer/altinn-transfer/endpoint"
	"github.com/pelletier/go-toml/v2"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// profile holds values of common flags, under their names. There is no place for a password, only for where it is.
type profile struct {
	name       string
	path       string // of the file it is in; "": there is none
	settings   map[string]setting
	operations map[string]operation // what the service has otherwise than the catalogue, by the documentation's names
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

// setting is the layer of a profile. An empty text counts as not given.
func (p profile) setting(flag string) (setting, bool) {
	s, ok := p.settings[flag]
	return s, ok && (s.list || s.values[0] != "")
}

// overrides are what the profile says of operations. They are for its own binding, whatever the command line has.
func (p profile) overrides() ([]endpoint.Override, error) {
	own := "basic"
	if s, ok := p.setting("binding"); ok {
		own = s.values[0]
	}
	b, err := endpoint.ParseBinding(own)
	if err != nil {
		return nil, usageError("binding in the profile: %w", err)
	}
	var overrides []endpoint.Override
	for _, base := range slices.Sorted(maps.Keys(p.operations)) {
		o := p.operations[base]
		overrides = append(overrides, endpoint.Override{
			Base: base, Binding: b, Name: o.Name, Namespace: o.Namespace, Interface: o.Interface, Path: o.Path,
		})
	}
	return overrides, nil
}

// defaultProfile is used when it is there and no other is named.
const defaultProfile = "default"

// readProfile finds a profile by name. path "" is the usual place, where the file may be missing; keys are what it may hold.
func readProfile(path, name string, keys map[string]bool) (profile, error) {
	profiles, err := readConfig(path, keys)
	if err != nil {
		return profile{}, err
	}
	found, ok := profiles[cmp.Or(name, defaultProfile)]
	if !ok && name != "" {
		there := strings.Join(slices.Sorted(maps.Keys(profiles)), ", ")
		return profile{}, usageError("there is no profile %q; there are: %s", name, cmp.Or(there, "none"))
	}
	return found, nil
}

// profileKeys are the common flags of all commands.
func profileKeys(cmd *cobra.Command) map[string]bool {
	keys := map[string]bool{}
	if cmd.LocalFlags().Lookup("profile") != nil {
		add := func(flag *pflag.Flag) { keys[flag.Name] = keys[flag.Name] || isCommon(flag) }
		cmd.LocalFlags().VisitAll(add)
		cmd.InheritedFlags().VisitAll(add)
	}
	for _, below := range cmd.Commands() {
		for key, ok := range profileKeys(below) {
			keys[key] = keys[key] || ok
		}
	}
	return keys
}

// configPath is where the configuration file is when no other is named; "" where there is no place for it.
func configPath() string {
	dir, err := os.UserConfigDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "altinn-transfer", "config.toml")
}

func readConfig(path string, keys map[string]bool) (map[string]profile, error) {
	missingIsFine := path == ""
	if missingIsFine {
		if path = configPath(); path == "" {
			return nil, nil
		}
	}
	data, err := os.ReadFile(path)
	if missingIsFine && errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, usageError("read configuration: %w", err)
	}
	profiles, err := parseConfig(path, data, keys)
	if err != nil {
		return nil, usageError("read configuration: %w", err)
	}
	return profiles, nil
}

// parseConfig reads the file twice: once for the values, and once as if none of them had a place, because the decoder tells
// where in the file a value stands of those alone that it has no place for.
func parseConfig(path string, data []byte, keys map[string]bool) (map[string]profile, error) {
	var values struct {
		Profile map[string]map[string]any `toml:"profile"`
	}
	var rest struct {
		Profile map[string]struct {
			Operation map[string]operation `toml:"operation"`
		} `toml:"profile"`
	}
	if err := toml.Unmarshal(data, &values); err != nil {
		return nil, located(path, err)
	}
	err := toml.NewDecoder(strings.NewReader(string(data))).DisallowUnknownFields().Decode(&rest)
	lines, isStrict := errors.AsType[*toml.StrictMissingError](err)
	if err != nil && !isStrict {
		return nil, located(path, err)
	}
	profiles := map[string]profile{}
	for name, p := range rest.Profile {
		profiles[name] = profile{name: name, path: path, settings: map[string]setting{}, operations: p.Operation}
	}
	if !isStrict {
		return profiles, nil
	}
	for _, at := range lines.Errors {
		key := at.Key()
		line, _ := at.Position()
		if len(key) != 3 || key[0] != "profile" || !keys[key[2]] {
			return nil, fmt.Errorf("%s:%d: %s", path, line, noPlaceFor(key))
		}
		s, err := newSetting(values.Profile[key[1]][key[2]])
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %s %w", path, line, key[2], err)
		}
		s.from = origin{in: inProfile, name: key[1], path: path, line: line}
		profiles[key[1]].settings[key[2]] = s
	}
	return profiles, nil
}

// noPlaceFor says of a key that it does not belong into the file.
func noPlaceFor(key []string) string {
	if last := key[len(key)-1]; strings.HasSuffix(last, "password") {
		return fmt.Sprintf("a password does not belong here; use %[1]s-file, %[1]s-env, %[1]s-command or %[1]s-keyring", last)
	}
	return "unknown key " + strings.Join(key, ".")
}

// newSetting is a value as a flag takes it.
func newSetting(value any) (setting, error) {
	switch v := value.(type) {
	case string, bool, int64, float64:
		return setting{values: []string{fmt.Sprint(v)}}, nil
	case []any:
		s := setting{list: true, values: []string{}}
		for _, one := range v {
			element, err := newSetting(one)
			if err != nil || element.list {
				return s, errors.New("holds what is neither text nor number")
			}
			s.values = append(s.values, element.values...)
		}
		return s, nil
	}
	return setting{}, errors.New("is neither text, number, true, false, nor a list of them")
}

// located says where in the file a mistake is.
func located(path string, err error) error {
	if unknown, ok := errors.AsType[*toml.StrictMissingError](err); ok {
		line, _ := unknown.Errors[0].Position()
		return fmt.Errorf("%s:%d: %s", path, line, noPlaceFor(unknown.Errors[0].Key()))
	}
	if wrong, ok := errors.AsType[*toml.DecodeError](err); ok {
		line, _ := wrong.Position()
		return fmt.Errorf("%s:%d: %w", path, line, err)
	}
	return fmt.Errorf("%s: %w", path, err)
}
