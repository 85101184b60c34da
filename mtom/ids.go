package mtom

import (
	"crypto/rand"
	"fmt"
	"net/url"
	"strings"
)

// NewContentID makes a Content-ID of 128 random bits. It needs no escaping in a cid: URL.
func NewContentID() string { return randomGUID() + "@payload" }

// newBoundary makes a boundary in the form of WCF's, with 128 random bits, so that no payload holds it but by a miracle.
func newBoundary() string { return "uuid:" + randomGUID() + "+id=1" }

func randomGUID() string {
	var r [16]byte
	rand.Read(r[:])
	return fmt.Sprintf("%x-%x-%x-%x-%x", r[:4], r[4:6], r[6:8], r[8:10], r[10:])
}

func trimID(id string) string {
	return strings.TrimSuffix(strings.TrimPrefix(id, "<"), ">")
}

// sameID compares the start parameter with a Content-ID: as it stands, then percent-decoded.
func sameID(start, id string) bool {
	decoded, err := url.PathUnescape(start)
	return start == id || err == nil && decoded == id
}
