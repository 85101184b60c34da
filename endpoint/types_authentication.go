package endpoint

const (
	authenticationData = "{http://schemas.altinn.no/services/Authentication/2009/10}"
)

// authenticationTypes: how a person asks for a one-time code, and what came of it.
var authenticationTypes = types{
	authenticationData + "AuthenticationChallengeRequestBE": {Members: []Member{
		{"AuthMethod", TypeString, Optional | Nillable},
		{"SystemUserName", TypeString, Optional | Nillable},
		{"UserPassword", TypeString, Optional | Nillable},
		{"UserSSN", TypeString, Optional | Nillable},
	}},
	authenticationData + "AuthenticationChallengeBE": {Members: []Member{
		{"Message", TypeString, Optional | Nillable},
		{"Status", authenticationData + "ChallengeRequestResult", Optional},
		{"ValidFrom", TypeDateTime, Optional},
		{"ValidTo", TypeDateTime, Optional},
	}},
	authenticationData + "ChallengeRequestResult": choice(
		"Ok", "InvalidCredentials", "NoPinFound", "NoPhoneNumber", "UserLockedOut", "InvalidPinType",
	),
}
