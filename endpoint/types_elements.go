package endpoint

const (
	elementListData2009 = "{http://www.altinn.no/services/ServiceEngine/ReporteeElementList/2009/10}"
	elementListData2010 = "{" + nsElementList2010 + "}"
	elementListData2018 = "{http://www.altinn.no/services/ServiceEngine/ReporteeElementList/2018/02}"
	formSetData2010     = "{http://schemas.altinn.no/services/altinnservice/2010/10}"
	formSetData2018     = "{http://schemas.altinn.no/services/altinnservice/2018/02}"
)

// elementTypes: what lies in a reportee's boxes, and the forms and attachments in it. QUIRK: "ReporteeElementBEV2Lis" is spelled
// so.
var elementTypes = types{
	elementListData2010 + "AttachmentBEV2": {Members: []Member{
		{"AttachmentData", TypeBase64, Optional | Nillable},
		{"AttachmentFunctionTypeID", subscriptionData2009 + "AttachmentFunctionType", Optional},
		{"AttachmentID", TypeInt, Optional},
		{"AttachmentName", TypeString, Optional | Nillable},
		{"AttachmentTypeID", entityData2009 + "AttachmentType", Optional},
		{"CreatedByUserID", TypeInt, Optional},
		{"CreatedDateTime", TypeDateTime, Optional},
		{"DestinationType", correspondenceData2010 + "UserTypeRestriction", Optional},
		{"FileName", TypeString, Optional | Nillable},
		{"IsAddedAfterFormFillin", TypeBoolean, Optional},
		{"IsAssociatedToFormSet", TypeBoolean, Optional},
		{"IsEncrypted", TypeBoolean, Optional},
		{"ReporteeElementID", TypeInt, Optional},
		{"SendersReference", TypeString, Optional | Nillable},
	}},
	subscriptionData2009 + "AttachmentFunctionType": choice("Unspecified", "Invoice"),
	elementListData2010 + "AttachmentBEV2List": {Members: []Member{
		{"AttachmentBEV2", elementListData2010 + "AttachmentBEV2", Optional | Nillable | Many},
	}},
	formSetData2010 + "FormSetElementExternalBEV2List": {Members: []Member{
		{"FormSetElementBEV2", elementListData2010 + "FormSetElementBEV2", Optional | Nillable | Many},
	}},
	elementListData2010 + "FormSetElementBEV2": {Members: []Member{
		{"CreatedByUserID", TypeInt, Optional},
		{"CreatedDateTime", TypeDateTime, Optional},
		{"DestinationType", correspondenceData2010 + "UserTypeRestriction", Optional},
		{"IconFileName", entityData2009 + "AttachmentType", Optional},
		{"IsAddedAfterFormFillin", TypeBoolean, Optional},
		{"IsAssociatedToFormSet", TypeBoolean, Optional},
		{"IsSigningMandatory", TypeBoolean, Optional},
		{"ItemID", TypeInt, Optional},
		{"ItemName", TypeString, Optional | Nillable},
		{"ItemType", elementListData2010 + "ItemType", Optional},
		{"ItemURL", TypeString, Optional | Nillable},
		{"ValidationStatusType", entityData2010 + "FormValidationStatusTypeExternalV2", Optional},
	}},
	elementListData2010 + "ItemType": choice("MainForm", "SubForm", "BinaryAttachment"),
	entityData2010 + "FormValidationStatusTypeExternalV2": choice(
		"NotSet", "Valid", "NonValid", "NotValidated", "NotApplicable", "ValidWithWarning",
	),
	archiveData2009 + "ExternalSearchBEV2": {Members: []Member{
		{"ArchiveReference", TypeString, Optional | Nillable},
		{"CaseID", TypeInt, Optional},
		{"CollectionPages", TypeBoolean, Optional},
		{"EDialogue", TypeBoolean, Optional},
		{"FromDate", TypeDateTime, Nillable},
		{"Reportee", TypeString, Nillable},
		{"SearchName", TypeString, Optional | Nillable},
		{"SearchString", TypeString, Optional | Nillable},
		{"SentAndArchived", TypeBoolean, Optional},
		{"ServiceCodeList", arrayData + "ArrayOfstring", Optional | Nillable},
		{"ServiceOwnerCode", TypeString, Optional | Nillable},
		{"ToBeProcessed", TypeBoolean, Optional},
		{"ToBeProcessedByOthers", TypeBoolean, Optional},
		{"ToDate", TypeDateTime, Nillable},
	}},
	elementListData2010 + "ReporteeElementBEV2Lis": {Members: []Member{
		{"ReporteeElementBEV2", elementListData2010 + "ReporteeElementBEV2", Optional | Nillable | Many},
	}},
	elementListData2010 + "ReporteeElementBEV2": {Members: []Member{
		{"AllowDelete", TypeBoolean, Optional},
		{"AllowNewCopy", TypeBoolean, Optional},
		{"Altinn1ArchiveUnitId", TypeLong, Optional | Nillable},
		{"Altinn1FormCode", TypeInt, Optional | Nillable},
		{"Altinn1FormId", TypeInt, Optional | Nillable},
		{"Altinn1FormInstanceID", TypeLong, Optional | Nillable},
		{"Altinn1FormORNo", TypeLong, Optional | Nillable},
		{"Altinn1ParticipantID", TypeString, Optional | Nillable},
		{"Altinn1ReferenceType", TypeInt, Optional | Nillable},
		{"Altinn1WorkflowProcessId", TypeLong, Optional | Nillable},
		{"ArchiveId", TypeInt, Optional | Nillable},
		{"ArchiveReference", TypeString, Optional | Nillable},
		{"CaseID", TypeInt, Optional},
		{"CorrespondenceStatus", entityData2010 + "CorrespondenceStatusTypeV2", Optional},
		{"DueDate", TypeDateTime, Optional | Nillable},
		{"EndUserSystemID", TypeInt, Optional},
		{"ExternalServiceCode", TypeString, Optional | Nillable},
		{"IsCaseArchived", TypeBoolean, Optional},
		{"IsMatched", TypeBoolean, Optional},
		{"LastChangeType", elementListData2010 + "LastChangeTypeV2", Optional},
		{"LastChangedBy", TypeString, Optional | Nillable},
		{"LastChangedByID", TypeInt, Optional},
		{"LastChangedDate", TypeDateTime, Optional},
		{"Notice", TypeString, Optional | Nillable},
		{"ParentCaseName", TypeString, Optional | Nillable},
		{"ReporteeElementId", TypeInt, Optional},
		{"ReporteeElementOwner", TypeInt, Optional},
		{"ReporteeElementType", elementListData2010 + "ReporteeElementTypeV2", Optional},
		{"ReporteeName", TypeString, Optional | Nillable},
		{"RoleRequirement", elementListData2010 + "RoleRequirementV2", Optional},
		{"RoleRequirementAltinn1Element", TypeString, Optional | Nillable},
		{"SEReporteeElementID", TypeInt, Optional},
		{"ServiceEditionVersion", TypeInt, Optional},
		{"ServiceOwner", TypeInt, Optional},
		{"ServiceOwnerCode", TypeString, Optional | Nillable},
		{"ServiceOwnerDescription", TypeString, Optional | Nillable},
		{"Status", elementListData2009 + "ReporteeElementStatus", Optional},
		{"StatusName", TypeString, Optional | Nillable},
		{"TaskStatus", workflowData + "ProcessActivityTypeV2", Optional},
		{"Title", TypeString, Optional | Nillable},
	}},
	elementListData2010 + "LastChangeTypeV2": choice("Default", "Sent", "Saved", "Archived"),
	elementListData2010 + "ReporteeElementTypeV2": choice(
		"Default", "Correspondence", "FormTask", "None", "Collaboration", "LookUp",
	),
	elementListData2010 + "RoleRequirementV2": choice(
		"Default", "Read", "ReadButNotPerformNextStep", "ReadAndPerformNextStep",
	),
	elementListData2009 + "ReporteeElementStatus": choice(
		"Default", "NotOpenedNoConfirmationReq", "NotOpenedConfirmationReq", "OpenedNoConfirmedReq", "OpenedNotConfirmed",
		"Confirmed", "FillIn", "SignIn", "Archive", "SendIn",
	),
	workflowData + "ProcessActivityTypeV2": choice(
		"Default", "FormFilling", "Signing", "SendIn", "ParallelSigning", "Archive",
	),
	formSetData2018 + "FormSetDataBEList": {Members: []Member{
		{"FormSetDataBE", elementListData2018 + "FormSetDataBE", Optional | Nillable | Many},
	}},
	elementListData2018 + "FormSetDataBE": {Members: []Member{
		{"DataFormatID", TypeString, Optional | Nillable},
		{"DataFormatVersion", TypeInt, Optional},
		{"FormData", TypeString, Optional | Nillable},
		{"FormID", TypeInt, Optional},
	}},
}
