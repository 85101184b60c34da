package endpoint

const (
	nsCorrespondence2009 = "http://www.altinn.no/services/ServiceEngine/Correspondence/2009/10"
	nsCorrespondence2010 = "http://www.altinn.no/services/ServiceEngine/Correspondence/2010/10"

	noteFootnote = "The table's bracket is the rest of a footnote mark; no contract seen, and EC2's has no such operation."
)

// correspondence: the contract of EC2 was seen.
var correspondence = []contract{
	{
		service: "CorrespondenceExternal", binding: WS,
		path:      "/ServiceEngineExternal/CorrespondenceExternal.svc",
		namespace: nsCorrespondence2009, interfaceName: "ICorrespondenceExternal",
		note: noteBorn2009,
		listed: []Operation{
			{
				Base: "GetCorrespondenceForEndUserSystemV2", Name: "GetCorrespondenceForEndUserSystemsExternalV2",
				Params: user(number("reporteeElementID"), number("languageID")),
				Result: correspondenceData2010 + "CorrespondenceForEndUserSystemV2",
			},
			{
				Base: "DeleteCorrespondence", Name: "DeleteCorrespondenceExternal", TableBase: "DeleteCorrespondence[",
				Params: user(number("reporteeElementID")),
				Note:   noteFootnote,
			},
			{
				Base: "SaveCorrespondenceConfirmation", Name: "SaveCorrespondenceConfirmationExternal",
				Params: user(number("reporteeElementID")),
			},
		},
	},
	{
		service: "CorrespondenceExternal", binding: Basic,
		path:      "/ServiceEngineExternal/CorrespondenceExternalBasic.svc",
		namespace: nsCorrespondence2009, interfaceName: "ICorrespondenceExternalBasic",
		note: noteBorn2009,
		listed: []Operation{
			{
				Base: "GetCorrespondenceForEndUserSystemV2", Name: "GetCorrespondenceForEndUserSystemBasicV2",
				Params: basicUser(number("reporteeElementID"), number("languageID")),
				Result: correspondenceData2010 + "CorrespondenceForEndUserSystemV2",
				Note:   "No contract seen; the singular is the table's, beside plurals in WS and in the contract of EC2.",
			},
			{
				Base: "DeleteCorrespondence", Name: "DeleteCorrespondenceBasic", TableBase: "DeleteCorrespondence[",
				Params: basicUser(number("reporteeElementID")),
				Note:   noteFootnote,
			},
			{
				Base: "SaveCorrespondenceConfirmation", Name: "SaveCorrespondenceConfirmationBasic",
				Params: basicUser(number("reporteeElementID")),
			},
		},
	},
	{
		service: "CorrespondenceExternal", binding: EC2,
		path:      "/ServiceEngineExternal/CorrespondenceExternalEC2.svc",
		namespace: nsCorrespondence2010, interfaceName: "ICorrespondenceExternalEC",
		note: noteEC2,
		listed: []Operation{
			{
				Base: "GetCorrespondenceForEndUserSystemV2", Name: "GetCorrespondenceForEndUserSystemsEC",
				TableName: "GetCorrespondenceForEndUserSystemsEC2",
				Params:    ec2(number("reporteeElementID"), number("languageID")),
				Result:    correspondenceData2010 + "CorrespondenceForEndUserSystemV2", Evidence: Seen,
			},
			{
				Base: "SaveCorrespondenceConfirmation", Name: "SaveCorrespondenceConfirmationEC",
				TableName: "SaveCorrespondenceConfirmationEC2",
				Params:    ec2(number("reporteeElementID")),
				Evidence:  Seen,
			},
		},
		unlisted: []Operation{
			{
				Base: "ArchiveCorrespondenceForEndUserSystem", Name: "ArchiveCorrespondenceForEndUserSystemEC",
				Params: ec2(number("reporteeElementID")),
				Result: receiptData2009 + "Receipt", Evidence: Seen,
			},
		},
	},
}
