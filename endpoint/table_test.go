package endpoint_test

import (
	"bufio"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/endpoint"
)

const host = "https://www.altinn.no" // before every path of the table

// The columns of the table that can differ from the right value.
const (
	service = "service"
	base    = "base"
	name    = "name"
	path    = "path"
)

// differences are all that the table prints otherwise than the catalogue has it. One more or one less is a mistake, until it
// stands here with its reason in the row's Note.
var differences = []struct {
	base               string
	binding            endpoint.Binding
	column             string
	inTable, inReality string
}{
	{"GetArchivedFormTaskV2", endpoint.EC2, name, "GetArchivedFormTaskEC2", "GetArchivedFormTaskEC"},
	{"GetAttachmentDataV2", endpoint.EC2, name, "GetAttachmentDataEC2", "GetAttachmentDataEC"},
	{"GetArchivedLookup", endpoint.EC2, name, "GetArchivedLookupEC2", "GetArchivedLookupEC"},
	{"GetArchivedCorrespondence", endpoint.EC2, name, "GetArchivedCorrespondenceEC2", "GetArchivedCorrespondenceEC"},
	{"GetAttachmentDataStreamed", endpoint.EC2, name, "GetAttachmentDataStreamedEC2", "GetAttachmentDataECStreamed"},
	{"GetAttachmentDataStreamed", endpoint.EC2, path, "/ArchiveExternal/ReporteeArchiveExternalStreamedEC.svc", "/ArchiveExternal/ReporteeArchiveExternalStreamedEC2.svc"},
	{"SubmitFormTask", endpoint.EC2, name, "SubmitFormTaskEC2", "SubmitFormTaskEC"},
	{"GetAltinnSubmissionStatus", endpoint.EC2, name, "GetAltinnSubmissionStatusEC2", "GetAltinnSubmissionStatusEC"},
	{"CompleteAndSignShipment", endpoint.EC2, name, "CompleteAndSignShipmentEC2", "CompleteAndSignShipmentEC"},
	{"UpdateFormData", endpoint.EC2, name, "UpdateFormDataEC2", "UpdateFormDataEC"},
	{"SubmitAttachmentStreamed", endpoint.EC2, name, "SubmitAttachmentStreamedEC2", "SubmitAttachmentStreamedEC"},
	{"GetReceiptV2", endpoint.EC2, name, "GetReceiptEC2V2", "GetReceiptECV2"},
	{"GetReceiptListV2", endpoint.EC2, name, "GetReceiptListEC2V2", "GetReceiptListECV2"},
	{"UpdateReceipt", endpoint.EC2, name, "UpdateReceiptEC2", "UpdateReceiptEC"},
	{"DeleteCorrespondence", endpoint.WS, base, "DeleteCorrespondence[", "DeleteCorrespondence"},
	{"DeleteCorrespondence", endpoint.Basic, base, "DeleteCorrespondence[", "DeleteCorrespondence"},
	{"GetCorrespondenceForEndUserSystemV2", endpoint.EC2, name, "GetCorrespondenceForEndUserSystemsEC2", "GetCorrespondenceForEndUserSystemsEC"},
	{"SaveCorrespondenceConfirmation", endpoint.EC2, name, "SaveCorrespondenceConfirmationEC2", "SaveCorrespondenceConfirmationEC"},
	{"DeleteReporteeElement", endpoint.EC2, name, "DeleteReporteeElementEC2", "DeleteReporteeElementEC"},
	{"GetFormSetElementsV2", endpoint.EC2, name, "GetFormSetElementsEC2", "GetFormSetElementsEC"},
	{"GetReporteeElementListV2", endpoint.EC2, name, "GetReporteeElementListEC2", "GetReporteeElementListEC"},
	{"GetCorrespondenceListForArchiveRef", endpoint.EC2, name, "GetCorrespondenceListForArchiveRefEC2", "GetCorrespondenceListForArchiveRefEC"},
	{"GetCorrespondenceListForReportee", endpoint.EC2, name, "GetCorrespondenceListForReporteeEC2", "GetCorrespondenceListForReporteeEC"},
	{"GetFormSetData", endpoint.EC2, name, "GetFormSetDataEC2", "GetFormSetDataEC"},
	{"GetAvailableServicesV2", endpoint.WS, service, "ServiceMetadataExternal", "ServiceMetaDataExternal"},
	{"GetFormTaskSchemaDefinitions", endpoint.WS, service, "ServiceMetadataExternal", "ServiceMetaDataExternal"},
	{"GetAvailableServicesV2", endpoint.Basic, service, "ServiceMetadataExternal", "ServiceMetaDataExternal"},
	{"GetFormTaskSchemaDefinitions", endpoint.Basic, service, "ServiceMetadataExternal", "ServiceMetaDataExternal"},
	{"GetProcessDetailsV2", endpoint.Basic, path, "/ServiceEngineExternal/WorkflowServiceExternal.svc", "/ServiceEngineExternal/WorkflowServiceExternalBasic.svc"},
	{"GetPrefillData", endpoint.WS, service, "PrefillEUSExternal", "PreFillEUSExternal"},
	{"GetPrefillData", endpoint.Basic, service, "PrefillEUSExternal", "PreFillEUSExternal"},
	{"GetPrefillData", endpoint.EC2, service, "PrefillEUSExternal", "PreFillEUSExternal"},
	{"GetPrefillData", endpoint.EC2, name, "GetPrefillDataEC2", "GetPrefillDataEC"},
	{"GetCaseList", endpoint.EC2, name, "GetCaseListEC2", "GetCaseListEC"},
	{"InstantiateCollaboration", endpoint.EC2, name, "InstantiateCollaborationEC2", "InstantiateCollaborationEC"},
	{"ArchiveCase", endpoint.EC2, name, "ArchiveCaseEC2", "ArchiveCaseEC"},
	{"GetCertificates", endpoint.WS, name, "GetCertificatesBasic", "GetCertificatesExternal"},
	{"GetCertificates", endpoint.Basic, name, "GetCertificatesExternal", "GetCertificatesBasic"},
	{"GetCertificates", endpoint.EC2, name, "GetCertificatesEC2", "GetCertificatesEC"},
	{"GetAvailableFiles", endpoint.EC2, name, "GetAvailableFilesEC2", "GetAvailableFilesEC"},
	{"InitiateBrokerService", endpoint.EC2, name, "InitiateBrokerServiceEC2", "InitiateBrokerServiceEC"},
	{"UploadFileStreamed", endpoint.WS, path, "/ServiceEngineExternal/BrokerServiceExternalBasicStreamed.svc", "/ServiceEngineExternal/BrokerServiceExternalStreamed.svc"},
	{"DownloadFileStreamed", endpoint.WS, path, "/ServiceEngineExternal/BrokerServiceExternalBasicStreamed.svc", "/ServiceEngineExternal/BrokerServiceExternalStreamed.svc"},
	{"UploadFileStreamed", endpoint.EC2, name, "UploadFileStreamedEC2", "UploadFileStreamedEC"},
	{"DownloadFileStreamed", endpoint.EC2, name, "DownloadFileStreamedEC2", "DownloadFileStreamedEC"},
}

