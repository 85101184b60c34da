package endpoint

const (
	receiptData2009 = "{http://schemas.altinn.no/services/Intermediary/Receipt/2009/10}"
	receiptData2015 = "{http://schemas.altinn.no/services/Intermediary/Receipt/2015/06}"
	shipmentData    = "{http://schemas.altinn.no/services/Intermediary/Shipment/2009/10}"
)

// receiptTypes: Receipt of 2015 is that of the operations with V2 in their names, ReceiptExternal of 2009 that of the older ones.
// Receipt of 2009 answers an operation of correspondence. They contain themselves, two levels deep.
var receiptTypes = types{
	receiptData2009 + "ReceiptExternal": {Members: []Member{
		{"LastChanged", TypeDateTime, Optional},
		{"ParentReceiptId", TypeInt, Optional},
		{"ReceiptHistory", TypeString, Optional | Nillable},
		{"ReceiptId", TypeInt, Optional},
		{"ReceiptStatusCode", receiptData2009 + "ReceiptStatusEnum", Optional},
		{"ReceiptText", TypeString, Optional | Nillable},
		{"ReceiptTypeName", receiptData2009 + "ReceiptTypeEnum", Optional},
		{"References", receiptData2009 + "ReferenceList", Optional | Nillable},
		{"SubReceipts", receiptData2009 + "ReceiptExternalList", Optional | Nillable},
	}},
	receiptData2009 + "ReceiptStatusEnum": choice("NotSet", "OK", "UnExpectedError", "ValidationFailed", "Rejected"),
	receiptData2009 + "ReceiptTypeEnum": choice(
		"NotSet", "FormTask", "Correspondence", "PINCODE", "Subscription", "Outbound", "PreFill", "RegisterDLS",
		"RegisterDSF", "RegisterER", "RegisterDSFProperty", "RegisterDSFStreet", "RegisterDSFCountry", "RegisterDSFUser",
		"LookUp", "RegisterDSFStreetAdd", "RegisterDSFPropertyAdd",
	),
	receiptData2009 + "ReferenceList": {Members: []Member{
		{"Reference", receiptData2009 + "Reference", Optional | Nillable | Many},
	}},
	receiptData2009 + "Reference": {Members: []Member{
		{"ReferenceTypeName", shipmentData + "ReferenceType", Optional},
		{"ReferenceValue", TypeString, Optional | Nillable},
	}},
	shipmentData + "ReferenceType": choice(
		"NotSet", "ExternalShipmentReference", "EndUserSystemReference", "ParentReference", "SendersReference",
		"WorkFlowReference", "BatchReference", "OutboundShipmentReference", "ReceiversReference", "Altinn1Reference",
		"OwnerPartyReference", "PartyReference", "ArchiveReference",
	),
	receiptData2009 + "ReceiptExternalList": {Members: []Member{
		{"ReceiptExternal", receiptData2009 + "ReceiptExternal", Optional | Nillable | Many},
	}},
	receiptData2015 + "ReceiptSearch": {Members: []Member{
		{"ReceiptId", TypeInt, Optional},
		{"References", receiptData2015 + "ReferenceList", Optional | Nillable},
	}},
	receiptData2015 + "ReferenceList": {Members: []Member{
		{"Reference", receiptData2015 + "Reference", Optional | Nillable | Many},
	}},
	receiptData2015 + "Reference": {Members: []Member{
		{"ReferenceType", shipmentData + "ReferenceType", 0},
		{"ReferenceValue", TypeString, Nillable},
	}},
	receiptData2015 + "Receipt": {Members: []Member{
		{"LastChanged", TypeDateTime, Optional},
		{"ParentReceiptId", TypeInt, Optional},
		{"ReceiptHistory", TypeString, Optional | Nillable},
		{"ReceiptId", TypeInt, Optional},
		{"ReceiptStatus", receiptData2009 + "ReceiptStatusEnum", Optional},
		{"ReceiptTemplate", TypeString, Optional | Nillable},
		{"ReceiptText", TypeString, Optional | Nillable},
		{"ReceiptType", receiptData2015 + "ReceiptType", Optional},
		{"References", receiptData2015 + "ReferenceList", Optional | Nillable},
		{"SubReceipts", receiptData2015 + "ReceiptList", Optional | Nillable},
	}},
	receiptData2015 + "ReceiptType": choice(
		"NotSet", "FormTask", "Correspondence", "PINCODE", "Subscription", "Outbound", "PreFill", "RegisterDLS",
		"RegisterDSF", "RegisterER", "RegisterDSFProperty", "RegisterDSFStreet", "RegisterDSFCountry", "RegisterDSFUser",
		"LookUp", "RegisterDSFStreetAdd", "RegisterDSFPropertyAdd", "BrokerService",
	),
	receiptData2015 + "ReceiptList": {Members: []Member{
		{"Receipt", receiptData2015 + "Receipt", Optional | Nillable | Many},
	}},
	receiptData2015 + "ReceiptSave": {Members: []Member{
		{"ArchiveReference", TypeString, Optional | Nillable},
		{"ReceiptId", TypeInt, Optional},
		{"ReceiptStatus", receiptData2009 + "ReceiptStatusEnum", 0},
		{"ReceiptText", TypeString, Nillable},
		{"References", receiptData2015 + "ReferenceList", Optional | Nillable},
		{"SubReceipts", receiptData2015 + "ReceiptSaveList", Optional | Nillable},
	}},
	receiptData2015 + "ReceiptSaveList": {Members: []Member{
		{"ReceiptSave", receiptData2015 + "ReceiptSave", Optional | Nillable | Many},
	}},
	receiptData2009 + "ReceiptSearchExternal": {Members: []Member{
		{"ReceiptId", TypeInt, Optional},
		{"References", receiptData2009 + "ReferenceList", Optional | Nillable},
	}},
	receiptData2009 + "ReceiptSaveExternal": {Members: []Member{
		{"ArchiveReference", TypeString, Optional | Nillable},
		{"ReceiptId", TypeInt, Optional},
		{"ReceiptStatusCode", receiptData2009 + "ReceiptStatusEnum", Optional},
		{"ReceiptText", TypeString, Optional | Nillable},
		{"References", receiptData2009 + "ReferenceList", Optional | Nillable},
		{"SubReceipts", receiptData2009 + "ReceiptSaveExternalList", Optional | Nillable},
	}},
	receiptData2009 + "ReceiptSaveExternalList": {Members: []Member{
		{"ReceiptSaveExternal", receiptData2009 + "ReceiptSaveExternal", Optional | Nillable | Many},
	}},
	receiptData2009 + "Receipt": {Members: []Member{
		{"LastChanged", TypeDateTime, Optional},
		{"ParentReceiptId", TypeInt, Optional},
		{"ReceiptHistory", TypeString, Optional | Nillable},
		{"ReceiptId", TypeInt, Optional},
		{"ReceiptStatusCode", receiptData2009 + "ReceiptStatusEnum", Optional},
		{"ReceiptTemplate", TypeString, Optional | Nillable},
		{"ReceiptText", TypeString, Optional | Nillable},
		{"ReceiptTypeName", receiptData2009 + "ReceiptTypeEnum", Optional},
		{"References", receiptData2009 + "ReferenceList", Optional | Nillable},
		{"SubReceipts", receiptData2009 + "ReceiptList", Optional | Nillable},
	}},
	receiptData2009 + "ReceiptList": {Members: []Member{
		{"Receipt", receiptData2009 + "Receipt", Optional | Nillable | Many},
	}},
}
