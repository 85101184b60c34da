package endpoint

const (
	nsElementList2009 = "http://www.altinn.no/services/ServiceEngine/ReporteeElementList/2009/10"
	nsElementList2010 = "http://www.altinn.no/services/ServiceEngine/ReporteeElementList/2010/10"
)

// reporteeElementList: the contract of EC2 was seen, and requests to Basic.
var reporteeElementList = []contract{
	{
		service: "ReporteeElementList", binding: WS,
		path:      "/ServiceEngineExternal/ReporteeElementListExternal.svc",
		namespace: nsElementList2009, interfaceName: "IReporteeElementListExternal",
		note: "No contract seen: the namespace is that of recorded Basic requests, the parameters are as documented.",
		listed: []Operation{
			{
				Base: "DeleteReporteeElement", Name: "DeleteReporteeElementExternal",
				Params: []Param{text("reporteeElementCode")},
			},
			{
				Base: "GetFormSetElementsV2", Name: "GetFormSetElementsExternalV2",
				Params: []Param{number("reporteeElementID"), number("languageID")},
				Result: formSetData2010 + "FormSetElementExternalBEV2List",
			},
			{
				Base: "GetReporteeElementListV2", Name: "GetReporteeElementListExternalV2",
				Params: user(data("searchBE", archiveData2009+"ExternalSearchBEV2"), number("languageID")),
				Result: elementListData2010 + "ReporteeElementBEV2Lis",
			},
			{
				Base: "GetCorrespondenceListForArchiveRef", Name: "GetCorrespondenceListForArchiveRef",
				Params: []Param{
					text("reportee"), text("archiveReference"), moment("fromDate"), moment("toDate"), number("languageID"),
				},
				Result: elementListData2010 + "ReporteeElementBEV2Lis",
			},
			{
				Base: "GetCorrespondenceListForReportee", Name: "GetCorrespondenceListForReportee",
				Params: []Param{text("reportee"), moment("fromDate"), moment("toDate"), number("languageID")},
				Result: elementListData2010 + "ReporteeElementBEV2Lis",
			},
			{
				Base: "GetFormSetData", Name: "GetFormSetData",
				Params: user(number("reporteeElementID"), number("languageID")),
				Result: formSetData2018 + "FormSetDataBEList",
			},
		},
	},
	{
		service: "ReporteeElementList", binding: Basic,
		path:      "/ServiceEngineExternal/ReporteeElementListExternalBasic.svc",
		namespace: nsElementList2009, interfaceName: "IReporteeElementListExternalBasic",
		note: "No contract seen: the namespace is that of recorded requests to its neighbours, the parameters are as documented.",
		listed: []Operation{
			{
				Base: "DeleteReporteeElement", Name: "DeleteReporteeElementBasic",
				Params: basic(text("reporteeElementCode")),
			},
			{
				Base: "GetFormSetElementsV2", Name: "GetFormSetElementsBasicV2",
				Params: basic(number("reporteeElementID"), number("languageID")),
				Result: formSetData2010 + "FormSetElementExternalBEV2List",
			},
			{
				Base: "GetReporteeElementListV2", Name: "GetReporteeElementListBasicV2",
				Params: basicUser(data("searchBE", archiveData2009+"ExternalSearchBEV2"), number("languageID")),
				Result: elementListData2010 + "ReporteeElementBEV2Lis", Evidence: Seen,
			},
			{
				Base: "GetCorrespondenceListForArchiveRef", Name: "GetCorrespondenceListForArchiveRefBasic",
				Params: basic(
					text("reportee"), text("archiveReference"), moment("fromDate"), moment("toDate"), number("languageID"),
				),
				Result: elementListData2010 + "ReporteeElementBEV2Lis",
			},
			{
				Base: "GetCorrespondenceListForReportee", Name: "GetCorrespondenceListForReporteeBasic",
				Params: basic(text("reportee"), moment("fromDate"), moment("toDate"), number("languageID")),
				Result: elementListData2010 + "ReporteeElementBEV2Lis",
			},
			{
				Base: "GetFormSetData", Name: "GetFormSetDataBasic",
				Params: basicUser(number("reporteeElementID"), number("languageID")),
				Result: formSetData2018 + "FormSetDataBEList", Evidence: Seen,
			},
		},
	},
	{
		service: "ReporteeElementList", binding: EC2,
		path:      "/ServiceEngineExternal/ReporteeElementListEC2.svc",
		namespace: nsElementList2010, interfaceName: "IReporteeElementListEC",
		note: noteEC2,
		listed: []Operation{
			{
				Base: "DeleteReporteeElement", Name: "DeleteReporteeElementEC", TableName: "DeleteReporteeElementEC2",
				Params:   ec2(text("reporteeElementCode")),
				Evidence: Seen,
			},
			{
				Base: "GetFormSetElementsV2", Name: "GetFormSetElementsEC", TableName: "GetFormSetElementsEC2",
				Params: ec2(number("reporteeElementID"), number("languageID")),
				Result: formSetData2010 + "FormSetElementExternalBEV2List", Evidence: Seen,
			},
			{
				Base: "GetReporteeElementListV2", Name: "GetReporteeElementListEC", TableName: "GetReporteeElementListEC2",
				Params: ec2(data("searchBE", archiveData2009+"ExternalSearchBEV2"), number("languageID")),
				Result: elementListData2010 + "ReporteeElementBEV2Lis", Evidence: Seen,
			},
			{
				Base: "GetCorrespondenceListForArchiveRef", Name: "GetCorrespondenceListForArchiveRefEC",
				TableName: "GetCorrespondenceListForArchiveRefEC2",
				Params: ec2(
					text("reportee"), text("archiveReference"), moment("fromDate"), moment("toDate"), number("languageID"),
				),
				Result: elementListData2010 + "ReporteeElementBEV2Lis", Evidence: Seen,
			},
			{
				Base: "GetCorrespondenceListForReportee", Name: "GetCorrespondenceListForReporteeEC",
				TableName: "GetCorrespondenceListForReporteeEC2",
				Params:    ec2(text("reportee"), moment("fromDate"), moment("toDate"), number("languageID")),
				Result:    elementListData2010 + "ReporteeElementBEV2Lis", Evidence: Seen,
			},
			{
				Base: "GetFormSetData", Name: "GetFormSetDataEC", TableName: "GetFormSetDataEC2",
				Params: ec2(number("reporteeElementID"), number("languageID")),
				Result: formSetData2018 + "FormSetDataBEList", Evidence: Seen,
			},
		},
	},
}
