package endpoint

const (
	nsInbound2009     = "http://www.altinn.no/services/Intermediary/Shipment/IntermediaryInbound/2009/10"
	nsInbound2010     = "http://www.altinn.no/services/Intermediary/Shipment/IntermediaryInbound/2010/10"
	nsInboundStreamed = "http://www.altinn.no/services/Intermediary/Shipment/IntermediaryInbound/2013/06"
)

// intermediaryInbound: the contracts of Basic (an older one) and EC2 were seen. The types of
// SubmitFormTask are read in the order of their declaration, those of everything else in alphabetical order.
var intermediaryInbound = []contract{
	{
		service: "IntermediaryInbound", binding: WS,
		path:      "/IntermediaryExternal/IntermediaryInbound.svc",
		namespace: nsInbound2009, interfaceName: "IIntermediaryInboundExternal",
		note: "No contract seen: namespace as in Basic and in a published WS-Security example, parameters as documented.",
		listed: []Operation{
			{
				Base: "SubmitFormTask", Name: "SubmitFormTask",
				Params: user(data("formTaskShipment", inboundData2009+"FormTaskShipmentBE")),
				Result: inboundData2009 + "ReceiptExternalBE",
			},
			{
				Base: "GetAltinnSubmissionStatus", Name: "GetAltinnSubmissionStatus",
				Result: TypeInt,
			},
			{
				Base: "CompleteAndSignShipment", Name: "CompleteAndSignShipment",
				Params: user(
					number("reporteeElementId").optional(), data("signature", signatureListData+"SignatureList").optional(),
					number("languageId").optional(),
				),
				Result: receiptData2009 + "ReceiptExternal",
			},
			{
				Base: "UpdateFormData", Name: "UpdateFormData",
				Params: user(data("formTaskUpdate", updateData+"FormTaskUpdate")),
				Result: receiptData2009 + "ReceiptExternal",
			},
		},
	},
	{
		service: "IntermediaryInbound", binding: Basic,
		path:      "/IntermediaryExternal/IntermediaryInboundBasic.svc",
		namespace: nsInbound2009, interfaceName: "IIntermediaryInboundExternalBasic",
		note: "Newer than the contract that was seen: parameters as in EC2 and as documented.",
		listed: []Operation{
			{
				Base: "SubmitFormTask", Name: "SubmitFormTaskBasic",
				Params: allOptional(basicUser(data("formTaskShipment", inboundData2009+"FormTaskShipmentBE"))),
				Result: inboundData2009 + "ReceiptExternalBE", Evidence: Seen,
			},
			{
				Base: "GetAltinnSubmissionStatus", Name: "GetAltinnSubmissionStatusBasic",
				Params: allOptional(basic()),
				Result: TypeInt, Evidence: Seen,
			},
			{
				Base: "CompleteAndSignShipment", Name: "CompleteAndSignShipmentBasic",
				Params: basicUser(
					number("reporteeElementId").optional(), data("signature", signatureListData+"SignatureList").optional(),
					number("languageId").optional(),
				),
				Result: receiptData2009 + "ReceiptExternal",
			},
			{
				Base: "UpdateFormData", Name: "UpdateFormDataBasic",
				Params: basicUser(data("formTaskUpdate", updateData+"FormTaskUpdate")),
				Result: receiptData2009 + "ReceiptExternal",
				Note:   "Newer than the contract that was seen: the action is that of a client, the parameters are as documented.",
			},
		},
	},
	{
		service: "IntermediaryInbound", binding: EC2,
		path:      "/IntermediaryExternal/IntermediaryInboundExternalEC2.svc",
		namespace: nsInbound2010, interfaceName: "IIntermediaryInboundExternalEC",
		note: noteEC2,
		listed: []Operation{
			{
				Base: "SubmitFormTask", Name: "SubmitFormTaskEC", TableName: "SubmitFormTaskEC2",
				Params: ec2(data("formTaskShipment", inboundData2010+"FormTaskShipmentBE")),
				Result: inboundData2010 + "ReceiptExternalBE", Evidence: Seen,
			},
			{
				Base: "GetAltinnSubmissionStatus", Name: "GetAltinnSubmissionStatusEC",
				TableName: "GetAltinnSubmissionStatusEC2",
				Params:    ec2(),
				Result:    TypeInt, Evidence: Seen,
			},
			{
				Base: "CompleteAndSignShipment", Name: "CompleteAndSignShipmentEC", TableName: "CompleteAndSignShipmentEC2",
				Params: ec2(
					number("reporteeElementId").optional(), data("signature", signatureListData+"SignatureList").optional(),
					number("languageId").optional(),
				),
				Result: receiptData2009 + "ReceiptExternal", Evidence: Seen,
			},
			{
				Base: "UpdateFormData", Name: "UpdateFormDataEC", TableName: "UpdateFormDataEC2",
				Params: ec2(data("formTaskUpdate", updateData+"FormTaskUpdate")),
				Result: receiptData2009 + "ReceiptExternal", Evidence: Seen,
			},
		},
	},
}

