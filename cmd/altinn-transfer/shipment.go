package main

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/altinn-transfer/altinn-transfer/archive"
	"github.com/spf13/cobra"
)

func newShipmentCommand(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "shipment",
		Short: "Submit and complete form tasks, and ask what became of them",
		Long: `Submits and completes form tasks. The whole life of one with attachments is

    altinn-transfer shipment submit --form FORM.xml ...     instantiates it; its receipt names an element
    altinn-transfer attachment submit FILE --element ID     streams an attachment onto it; as often as there are files
    altinn-transfer shipment complete ID                    sends it on its way to the archive
    altinn-transfer attachment list ID                      what the archive has
    altinn-transfer attachment get ID -o FILE               one attachment, back`,
	}
	group(cmd)
	cmd.AddCommand(newShipmentSubmitCommand(a), newShipmentCompleteCommand(a), newShipmentStatusCommand(a), newShipmentPinCommand(a))
	return cmd
}

// shipmentSubmit is the one call SubmitFormTask.
type shipmentSubmit struct {
	app        *app
	connection *connection
	person     *personFlags
	service    *serviceFlags
	forms      []string
	shipment   archive.Shipment
	completed  bool
}

func newShipmentSubmitCommand(a *app) *cobra.Command {
	s := &shipmentSubmit{app: a}
	cmd := &cobra.Command{
		Use:   "submit --form FILE[:DATAFORMAT:VERSION]... --reference REF",
		Short: "Submit a form task (one call)",
		Long: `Submits the forms of one form task on behalf of the party: the one call SubmitFormTask. A form is an XML document in UTF-8.
Its data format and version stand behind the file's name; without them they are the dataFormatId and dataFormatVersion of
its root element.

The receipt goes to standard output. It names the element that attachments are submitted onto, and that is completed then.
The reference is your own name for the shipment, used once: "shipment status --reference REF" finds the receipt again.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return s.run(cmd.Context()) },
	}
	flags := cmd.Flags()
	s.connection = a.addConnectionFlags(flags)
	s.connection.addPartyFlag(flags)
	s.person = a.addPersonFlags(flags)
	s.service = addServiceFlags(flags)
	flags.StringArrayVar(&s.forms, "form", nil, "`file` of a form, as FILE or FILE:DATAFORMAT:VERSION; may be repeated")
	flags.StringVar(&s.shipment.ExternalReference, "reference", "", "your own `name` for the shipment")
	flags.IntVar(&s.shipment.SignaturesNeeded, "signatures", 0, "how many people must sign (default as the service says)")
	flags.IntVar(&s.shipment.CaseID, "case", 0, "`id` of the case that it belongs to")
	flags.BoolVar(&s.completed, "completed", false, "the forms are complete, and nothing will be attached")
	a.addJSONFlag(flags)
	return cmd
}

func (s *shipmentSubmit) run(ctx context.Context) error {
	if err := s.read(ctx); err != nil {
		return err
	}
	client, err := s.connection.archive(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	start := time.Now()
	receipt, err := client.SubmitFormTask(ctx, s.shipment)
	logCall(s.app.log, "SubmitFormTask", start, err, "reference", s.shipment.ExternalReference)
	if err := s.app.settleReceipt(receipt, err); err != nil {
		return err
	}
	s.advise(receipt.ReporteeElement())
	return nil
}

// read makes the shipment of the command line.
func (s *shipmentSubmit) read(ctx context.Context) error {
	party, err := s.connection.onBehalf()
	if err != nil {
		return err
	}
	switch {
	case s.service.code == "":
		return usageError("no service is given; use --service or %s", envName("service"))
	case s.shipment.ExternalReference == "":
		return usageError("no reference is given, by which the receipt can be found again; use --reference")
	case len(s.forms) == 0:
		return usageError("no form is given; use --form")
	case s.shipment.SignaturesNeeded < 0 || s.shipment.CaseID < 0:
		return usageError("--signatures and --case are 0 or more")
	}
	s.shipment.Reportee, s.shipment.ServiceCode, s.shipment.Edition = string(party), s.service.code, s.service.edition
	for _, text := range s.forms {
		form, err := readForm(text)
		if err != nil {
			return err
		}
		form.Completed = s.completed
		s.shipment.Forms = append(s.shipment.Forms, form)
	}
	s.shipment.User, err = s.person.user(ctx)
	return err
}

// advise says how to go on.
func (s *shipmentSubmit) advise(element int) {
	if element == 0 {
		fmt.Fprintf(s.app.screen, "submitted %s; its receipt names no element yet, ask again: %s\n", visible(s.shipment.ExternalReference),
			shellLine([]string{"altinn-transfer", "shipment", "status", "--reference", s.shipment.ExternalReference}))
		return
	}
	fmt.Fprintf(s.app.screen, "submitted %s, element %d\n", visible(s.shipment.ExternalReference), element)
}

// shipmentComplete is the one call CompleteAndSignShipment.
type shipmentComplete struct {
	app        *app
	connection *connection
	person     *personFlags
}

func newShipmentCompleteCommand(a *app) *cobra.Command {
	c := &shipmentComplete{app: a}
	cmd := &cobra.Command{
		Use:   "complete ELEMENT",
		Short: "Complete a form task with its attachments (one call)",
		Long:  "Completes the form task that is this element, with the attachments it has by now: the one call CompleteAndSignShipment.\nThe receipt goes to standard output.",
		Args:  cobra.ExactArgs(1),
		RunE:  func(cmd *cobra.Command, args []string) error { return c.run(cmd.Context(), args[0]) },
	}
	c.connection = a.addConnectionFlags(cmd.Flags())
	c.person = a.addPersonFlags(cmd.Flags())
	a.addJSONFlag(cmd.Flags())
	return cmd
}

func (c *shipmentComplete) run(ctx context.Context, text string) error {
	element, err := parseElement(text)
	if err != nil {
		return err
	}
	user, err := c.person.user(ctx)
	if err != nil {
		return err
	}
	client, err := c.connection.archive(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	start := time.Now()
	receipt, err := client.CompleteAndSignShipment(ctx, archive.Completion{ReporteeElement: element, User: user})
	logCall(c.app.log, "CompleteAndSignShipment", start, err, "element", element)
	if err := c.app.settleReceipt(receipt, err); err != nil {
		return err
	}
	fmt.Fprintf(c.app.screen, "completed element %d\n", element)
	return nil
}

func parseElement(text string) (int, error) {
	id, err := strconv.Atoi(text)
	if err != nil || id <= 0 {
		return 0, usageError("%q is not the element of a form task, which is a number", text)
	}
	return id, nil
}
