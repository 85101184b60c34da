package endpoint

const (
	keyData = "{http://schemas.altinn.no/services/Archive/KeyManagement/2010/10}"
)

// keyTypes: the keys of what is archived encrypted, and the certificates to encrypt with.
var keyTypes = types{
	keyData + "KeyExternalBE": {Members: []Member{
		{"CertificateThumbprint", TypeString, Optional | Nillable},
		{"Key", TypeString, Optional | Nillable},
		{"KeyID", TypeInt, Optional},
	}},
	keyData + "CertificateBEList": {Members: []Member{
		{"CertificateBE", keyData + "CertificateBE", Optional | Nillable | Many},
	}},
	keyData + "CertificateBE": {Members: []Member{
		{"Certificate", TypeString, Optional | Nillable},
		{"CertificateId", TypeInt, Optional},
		{"ServiceOwnerId", TypeInt, Optional},
	}},
}
