package endpoint_test

import (
	"strings"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/endpoint"
)

// The four streamed operations, written out: a slip in a shared constant shows here.
var streamed = []struct {
	base          string
	binding       endpoint.Binding
	path          string
	action        string
	headers       string
	body          string
	reply, result string
	stream        endpoint.Stream
	streamElement string
	evidence      endpoint.Evidence
}{
	{
		"UploadFileStreamed", endpoint.Basic,
		"/ServiceEngineExternal/BrokerServiceExternalBasicStreamed.svc",
		"http://www.altinn.no/services/ServiceEngine/Broker/2015/06/IBrokerServiceExternalBasicStreamed/UploadFileStreamedBasic",
		"FileName Reference Reportee SystemPassword SystemUserName",
		"StreamedPayloadBasicBE(DataStream)",
		"ReceiptExternalStreamedBE", "", endpoint.StreamRequest, "DataStream", endpoint.Seen,
	},
	{
		"UploadFileStreamed", endpoint.WS,
		"/ServiceEngineExternal/BrokerServiceExternalStreamed.svc",
		"http://www.altinn.no/services/ServiceEngine/Broker/2015/06/IBrokerServiceExternalStreamed/UploadFileStreamed",
		"FileName Reference Reportee",
		"StreamedPayloadExternalBE(DataStream)",
		"ReceiptExternalStreamedBE", "", endpoint.StreamRequest, "DataStream", endpoint.Seen,
	},
	{
		"UploadFileStreamed", endpoint.EC2,
		"/ServiceEngineExternal/BrokerServiceExternalEC2Streamed.svc",
		"http://www.altinn.no/services/ServiceEngine/Broker/2015/06/IBrokerServiceExternalECStreamed/UploadFileStreamedEC",
		"FileName Password Reference Reportee UserName",
		"StreamedPayloadECBE(DataStream)",
		"ReceiptExternalStreamedBE", "", endpoint.StreamRequest, "DataStream", endpoint.Seen,
	},
	{
		"DownloadFileStreamed", endpoint.Basic,
		"/ServiceEngineExternal/BrokerServiceExternalBasicStreamed.svc",
		"http://www.altinn.no/services/ServiceEngine/Broker/2015/06/IBrokerServiceExternalBasicStreamed/DownloadFileStreamedBasic",
		"",
		"DownloadFileStreamedBasic(systemUserName systemPassword fileReference reportee)",
		"DownloadFileStreamedBasicResponse", "DownloadFileStreamedBasicResult",
		endpoint.StreamReply, "DownloadFileStreamedBasicResult", endpoint.Seen,
	},
	{
		"DownloadFileStreamed", endpoint.WS,
		"/ServiceEngineExternal/BrokerServiceExternalStreamed.svc",
		"http://www.altinn.no/services/ServiceEngine/Broker/2015/06/IBrokerServiceExternalStreamed/DownloadFileStreamed",
		"",
		"DownloadFileStreamed(fileReference reportee)",
		"DownloadFileStreamedResponse", "DownloadFileStreamedResult",
		endpoint.StreamReply, "DownloadFileStreamedResult", endpoint.Seen,
	},
	{
		"DownloadFileStreamed", endpoint.EC2,
		"/ServiceEngineExternal/BrokerServiceExternalEC2Streamed.svc",
		"http://www.altinn.no/services/ServiceEngine/Broker/2015/06/IBrokerServiceExternalECStreamed/DownloadFileStreamedEC",
		"",
		"DownloadFileStreamedEC(userName password fileReference reportee)",
		"DownloadFileStreamedECResponse", "DownloadFileStreamedECResult",
		endpoint.StreamReply, "DownloadFileStreamedECResult", endpoint.Seen,
	},
	{
		"SubmitAttachmentStreamed", endpoint.Basic,
		"/IntermediaryExternal/IntermediaryInboundBasicStreamed.svc",
		"http://www.altinn.no/services/Intermediary/Shipment/IntermediaryInbound/2013/06/" +
			"IIntermediaryInboundExternalBasicStreamed/SubmitAttachmentStreamedBasic",
		"AttachmentTypeName CheckSum EndUserSystemreference FileName Name ReporteeElementId " +
			"systemPassword systemUserName userPassword userSSN",
		"StreamedAttachmentBasicBE(dataStream)",
		"ReceiptExternalStreamedBE", "", endpoint.StreamRequest, "dataStream", endpoint.Inferred,
	},
	{
		"SubmitAttachmentStreamed", endpoint.WS,
		"/IntermediaryExternal/IntermediaryInboundStreamed.svc",
		"http://www.altinn.no/services/Intermediary/Shipment/IntermediaryInbound/2013/06/" +
			"IIntermediaryInboundExternalStreamed/SubmitAttachmentStreamed",
		"AttachmentTypeName CheckSum EndUserSystemreference FileName Name ReporteeElementId " +
			"authMethod userPassword userPinCode userSSN",
		"StreamedAttachmentExternalBE(dataStream)",
		"ReceiptExternalStreamedBE", "", endpoint.StreamRequest, "dataStream", endpoint.Inferred,
	},
	{
		"SubmitAttachmentStreamed", endpoint.EC2,
		"/IntermediaryExternal/IntermediaryInboundExternalEC2Streamed.svc",
		"http://www.altinn.no/services/Intermediary/Shipment/IntermediaryInbound/2013/06/" +
			"IIntermediaryInboundExternalECStreamed/SubmitAttachmentStreamedEC",
		"AttachmentTypeName CheckSum EndUserSystemreference FileName Name ReporteeElementId password userName",
		"StreamedAttachmentECBE(dataStream)",
		"ReceiptExternalStreamedBE", "", endpoint.StreamRequest, "dataStream", endpoint.Seen,
	},
	{
		"GetAttachmentDataStreamed", endpoint.Basic,
		"/ArchiveExternal/ReporteeArchiveExternalStreamedBasic.svc",
		"http://www.altinn.no/services/Archive/ReporteeArchive/2013/06/" +
			"IReporteeArchiveExternalStreamedBasic/GetAttachmentDataStreamedBasic",
		"",
		"GetAttachmentDataStreamedBasic(systemUserName systemPassword attachmentId)",
		"GetAttachmentDataStreamedBasicResponse", "GetAttachmentDataStreamedBasicResult",
		endpoint.StreamReply, "GetAttachmentDataStreamedBasicResult", endpoint.Inferred,
	},
	{
		"GetAttachmentDataStreamed", endpoint.WS,
		"/ArchiveExternal/ReporteeArchiveExternalStreamed.svc",
		"http://www.altinn.no/services/Archive/ReporteeArchive/2013/06/" +
			"IReporteeArchiveExternalStreamed/GetAttachmentDataExternalStreamed",
		"",
		"GetAttachmentDataExternalStreamed(attachmentId)",
		"GetAttachmentDataExternalStreamedResponse", "GetAttachmentDataExternalStreamedResult",
		endpoint.StreamReply, "GetAttachmentDataExternalStreamedResult", endpoint.Inferred,
	},
	{
		"GetAttachmentDataStreamed", endpoint.EC2,
		"/ArchiveExternal/ReporteeArchiveExternalStreamedEC2.svc",
		"http://www.altinn.no/services/Archive/ReporteeArchive/2013/06/" +
			"IReporteeArchiveExternalStreamedEC/GetAttachmentDataECStreamed",
		"",
		"GetAttachmentDataECStreamed(userName password attachmentId)",
		"GetAttachmentDataECStreamedResponse", "GetAttachmentDataECStreamedResult",
		endpoint.StreamReply, "GetAttachmentDataECStreamedResult", endpoint.Seen,
	},
}

