package endpoint

const (
	nsCase = "http://www.altinn.no/services/ServiceEngine/Case/2010/10"

	noteCase = "No contract seen: namespace and parameters as in EC2, the name from the table."
)

// caseService: the contract of EC2 was seen.
var caseService = []contract{
	{
		service: "Case", binding: WS,
		path:      "/ServiceEngineExternal/CaseExternal.svc",
		namespace: nsCase, interfaceName: "ICaseExternal",
		note: noteCase,
		listed: []Operation{
			{
				Base: "GetCaseList", Name: "GetCaseListExternal",
				Params: user(
					number("caseID").optional(), text("externalServiceCode").optional(),
					number("externalServiceEditionCode").optional(), number("languageID"), text("reporteeNumber"),
				),
				Result: caseData + "CaseBEList",
			},
			{
				Base: "InstantiateCollaboration", Name: "InstantiateCollaborationExternal",
				Params: user(
					text("externalServiceCode"), number("externalServiceEditionCode"), text("reporteeNumber"),
					text("externalSystemReference").optional(), moment("visibleDateTime").optional(),
					moment("dueDate").optional(),
				),
				Result: TypeInt,
			},
			{
				Base: "ArchiveCase", Name: "ArchiveCaseExternal",
				Params: user(number("caseID"), flag("forceArchive")),
				Result: TypeInt,
			},
		},
	},
	{
		service: "Case", binding: Basic,
		path:      "/ServiceEngineExternal/CaseExternalBasic.svc",
		namespace: nsCase, interfaceName: "ICaseExternalBasic",
		note: noteCase,
		listed: []Operation{
			{
				Base: "GetCaseList", Name: "GetCaseListExternalBasic",
				Params: basicUser(
					number("caseID").optional(), text("externalServiceCode").optional(),
					number("externalServiceEditionCode").optional(), number("languageID"), text("reporteeNumber"),
				),
				Result: caseData + "CaseBEList",
			},
			{
				Base: "InstantiateCollaboration", Name: "InstantiateCollaborationExternalBasic",
				Params: basicUser(
					text("externalServiceCode"), number("externalServiceEditionCode"), text("reporteeNumber"),
					text("externalSystemReference").optional(), moment("visibleDateTime").optional(),
					moment("dueDate").optional(),
				),
				Result: TypeInt,
			},
			{
				Base: "ArchiveCase", Name: "ArchiveCaseExternalBasic",
				Params: basicUser(number("caseID"), flag("forceArchive")),
				Result: TypeInt,
			},
		},
	},
	{
		service: "Case", binding: EC2,
		path:      "/ServiceEngineExternal/CaseEC2.svc",
		namespace: nsCase, interfaceName: "ICaseEC",
		note: noteEC2,
		listed: []Operation{
			{
				Base: "GetCaseList", Name: "GetCaseListEC", TableName: "GetCaseListEC2",
				Params: caseEC2(
					number("caseID").optional(), text("externalServiceCode").optional(),
					number("externalServiceEditionCode").optional(), number("languageID"), text("reporteeNumber"),
				),
				Result: caseData + "CaseBEList", Evidence: Seen,
			},
			{
				Base: "InstantiateCollaboration", Name: "InstantiateCollaborationEC",
				TableName: "InstantiateCollaborationEC2",
				Params: caseEC2(
					text("externalServiceCode"), number("externalServiceEditionCode"), text("reporteeNumber"),
					text("externalSystemReference").optional(), moment("visibleDateTime").optional(),
					moment("dueDate").optional(),
				),
				Result: TypeInt, Evidence: Seen,
			},
			{
				Base: "ArchiveCase", Name: "ArchiveCaseEC", TableName: "ArchiveCaseEC2",
				Params: caseEC2(number("caseID"), flag("forceArchive")),
				Result: TypeInt, Evidence: Seen,
			},
		},
	},
}