// printedRow is a row as the table prints it.
type printedRow struct {
	service, base string
	binding       endpoint.Binding
	name, path    string
}

func TestEveryRowOfTheTableIsInTheCatalogue(t *testing.T) {
	want := readTable(t)
	if len(want) != 117 {
		t.Fatalf("the table has %d rows, want 117", len(want))
	}
	var got []printedRow
	for o := range endpoint.All() {
		if o.InTable {
			got = append(got, asPrinted(o))
		}
	}
	same(t, got, want)
}

// asPrinted is how the table prints an operation, as far as the catalogue remembers.
func asPrinted(o endpoint.Operation) printedRow {
	or := func(printed, right string) string {
		if printed != "" {
			return printed
		}
		return right
	}
	return printedRow{
		or(o.TableService, o.Service), or(o.TableBase, o.Base), o.Binding,
		or(o.TableName, o.Name), or(o.TablePath, o.Path),
	}
}

func TestDifferencesFromTheTableAreDeliberate(t *testing.T) {
	var got, want []string
	for o := range endpoint.All() {
		got = append(got, differencesOf(o)...)
	}
	for _, d := range differences {
		want = append(want, fmt.Sprintf("%s %s: %s %s is %s", d.base, d.binding, d.column, d.inTable, d.inReality))
	}
	same(t, got, want)
}

