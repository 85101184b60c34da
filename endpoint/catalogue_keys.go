package endpoint

const (
	nsKeys = "http://www.altinn.no/services/Archive/KeyManagement/2010/10"

	noteKeys = "The table seems to have the names of WS and Basic swapped; no contract seen, the rest as in EC2."
)

// keyManagement: the contract of EC2 was seen.
var keyManagement = []contract{
	{
		service: "KeyManagement", binding: WS,
		path:      "/ArchiveExternal/KeyManagementExternal.svc",
		namespace: nsKeys, interfaceName: "IKeyManagementExternal",
		note: noteKeys,
		listed: []Operation{
			{
				Base: "GetCertificates", Name: "GetCertificatesExternal", TableName: "GetCertificatesBasic",
				Params: []Param{text("externalServiceCode"), number("externalServiceEditionCode")},
				Result: keyData + "CertificateBEList",
			},
		},
	},
	{
		service: "KeyManagement", binding: Basic,
		path:      "/ArchiveExternal/KeyManagementExternalBasic.svc",
		namespace: nsKeys, interfaceName: "IKeyManagementExternalBasic",
		note: noteKeys,
		listed: []Operation{
			{
				Base: "GetCertificates", Name: "GetCertificatesBasic", TableName: "GetCertificatesExternal",
				Params: basic(text("externalServiceCode"), number("externalServiceEditionCode")),
				Result: keyData + "CertificateBEList",
			},
		},
	},
	{
		service: "KeyManagement", binding: EC2,
		path:      "/ArchiveExternal/KeyManagementEC2.svc",
		namespace: nsKeys, interfaceName: "IKeyManagementExternalEC",
		note: noteEC2,
		listed: []Operation{
			{
				Base: "GetCertificates", Name: "GetCertificatesEC", TableName: "GetCertificatesEC2",
				Params: ec2(text("externalServiceCode"), number("externalServiceEditionCode")),
				Result: keyData + "CertificateBEList", Evidence: Seen,
			},
		},
	},
}
