package endpoint

const (
	nsArchive2009     = "http://www.altinn.no/services/Archive/ReporteeArchive/2009/10"
	nsArchive2010     = "http://www.altinn.no/services/Archive/ReporteeArchive/2010/10"
	nsArchiveStreamed = "http://www.altinn.no/services/Archive/ReporteeArchive/2013/06"

	noteArchivedLogin = "No contract seen; older documentation lists the person's login, the newest does not."
)

// reporteeArchive: the contracts of EC2 were seen.
var reporteeArchive = []contract{
	{
		service: "ReporteeArchiveExternal", binding: WS,
		path:      "/ArchiveExternal/ReporteeArchiveExternal.svc",
		namespace: nsArchive2009, interfaceName: "IReporteeArchiveExternal",
		note: noteBorn2009,
		listed: []Operation{
			{
				Base: "GetArchivedFormTaskV2", Name: "GetArchivedFormTaskExternalV2",
				Params: []Param{number("reporteeElementId"), number("languageID").optional()},
				Result: archiveData2010 + "ArchivedFormTaskV2",
			},
			{
				Base: "GetAttachmentDataV2", Name: "GetAttachmentDataExternalV2",
				Params: []Param{number("attachmentId")},
				Result: elementListData2010 + "AttachmentBEV2",
			},
			{
				Base: "GetArchivedLookup", Name: "GetArchivedLookupExternal",
				Params: user(number("reporteeElementId").optional(), number("languageID").optional()),
				Result: archiveCommonData + "ArchivedLookupExternal",
				Note:   noteArchivedLogin,
			},
			{
				Base: "GetArchivedCorrespondence", Name: "GetArchivedCorrespondence",
				Params: user(number("archiveId")),
				Result: archiveData2019 + "ArchivedCorrespondence",
				Note:   noteArchivedLogin,
			},
		},
	},
	{
		service: "ReporteeArchiveExternal", binding: Basic,
		path:      "/ArchiveExternal/ReporteeArchiveExternalBasic.svc",
		namespace: nsArchive2009, interfaceName: "IReporteeArchiveExternalBasic",
		note: noteBorn2009,
		listed: []Operation{
			{
				Base: "GetArchivedFormTaskV2", Name: "GetArchivedFormTaskBasicV2",
				Params: basic(number("reporteeElementId"), number("languageID").optional()),
				Result: archiveData2010 + "ArchivedFormTaskV2",
			},
			{
				Base: "GetAttachmentDataV2", Name: "GetAttachmentDataBasicV2",
				Params: basic(number("attachmentId")),
				Result: elementListData2010 + "AttachmentBEV2",
			},
			{
				Base: "GetArchivedLookup", Name: "GetArchivedLookupBasic",
				Params: basicUser(number("reporteeElementId").optional(), number("languageID").optional()),
				Result: archiveCommonData + "ArchivedLookupExternal",
				Note:   noteArchivedLogin,
			},
			{
				Base: "GetArchivedCorrespondence", Name: "GetArchivedCorrespondenceBasic",
				Params: basicUser(number("archiveId")),
				Result: archiveData2019 + "ArchivedCorrespondence",
				Note:   noteArchivedLogin,
			},
		},
	},
	{
		service: "ReporteeArchiveExternal", binding: EC2,
		path:      "/ArchiveExternal/ReporteeArchiveExternalEC2.svc",
		namespace: nsArchive2010, interfaceName: "IReporteeArchiveExternalEC",
		note: noteEC2,
		listed: []Operation{
			{
				Base: "GetArchivedFormTaskV2", Name: "GetArchivedFormTaskEC", TableName: "GetArchivedFormTaskEC2",
				Params: ec2(number("reporteeElementId"), number("languageID").optional()),
				Result: archiveData2010 + "ArchivedFormTaskV2", Evidence: Seen,
			},
			{
				Base: "GetAttachmentDataV2", Name: "GetAttachmentDataEC", TableName: "GetAttachmentDataEC2",
				Params: ec2(number("attachmentId")),
				Result: elementListData2010 + "AttachmentBEV2", Evidence: Seen,
			},
			{
				Base: "GetArchivedLookup", Name: "GetArchivedLookupEC", TableName: "GetArchivedLookupEC2",
				Params: allOptional(ec2(number("reporteeElementId"), number("languageID"))),
				Result: archiveCommonData + "ArchivedLookupExternal", Evidence: Seen,
			},
			{
				Base: "GetArchivedCorrespondence", Name: "GetArchivedCorrespondenceEC",
				TableName: "GetArchivedCorrespondenceEC2",
				Params:    ec2(number("archiveId")),
				Result:    archiveData2019 + "ArchivedCorrespondence", Evidence: Seen,
			},
		},
	},
	{
		service: "ReporteeArchiveExternal", binding: WS,
		path:      "/ArchiveExternal/ReporteeArchiveExternalStreamed.svc",
		namespace: nsArchiveStreamed, interfaceName: "IReporteeArchiveExternalStreamed", mtom: true,
		note: "No contract seen: namespace and parameters as in EC2, the name from the table.",
		listed: []Operation{
			{
				Base: "GetAttachmentDataStreamed", Name: "GetAttachmentDataExternalStreamed",
				Params: []Param{number("attachmentId")},
				Result: TypeStream, Stream: StreamReply,
			},
		},
	},
	{
		service: "ReporteeArchiveExternal", binding: Basic,
		path:      "/ArchiveExternal/ReporteeArchiveExternalStreamedBasic.svc",
		namespace: nsArchiveStreamed, interfaceName: "IReporteeArchiveExternalStreamedBasic", mtom: true,
		listed: []Operation{
			{
				Base: "GetAttachmentDataStreamed", Name: "GetAttachmentDataStreamedBasic",
				Also:   []string{"GetAttachmentDataBasicStreamed"},
				Params: basic(number("attachmentId")),
				Result: TypeStream, Stream: StreamReply,
				Note: "No contract seen: named as in the table and in the service owners' sibling; WS and EC2 suggest the other order.",
			},
		},
	},
	{
		service: "ReporteeArchiveExternal", binding: EC2,
		path:      "/ArchiveExternal/ReporteeArchiveExternalStreamedEC2.svc",
		namespace: nsArchiveStreamed, interfaceName: "IReporteeArchiveExternalStreamedEC", mtom: true,
		note: "The contract has EC before Streamed, and EC2 in the path only.",
		listed: []Operation{
			{
				Base: "GetAttachmentDataStreamed", Name: "GetAttachmentDataECStreamed",
				TableName: "GetAttachmentDataStreamedEC2",
				TablePath: "/ArchiveExternal/ReporteeArchiveExternalStreamedEC.svc",
				Params:    ec2(number("attachmentId")),
				Result:    TypeStream, Stream: StreamReply, Evidence: Seen,
			},
		},
	},
}
