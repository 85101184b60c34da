package main

import (
	_ "embed"
	"io"

	"github.com/spf13/cobra"
)

// eventsSchema describes what --json writes. A test compares it with the events.
//
//go:embed events.schema.json
var eventsSchema string

func newEventsSchemaCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "events-schema",
		Short: "Print the JSON Schema of the events that --json writes",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := io.WriteString(a.out, eventsSchema)
			return orUnwritten(err)
		},
	}
}
