package main

import "github.com/spf13/cobra"

func newMTOMCommand(a *app) *cobra.Command {
	cmd := &cobra.Command{Use: "mtom", Short: "Look into a saved MTOM message"}
	group(cmd)
	cmd.AddCommand(newInspectCommand(a), newUnpackCommand(a))
	return cmd
}

// messageFlags say how a saved message is to be read.
type messageFlags struct {
	contentType     string
	contentTypeFile string
	elements        []string
}

const messageHelp = `FILE is a saved HTTP body; without one, or with "-", it is read from standard input. A whole saved HTTP message, which begins
with its status line or with POST, brings its Content-Type along.

Binary values are found behind every xop:Include. As base64 in place they are found in the elements in which the services of
the catalogue stream, in those that --element names, and, where the root is at most 4 MiB, in those that the message declares
as base64 or that cannot well be anything else.`

func addMessageFlags(cmd *cobra.Command) *messageFlags {
	f := &messageFlags{}
	flags := cmd.Flags()
	flags.StringVar(&f.contentType, "content-type", "", "the message's Content-Type")
	flags.StringVar(&f.contentTypeFile, "content-type-file", "", "`file` that holds the Content-Type, or the whole header line")
	flags.StringArrayVar(&f.elements, "element", nil, "local `name` of an element that may hold base64 in place; may be repeated")
	return f
}
