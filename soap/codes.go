package soap

import "github.com/altinn-transfer/altinn-transfer/failure"

// Code is one documented ErrorID of an AltinnFault.
type Code struct {
	ID   int
	Kind failure.Kind
	Text string // its meaning, as a service says it
}

// Codes that the far side in package server gives; [LookupCode] knows all documented ones that reach an end-user system here.
const (
	CodeUserLogin       = 0
	CodeSystemLogin     = 5
	CodeNoAccess        = 14
	CodePersonLogin     = 989
	CodeNotReportee     = 30001
	CodeBadFormService  = 30003
	CodeBadEdition      = 30006
	CodeFileNotExist    = 30007
	CodeNoReceipt       = 30008
	CodeNoReceiptType   = 30101
	CodeBadPeriod       = 30102
	CodeNoSendRight     = 40201
	CodeBadRecipient    = 40202
	CodeTooLarge        = 40204
	CodeNoData          = 40205
	CodeNotZip          = 40206
	CodeNoFile          = 40207
	CodeAlreadyUploaded = 40208
	CodeVirus           = 40209
	CodeBadService      = 40210
	CodeNotAuthorised   = 40211
	CodeNotBroker       = 40212
	CodeWrongReportee   = 40213
	CodeBadReportee     = 40214
	CodeNoReceiveRight  = 40215
	CodeArchived        = 60035
	CodeNotCompleted    = 60037
)

// One row a code, from the error lists of Altinn's SOAP documentation (general, per operation, and the platform's own table).
var codes = [...]Code{
	{0, failure.Unauthenticated, "Incorrect username/password/pin given for user"},
	{5, failure.Unauthenticated, "Authentication of the system failed, or it is locked out, or not authorised for the reportee"},
	{14, failure.Forbidden, "No access to the element, or it has the wrong status for this"},
	{17, failure.Forbidden, "The user is not authenticated on the required level"},
	{44, failure.Unauthenticated, "An exception happened when trying to authenticate the system"},
	{989, failure.Unauthenticated, "Incorrect username/password/pin given for user"},
	{30001, failure.Forbidden, "Not authorized for the reportee"},
	{30003, failure.Refused, "Not a valid service"},
	{30005, failure.Refused, "The service owner code is not valid"},
	{30006, failure.Refused, "The service edition is not valid"},
	{30007, failure.NotFound, "The file does not exist"},
	{30008, failure.NotFound, "No receipt was found for the receipt id or the reference"},
	{30013, failure.Refused, "The service code has an invalid format"},
	{30101, failure.Refused, "Receipts of type NotSet cannot be searched for"},
	{30102, failure.Refused, "The from-date is later than the to-date"},
	{40039, failure.Refused, "A service edition code was given without a service code"},
	{40201, failure.Forbidden, "The sender has no right to send with this broker service"},
	{40202, failure.Refused, "One or more recipients do not exist or have no right to receive with this broker service"},
	{40204, failure.TooLarge, "The file is too large for upload or download over web service"},
	{40205, failure.Empty, "No data was received for the file"},
	{40206, failure.NotZip, "The received file is not in the expected ZIP format"},
	{40207, failure.NotFound, "The reference has no file ready for download"},
	{40208, failure.AlreadyUploaded, "A file has already been uploaded on the given reference"},
	{40209, failure.Infected, "The uploaded file was stopped by the virus check"},
	{40210, failure.Refused, "The service code or edition code is missing, zero, or not that of a broker service"},
	{40211, failure.Forbidden, "The user is not authorised for the action"},
	{40212, failure.NotFound, "The given file reference does not refer to a broker service"},
	{40213, failure.Refused, "The given reportee does not match the information on the reference"},
	{40214, failure.Refused, "The reportee is neither an organisation number nor a national identity number"},
	{40215, failure.Forbidden, "The recipient lacks the rights that are needed"},
	{40216, failure.Forbidden, "The user is on a security level lower than required"},
	{60001, failure.NotFound, "The case id is not valid"},
	{60002, failure.Refused, "Service code and edition, or a case id, must be given"},
	{60006, failure.Refused, "The case still has active messages"},
	{60007, failure.Refused, "The case still has active form tasks"},
	{60012, failure.Refused, "The reportee is not valid"},
	{60013, failure.Refused, "The case is not valid, or is archived or deleted"},
	{60014, failure.Refused, "The case is archived"},
	{60015, failure.Refused, "The case is deleted"},
	{60035, failure.Refused, "The reportee element is already archived"},
	{60036, failure.Refused, "The user has already signed the reportee element"},
	{60037, failure.Refused, "The reportee element is not completed"},
}

// LookupCode finds the row of an ErrorID.
func LookupCode(id int) (Code, bool) {
	for _, c := range codes {
		if c.ID == id {
			return c, true
		}
	}
	return Code{}, false
}