func TestStreamedOperations(t *testing.T) {
	for _, want := range streamed {
		t.Run(want.base+" "+want.binding.String(), func(t *testing.T) {
			o, ok := endpoint.Find(want.base, want.binding)
			if !ok {
				t.Fatal("not found")
			}
			for _, c := range []struct{ what, got, want string }{
				{"path", o.Path, want.path},
				{"action", o.Action(), want.action},
				{"reply action", o.ReplyAction(), want.action + "Response"},
				{"fault action", o.FaultAction(), want.action + "AltinnFaultFault"},
				{"header blocks", names(o.Headers), want.headers},
				{"body", o.RequestWrapper() + "(" + names(o.Params) + ")", want.body},
				{"reply", o.ReplyWrapper(), want.reply},
				{"result", o.ResultElement(), want.result},
				{"stream", o.Stream.String(), want.stream.String()},
				{"stream element", o.StreamElement(), want.streamElement},
				{"evidence", o.Evidence.String(), want.evidence.String()},
			} {
				if c.got != c.want {
					t.Errorf("%s is\n%q, want\n%q", c.what, c.got, c.want)
				}
			}
			if !o.MTOM {
				t.Error("does not speak MTOM")
			}
		})
	}
}

func names(params []endpoint.Param) string {
	var all []string
	for _, p := range params {
		all = append(all, p.Name)
	}
	return strings.Join(all, " ")
}

func TestNothingElseIsStreamed(t *testing.T) {
	known := map[string]bool{}
	paths := map[string]bool{}
	for _, s := range streamed {
		known[s.base+s.binding.String()] = true
		paths[s.path] = true
	}
	for o := range endpoint.All() {
		streams := o.Stream != endpoint.NoStream
		if streams != known[o.Base+o.Binding.String()] {
			t.Errorf("%s at %s: stream is %s", o.Name, o.Path, o.Stream)
		}
		if o.MTOM != paths[o.Path] {
			t.Errorf("%s at %s: MTOM is %t", o.Name, o.Path, o.MTOM)
		}
		if (len(o.Headers) > 0) != (o.Stream == endpoint.StreamRequest) || (o.Wrapper != "") != (o.Stream == endpoint.StreamRequest) {
			t.Errorf("%s at %s: header blocks and a wrapper of its own are for streamed uploads", o.Name, o.Path)
		}
		if streams != (o.StreamElement() != "") || (o.Result == endpoint.TypeStream) != (o.Stream == endpoint.StreamReply) {
			t.Errorf("%s at %s: stream %s in element %q, result %s", o.Name, o.Path, o.Stream, o.StreamElement(), o.Result)
		}
	}
}
