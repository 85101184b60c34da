package security

// DeriveKey is what a session's key is made by, for tests that have both halves.
func DeriveKey(ours, theirs []byte) []byte { return pSHA1(ours, theirs, keySize) }

// Canonical is for tests that sign by themselves.
var Canonical = canonical
