package server

import "github.com/altinn-transfer/altinn-transfer/endpoint"

// operations are the rows that this server answers from its state, by their base name; the older ones of a base beside the new.
// Test, which every endpoint has, is among them.
var operations = map[string]func(*exchange) (*reply, error){
	"InitiateBrokerService": (*exchange).initiate,
	"UploadFileStreamed":    (*exchange).upload,
	"GetAvailableFiles":     (*exchange).availableFiles,
	"CheckIfAvailableFiles": (*exchange).checkIfAvailable,
	"DownloadFileStreamed":  (*exchange).download,
	"ConfirmDownloaded":     (*exchange).confirm,

	"SubmitFormTask":            (*exchange).submitFormTask,
	"SubmitAttachmentStreamed":  (*exchange).submitAttachment,
	"UpdateFormData":            (*exchange).updateForms,
	"CompleteAndSignShipment":   (*exchange).completeShipment,
	"GetAltinnSubmissionStatus": (*exchange).submissionStatus,

	"GetReceiptV2":     (*exchange).getReceipt,
	"GetReceiptListV2": (*exchange).getReceiptList,
	"UpdateReceipt":    (*exchange).updateReceipt,
	"GetReceipt":       (*exchange).getReceipt,
	"GetReceiptList":   (*exchange).getReceiptList,
	"SaveReceipt":      (*exchange).updateReceipt,

	"GetArchivedFormTaskV2":     (*exchange).archivedFormTask,
	"GetAttachmentDataV2":       (*exchange).attachmentWithData,
	"GetAttachmentDataStreamed": (*exchange).attachmentData,

	"GetReporteeElementListV2": (*exchange).reporteeElements,
	"GetFormSetElementsV2":     (*exchange).formSetElements,
	"GetFormSetData":           (*exchange).formSetData,

	"GetAuthenticationChallenge": (*exchange).challenge,
	"Test":                       (*exchange).nothing,
}

// perform answers from a fixture, from the state, or with how to get a fixture.
func (x *exchange) perform() (*reply, error) {
	answer, err := x.server.fixtures.answer(x)
	if answer != nil || err != nil {
		return answer, err
	}
	if operation := operations[x.op.Base]; operation != nil {
		return operation(x)
	}
	return nil, noFixture(x.op)
}

// valueElement is the element (sic) that holds an attachment as base64, in the one operation that takes some in place.
const valueElement = "AttachementData"

func takesValues(op endpoint.Operation) bool { return op.Base == "SubmitFormTask" }
