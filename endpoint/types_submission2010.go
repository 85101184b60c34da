package endpoint

const (
	inboundData2010 = "{" + nsInbound2010 + "}"
)

// submission2010Types: the form task as EC2 submits it, with more about attachments and users than submission2009Types.
var submission2010Types = types{
	inboundData2010 + "FormTaskShipmentBE": {Members: []Member{
		{"Reportee", TypeString, Optional},
		{"ExternalShipmentReference", TypeString, Optional},
		{"FormTasks", inboundData2010 + "FormTask", Optional},
		{"Attachments", inboundData2010 + "ArrayOfAttachment", Optional},
		{"Signatures", inboundData2010 + "Signature", Optional},
		{"IsUserDelegationLocked", TypeBoolean, Optional},
		{"UserDefinedNumberOfSignaturesRequired", TypeInt, Optional},
		{"Users", inboundData2010 + "ArrayOfDelegatedUserBE", Optional},
		{"EncryptedKey", inboundData2010 + "EncryptedKeyBE", Optional},
		{"CaseID", TypeInt, Optional | Nillable},
	}},
	inboundData2010 + "FormTask": {Members: []Member{
		{"ServiceCode", TypeString, Optional},
		{"ServiceEdition", TypeInt, Optional},
		{"Forms", inboundData2010 + "ArrayOfForm", Optional},
	}},
	inboundData2010 + "ArrayOfForm": {Members: []Member{{"Form", inboundData2010 + "Form", Optional | Nillable | Many}}},
	inboundData2010 + "Form": {Members: []Member{
		{"Completed", TypeBoolean, Optional},
		{"DataFormatId", TypeString, Optional},
		{"DataFormatVersion", TypeInt, Optional},
		{"EndUserSystemReference", TypeString, Optional},
		{"ParentReference", TypeInt, Optional},
		{"FormData", TypeString, Optional},
	}},
	inboundData2010 + "ArrayOfAttachment": {Members: []Member{
		{"Attachment", inboundData2010 + "Attachment", Optional | Nillable | Many},
	}},
	inboundData2010 + "Attachment": {Members: []Member{
		{"Name", TypeString, Optional},
		{"EndUserSystemReference", TypeString, Optional},
		{"ParentReference", TypeString, Optional},
		{"FileName", TypeString, Optional},
		{"Encrypted", TypeBoolean, Optional},
		{"AttachementData", TypeBase64, Optional},
		{"AttachmentTypeName", TypeString, Optional},
		{"Checksum", TypeString, Optional},
	}},
	inboundData2010 + "Signature": {Members: []Member{
		{"EndUserSystemReference", TypeString, Optional},
		{"EndUserSystemUserId", TypeString, Optional},
		{"EndUserSystemLoginDateTime", TypeDateTime, Optional},
		{"EndUserSystemSignatureDateTime", TypeDateTime, Optional},
		{"EndUserSystemVersion", TypeString, Optional},
		{"EndUserSystemSignatureLogId", TypeString, Optional},
	}},
	inboundData2010 + "ArrayOfDelegatedUserBE": {Members: []Member{
		{"DelegatedUserBE", inboundData2010 + "DelegatedUserBE", Optional | Nillable | Many},
	}},
	inboundData2010 + "DelegatedUserBE": {Members: []Member{
		{"SSN", TypeString, Optional},
		{"UserName", TypeString, Optional},
		{"OrgNumber", TypeString, Optional},
		{"Name", TypeString, Optional},
		{"NumberOfSignaturesAllowed", TypeUnsignedInt, Optional},
		{"Email", TypeString, Optional},
		{"PhoneNumber", TypeString, Optional},
		{"SigningOptions", inboundData2010 + "SigningOptions", 0},
	}},
	inboundData2010 + "SigningOptions": choice("None", "UserControlled", "AllAttachments", "AllForms", "All"),
	inboundData2010 + "EncryptedKeyBE": {Members: []Member{
		{"ReporteeSymmetricKey", inboundData2010 + "ReporteeSymmetricKeyBE", Optional},
		{"ServiceOwnerSymmetricKeys", inboundData2010 + "ArrayOfServiceOwnerSymmetricKeyBE", Optional},
	}},
	inboundData2010 + "ReporteeSymmetricKeyBE": {Members: []Member{
		{"Key", TypeString, Optional},
		{"ReporteeId", TypeString, Optional},
	}},
	inboundData2010 + "ArrayOfServiceOwnerSymmetricKeyBE": {Members: []Member{
		{"ServiceOwnerSymmetricKeyBE", inboundData2010 + "ServiceOwnerSymmetricKeyBE", Optional | Nillable | Many},
	}},
	inboundData2010 + "ServiceOwnerSymmetricKeyBE": {Members: []Member{
		{"ServiceOwnerCode", TypeString, Optional},
		{"CertificateId", TypeInt, Optional},
		{"Key", TypeString, Optional},
	}},
	inboundData2010 + "ReceiptExternalBE": {Members: []Member{
		{"ReceiptId", TypeInt, Optional},
		{"ReceiptText", TypeString, Optional},
		{"ReceiptHistory", TypeString, Optional},
		{"LastChanged", TypeDateTime, Optional},
		{"ReceiptTypeName", inboundData2010 + "ReceiptTypeExternal", Optional},
		{"ReceiptStatusCode", inboundData2010 + "ReceiptStatusExternal", Optional},
		{"ParentReceiptId", TypeInt, Optional},
		{"References", inboundData2010 + "ArrayOfReferenceExternalBE", Optional},
		{"SubReceipts", inboundData2010 + "ArrayOfReceiptExternalBE", Optional},
	}},
	inboundData2010 + "ReceiptTypeExternal": choice(
		"NotSet", "FormTask", "Correspondence", "PINCODE", "Subscription", "Outbound", "PreFill", "RegisterDLS",
		"RegisterDSF", "RegisterER", "RegisterDSFProperty", "RegisterDSFStreet", "RegisterDSFCountry", "RegisterDSFUser",
		"LookUp", "RegisterDSFStreetAdd", "RegisterDSFPropertyAdd",
	),
	inboundData2010 + "ReceiptStatusExternal": choice("NotSet", "OK", "UnExpectedError", "ValidationFailed", "Rejected"),
	inboundData2010 + "ArrayOfReferenceExternalBE": {Members: []Member{
		{"ReferenceBE", inboundData2010 + "ReferenceExternalBE", Optional | Nillable | Many},
	}},
	inboundData2010 + "ReferenceExternalBE": {Members: []Member{
		{"ReferenceValue", TypeString, Optional},
		{"ReferenceTypeName", inboundData2010 + "ReferenceTypeExternal", 0},
		{"ReporteeID", TypeInt, 0},
	}},
	inboundData2010 + "ReferenceTypeExternal": choice(
		"NotSet", "ExternalShipmentReference", "EndUserSystemReference", "ParentReference", "SendersReference",
		"WorkFlowReference", "BatchReference", "OutboundShipmentReference", "ReceiversReference", "Altinn1Reference",
		"OwnerPartyReference", "PartyReference", "ArchiveReference",
	),
	inboundData2010 + "ArrayOfReceiptExternalBE": {Members: []Member{
		{"ReceiptExternalBE", inboundData2010 + "ReceiptExternalBE", Optional | Nillable | Many},
	}},
}
