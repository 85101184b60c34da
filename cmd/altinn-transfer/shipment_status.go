package main

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/altinn-transfer/altinn-transfer/archive"
	"github.com/spf13/cobra"
)

// shipmentStatus asks what became of something.
type shipmentStatus struct {
	app        *app
	connection *connection
	receipt    int
	reference  string
}

func newShipmentStatusCommand(a *app) *cobra.Command {
	s := &shipmentStatus{app: a}
	cmd := &cobra.Command{
		Use:   "status [--receipt ID | --reference [TYPE=]VALUE]",
		Short: "Find a receipt, or ask how long processing takes (one call)",
		Long: `Finds a receipt by its number or by a reference, with all that hangs on it: the one call GetReceiptV2. A reference is of the
type ExternalShipmentReference when no other is named before it, such as in ArchiveReference=AR123; the others that receipts
are found by are EndUserSystemReference, SendersReference, OutboundShipmentReference and BatchReference. Its status is an
answer, not an error. Altinn wants it at most every 5 seconds.

Without a flag it asks how many minutes it takes just now until something submitted is processed (GetAltinnSubmissionStatus).`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return s.run(cmd.Context()) },
	}
	flags := cmd.Flags()
	s.connection = a.addConnectionFlags(flags)
	flags.IntVar(&s.receipt, "receipt", 0, "`number` of the receipt")
	flags.StringVar(&s.reference, "reference", "", "`[TYPE=]VALUE` of a reference that the receipt bears")
	a.addJSONFlag(flags)
	return cmd
}

func (s *shipmentStatus) run(ctx context.Context) error {
	query, err := s.query()
	if err != nil {
		return err
	}
	client, err := s.connection.archive(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	if query == (archive.ReceiptQuery{}) {
		return s.wait(ctx, client)
	}
	start := time.Now()
	receipt, err := client.GetReceipt(ctx, query)
	logCall(s.app.log, "GetReceiptV2", start, err)
	return s.app.settleReceipt(receipt, err)
}

func (s *shipmentStatus) wait(ctx context.Context, client *archive.Client) error {
	start := time.Now()
	wait, err := client.GetAltinnSubmissionStatus(ctx)
	logCall(s.app.log, "GetAltinnSubmissionStatus", start, err)
	if err != nil {
		return err
	}
	minutes := int(wait.Minutes())
	if s.app.json {
		return s.app.events.write(waitEvent{head("wait"), minutes})
	}
	_, err = fmt.Fprintf(s.app.out, "%s until what is submitted now is processed\n", count(minutes, "minute"))
	return orUnwritten(err)
}

// findable are the types of references that receipts are found by.
var findable = []archive.ReferenceType{
	archive.ExternalShipmentReference, archive.EndUserSystemReference, archive.SendersReference, archive.OutboundShipmentReference,
	archive.BatchReference, archive.ArchiveReference,
}

// referenceType is what a reference begins with whose type is named, be it one that receipts are not found by.
var referenceType = regexp.MustCompile(`(?i)^[a-z0-9]*reference=`)

func findableNames() string {
	names := make([]string, len(findable))
	for i, t := range findable {
		names[i] = string(t)
	}
	return strings.Join(names, ", ")
}

func (s *shipmentStatus) query() (archive.ReceiptQuery, error) {
	switch {
	case s.receipt != 0 && s.reference != "":
		return archive.ReceiptQuery{}, usageError("--receipt and --reference are given; give one")
	case s.receipt < 0:
		return archive.ReceiptQuery{}, usageError("%d is not the number of a receipt", s.receipt)
	case s.reference == "":
		return archive.ReceiptQuery{ID: s.receipt}, nil
	}
	reference := archive.Reference{Type: archive.ExternalShipmentReference, Value: s.reference}
	named, value, _ := strings.Cut(s.reference, "=")
	known := slices.IndexFunc(findable, func(t archive.ReferenceType) bool { return strings.EqualFold(string(t), named) })
	if known >= 0 {
		reference = archive.Reference{Type: findable[known], Value: value}
	}
	if known < 0 && referenceType.MatchString(s.reference) {
		return archive.ReceiptQuery{}, usageError("--reference: receipts are not found by %s, but by %s", named, findableNames())
	}
	if reference.Value == "" {
		return archive.ReceiptQuery{}, usageError("--reference %q has no value", s.reference)
	}
	return archive.ReceiptQuery{Reference: reference}, nil
}
