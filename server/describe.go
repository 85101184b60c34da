package server

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/altinn-transfer/altinn-transfer/endpoint"
)

// describe answers a GET: the contract when it is asked for, a word on the service otherwise.
func (s *Server) describe(w http.ResponseWriter, r *http.Request) {
	service := ""
	for op := range endpoint.At(r.URL.Path) {
		service = op.Service
		break
	}
	switch {
	case service == "":
		http.Error(w, "there is no service at this path", http.StatusNotFound)
	case asksForContract(r.URL.Query()):
		giveContract(w, r)
	default:
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		fmt.Fprintf(w, "%s. Its contract: %s?wsdl\n", service, r.URL.Path)
	}
}

// asksForContract reads ?wsdl and ?singlewsdl, in any case, as the services did.
func asksForContract(query url.Values) bool {
	for key := range query {
		if strings.EqualFold(key, "wsdl") || strings.EqualFold(key, "singlewsdl") {
			return true
		}
	}
	return false
}

func giveContract(w http.ResponseWriter, r *http.Request) {
	contract, ok := wsdl(r.URL.Path, address(r))
	if !ok {
		panic("server: write the contract of " + r.URL.Path)
	}
	w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	w.Write(contract)
}

// address is where the client found the service.
func address(r *http.Request) string {
	u := url.URL{Scheme: "http", Host: r.Host, Path: r.URL.Path}
	if r.TLS != nil {
		u.Scheme = "https"
	}
	return u.String()
}
