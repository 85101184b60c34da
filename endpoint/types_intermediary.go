package endpoint

const (
	signatureData     = "{http://schemas.datacontract.org/2004/07/Altinn.Common.SBL.Entities.Intermediary}"
	signatureListData = "{http://schemas.altinn.no/services/Intermediary/Shipment/IntermediaryInbound/2009/10}"
	updateData        = "{http://schemas.altinn.no/services/Intermediary/Shipment/IntermediaryInbound/2018/06}"

	attachmentReceipt = "{" + nsInboundStreamed + "}ReceiptExternalStreamedBE"
)

// intermediaryTypes: what comes after the submission of a form task; see submission2009Types for that. QUIRK: the members of
// Signature have the names that .NET gives to hidden fields, because the class was never meant for a contract.
var intermediaryTypes = types{
	signatureListData + "SignatureList": {Members: []Member{
		{"Signature", signatureData + "Signature", Optional | Nillable | Many},
	}},
	signatureData + "Signature": {Members: []Member{
		{"_x003C_EndUserSystemLoginDateTime_x003E_k__BackingField", TypeDateTime, 0},
		{"_x003C_EndUserSystemReference_x003E_k__BackingField", TypeString, Nillable},
		{"_x003C_EndUserSystemSignatureDateTime_x003E_k__BackingField", TypeDateTime, 0},
		{"_x003C_EndUserSystemSignatureLogId_x003E_k__BackingField", TypeString, Nillable},
		{"_x003C_EndUserSystemUserId_x003E_k__BackingField", TypeString, Nillable},
		{"_x003C_EndUserSystemVersion_x003E_k__BackingField", TypeString, Nillable},
		{"endUserSystemLoginDateTimeSpecified", TypeBoolean, 0},
		{"endUserSystemSignatureDateTimeSpecified", TypeBoolean, 0},
	}},
	updateData + "FormTaskUpdate": {Members: []Member{
		{"ExternalShipmentReference", TypeString, Nillable},
		{"FormUpdateList", updateData + "FormUpdateList", Nillable},
		{"ReporteeElementId", TypeInt, 0},
	}},
	updateData + "FormUpdateList": {Members: []Member{
		{"FormUpdate", updateData + "FormUpdate", Optional | Nillable | Many},
	}},
	updateData + "FormUpdate": {Members: []Member{
		{"DataFormatId", TypeString, Nillable},
		{"DataFormatVersion", TypeInt, 0},
		{"EndUserSystemReference", TypeString, Nillable},
		{"FormData", TypeString, Nillable},
		{"FormId", TypeInt, Optional},
	}},
	attachmentReceipt: streamedReceipt,
}
