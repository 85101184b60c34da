package endpoint

const (
	nsReceipt = "http://www.altinn.no/services/Intermediary/Receipt/2009/10"
)

// receipt: the contracts of Basic and EC2 were seen.
var receipt = []contract{
	{
		service: "ReceiptExternal", binding: WS,
		path:      "/IntermediaryExternal/ReceiptExternal.svc",
		namespace: nsReceipt, interfaceName: "IReceiptExternal",
		note: "No contract seen: as in Basic and EC2, which agree.",
		listed: []Operation{
			{
				Base: "GetReceiptV2", Name: "GetReceiptV2",
				Params: []Param{data("receipt", receiptData2015+"ReceiptSearch")},
				Result: receiptData2015 + "Receipt",
			},
			{
				Base: "GetReceiptListV2", Name: "GetReceiptListV2",
				Params: []Param{
					data("receiptTypeName", receiptData2015+"ReceiptType"), moment("dateFrom").optional(),
					moment("dateTo").optional(),
				},
				Result: receiptData2015 + "ReceiptList",
			},
			{
				Base: "UpdateReceipt", Name: "UpdateReceipt",
				Params: []Param{data("receipt", receiptData2015+"ReceiptSave")},
				Result: receiptData2015 + "Receipt",
			},
		},
	},
	{
		service: "ReceiptExternal", binding: Basic,
		path:      "/IntermediaryExternal/ReceiptExternalBasic.svc",
		namespace: nsReceipt, interfaceName: "IReceiptExternalBasic",
		listed: []Operation{
			{
				Base: "GetReceiptV2", Name: "GetReceiptBasicV2",
				Params: basic(data("receipt", receiptData2015+"ReceiptSearch")),
				Result: receiptData2015 + "Receipt", Evidence: Seen,
			},
			{
				Base: "GetReceiptListV2", Name: "GetReceiptListBasicV2",
				Params: basic(
					data("receiptTypeName", receiptData2015+"ReceiptType"), moment("dateFrom").optional(),
					moment("dateTo").optional(),
				),
				Result: receiptData2015 + "ReceiptList", Evidence: Seen,
			},
			{
				Base: "UpdateReceipt", Name: "UpdateReceiptBasic",
				Params: basic(data("receipt", receiptData2015+"ReceiptSave")),
				Result: receiptData2015 + "Receipt", Evidence: Seen,
			},
		},
		unlisted: []Operation{
			{
				Base: "GetReceipt", Name: "GetReceiptBasic",
				Params: allOptional(basic(data("receipt", receiptData2009+"ReceiptSearchExternal"))),
				Result: receiptData2009 + "ReceiptExternal", Evidence: Seen,
			},
			{
				Base: "GetReceiptList", Name: "GetReceiptListBasic",
				Params: allOptional(basic(
					data("receiptTypeName", receiptData2009+"ReceiptTypeEnum"), moment("dateFrom"), moment("dateTo"),
				)),
				Result: receiptData2009 + "ReceiptExternalList", Evidence: Seen,
			},
			{
				Base: "SaveReceipt", Name: "SaveReceiptBasic",
				Params: allOptional(basic(data("receipt", receiptData2009+"ReceiptSaveExternal"))),
				Result: receiptData2009 + "ReceiptExternal", Evidence: Seen,
			},
		},
	},
	{
		service: "ReceiptExternal", binding: EC2,
		path:      "/IntermediaryExternal/ReceiptExternalEC2.svc",
		namespace: nsReceipt, interfaceName: "IReceiptExternalEC",
		note: noteEC2,
		listed: []Operation{
			{
				Base: "GetReceiptV2", Name: "GetReceiptECV2", TableName: "GetReceiptEC2V2",
				Params: ec2(data("receipt", receiptData2015+"ReceiptSearch")),
				Result: receiptData2015 + "Receipt", Evidence: Seen,
			},
			{
				Base: "GetReceiptListV2", Name: "GetReceiptListECV2", TableName: "GetReceiptListEC2V2",
				Params: ec2(
					data("receiptTypeName", receiptData2015+"ReceiptType"), moment("dateFrom").optional(),
					moment("dateTo").optional(),
				),
				Result: receiptData2015 + "ReceiptList", Evidence: Seen,
			},
			{
				Base: "UpdateReceipt", Name: "UpdateReceiptEC", TableName: "UpdateReceiptEC2",
				Params: ec2(data("receipt", receiptData2015+"ReceiptSave")),
				Result: receiptData2015 + "Receipt", Evidence: Seen,
			},
		},
		unlisted: []Operation{
			{
				Base: "GetReceipt", Name: "GetReceiptEC",
				Params: ec2(data("receipt", receiptData2009+"ReceiptSearchExternal")),
				Result: receiptData2009 + "ReceiptExternal", Evidence: Seen,
			},
			{
				Base: "GetReceiptList", Name: "GetReceiptListEC",
				Params: ec2(
					data("receiptTypeName", receiptData2009+"ReceiptTypeEnum"), moment("dateFrom"), moment("dateTo"),
				),
				Result: receiptData2009 + "ReceiptExternalList", Evidence: Seen,
			},
			{
				Base: "SaveReceipt", Name: "SaveReceiptEC",
				Params: ec2(data("receipt", receiptData2009+"ReceiptSaveExternal")),
				Result: receiptData2009 + "ReceiptExternal", Evidence: Seen,
			},
		},
	},
}
