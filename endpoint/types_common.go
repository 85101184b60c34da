package endpoint

const (
	arrayData            = "{http://schemas.microsoft.com/2003/10/Serialization/Arrays}"
	entityData2009       = "{http://schemas.altinn.no/services/serviceEntity/2009/10}"
	entityData2010       = "{http://schemas.altinn.no/services/serviceEntity/2010/10}"
	entityData2015       = "{http://schemas.altinn.no/services/serviceEntity/2015/06}"
	faultData            = "{http://www.altinn.no/services/common/fault/2009/10}"
	subscriptionData2009 = "{http://schemas.altinn.no/services/ServiceEngine/Subscription/2009/10}"
	subscriptionData2010 = "{http://schemas.altinn.no/services/ServiceEngine/Subscription/2010/10}"
	workflowData         = "{http://schemas.altinn.no/services/ServiceEngine/Workflow/2010/10}"
)

// commonTypes are those of the platform itself, and those that more than one service has members of.
var commonTypes = types{
	TypeGUID:                    {Base: TypeString},
	TypeStream:                  {Base: TypeBase64},
	arrayData + "ArrayOfint":    {Members: []Member{{"int", TypeInt, Optional | Many}}},
	arrayData + "ArrayOfstring": {Members: []Member{{"string", TypeString, Optional | Nillable | Many}}},
	faultData + "AltinnFault": {Members: []Member{
		{"AltinnErrorMessage", TypeString, Optional | Nillable},
		{"AltinnExtendedErrorMessage", TypeString, Optional | Nillable},
		{"AltinnLocalizedErrorMessage", TypeString, Optional | Nillable},
		{"ErrorGuid", TypeString, Optional | Nillable},
		{"ErrorID", TypeInt, Optional},
		{"UserGuid", TypeString, Optional | Nillable},
		{"UserId", TypeString, Optional | Nillable},
	}},
	entityData2009 + "AttachmentType": choice(
		"application_None", "application_pdf", "application_msword", "application_vnd_ms_excel",
		"application_vnd_oasis_opendocument_text", "application_vnd_oasis_opendocument_presentation",
		"application_vnd_oasis_opendocument_spreadsheet", "application_rtf", "application_vnd_ms_powerpoint",
		"application_postscript", "application_zip", "text_plain", "text_html", "text_xml", "text_rtf", "text_richtext",
		"binary_octet_stream", "not_Applicable", "MTOM", "BASE64", "image_jpeg", "image_gif", "image_bmp", "formtask_pdf",
	),
	entityData2010 + "CorrespondenceStatusTypeV2": choice(
		"Default", "Created", "Read", "Replied", "ChangedByGovAgency", "ChangedByUser", "Confirmed", "DeletedByUser",
		"DeletedByAltinn", "Archived",
	),
	correspondenceData2010 + "UserTypeRestriction": choice("Default", "PortalOnly", "EndUserSystemOnly", "ShowToAll"),
}

// streamedReceipt is what a streamed upload is answered with, the same in both services. QUIRK: LastChanged is a text.
var streamedReceipt = DataType{Members: []Member{
	{"LastChanged", TypeString, Optional | Nillable},
	{"ParentReceiptId", TypeInt, Optional},
	{"ReceiptHistory", TypeString, Optional | Nillable},
	{"ReceiptId", TypeInt, Optional},
	{"ReceiptStatusCode", TypeString, Optional | Nillable},
	{"ReceiptText", TypeString, Optional | Nillable},
	{"ReceiptTypeName", TypeString, Optional | Nillable},
}}
