package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"

	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/spf13/cobra"
	"github.com/zalando/go-keyring"
)

// keyringService is under which all our items are in a keyring; a user there is the item's name.
const keyringService = "altinn-transfer"

func newSecretCommand(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "secret",
		Short: "Put passwords into this user's keyring, and take them out",
		Long: `Puts passwords into the keyring of this user (Keychain, Credential Manager, Secret Service), for --password-keyring NAME and
password-keyring = "NAME". There is no command that shows one; "doctor" tells whether it can be had.`,
	}
	group(cmd)
	cmd.AddCommand(newSecretSetCommand(a), newSecretDeleteCommand(a))
	return cmd
}

func newSecretSetCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "set NAME",
		Short: "Keep a password under a name, in place of the one that is there",
		Long:  "Asks for a password at the terminal, or reads it from standard input, and keeps it in the keyring under the name.",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkItem(args[0]); err != nil {
				return err
			}
			password, err := newPassword(cmd.Context(), a)
			if err != nil {
				return err
			}
			err = inKeyring(cmd.Context(), func() error { return keyring.Set(keyringService, args[0], password) })
			if err != nil {
				return keyringError(args[0], "password", err)
			}
			_, err = fmt.Fprintf(a.screen, "kept %s\n", visible(args[0]))
			return err
		},
	}
}

func newSecretDeleteCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "delete NAME",
		Short: "Forget a password",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkItem(args[0]); err != nil {
				return err
			}
			err := inKeyring(cmd.Context(), func() error { return keyring.Delete(keyringService, args[0]) })
			if err != nil {
				return keyringError(args[0], "password", err)
			}
			_, err = fmt.Fprintf(a.screen, "forgot %s\n", visible(args[0]))
			return err
		},
	}
}

func checkItem(name string) error {
	if name == "" || !isText(name) {
		return usageError("%q is no name for a password", name)
	}
	return nil
}

// fromKeyring reads the password of a name. begin is what the flags of the password begin with.
func fromKeyring(ctx context.Context, name, begin string) (string, error) {
	var text string
	err := inKeyring(ctx, func() (err error) {
		text, err = keyring.Get(keyringService, name)
		return err
	})
	if err != nil {
		return "", keyringError(name, begin, err)
	}
	return onlyLine("the keyring's "+strconv.Quote(name), text)
}

var errNoKeyring = errors.New("there is none, as on most servers")

// inKeyring does something in the keyring, which may ask the person to open it first, and may wait for the answer for ever.
func inKeyring(ctx context.Context, do func() error) error {
	if !hasKeyring() {
		return errNoKeyring
	}
	done := make(chan error, 1)
	go func() { done <- do() }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return &failure.Error{Op: "ask the keyring", Kind: failure.Interrupted, Err: context.Cause(ctx)}
	}
}

// hasKeyring reports whether a keyring can be there. QUIRK: where there is no session bus the keyring's module starts one, and
// with it a process that stays.
func hasKeyring() bool {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" || os.Getenv("DBUS_SESSION_BUS_ADDRESS") != "" {
		return true
	}
	for _, socket := range []string{"bus", "dbus-session"} {
		if _, err := os.Stat(filepath.Join("/run/user", strconv.Itoa(os.Getuid()), socket)); err == nil {
			return true
		}
	}
	return false
}

// keyringError says what to do where there is no keyring, or nothing in it.
func keyringError(name, begin string, err error) error {
	switch {
	case failure.KindOf(err) == failure.Interrupted:
		return err
	case errors.Is(err, keyring.ErrNotFound):
		return usageError("the keyring holds no password %q; altinn-transfer secret set %s puts one there", name, shellWord(name))
	}
	return usageError("use the keyring: %w; without one, use --%[2]s-file, --%[2]s-env or --%[2]s-command", err, begin)
}
