package main

import (
	"context"
	"strings"
	"time"

	"github.com/altinn-transfer/altinn-transfer/binding"
	"github.com/altinn-transfer/altinn-transfer/endpoint"
	"github.com/altinn-transfer/altinn-transfer/soap"
	"github.com/spf13/cobra"
)

// callCommand calls any operation of the catalogue that streams nothing.
type callCommand struct {
	app        *app
	connection *connection
	person     *personFlags
	params     []string
	body       string
	template   bool
	answer     bool
}

func newCallCommand(a *app) *cobra.Command {
	c := &callCommand{app: a}
	cmd := &cobra.Command{
		Use:   "call OPERATION",
		Short: "Call any operation of any service",
		Long: `Calls an operation of the catalogue by the name that it has in the documentation (GetReceiptV2, in any case), or by the
one that it has at an endpoint (GetReceiptECV2), which says the binding as well. The answer is printed as XML, or with
--json as the value of its result; an operation that answers nothing prints nothing, or null.

What it takes is given with --param, one for each text: a parameter by its name, a member of one by its path, a certain
one of a list by its number from 0 (Recipients.string[0]), the next one without a number. Or a file holds the whole
request, and --param changes it: --template prints one to fill in, of which the login stays empty. Order and namespaces
are put right.

The login never stands among these: it is that of the connection, and of --person where the operation has a place for
one. An operation that streams a file has a command of its own: upload, download, attachment submit and attachment get.
An answer has 64 MiB at most, all of it in memory; a large attachment is better fetched with attachment get.

With --template --answer it prints an answer to fill in, for the folder that serve --fixtures answers from.`,
		Example: `  altinn-transfer call GetReceiptV2 --param receipt.ReceiptId=1234
  altinn-transfer call CheckIfAvailableFiles --json \
      --param pollParameters.Recipients.string=910077473
  altinn-transfer call --template GetReporteeElementListV2 > request.xml
  altinn-transfer call GetReporteeElementListV2 --body request.xml \
      --param languageID=1044`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeOperation,
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		row, err := c.find(args[0], cmd.Flags().Changed("binding"))
		if err != nil {
			return err
		}
		return c.run(cmd.Context(), row)
	}
	flags := cmd.Flags()
	c.connection = a.addConnectionFlags(flags)
	c.person = a.addPersonFlags(flags)
	flags.StringArrayVar(&c.params, "param", nil, "`NAME=VALUE` of a parameter, or PATH=VALUE of a member of one; can be repeated")
	flags.StringVar(&c.body, "body", "", "`file` with the request, - for standard input")
	flags.BoolVar(&c.template, "template", false, "print a request to fill in, and call nobody")
	flags.BoolVar(&c.answer, "answer", false, "with --template: print an answer instead")
	flags.BoolVar(&a.json, "json", a.json, "print the value of the result as JSON")
	cmd.RegisterFlagCompletionFunc("param", c.completeParam)
	return cmd
}

func (c *callCommand) run(ctx context.Context, row catalogueRow) error {
	switch {
	case c.template && (c.body != "" || len(c.params) > 0):
		return usageError("--template prints what is to be filled in; --body and --param belong to a call")
	case c.template && c.answer:
		return c.printAnswerTemplate(row.op)
	case c.template:
		return c.printRequestTemplate(row.op)
	case c.answer:
		return usageError("--answer goes with --template")
	}
	request, err := c.request(ctx, row.op)
	if err != nil {
		return err
	}
	reply, err := c.send(ctx, row, request)
	if err != nil {
		return err
	}
	return c.print(row.op, reply)
}

// callLimit bounds an answer. It holds the largest attachment that comes within one, of 30 MB, as base64; and all of it is held
// in memory.
const callLimit = 64 << 20

func (c *callCommand) send(ctx context.Context, row catalogueRow, request binding.Request) (*soap.Reply, error) {
	client, err := c.connection.calls(ctx)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	request.EnvelopeLimit, request.ReadOnly = callLimit, reads(row.op)
	start := time.Now()
	reply, err := client.Call(ctx, row.name, request)
	logCall(c.app.log, row.op.Base, start, err)
	return reply, err
}

// reads reports whether an operation changes nothing, which the names of all services say in the same way.
func reads(op endpoint.Operation) bool {
	return (strings.HasPrefix(op.Base, "Get") || strings.HasPrefix(op.Base, "Check")) && op.Base != challenge
}
