package endpoint

const (
	correspondenceData2009 = "{http://schemas.altinn.no/services/ServiceEngine/Correspondence/2009/10}"
	correspondenceData2010 = "{http://schemas.altinn.no/services/ServiceEngine/Correspondence/2010/10}"
)

// correspondenceTypes: letters from an agency. QUIRK: "CorrespondenceTxt" here, "CorrespondenceText" in the archive.
var correspondenceTypes = types{
	correspondenceData2009 + "CorrespondenceLinkBEList": {Members: []Member{
		{"CorrespondenceLink", correspondenceData2009 + "CorrespondenceLink", Optional | Nillable | Many},
	}},
	correspondenceData2009 + "CorrespondenceLink": {Members: []Member{
		{"LinkText", TypeString, Optional | Nillable},
		{"LinkType", entityData2009 + "ReplyOptionType", Optional},
		{"LinkURL", TypeString, Optional | Nillable},
	}},
	entityData2009 + "ReplyOptionType": choice("Form", "ServiceCode", "ServiceURL", "ArchiveReference"),
	correspondenceData2010 + "CorrespondenceForEndUserSystemV2": {Members: []Member{
		{"Correspondence", correspondenceData2010 + "CorrespondenceV2", Optional | Nillable},
		{"CorrespondenceAttachments", elementListData2010 + "AttachmentBEV2List", Optional | Nillable},
		{"CorrespondenceLinks", correspondenceData2009 + "CorrespondenceLinkBEList", Optional | Nillable},
		{"CorrespondenceNotifications", notificationData + "InternalNotificationBEList", Optional | Nillable},
	}},
	correspondenceData2010 + "CorrespondenceV2": {Members: []Member{
		{"AllowForwarding", TypeBoolean, Optional},
		{"ArchiveReference", TypeString, Optional | Nillable},
		{"AuthenticatedUser", TypeInt, Optional | Nillable},
		{"CaseID", TypeInt, Optional | Nillable},
		{"ConfirmationDate", TypeDateTime, Optional | Nillable},
		{"CorrespondenceID", TypeInt, Optional},
		{"CorrespondenceName", TypeString, Optional | Nillable},
		{"CorrespondenceStatus", entityData2010 + "CorrespondenceStatusTypeV2", Optional},
		{"CorrespondenceSubject", TypeString, Optional | Nillable},
		{"CorrespondenceSummary", TypeString, Optional | Nillable},
		{"CorrespondenceTitle", TypeString, Optional | Nillable},
		{"CorrespondenceTxt", TypeString, Optional | Nillable},
		{"CustomMessageData", TypeString, Optional | Nillable},
		{"DateSent", TypeDateTime, Optional},
		{"Description", TypeString, Optional | Nillable},
		{"DueDate", TypeDateTime, Optional | Nillable},
		{"ExternalSystemReference", TypeString, Optional | Nillable},
		{"Header", TypeString, Optional | Nillable},
		{"IsConfirmationNeeded", TypeBoolean, Optional},
		{"LanguageID", serviceData2009 + "LanguageType", Optional},
		{"Reportee", TypeInt, Optional},
		{"SentBy", TypeString, Optional | Nillable},
		{"SentTo", TypeInt, Optional},
		{"UserID", TypeInt, Optional | Nillable},
	}},
	serviceData2009 + "LanguageType": choice("Default", "English", "NorwegianNO", "NorwegianNN", "Sami"),
}