func differencesOf(o endpoint.Operation) []string {
	var found []string
	for _, c := range []struct{ column, inTable, inReality string }{
		{service, o.TableService, o.Service},
		{base, o.TableBase, o.Base},
		{name, o.TableName, o.Name},
		{path, o.TablePath, o.Path},
	} {
		if c.inTable != "" {
			found = append(found, fmt.Sprintf("%s %s: %s %s is %s", o.Base, o.Binding, c.column, c.inTable, c.inReality))
		}
	}
	return found
}

func TestWhatTheTableForgot(t *testing.T) {
	want := []string{
		"ArchiveCorrespondenceForEndUserSystemEC",
		"CheckIfAvailableFiles", "CheckIfAvailableFilesBasic", "CheckIfAvailableFilesEC",
		"ConfirmDownloaded", "ConfirmDownloadedBasic", "ConfirmDownloadedEC",
		"GetAvailableServices", "GetAvailableServicesBasic",
		"GetCodeList", "GetCodeList", // WS and Basic
		"GetFilteredCodeList", "GetFilteredCodeList", // WS and Basic
		"GetPrefillDataBasic", "GetPrefillDataECV2",
		"GetReceiptBasic", "GetReceiptEC",
		"GetReceiptListBasic", "GetReceiptListEC",
		"SaveReceiptBasic", "SaveReceiptEC",
	}
	var got []string
	for o := range endpoint.All() {
		if !o.InTable && o.Base != "Test" {
			got = append(got, o.Name)
		}
		if !o.InTable && o.Misprinted() {
			t.Errorf("%s at %s: not in the table, which yet says something of it", o.Name, o.Path)
		}
	}
	same(t, got, want)
}

// same compares two lists whose order does not matter.
func same[T comparable](t *testing.T, got, want []T) {
	t.Helper()
	rest := slices.Clone(want)
	for _, x := range got {
		i := slices.Index(rest, x)
		if i < 0 {
			t.Errorf("too much: %v", x)
			continue
		}
		rest = slices.Delete(rest, i, i+1)
	}
	for _, x := range rest {
		t.Errorf("missing: %v", x)
	}
}

func readTable(t *testing.T) []printedRow {
	t.Helper()
	var rows []printedRow
	for _, line := range readLines(t, "testdata/endpoint-table.tsv") {
		rows = append(rows, readRow(t, line))
	}
	return rows
}

func readRow(t *testing.T, line string) printedRow {
	t.Helper()
	column := strings.Split(line, "\t")
	if len(column) != 5 {
		t.Fatalf("%q has %d columns, want 5", line, len(column))
	}
	binding, err := endpoint.ParseBinding(column[2])
	if err != nil {
		t.Fatal(err)
	}
	where, ok := strings.CutPrefix(column[4], host)
	if !ok {
		t.Fatalf("%q does not begin with %s", column[4], host)
	}
	return printedRow{column[0], column[1], binding, column[3], where}
}

// readLines gives the lines of a file, comments left out.
func readLines(t *testing.T, name string) []string {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var all []string
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		if !strings.HasPrefix(lines.Text(), "#") {
			all = append(all, lines.Text())
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// The README counts what rests on a contract that was seen, so that a reader knows what to believe.
func TestTheReadmeCountsWhatWasSeen(t *testing.T) {
	rows, seen := map[endpoint.Binding]int{}, map[endpoint.Binding]int{}
	for o := range endpoint.All() {
		if !o.InTable {
			continue
		}
		rows[o.Binding]++
		if o.Evidence == endpoint.Seen {
			seen[o.Binding]++
		}
	}
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	if seen[endpoint.EC2] != rows[endpoint.EC2] {
		t.Errorf("%d of %d rows of EC2 were seen", seen[endpoint.EC2], rows[endpoint.EC2])
	}
	want := fmt.Sprintf("all %d of EC2 were seen in a contract, %d of Basic's %d and %d of WS's %d;",
		seen[endpoint.EC2], seen[endpoint.Basic], rows[endpoint.Basic], seen[endpoint.WS], rows[endpoint.WS])
	if !strings.Contains(string(text), want) {
		t.Errorf("the README does not say %q", want)
	}
}
