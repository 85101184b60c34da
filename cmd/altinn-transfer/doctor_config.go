package main

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"runtime"
	"strings"

	"github.com/altinn-transfer/altinn-transfer/endpoint"
)

// loginOperation is the cheapest call that needs a login, and changes nothing.
const loginOperation = "CheckIfAvailableFiles"

// checkConfiguration looks for mistakes in flags, variables and profile, and for what is missing among them.
func (d *doctorCommand) checkConfiguration(context.Context) []diagnosis {
	if d.settled != nil {
		return []diagnosis{because(d.settled)}
	}
	var err error
	if d.binding, err = d.connection.check(); err != nil {
		return []diagnosis{because(err)}
	}
	if d.address, err = d.operationAddress(); err != nil {
		return []diagnosis{because(err)}
	}
	diagnoses := []diagnosis{fine("%s", d.configuredBy())}
	if d.connection.party == "" {
		return append(diagnoses, warned("use --party or "+envName("party"), "no party is given, and a login cannot be tried without"))
	}
	if _, err := d.connection.onBehalf(); err != nil {
		diagnoses = append(diagnoses, because(err))
	}
	return diagnoses
}

func (d *doctorCommand) configuredBy() string {
	if p := d.app.profile; p.path != "" {
		return fmt.Sprintf("profile %s in %s", p.name, p.path)
	}
	path := cmp.Or(d.connection.config, configPath())
	if _, err := os.Stat(path); err != nil {
		return fmt.Sprintf("flags and variables alone; there is no file %s", path)
	}
	return fmt.Sprintf("flags and variables alone; %s has no profile %s", path, defaultProfile)
}

// operationAddress is where the operation of the login is, as [binding.Client] would call it.
func (d *doctorCommand) operationAddress() (*url.URL, error) {
	base, err := url.Parse(d.connection.endpoint)
	switch {
	case err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https":
		return nil, usageError("the endpoint is not an http or https address, such as https://host:port")
	case base.User != nil:
		return nil, usageError("the endpoint holds a user name or password; give them as --user and --password-file")
	}
	overrides, err := d.app.profile.overrides()
	if err != nil {
		return nil, err
	}
	op, _ := endpoint.Find(loginOperation, d.binding)
	if !strings.HasSuffix(strings.ToLower(base.Path), ".svc") {
		base = base.JoinPath(calledPath(op, overrides))
	}
	return base, nil
}

// checkPassword reads the password, once for the whole run, and looks at where it is.
func (d *doctorCommand) checkPassword(ctx context.Context) []diagnosis {
	source := &d.connection.password
	if d.noLogin && source.given() == 0 {
		return []diagnosis{skipped("none is given, and none is asked for with --no-login")}
	}
	text, err := source.read(ctx, d.app, d.connection.prompt())
	if err != nil {
		return []diagnosis{because(err)}
	}
	diagnoses := []diagnosis{fine("it is there: %s", source.where())}
	source.known = func() string { return text }
	if strings.TrimSpace(text) != text {
		diagnoses = append(diagnoses, warned("take the blank away, unless it belongs to the password", "it begins or ends with a blank"))
	}
	return append(diagnoses, readableByOthers(source.file)...)
}

// where says where a password is.
func (p passwordSource) where() string {
	switch {
	case p.file != "":
		return "file " + p.file
	case p.env != "":
		return "variable " + p.env
	case p.command != "":
		return "a command prints it"
	case p.keyring != "":
		return "the keyring's " + p.keyring
	}
	return "typed by hand"
}

// readableByOthers warns of a file with a secret that other users of the machine can read. "" is no file.
func readableByOthers(path string) []diagnosis {
	if path == "" || runtime.GOOS == "windows" { // whose rights are not in the mode
		return nil
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm()&0o044 == 0 || info.Mode()&fs.ModeType != 0 {
		return nil
	}
	return []diagnosis{warned("chmod go= "+shellWord(path), "other users of this machine can read %s (mode %04o)", path, info.Mode().Perm())}
}
