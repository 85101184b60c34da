package server

import "github.com/altinn-transfer/altinn-transfer/endpoint"

// schemaType is a row: a sequence of members, or something built upon a simple type.
type schemaType struct {
	members []member
	base    endpoint.Type
	values  []string // all that a text may be; nil: anything
}

// member is an element of a sequence. Sequences are in ordinal order, which the services insist on.
type member struct {
	Name  string
	Type  endpoint.Type
	Flags flags
}

// flags say how often a member may stand there, and whether it may be null.
type flags uint8

const (
	optional flags = 1 << iota
	nillable
	many
)

const (
	brokerData = "{http://schemas.altinn.no/services/ServiceEngine/Broker/2015/06}"
	pollData   = "{http://schemas.altinn.no/services/ServiceEngine/Broker/2020/01}"
	entityData = "{http://schemas.altinn.no/services/serviceEntity/2015/06}"
	dotNetData = "{http://schemas.microsoft.com/2003/10/Serialization/}"
	arrayData  = "{http://schemas.microsoft.com/2003/10/Serialization/Arrays}"

	fileStatus = entityData + "BrokerServiceAvailableFileStatus"
)

// schemaTypes are the data types of the contracts that are described.
var schemaTypes = map[endpoint.Type]schemaType{
	faultDetail: {members: []member{
		{"AltinnErrorMessage", endpoint.TypeString, optional | nillable},
		{"AltinnExtendedErrorMessage", endpoint.TypeString, optional | nillable},
		{"AltinnLocalizedErrorMessage", endpoint.TypeString, optional | nillable},
		{"ErrorGuid", endpoint.TypeString, optional | nillable},
		{"ErrorID", endpoint.TypeInt, optional},
		{"UserGuid", endpoint.TypeString, optional | nillable},
		{"UserId", endpoint.TypeString, optional | nillable},
	}},
	endpoint.TypeStream:                           {base: "base64Binary"},
	dotNetData + "guid":                           {base: endpoint.TypeString},
	arrayData + "ArrayOfstring":                   listOf("string", endpoint.TypeString),
	uploadReceipt("ServiceEngine/Broker/2015/06"): streamedReceipt,
	uploadReceipt("Intermediary/Shipment/IntermediaryInbound/2013/06"): streamedReceipt,

	brokerData + "BrokerServiceInitiation": {members: []member{
		{"Manifest", brokerData + "Manifest", nillable},
		{"RecipientList", brokerData + "ArrayOfRecipient", nillable},
	}},
	brokerData + "Manifest": {members: []member{
		{"ExternalServiceCode", endpoint.TypeString, nillable},
		{"ExternalServiceEditionCode", endpoint.TypeInt, 0},
		{"FileList", brokerData + "ArrayOfFile", optional | nillable},
		{"PropertyList", brokerData + "ArrayOfProperty", optional | nillable},
		{"Reportee", endpoint.TypeString, nillable},
		{"SendersReference", endpoint.TypeString, nillable},
	}},
	brokerData + "ArrayOfFile": listOf("File", brokerData+"File"),
	brokerData + "File": {members: []member{
		{"CheckSum", endpoint.TypeString, optional | nillable},
		{"FileName", endpoint.TypeString, nillable},
	}},
	brokerData + "ArrayOfProperty": listOf("Property", brokerData+"Property"),
	brokerData + "Property": {members: []member{
		{"PropertyKey", endpoint.TypeString, nillable},
		{"PropertyValue", endpoint.TypeString, nillable},
	}},
	brokerData + "ArrayOfRecipient": listOf("Recipient", brokerData+"Recipient"),
	brokerData + "Recipient":        {members: []member{{"PartyNumber", endpoint.TypeString, nillable}}},

	brokerData + "BrokerServiceSearch": {members: []member{
		{"ExternalServiceCode", endpoint.TypeString, optional | nillable},
		{"ExternalServiceEditionCode", endpoint.TypeInt, optional},
		{"FileStatus", fileStatus, 0},
		{"MaxSentDateTime", endpoint.TypeDateTime, optional},
		{"MinSentDateTime", endpoint.TypeDateTime, optional},
		{"Reportee", endpoint.TypeString, nillable},
	}},
	brokerData + "BrokerServiceAvailableFileList": listOf("BrokerServiceAvailableFile", brokerData+"BrokerServiceAvailableFile"),
	brokerData + "BrokerServiceAvailableFile": {members: []member{
		{"ExternalServiceCode", endpoint.TypeString, optional | nillable},
		{"ExternalServiceEditionCode", endpoint.TypeInt, optional},
		{"FileName", endpoint.TypeString, optional | nillable},
		{"FileReference", dotNetData + "guid", optional},
		{"FileSize", "long", optional},
		{"FileStatus", fileStatus, optional},
		{"IsSftpDownloadOnly", endpoint.TypeBoolean, optional},
		{"ReceiptID", endpoint.TypeInt, optional},
		{"Reportee", endpoint.TypeString, optional | nillable},
		{"SendersReference", endpoint.TypeString, optional | nillable},
		{"SentDate", endpoint.TypeDateTime, optional},
	}},
	fileStatus: {base: endpoint.TypeString, values: []string{"Uploaded", "Downloaded"}},

	pollData + "BrokerServicePoll": {members: []member{
		{"ExternalServiceCode", endpoint.TypeString, optional | nillable},
		{"ExternalServiceEditionCode", endpoint.TypeInt, optional},
		{"Recipients", arrayData + "ArrayOfstring", nillable},
	}},
}

// streamedReceipt is the answer to a streamed upload, the same in every service. QUIRK: LastChanged is a text.
var streamedReceipt = schemaType{members: []member{
	{"LastChanged", endpoint.TypeString, optional | nillable},
	{"ParentReceiptId", endpoint.TypeInt, optional},
	{"ReceiptHistory", endpoint.TypeString, optional | nillable},
	{"ReceiptId", endpoint.TypeInt, optional},
	{"ReceiptStatusCode", endpoint.TypeString, optional | nillable},
	{"ReceiptText", endpoint.TypeString, optional | nillable},
	{"ReceiptTypeName", endpoint.TypeString, optional | nillable},
}}

func uploadReceipt(service string) endpoint.Type {
	return endpoint.Type("{http://www.altinn.no/services/" + service + "}ReceiptExternalStreamedBE")
}

func listOf(name string, t endpoint.Type) schemaType {
	return schemaType{members: []member{{name, t, optional | nillable | many}}}
}