// intermediaryInboundStreamed: the contract of EC2 was seen. Its spelling has small letters where the broker's has capitals,
// and a small r in EndUserSystemreference, where the documentation has a capital one.
var intermediaryInboundStreamed = []contract{
	{
		service: "IntermediaryInboundStreamed", binding: WS,
		path:      "/IntermediaryExternal/IntermediaryInboundStreamed.svc",
		namespace: nsInboundStreamed, interfaceName: "IIntermediaryInboundExternalStreamed", mtom: true,
		note: "No contract seen: documented names in the form of EC2.",
		listed: []Operation{
			{
				Base: "SubmitAttachmentStreamed", Name: "SubmitAttachmentStreamed",
				Headers: attachmentHeaders(
					credential("authMethod", RoleAuthMethod), credential("userPassword", RoleUserPassword),
					credential("userPinCode", RoleUserPinCode), credential("userSSN", RoleUserSSN),
				),
				Wrapper: "StreamedAttachmentExternalBE", Params: []Param{data("dataStream", TypeStream)},
				Result: attachmentReceipt, Stream: StreamRequest,
			},
		},
	},
	{
		service: "IntermediaryInboundStreamed", binding: Basic,
		path:      "/IntermediaryExternal/IntermediaryInboundBasicStreamed.svc",
		namespace: nsInboundStreamed, interfaceName: "IIntermediaryInboundExternalBasicStreamed", mtom: true,
		note: "No contract seen: documented names in the form of EC2; authMethod and userPinCode are not documented here.",
		listed: []Operation{
			{
				Base: "SubmitAttachmentStreamed", Name: "SubmitAttachmentStreamedBasic",
				Headers: attachmentHeaders(
					credential("systemPassword", RoleSystemPassword), credential("systemUserName", RoleSystemUser),
					credential("userPassword", RoleUserPassword), credential("userSSN", RoleUserSSN),
				),
				Wrapper: "StreamedAttachmentBasicBE", Params: []Param{data("dataStream", TypeStream)},
				Result: attachmentReceipt, Stream: StreamRequest,
			},
		},
	},
	{
		service: "IntermediaryInboundStreamed", binding: EC2,
		path:      "/IntermediaryExternal/IntermediaryInboundExternalEC2Streamed.svc",
		namespace: nsInboundStreamed, interfaceName: "IIntermediaryInboundExternalECStreamed", mtom: true,
		note: noteEC2,
		listed: []Operation{
			{
				Base: "SubmitAttachmentStreamed", Name: "SubmitAttachmentStreamedEC",
				TableName: "SubmitAttachmentStreamedEC2",
				Headers:   attachmentHeaders(credential("password", RoleSystemPassword), credential("userName", RoleSystemUser)),
				Wrapper:   "StreamedAttachmentECBE", Params: []Param{data("dataStream", TypeStream)},
				Result: attachmentReceipt, Stream: StreamRequest, Evidence: Seen,
			},
		},
	},
}

// attachmentHeaders are the header blocks of an attachment: what describes it, then the login.
func attachmentHeaders(login ...Param) []Param {
	return append([]Param{
		text("AttachmentTypeName"), text("CheckSum"), text("EndUserSystemreference").also("EndUserSystemReference"),
		text("FileName"), text("Name"), number("ReporteeElementId"),
	}, login...)
}
