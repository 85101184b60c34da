package endpoint

const (
	caseData = "{http://schemas.altinn.no/services/ServiceEngine/Case/2010/10}"
)

// caseTypes: cases, which gather what several services have of one matter.
var caseTypes = types{
	caseData + "CaseBEList": {Members: []Member{{"CaseBE", caseData + "CaseBE", Optional | Nillable | Many}}},
	caseData + "CaseBE": {Members: []Member{
		{"CaseID", TypeInt, Optional},
		{"CaseName", TypeString, Optional | Nillable},
		{"Comments", TypeString, Optional | Nillable},
		{"CurrentStateFriendlyName", TypeString, Optional | Nillable},
		{"CurrentStateID", TypeInt, Optional},
		{"CurrentStateName", TypeString, Optional | Nillable},
		{"DueDate", TypeDateTime, Optional | Nillable},
		{"Notice", TypeString, Optional | Nillable},
		{"NoticeTemplateID", TypeString, Optional | Nillable},
		{"VisibleDateTime", TypeDateTime, Optional | Nillable},
	}},
}
