package endpoint

const (
	inboundData2009 = "{" + nsInbound2009 + "}"
)

// submission2009Types: a form task as Basic and WS submit it, and its receipt. XmlSerializer writes them, not the serializer of
// data contracts, so that members are in the order of their declaration. QUIRK: "AttachementData" is spelled so.
var submission2009Types = types{
	inboundData2009 + "FormTaskShipmentBE": {Members: []Member{
		{"Reportee", TypeString, Optional},
		{"ExternalShipmentReference", TypeString, Optional},
		{"FormTasks", inboundData2009 + "FormTask", Optional},
		{"Attachments", inboundData2009 + "ArrayOfAttachment", Optional},
		{"Signatures", inboundData2009 + "Signature", Optional},
		{"IsUserDelegationLocked", TypeBoolean, Optional},
		{"UserDefinedNumberOfSignaturesRequired", TypeInt, Optional},
		{"Users", inboundData2009 + "ArrayOfDelegatedUserBE", Optional},
		{"EncryptedKey", inboundData2009 + "EncryptedKeyBE", Optional},
		{"CaseID", TypeInt, Optional | Nillable},
	}},
	inboundData2009 + "FormTask": {Members: []Member{
		{"ServiceCode", TypeString, Optional},
		{"ServiceEdition", TypeInt, Optional},
		{"Forms", inboundData2009 + "ArrayOfForm", Optional},
	}},
	inboundData2009 + "ArrayOfForm": {Members: []Member{{"Form", inboundData2009 + "Form", Optional | Nillable | Many}}},
	inboundData2009 + "Form": {Members: []Member{
		{"Completed", TypeBoolean, Optional},
		{"DataFormatId", TypeString, Optional},
		{"DataFormatVersion", TypeInt, Optional},
		{"EndUserSystemReference", TypeString, Optional},
		{"ParentReference", TypeInt, Optional},
		{"FormData", TypeString, Optional},
	}},
	inboundData2009 + "ArrayOfAttachment": {Members: []Member{
		{"Attachment", inboundData2009 + "Attachment", Optional | Nillable | Many},
	}},
	inboundData2009 + "Attachment": {Members: []Member{
		{"Name", TypeString, Optional},
		{"EndUserSystemReference", TypeString, Optional},
		{"ParentReference", TypeString, Optional},
		{"FileName", TypeString, Optional},
		{"Encrypted", TypeBoolean, Optional},
		{"AttachementData", TypeBase64, Optional},
	}},
	inboundData2009 + "Signature": {Members: []Member{
		{"EndUserSystemReference", TypeString, Optional},
		{"EndUserSystemUserId", TypeString, Optional},
		{"EndUserSystemLoginDateTime", TypeDateTime, Optional},
		{"EndUserSystemSignatureDateTime", TypeDateTime, Optional},
		{"EndUserSystemVersion", TypeString, Optional},
		{"EndUserSystemSignatureLogId", TypeString, Optional},
	}},
	inboundData2009 + "ArrayOfDelegatedUserBE": {Members: []Member{
		{"DelegatedUserBE", inboundData2009 + "DelegatedUserBE", Optional | Nillable | Many},
	}},
	inboundData2009 + "DelegatedUserBE": {Members: []Member{
		{"SSN", TypeString, Optional},
		{"Name", TypeString, Optional},
		{"NumberOfSignaturesAllowed", TypeUnsignedInt, Optional},
	}},
	inboundData2009 + "EncryptedKeyBE": {Members: []Member{
		{"ReporteeSymmetricKey", inboundData2009 + "ReporteeSymmetricKeyBE", Optional},
		{"ServiceOwnerSymmetricKeys", inboundData2009 + "ArrayOfServiceOwnerSymmetricKeyBE", Optional},
	}},
	inboundData2009 + "ReporteeSymmetricKeyBE": {Members: []Member{
		{"Key", TypeString, Optional},
		{"ReporteeId", TypeString, Optional},
	}},
	inboundData2009 + "ArrayOfServiceOwnerSymmetricKeyBE": {Members: []Member{
		{"ServiceOwnerSymmetricKeyBE", inboundData2009 + "ServiceOwnerSymmetricKeyBE", Optional | Nillable | Many},
	}},
	inboundData2009 + "ServiceOwnerSymmetricKeyBE": {Members: []Member{
		{"ServiceOwnerCode", TypeString, Optional},
		{"CertificateId", TypeInt, Optional},
		{"Key", TypeString, Optional},
	}},
	inboundData2009 + "ReceiptExternalBE": {Members: []Member{
		{"ReceiptId", TypeInt, Optional},
		{"ReceiptText", TypeString, Optional},
		{"ReceiptHistory", TypeString, Optional},
		{"LastChanged", TypeDateTime, Optional},
		{"ReceiptTypeName", inboundData2009 + "ReceiptType", Optional},
		{"ReceiptStatusCode", inboundData2009 + "ReceiptStatus", Optional},
		{"ParentReceiptId", TypeInt, Optional},
		{"References", inboundData2009 + "ArrayOfReferenceBE", Optional},
		{"SubReceipts", inboundData2009 + "ArrayOfReceiptExternalBE", Optional},
	}},
	inboundData2009 + "ReceiptType": choice(
		"NotSet", "FormTask", "Correspondence", "PINCODE", "Subscription", "Outbound", "PreFill", "RegisterDLS",
		"RegisterDSF", "RegisterER", "RegisterDSFProperty", "RegisterDSFStreet", "RegisterDSFCountry", "RegisterDSFUser",
		"LookUp", "RegisterDSFStreetAdd", "RegisterDSFPropertyAdd",
	),
	inboundData2009 + "ReceiptStatus": choice("NotSet", "OK", "UnExpectedError", "ValidationFailed", "Rejected"),
	inboundData2009 + "ArrayOfReferenceBE": {Members: []Member{
		{"ReferenceBE", inboundData2009 + "ReferenceBE", Optional | Nillable | Many},
	}},
	inboundData2009 + "ReferenceBE": {Members: []Member{
		{"ReferenceValue", TypeString, Optional},
		{"ReferenceTypeName", inboundData2009 + "ReferenceType", Optional},
		{"ReporteeID", TypeInt, Optional},
	}},
	inboundData2009 + "ReferenceType": choice(
		"NotSet", "ExternalShipmentReference", "EndUserSystemReference", "ParentReference", "SendersReference",
		"WorkFlowReference", "BatchReference", "OutboundShipmentReference", "ReceiversReference", "Altinn1Reference",
		"OwnerPartyReference", "PartyReference", "ArchiveReference",
	),
	inboundData2009 + "ArrayOfReceiptExternalBE": {Members: []Member{
		{"ReceiptExternalBE", inboundData2009 + "ReceiptExternalBE", Optional | Nillable | Many},
	}},
}
