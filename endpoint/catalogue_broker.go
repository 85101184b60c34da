package endpoint

const (
	nsBroker = "http://www.altinn.no/services/ServiceEngine/Broker/2015/06"
)

// brokerService: the contracts of all bindings were seen; that of WS is older than CheckIfAvailableFiles.
var brokerService = []contract{
	{
		service: "BrokerService", binding: WS,
		path:      "/ServiceEngineExternal/BrokerServiceExternal.svc",
		namespace: nsBroker, interfaceName: "IBrokerServiceExternal",
		note: "Newer than the contract that was seen: as in Basic and EC2, which agree.",
		listed: []Operation{
			{
				Base: "GetAvailableFiles", Name: "GetAvailableFiles",
				Params: []Param{data("searchParameters", brokerData2015+"BrokerServiceSearch")},
				Result: brokerData2015 + "BrokerServiceAvailableFileList", Evidence: Seen,
			},
			{
				Base: "InitiateBrokerService", Name: "InitiateBrokerService",
				Params: []Param{data("brokerServiceInitiation", brokerData2015+"BrokerServiceInitiation")},
				Result: TypeString, Evidence: Seen,
			},
		},
		unlisted: []Operation{
			{
				Base: "ConfirmDownloaded", Name: "ConfirmDownloaded",
				Params:   []Param{text("fileReference"), text("reportee")},
				Evidence: Seen,
			},
			{
				Base: "CheckIfAvailableFiles", Name: "CheckIfAvailableFiles",
				Params: []Param{data("pollParameters", brokerData2020+"BrokerServicePoll")},
				Result: TypeBoolean,
			},
		},
	},
	{
		service: "BrokerService", binding: Basic,
		path:      "/ServiceEngineExternal/BrokerServiceExternalBasic.svc",
		namespace: nsBroker, interfaceName: "IBrokerServiceExternalBasic",
		listed: []Operation{
			{
				Base: "GetAvailableFiles", Name: "GetAvailableFilesBasic",
				Params: basic(data("searchParameters", brokerData2015+"BrokerServiceSearch")),
				Result: brokerData2015 + "BrokerServiceAvailableFileList", Evidence: Seen,
			},
			{
				Base: "InitiateBrokerService", Name: "InitiateBrokerServiceBasic",
				Params: basic(data("brokerServiceInitiation", brokerData2015+"BrokerServiceInitiation")),
				Result: TypeString, Evidence: Seen,
			},
		},
		unlisted: []Operation{
			{
				Base: "ConfirmDownloaded", Name: "ConfirmDownloadedBasic",
				Params:   basic(text("fileReference"), text("reportee")),
				Evidence: Seen,
			},
			{
				Base: "CheckIfAvailableFiles", Name: "CheckIfAvailableFilesBasic",
				Params: basic(data("pollParameters", brokerData2020+"BrokerServicePoll")),
				Result: TypeBoolean, Evidence: Seen,
			},
		},
	},
	{
		service: "BrokerService", binding: EC2,
		path:      "/ServiceEngineExternal/BrokerServiceExternalEC2.svc",
		namespace: nsBroker, interfaceName: "IBrokerServiceExternalEC",
		note: noteEC2,
		listed: []Operation{
			{
				Base: "GetAvailableFiles", Name: "GetAvailableFilesEC", TableName: "GetAvailableFilesEC2",
				Params: ec2(data("searchParameters", brokerData2015+"BrokerServiceSearch")),
				Result: brokerData2015 + "BrokerServiceAvailableFileList", Evidence: Seen,
			},
			{
				Base: "InitiateBrokerService", Name: "InitiateBrokerServiceEC", TableName: "InitiateBrokerServiceEC2",
				Params: ec2(data("brokerServiceInitiation", brokerData2015+"BrokerServiceInitiation")),
				Result: TypeString, Evidence: Seen,
			},
		},
		unlisted: []Operation{
			{
				Base: "ConfirmDownloaded", Name: "ConfirmDownloadedEC",
				Params:   ec2(text("fileReference").optional(), text("reportee").optional()),
				Evidence: Seen,
			},
			{
				Base: "CheckIfAvailableFiles", Name: "CheckIfAvailableFilesEC",
				Params: ec2(data("pollParameters", brokerData2020+"BrokerServicePoll")),
				Result: TypeBoolean, Evidence: Seen,
			},
		},
	},
	{
		service: "BrokerService", binding: WS,
		path:      "/ServiceEngineExternal/BrokerServiceExternalStreamed.svc",
		namespace: nsBroker, interfaceName: "IBrokerServiceExternalStreamed", mtom: true,
		note: "The table gives the path of Basic; the contract has its own.",
		listed: []Operation{
			{
				Base: "UploadFileStreamed", Name: "UploadFileStreamed",
				TablePath: "/ServiceEngineExternal/BrokerServiceExternalBasicStreamed.svc",
				Headers:   []Param{text("FileName"), text("Reference"), text("Reportee")},
				Wrapper:   "StreamedPayloadExternalBE", Params: []Param{data("DataStream", TypeStream)},
				Result: brokerReceipt, Stream: StreamRequest, Evidence: Seen,
			},
			{
				Base: "DownloadFileStreamed", Name: "DownloadFileStreamed",
				TablePath: "/ServiceEngineExternal/BrokerServiceExternalBasicStreamed.svc",
				Params:    []Param{text("fileReference"), text("reportee")},
				Result:    TypeStream, Stream: StreamReply, Evidence: Seen,
			},
		},
	},
	{
		service: "BrokerService", binding: Basic,
		path:      "/ServiceEngineExternal/BrokerServiceExternalBasicStreamed.svc",
		namespace: nsBroker, interfaceName: "IBrokerServiceExternalBasicStreamed", mtom: true,
		listed: []Operation{
			{
				Base: "UploadFileStreamed", Name: "UploadFileStreamedBasic",
				Headers: []Param{
					text("FileName"), text("Reference"), text("Reportee"), credential("SystemPassword", RoleSystemPassword),
					credential("SystemUserName", RoleSystemUser),
				},
				Wrapper: "StreamedPayloadBasicBE", Params: []Param{data("DataStream", TypeStream)},
				Result: brokerReceipt, Stream: StreamRequest, Evidence: Seen,
			},
			{
				Base: "DownloadFileStreamed", Name: "DownloadFileStreamedBasic",
				Params: basic(text("fileReference"), text("reportee")),
				Result: TypeStream, Stream: StreamReply, Evidence: Seen,
			},
		},
	},
	{
		service: "BrokerService", binding: EC2,
		path:      "/ServiceEngineExternal/BrokerServiceExternalEC2Streamed.svc",
		namespace: nsBroker, interfaceName: "IBrokerServiceExternalECStreamed", mtom: true,
		note: noteEC2,
		listed: []Operation{
			{
				Base: "UploadFileStreamed", Name: "UploadFileStreamedEC", TableName: "UploadFileStreamedEC2",
				Headers: []Param{
					text("FileName"), credential("Password", RoleSystemPassword), text("Reference"), text("Reportee"),
					credential("UserName", RoleSystemUser),
				},
				Wrapper: "StreamedPayloadECBE", Params: []Param{data("DataStream", TypeStream)},
				Result: brokerReceipt, Stream: StreamRequest, Evidence: Seen,
			},
			{
				Base: "DownloadFileStreamed", Name: "DownloadFileStreamedEC", TableName: "DownloadFileStreamedEC2",
				Params: ec2(text("fileReference"), text("reportee")),
				Result: TypeStream, Stream: StreamReply, Evidence: Seen,
			},
		},
	},
}
