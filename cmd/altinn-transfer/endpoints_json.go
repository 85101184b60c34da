package main

import "github.com/altinn-transfer/altinn-transfer/endpoint"

// endpointObject is a row of the catalogue for a machine.
type endpointObject struct {
	Service       string            `json:"service"`
	Operation     string            `json:"operation"`
	Binding       string            `json:"binding"`
	Name          string            `json:"name"`
	Also          []string          `json:"also,omitempty"`
	Path          string            `json:"path"`
	Namespace     string            `json:"namespace,omitempty"`
	Action        string            `json:"action,omitempty"`
	SOAPHeaders   []paramObject     `json:"soap_headers,omitempty"`
	Request       string            `json:"request"`
	Params        []paramObject     `json:"params,omitempty"`
	Reply         string            `json:"reply"`
	ResultType    string            `json:"result_type,omitempty"`
	Stream        string            `json:"stream"` // none, request or reply
	StreamElement string            `json:"stream_element,omitempty"`
	MTOM          bool              `json:"mtom"`
	Evidence      string            `json:"evidence"` // seen or inferred
	InTable       bool              `json:"in_table"`
	TableSays     map[string]string `json:"table_says,omitempty"` // where it is corrected: service, operation, name, path
	Note          string            `json:"note,omitempty"`
}

type paramObject struct {
	Name       string `json:"name"`
	Type       string `json:"type"`
	Optional   bool   `json:"optional,omitempty"`
	Credential bool   `json:"credential,omitempty"`
}

func newEndpointObject(o endpoint.Operation) endpointObject {
	e := endpointObject{
		Service: o.Service, Operation: o.Base, Binding: o.Binding.String(), Name: o.Name, Also: o.Also, Path: o.Path,
		Namespace: o.Namespace, Action: o.Action(), SOAPHeaders: paramObjects(o.Headers), Request: o.RequestWrapper(),
		Params: paramObjects(o.Params), Reply: o.ReplyWrapper(), ResultType: string(o.Result), Stream: o.Stream.String(),
		StreamElement: o.StreamElement(), MTOM: o.MTOM, Evidence: o.Evidence.String(), InTable: o.InTable, Note: o.Note,
	}
	for _, c := range corrections(o) {
		if e.TableSays == nil {
			e.TableSays = make(map[string]string)
		}
		e.TableSays[c.what] = c.table
	}
	return e
}

func paramObjects(params []endpoint.Param) []paramObject {
	var all []paramObject
	for _, p := range params {
		all = append(all, paramObject{p.Name, string(p.Type), p.Optional, p.Role != endpoint.RoleNone})
	}
	return all
}
