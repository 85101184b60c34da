package endpoint_test

import (
	"testing"

	"github.com/altinn-transfer/altinn-transfer/endpoint"
)

func TestARowFindsItsOwn(t *testing.T) {
	upload, _ := endpoint.Find("UploadFileStreamed", endpoint.Basic)
	for name, want := range map[string]bool{"FileName": true, upload.StreamElement(): true, "filename": false, "": false} {
		if p, ok := upload.Param(name); ok != want || ok && p.Name != name {
			t.Errorf("%q: %v, %v", name, p, ok)
		}
	}
	if !upload.Takes(endpoint.RoleSystemUser) || upload.Takes(endpoint.RoleUserSSN) {
		t.Error("it takes the login of a system, and no person's")
	}
	row, _ := endpoint.LookupType(endpoint.Type("{http://schemas.altinn.no/services/Intermediary/Receipt/2015/06}Receipt"))
	if m, ok := row.Member("ReceiptId"); !ok || m.Name != "ReceiptId" {
		t.Errorf("a member that is there: %v, %v", m, ok)
	}
	if m, ok := row.Member("receiptId"); ok {
		t.Errorf("a member that is not: %v", m)
	}
}
