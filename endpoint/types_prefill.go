package endpoint

const (
	prefillData2009 = "{http://schemas.altinn.no/services/ServiceEngine/PreFill/2009/10}"
	prefillData2010 = "{" + nsPrefill + "}"
)

// prefillTypes: what is known of a form before it is filled in.
var prefillTypes = types{
	prefillData2009 + "PrefillDataBE": {Members: []Member{
		{"PreFillFormTaskBEList", prefillData2009 + "PreFillFormTaskBEList", Optional | Nillable},
		{"Status", entityData2009 + "PrefillStatus", Optional},
	}},
	prefillData2009 + "PreFillFormTaskBEList": {Members: []Member{
		{"PrefillFormTask", prefillData2009 + "PrefillFormTask", Optional | Nillable | Many},
	}},
	prefillData2009 + "PrefillFormTask": {Members: []Member{
		{"ExternalServiceCode", TypeString, Nillable},
		{"ExternalServiceEditionCode", TypeInt, 0},
		{"ExternalShipmentReference", TypeString, Nillable},
		{"IdentityFieldHashCode", TypeString, Optional | Nillable},
		{"LargeInboundReference", TypeGUID, Optional},
		{"PreFillAttachments", prefillData2009 + "PrefillAttachmentBEList", Optional | Nillable},
		{"PreFillForms", prefillData2009 + "PrefillFormBEList", Optional | Nillable},
		{"PreFillIdentityFields", prefillData2009 + "PreFillIdentityFieldBEList", Optional | Nillable},
		{"PrefillNotifications", notificationData + "NotificationBEList", Optional | Nillable},
		{"ReceiversReference", TypeString, Optional | Nillable},
		{"Reportee", TypeString, Nillable},
		{"SendersReference", TypeString, Optional | Nillable},
		{"ServiceOwnerCode", TypeString, Nillable},
		{"ValidFromDate", TypeDateTime, 0},
		{"ValidToDate", TypeDateTime, 0},
		{"IsReservable", TypeBoolean, Optional | Nillable},
		{"ValidateButDoNotSendNotification", TypeBoolean, Optional},
	}},
	prefillData2009 + "PrefillAttachmentBEList": {Members: []Member{
		{"PrefillFormTaskAttachment", prefillData2009 + "PrefillFormTaskAttachment", Optional | Nillable | Many},
	}},
	prefillData2009 + "PrefillFormTaskAttachment": {Members: []Member{
		{"AttachmentData", TypeBase64, Nillable},
		{"AttachmentName", TypeString, Nillable},
		{"AttachmentType", entityData2009 + "AttachmentType", 0},
		{"FileName", TypeString, Nillable},
		{"SendersReference", TypeString, Nillable},
		{"SignedByDefault", TypeBoolean, Optional | Nillable},
		{"SigningLocked", TypeBoolean, Optional | Nillable},
	}},
	prefillData2009 + "PrefillFormBEList": {Members: []Member{
		{"PrefillForm", prefillData2009 + "PrefillForm", Optional | Nillable | Many},
	}},
	prefillData2009 + "PrefillForm": {Members: []Member{
		{"DataFormatID", TypeString, Nillable},
		{"DataFormatVersion", TypeInt, 0},
		{"FormDataXML", TypeString, Nillable},
		{"SendersReference", TypeString, Nillable},
		{"SignedByDefault", TypeBoolean, Optional | Nillable},
		{"SigningLocked", TypeBoolean, Optional | Nillable},
	}},
	prefillData2009 + "PreFillIdentityFieldBEList": {Members: []Member{
		{"PreFillIdentityFieldBE", prefillData2009 + "PreFillIdentityFieldBE", Optional | Nillable | Many},
	}},
	prefillData2009 + "PreFillIdentityFieldBE": {Members: []Member{
		{"FieldValue", TypeString, Optional | Nillable},
		{"Index", TypeString, Optional | Nillable},
	}},
	entityData2009 + "PrefillStatus": choice(
		"INVALIDINPUT", "PREFILLDATANOTFOUND", "PREFILLDATAFOUND", "SERVICEOWNERPREFILLDATANOTFOUND",
	),
	prefillData2010 + "PreFillRequestBEList": {Members: []Member{
		{"DataFormatID", TypeString, Optional | Nillable | Many},
	}},
	prefillData2009 + "PrefillDataBEv2": {Members: []Member{
		{"PreFillFormTaskBEList", prefillData2009 + "PreFillFormTaskBEv2List", Optional | Nillable},
		{"PrefillDataFound", TypeBoolean, Optional},
		{"RegisterPrefillDataFound", TypeBoolean, Optional},
		{"SOPrefillDataFound", TypeBoolean, Optional},
	}},
	prefillData2009 + "PreFillFormTaskBEv2List": {Members: []Member{
		{"PrefillFormTaskv2", prefillData2009 + "PrefillFormTaskv2", Optional | Nillable | Many},
	}},
	prefillData2009 + "PrefillFormTaskv2": {Members: []Member{
		{"ExternalServiceCode", TypeString, Nillable},
		{"ExternalServiceEditionCode", TypeInt, 0},
		{"ExternalShipmentReference", TypeString, Nillable},
		{"IdentityFieldHashCode", TypeString, Optional | Nillable},
		{"LargeInboundReference", TypeGUID, Optional},
		{"PreFillAttachments", prefillData2009 + "PrefillAttachmentBEList", Optional | Nillable},
		{"PreFillForms", prefillData2009 + "PrefillFormBEList", Optional | Nillable},
		{"PreFillIdentityFields", prefillData2009 + "PreFillIdentityFieldBEList", Optional | Nillable},
		{"PrefillNotifications", notificationData + "NotificationBEList", Optional | Nillable},
		{"ReceiversReference", TypeString, Optional | Nillable},
		{"Reportee", TypeString, Nillable},
		{"SendersReference", TypeString, Optional | Nillable},
		{"ServiceOwnerCode", TypeString, Nillable},
	}},
}
