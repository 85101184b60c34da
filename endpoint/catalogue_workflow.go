package endpoint

const (
	arrays  = "{http://schemas.microsoft.com/2003/10/Serialization/Arrays}"
	unknown = "{}"

	noteWorkflow        = "No contract was ever found: namespace, interface and types are unknown."
	noteWorkflowList    = "No contract was ever found; the result is a list of its type."
	noteWorkflowSigners = "No contract was ever found; delegatedUserBEList is a list of its type."
)

// workflow: no contract was ever found, so the rows have no namespace. There is no EC2.
var workflow = []contract{
	{
		service: "Workflow", binding: WS,
		path: "/ServiceEngineExternal/WorkflowServiceExternal.svc",
		note: noteWorkflow,
		listed: []Operation{
			{
				Base: "DoSendingInAction", Name: "DoSendingInAction",
				Params: user(number("reporteeElementID")),
			},
			{
				Base: "DoSigning", Name: "DoSigning",
				Params: user(
					number("reporteeElementID"), data("selectedForms", arrays+"ArrayOfint"),
					data("selectedAttachments", arrays+"ArrayOfint"), text("signatureText"),
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
		path: "/ServiceEngineExternal/WorkflowServiceExternalBasic.svc",
		note: noteWorkflow,
		listed: []Operation{
			{
				Base: "DoSendingInAction", Name: "DoSendingInActionBasic",
				Params: basicUser(number("reporteeElementID")),
			},
			{
				Base: "DoSigning", Name: "DoSigningBasic",
				Params: basicUser(
					number("reporteeElementID"), data("selectedForms", arrays+"ArrayOfint"),
					data("selectedAttachments", arrays+"ArrayOfint"), text("signatureText"),
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
				Note:      "The table gives the path of WS, here alone; no contract was ever found; the result is a list of its type.",
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
				Note:   "Breaks the pattern of Basic, yet a list of operations in use in 2023 has it too; no contract was ever found.",
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
