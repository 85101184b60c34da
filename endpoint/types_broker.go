package endpoint

const (
	brokerData2015 = "{http://schemas.altinn.no/services/ServiceEngine/Broker/2015/06}"
	brokerData2020 = "{http://schemas.altinn.no/services/ServiceEngine/Broker/2020/01}"

	brokerReceipt = "{" + nsBroker + "}ReceiptExternalStreamedBE"
)

// brokerTypes: files that are announced, searched for and listed.
var brokerTypes = types{
	brokerData2015 + "BrokerServiceSearch": {Members: []Member{
		{"ExternalServiceCode", TypeString, Optional | Nillable},
		{"ExternalServiceEditionCode", TypeInt, Optional},
		{"FileStatus", entityData2015 + "BrokerServiceAvailableFileStatus", 0},
		{"MaxSentDateTime", TypeDateTime, Optional},
		{"MinSentDateTime", TypeDateTime, Optional},
		{"Reportee", TypeString, Nillable},
	}},
	entityData2015 + "BrokerServiceAvailableFileStatus": choice("Uploaded", "Downloaded"),
	brokerData2015 + "BrokerServiceAvailableFileList": {Members: []Member{
		{"BrokerServiceAvailableFile", brokerData2015 + "BrokerServiceAvailableFile", Optional | Nillable | Many},
	}},
	brokerData2015 + "BrokerServiceAvailableFile": {Members: []Member{
		{"ExternalServiceCode", TypeString, Optional | Nillable},
		{"ExternalServiceEditionCode", TypeInt, Optional},
		{"FileName", TypeString, Optional | Nillable},
		{"FileReference", TypeGUID, Optional},
		{"FileSize", TypeLong, Optional},
		{"FileStatus", entityData2015 + "BrokerServiceAvailableFileStatus", Optional},
		{"IsSftpDownloadOnly", TypeBoolean, Optional},
		{"ReceiptID", TypeInt, Optional},
		{"Reportee", TypeString, Optional | Nillable},
		{"SendersReference", TypeString, Optional | Nillable},
		{"SentDate", TypeDateTime, Optional},
	}},
	brokerData2015 + "BrokerServiceInitiation": {Members: []Member{
		{"Manifest", brokerData2015 + "Manifest", Nillable},
		{"RecipientList", brokerData2015 + "ArrayOfRecipient", Nillable},
	}},
	brokerData2015 + "Manifest": {Members: []Member{
		{"ExternalServiceCode", TypeString, Nillable},
		{"ExternalServiceEditionCode", TypeInt, 0},
		{"FileList", brokerData2015 + "ArrayOfFile", Optional | Nillable},
		{"PropertyList", brokerData2015 + "ArrayOfProperty", Optional | Nillable},
		{"Reportee", TypeString, Nillable},
		{"SendersReference", TypeString, Nillable},
	}},
	brokerData2015 + "ArrayOfFile": {Members: []Member{{"File", brokerData2015 + "File", Optional | Nillable | Many}}},
	brokerData2015 + "File": {Members: []Member{
		{"CheckSum", TypeString, Optional | Nillable},
		{"FileName", TypeString, Nillable},
	}},
	brokerData2015 + "ArrayOfProperty": {Members: []Member{
		{"Property", brokerData2015 + "Property", Optional | Nillable | Many},
	}},
	brokerData2015 + "Property": {Members: []Member{
		{"PropertyKey", TypeString, Nillable},
		{"PropertyValue", TypeString, Nillable},
	}},
	brokerData2015 + "ArrayOfRecipient": {Members: []Member{
		{"Recipient", brokerData2015 + "Recipient", Optional | Nillable | Many},
	}},
	brokerData2015 + "Recipient": {Members: []Member{{"PartyNumber", TypeString, Nillable}}},
	brokerData2020 + "BrokerServicePoll": {Members: []Member{
		{"ExternalServiceCode", TypeString, Optional | Nillable},
		{"ExternalServiceEditionCode", TypeInt, Optional},
		{"Recipients", arrayData + "ArrayOfstring", Nillable},
	}},
	brokerReceipt: streamedReceipt,
}
