package endpoint

const (
	nsAuthentication = "http://www.altinn.no/services/Authentication/SystemAuthentication/2009/10"
)

// systemAuthentication has one endpoint, for letters and text messages with codes. The login is inside its one parameter.
var systemAuthentication = []contract{
	{
		service: "SystemAuthentication", binding: Basic,
		path:      "/AuthenticationExternal/SystemAuthentication.svc",
		namespace: nsAuthentication, interfaceName: "ISystemAuthenticationExternal",
		listed: []Operation{
			{
				Base: "GetAuthenticationChallenge", Name: "GetAuthenticationChallenge",
				Params: []Param{
					data("challengeRequest", authenticationData+"AuthenticationChallengeRequestBE").optional(),
				},
				Result: authenticationData + "AuthenticationChallengeBE", Evidence: Seen,
			},
		},
	},
}
