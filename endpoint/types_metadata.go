package endpoint

const (
	formsEngineData = "{http://schemas.altinn.no/serviceengine/formsengine/2009/10}"
	metaData2009    = "{http://schemas.altinn.no/services/ServiceEngine/ServiceMetaData/2009/10}"
	metaData2010    = "{http://schemas.altinn.no/services/ServiceEngine/ServiceMetaData/2010/10}"
	serviceData2009 = "{http://schemas.altinn.no/ServiceDevelopment/Service/2009/10}"
	serviceData2010 = "{http://schemas.altinn.no/ServiceDevelopment/Service/2010/10}"
)

// metadataTypes: which services there are, their forms and their lists of codes.
var metadataTypes = types{
	metaData2010 + "AvailableServiceBEV2List": {Members: []Member{
		{"AvailableServiceV2", metaData2010 + "AvailableServiceV2", Optional | Nillable | Many},
	}},
	metaData2010 + "AvailableServiceV2": {Members: []Member{
		{"BuildPackageVersion", TypeInt, Optional},
		{"ExternalServiceCode", TypeString, Optional | Nillable},
		{"ExternalServiceEditionCode", TypeInt, Optional},
		{"IsMatched", TypeBoolean, Optional},
		{"ServiceEditionVersionId", TypeInt, Optional},
		{"ServiceEditionVersionName", TypeString, Optional | Nillable},
		{"ServiceName", TypeString, Optional | Nillable},
		{"ServiceOwnerCode", TypeString, Optional | Nillable},
		{"ServiceOwnerName", TypeString, Optional | Nillable},
		{"ServiceType", serviceData2010 + "ServiceTypeV2", Optional},
		{"ValidFrom", TypeDateTime, Optional},
		{"ValidTo", TypeDateTime, Optional},
	}},
	serviceData2010 + "ServiceTypeV2": choice("None", "Correspondence", "Reporting", "Collaboration", "Lookup"),
	metaData2009 + "LogicalFormSchemaDefinitionBEList": {Members: []Member{
		{"LogicalFormSchemaDefinition", metaData2009 + "LogicalFormSchemaDefinition", Optional | Nillable | Many},
	}},
	metaData2009 + "LogicalFormSchemaDefinition": {Members: []Member{
		{"DataFormatID", TypeString, Optional | Nillable},
		{"DataFormatProviderTypeID", TypeInt, Optional},
		{"DataFormatVersion", TypeInt, Optional},
		{"DataFormatXsd", TypeString, Optional | Nillable},
		{"LogicalFormID", TypeInt, Optional},
	}},
	metaData2009 + "AvailableServiceBEList": {Members: []Member{
		{"AvailableService", metaData2009 + "AvailableService", Optional | Nillable | Many},
	}},
	metaData2009 + "AvailableService": {Members: []Member{
		{"BuildPackageVersion", TypeInt, Optional},
		{"ExternalServiceCode", TypeString, Optional | Nillable},
		{"ExternalServiceEditionCode", TypeInt, Optional},
		{"ServiceEditionVersionId", TypeInt, Optional},
		{"ServiceEditionVersionName", TypeString, Optional | Nillable},
		{"ServiceName", TypeString, Optional | Nillable},
		{"ServiceOwnerCode", TypeString, Optional | Nillable},
		{"ServiceOwnerName", TypeString, Optional | Nillable},
		{"ValidFrom", TypeDateTime, Optional},
		{"ValidTo", TypeDateTime, Optional},
	}},
	metaData2009 + "CodeList": {Members: []Member{
		{"CodeListID", TypeInt, Optional},
		{"CodeListName", TypeString, Optional | Nillable},
		{"CodeListRows", metaData2009 + "CodeRowBEList", Optional | Nillable},
		{"CodeListVersion", TypeInt, Optional},
		{"LanguageTypeID", TypeInt, Optional},
	}},
	metaData2009 + "CodeRowBEList": {Members: []Member{
		{"CodeListRow", metaData2009 + "CodeListRow", Optional | Nillable | Many},
	}},
	metaData2009 + "CodeListRow": {Members: []Member{
		{"Code", TypeString, Optional | Nillable},
		{"Value1", TypeString, Optional | Nillable},
		{"Value2", TypeString, Optional | Nillable},
		{"Value3", TypeString, Optional | Nillable},
	}},
	formsEngineData + "FilterMatchType": choice("DEFAULT", "EXACT", "STARTSWITH", "ENDSWITH", "CONTAINS"),
}
