package endpoint

const (
	nsPrefill = "http://www.altinn.no/services/ServiceEngine/PreFill/2010/10"
)

// prefill: the contracts of Basic and EC2 were seen.
var prefill = []contract{
	{
		service: "PreFillEUSExternal", tableService: "PrefillEUSExternal", binding: WS,
		path:      "/ServiceEngineExternal/PreFillEUSExternal.svc",
		namespace: nsPrefill, interfaceName: "IPreFillEUSExternal",
		note: "No contract seen: namespace as in Basic and EC2, parameters as documented; the table's heading writes Prefill.",
		listed: []Operation{
			{
				Base: "GetPrefillData", Name: "GetPrefillData",
				Params: user(text("ReporteeNumber"), text("ExternalServiceCode"), number("ExternalServiceEditionCode")),
				Result: prefillData2009 + "PrefillDataBE",
			},
		},
	},
	{
		service: "PreFillEUSExternal", tableService: "PrefillEUSExternal", binding: Basic,
		path:      "/ServiceEngineExternal/PreFillEUSExternalBasic.svc",
		namespace: nsPrefill, interfaceName: "IPreFillEUSExternalBasic",
		note: "The table lists version 2 here under the base name of version 1, which exists as well; its heading writes Prefill.",
		listed: []Operation{
			{
				Base: "GetPrefillData", Name: "GetPrefillDataBasicV2",
				Params: basicUser(
					text("ReporteeNumber"), text("ExternalServiceCode"), number("ExternalServiceEditionCode"),
					data("PreFillList", prefillData2010+"PreFillRequestBEList").optional(),
				),
				Result: prefillData2009 + "PrefillDataBEv2", Evidence: Seen,
			},
		},
		unlisted: []Operation{
			{
				Base: "GetPrefillData", Name: "GetPrefillDataBasic",
				Params: basicUser(
					text("ReporteeNumber"), text("ExternalServiceCode"), number("ExternalServiceEditionCode"),
				),
				Result: prefillData2009 + "PrefillDataBE", Evidence: Seen,
			},
		},
	},
	{
		service: "PreFillEUSExternal", tableService: "PrefillEUSExternal", binding: EC2,
		path:      "/ServiceEngineExternal/PreFillEUSExternalEC2.svc",
		namespace: nsPrefill, interfaceName: "IPreFillEUSExternalEC",
		note: noteEC2,
		listed: []Operation{
			{
				Base: "GetPrefillData", Name: "GetPrefillDataEC", TableName: "GetPrefillDataEC2",
				Params: ec2(text("ReporteeNumber"), text("ExternalServiceCode"), number("ExternalServiceEditionCode")),
				Result: prefillData2009 + "PrefillDataBE", Evidence: Seen,
			},
		},
		unlisted: []Operation{
			{
				Base: "GetPrefillDataV2", Name: "GetPrefillDataECV2",
				Params: ec2(
					text("ReporteeNumber"), text("ExternalServiceCode"), number("ExternalServiceEditionCode"),
					data("PreFillList", prefillData2010+"PreFillRequestBEList").optional(),
					flag("returnAllFormTasks").optional(),
				),
				Result: prefillData2009 + "PrefillDataBEv2", Evidence: Seen,
			},
		},
	},
}
