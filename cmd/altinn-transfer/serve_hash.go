package main

import (
	"context"
	"fmt"
	"io"

	"github.com/altinn-transfer/altinn-transfer/server"
	"github.com/spf13/cobra"
)

func newHashPasswordCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "hash-password",
		Short: "Make the hash of a password for the server's configuration file",
		Long:  "Asks for a password at the terminal, or reads it from standard input, and prints its hash for password_hash.",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			password, err := newPassword(cmd.Context(), a)
			if err != nil {
				return err
			}
			hash, err := server.HashPassword(password)
			if err != nil {
				return usageError("%w", err)
			}
			_, err = fmt.Fprintln(a.out, hash)
			return err
		},
	}
}

// newPassword takes a password from standard input, or asks for it twice, since nobody sees what is typed.
func newPassword(ctx context.Context, a *app) (string, error) {
	if !isTerminal(a.in) {
		text, err := io.ReadAll(io.LimitReader(a.in, maxPassword+1))
		if err != nil {
			return "", usageError("read password: %w", err)
		}
		return onlyLine("standard input", string(text))
	}
	first, err := ask(ctx, a, "Password: ")
	if err != nil {
		return "", err
	}
	second, err := ask(ctx, a, "Once more: ")
	if err != nil {
		return "", err
	}
	if first != second {
		return "", usageError("the two are not the same")
	}
	return first, nil
}
