package endpoint

const (
	unknown = "{}"

	// As the siblings of 2009 under the same path have theirs.
	nsWorkflow = "http://www.altinn.no/services/ServiceEngine/Workflow/2009/10"

	guessedWorkflow     = "No contract was ever found: namespace and interface are a guess that a profile can put right; "
	noteWorkflow        = guessedWorkflow + "types are unknown."
	noteWorkflowList    = guessedWorkflow + "the result is a list of its type."
	noteWorkflowSigners = guessedWorkflow + "delegatedUserBEList is a list of its type."
)

// workflow: no contract was ever found. There is no EC2.
var workflow = []contract{
	{
		service: "Workflow", binding: WS,
		path:      "/ServiceEngineExternal/WorkflowServiceExternal.svc",
		namespace: nsWorkflow, interfaceName: "IWorkflowExternal",
		note: noteWorkflow, guessed: true,
		listed: []Operation{
			{
				Base: "DoSendingInAction", Name: "DoSendingInAction",
				Params: user(number("reporteeElementID")),
			},
			{
				Base: "DoSigning", Name: "DoSigning",
				Params: user(
					number("reporteeElementID"), data("selectedForms", arrayData+"ArrayOfint"),
					data("selectedAttachments", arrayData+"ArrayOfint"), text("signatureText"),
					moment("endUserSystemLoginDateTime"), moment("endUserSystemSignatureDateTime"),
					text("endUserSystemVersion"), text("endUserSystemUserId"), text("enduserSystemReference"),
					text("endUserSystemSignatureLogId"),
				),
			},
			{
				Base: "GetAvailableActionsV2", Name: "GetAvailableActionsV2",
				Params: user(number("reporteeElementID")),
				Result: unknown + "UserCurrentActionV2",
			},
			{
				Base: "GetNextWorkflowStateTypeInProcessFlowV2", Name: "GetNextWorkflowStateTypeInProcessFlowV2",
				Params: []Param{number("reporteeElementID")},
				Result: unknown + "UserCurrentActionV2",
			},
			{
				Base: "GetProcessDetailsV2", Name: "GetProcessDetailsV2",
				Params: []Param{number("reporteeElementID")},
				Result: unknown + "ProcessDetailsBEV2",
				Note:   noteWorkflowList,
			},
			{
				Base: "GetProcessDetailsV3", Name: "GetProcessDetailsV3",
				Params: []Param{number("reporteeElementID")},
				Result: unknown + "ProcessDetailsBEV3",
				Note:   noteWorkflowList,
			},
			{
				Base: "GetSigningText", Name: "GetSigningText",
				Params: user(
					text("externalServiceCode"), number("externalServiceEditionCode"), number("reporteeElementID"),
					number("languageID"),
				),
				Result: TypeString,
			},
			{
				Base: "SetBackToFormFilling", Name: "SetBackToFormFilling",
				Params: user(number("reporteeElementID")),
			},
			{
				Base: "PrepareUserControlledSigning", Name: "PrepareUserControlledSigning",
				Params: user(
					number("reporteeElementID"), data("delegatedUserBEList", unknown+"DelegatedUserBE"),
					flag("parallelSigningStepLocked"), number("userDefinedNumberOfSignaturesRequired"),
				),
				Note: noteWorkflowSigners,
			},
			{
				Base: "GetProcessStepIDForParallelSigning", Name: "GetProcessStepIDForParallelSigning",
				Params: user(number("reporteeElementID")),
				Result: TypeInt,
			},
		},
	},
	{
		service: "Workflow", binding: Basic,
		path:      "/ServiceEngineExternal/WorkflowServiceExternalBasic.svc",
		namespace: nsWorkflow, interfaceName: "IWorkflowExternalBasic",
		note: noteWorkflow, guessed: true,
		listed: []Operation{
			{
				Base: "DoSendingInAction", Name: "DoSendingInActionBasic",
				Params: basicUser(number("reporteeElementID")),
			},
			{
				Base: "DoSigning", Name: "DoSigningBasic",
				Params: basicUser(
					number("reporteeElementID"), data("selectedForms", arrayData+"ArrayOfint"),
					data("selectedAttachments", arrayData+"ArrayOfint"), text("signatureText"),
					moment("endUserSystemLoginDateTime"), moment("endUserSystemSignatureDateTime"),
					text("endUserSystemVersion"), text("endUserSystemUserId"), text("enduserSystemReference"),
					text("endUserSystemSignatureLogId"),
				),
			},
			{
				Base: "GetAvailableActionsV2", Name: "GetAvailableActionsBasicV2",
				Params: basicUser(number("reporteeElementID")),
				Result: unknown + "UserCurrentActionV2",
			},
			{
				Base: "GetNextWorkflowStateTypeInProcessFlowV2", Name: "GetNextWorkflowStateTypeInProcessFlowBasicV2",
				Params: basic(number("reporteeElementID")),
				Result: unknown + "UserCurrentActionV2",
			},
			{
				Base: "GetProcessDetailsV2", Name: "GetProcessDetailsBasicV2",
				TablePath: "/ServiceEngineExternal/WorkflowServiceExternal.svc",
				Params:    basic(number("reporteeElementID")),
				Result:    unknown + "ProcessDetailsBEV2",
				Note:      guessedWorkflow + "the table gives the path of WS, here alone; the result is a list of its type.",
			},
			{
				Base: "GetProcessDetailsV3", Name: "GetProcessDetailsBasicV3",
				Params: basic(number("reporteeElementID")),
				Result: unknown + "ProcessDetailsBEV3",
				Note:   noteWorkflowList,
			},
			{
				Base: "GetSigningText", Name: "GetSigningTextExternal",
				Params: basicUser(
					text("externalServiceCode"), number("externalServiceEditionCode"), number("reporteeElementID"),
					number("languageID"),
				),
				Result: TypeString,
				Note:   guessedWorkflow + "the name breaks the pattern of Basic, yet a list of operations in use in 2023 has it too.",
			},
			{
				Base: "SetBackToFormFilling", Name: "SetBackToFormFillingBasic",
				Params: basicUser(number("reporteeElementID")),
			},
			{
				Base: "PrepareUserControlledSigning", Name: "PrepareUserControlledSigningBasic",
				Params: basicUser(
					number("reporteeElementID"), data("delegatedUserBEList", unknown+"DelegatedUserBE"),
					flag("parallelSigningStepLocked"), number("userDefinedNumberOfSignaturesRequired"),
				),
				Note: noteWorkflowSigners,
			},
			{
				Base: "GetProcessStepIDForParallelSigning", Name: "GetProcessStepIDForParallelSigningBasic",
				Params: basicUser(number("reporteeElementID")),
				Result: TypeInt,
			},
		},
	},
}
