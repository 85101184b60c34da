package server

import (
	"path"
	"strings"

	"github.com/altinn-transfer/altinn-transfer/endpoint"
)

// serviceNames are those of contracts that were seen and follow no rule, by their path.
//
// QUIRK: clients generated from a contract look its service up by name at run time, so the names are to be right.
var serviceNames = map[string]string{
	"/AuthenticationExternal/SystemAuthentication.svc":          "SystemAuthenticationSI",
	"/ArchiveExternal/ReporteeArchiveExternalStreamedBasic.svc": "ReporteeArchiveExternalStreamedBasic",
	"/ArchiveExternal/ReporteeArchiveExternalStreamedEC2.svc":   "ReporteeArchiveExternalStreamedEC2",
	"/ArchiveExternal/ReporteeArchiveExternalEC2.svc":           "ReporteeArchiveExternalEC2",
	"/ArchiveExternal/KeyManagementEC2.svc":                     "KeyManagementExternalEC2",
	"/IntermediaryExternal/IntermediaryInboundExternalEC2.svc":  "IntermediaryInboundExternalEC2",
	"/IntermediaryExternal/ReceiptExternalEC2.svc":              "ReceiptExternalEC2",
	"/ServiceEngineExternal/PreFillEUSExternalBasic.svc":        "PreFillEUSExternalBasic",
	"/ServiceEngineExternal/PreFillEUSExternalEC2.svc":          "PreFillEUSExternalEC2",
}

// serviceName is what a contract calls its service: most are called like the file that they live at, with SF behind it.
func serviceName(o endpoint.Operation) string {
	if name, ok := serviceNames[o.Path]; ok {
		return name
	}
	return strings.TrimSuffix(path.Base(o.Path), ".svc") + "SF"
}

// portType is the interface as a contract names it. QUIRK: there, and in paths, it is EC2; in actions it is EC.
func portType(o endpoint.Operation) string {
	at := strings.LastIndex(o.Interface, "EC")
	if o.Binding != endpoint.EC2 || at < 0 {
		return o.Interface
	}
	return o.Interface[:at] + "EC2" + o.Interface[at+len("EC"):]
}
