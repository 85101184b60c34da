package endpoint

const (
	nsMetaData = "http://www.altinn.no/services/ServiceEngine/ServiceMetaData/2009/10"

	noteMetaData = "The table's heading writes Metadata; path and contract write MetaData."
)

// serviceMetaData: the contracts of Basic and WS were seen; there is no EC2.
var serviceMetaData = []contract{
	{
		service: "ServiceMetaDataExternal", tableService: "ServiceMetadataExternal", binding: WS,
		path:      "/ServiceEngineExternal/ServiceMetaDataExternal.svc",
		namespace: nsMetaData, interfaceName: "IServiceMetaDataExternal",
		note: noteMetaData,
		listed: []Operation{
			{
				Base: "GetAvailableServicesV2", Name: "GetAvailableServicesV2",
				Params: allOptional([]Param{number("languageID")}),
				Result: metaData2010 + "AvailableServiceBEV2List", Evidence: Seen,
			},
			{
				Base: "GetFormTaskSchemaDefinitions", Name: "GetSchemaDefinitionsForFormTask",
				Params: allOptional([]Param{text("externalServiceCode"), number("externalServiceEditionCode")}),
				Result: metaData2009 + "LogicalFormSchemaDefinitionBEList", Evidence: Seen,
				Note: "Unlike its base name, but so in the contract.",
			},
		},
		unlisted: []Operation{
			{
				Base: "GetAvailableServices", Name: "GetAvailableServices",
				Params: allOptional([]Param{number("languageID")}),
				Result: metaData2009 + "AvailableServiceBEList", Evidence: Seen,
			},
			{
				Base: "GetCodeList", Name: "GetCodeList",
				Params: allOptional([]Param{text("codeListName"), number("codeListVersion"), number("languageID")}),
				Result: metaData2009 + "CodeList", Evidence: Seen,
			},
			{
				Base: "GetFilteredCodeList", Name: "GetFilteredCodeList",
				Params: allOptional([]Param{
					text("codeListName"), number("codeListVersion"), number("languageID"), text("code"), text("value1Filter"),
					text("value2Filter"), text("value3Filter"), data("filterMatchType", formsEngineData+"FilterMatchType"),
				}),
				Result: metaData2009 + "CodeList", Evidence: Seen,
			},
		},
	},
	{
		service: "ServiceMetaDataExternal", tableService: "ServiceMetadataExternal", binding: Basic,
		path:      "/ServiceEngineExternal/ServiceMetaDataExternalBasic.svc",
		namespace: nsMetaData, interfaceName: "IServiceMetaDataExternalBasic",
		note: noteMetaData,
		listed: []Operation{
			{
				Base: "GetAvailableServicesV2", Name: "GetAvailableServicesBasicV2",
				Params: allOptional(basic(number("languageID"))),
				Result: metaData2010 + "AvailableServiceBEV2List", Evidence: Seen,
			},
			{
				Base: "GetFormTaskSchemaDefinitions", Name: "GetFormTaskSchemaDefinitionsBasic",
				Params: allOptional(basic(text("externalServiceCode"), number("externalServiceEditionCode"))),
				Result: metaData2009 + "LogicalFormSchemaDefinitionBEList", Evidence: Seen,
			},
		},
		unlisted: []Operation{
			{
				Base: "GetAvailableServices", Name: "GetAvailableServicesBasic",
				Params: allOptional(basic(number("languageID"))),
				Result: metaData2009 + "AvailableServiceBEList", Evidence: Seen,
			},
			{
				Base: "GetCodeList", Name: "GetCodeList",
				Params: allOptional(basic(text("codeListName"), number("codeListVersion"), number("languageID"))),
				Result: metaData2009 + "CodeList", Evidence: Seen,
			},
			{
				Base: "GetFilteredCodeList", Name: "GetFilteredCodeList",
				Params: allOptional([]Param{
					text("codeListName"), number("codeListVersion"), number("languageID"), text("code"), text("value1Filter"),
					text("value2Filter"), text("value3Filter"), data("filterMatchType", formsEngineData+"FilterMatchType"),
				}),
				Result: metaData2009 + "CodeList", Evidence: Seen,
			},
		},
	},
}
