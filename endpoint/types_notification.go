package endpoint

const (
	notificationData     = "{http://schemas.altinn.no/services/ServiceEngine/Notification/2009/10}"
	notificationTypeData = "{http://schemas.altinn.no/services/Intermediary/Notification/2009/10}"
)

// notificationTypes: messages to a person's phone or mailbox, as prefill orders them (Notification) and as correspondence tells
// of them (InternalNotification).
var notificationTypes = types{
	notificationData + "InternalNotificationBEList": {Members: []Member{
		{"InternalNotification", notificationData + "InternalNotification", Optional | Nillable | Many},
	}},
	notificationData + "InternalNotification": {Members: []Member{
		{"FromAddress", TypeString, Optional | Nillable},
		{"LanguageCode", TypeString, Optional | Nillable},
		{"NotificationTypeName", TypeString, Optional | Nillable},
		{"ReceiverEndPointList", notificationData + "InternalReceiverEndPointBEList", Optional | Nillable},
		{"ShipmentDateTime", TypeDateTime, Optional},
		{"TextTokenSubstitutionList", notificationData + "TextTokenSubstitutionBEList", Optional | Nillable},
	}},
	notificationData + "InternalReceiverEndPointBEList": {Members: []Member{
		{"InternalReceiverEndPoint", notificationData + "InternalReceiverEndPoint", Optional | Nillable | Many},
	}},
	notificationData + "InternalReceiverEndPoint": {Members: []Member{
		{"ReceiverAddress", TypeString, Optional | Nillable},
		{"SentDateTime", TypeDateTime, Optional | Nillable},
		{"TransportId", formsEngineData + "TransportType", Optional | Nillable},
	}},
	formsEngineData + "TransportType": choice("SMS", "Email", "IM", "Both", "SMSPreferred", "EmailPreferred"),
	notificationData + "TextTokenSubstitutionBEList": {Members: []Member{
		{"TextToken", notificationData + "TextToken", Optional | Nillable | Many},
	}},
	notificationData + "TextToken": {Members: []Member{
		{"TokenNum", TypeInt, Optional},
		{"TokenValue", TypeString, Optional | Nillable},
	}},
	notificationData + "NotificationBEList": {Members: []Member{
		{"Notification", notificationData + "Notification", Optional | Nillable | Many},
	}},
	notificationData + "Notification": {Members: []Member{
		{"FromAddress", TypeString, Optional | Nillable},
		{"NotificationID", TypeInt, Optional},
		{"NotifyType", notificationTypeData + "NotificationType", Optional},
		{"ReporteeElementID", TypeInt, Optional},
		{"ReporteeId", TypeInt, Optional | Nillable},
		{"ShipmentDateTime", TypeDateTime, Optional},
		{"LanguageCode", TypeString, Optional | Nillable},
		{"NotificationType", TypeString, Optional | Nillable},
		{"TextTokens", notificationData + "TextTokenSubstitutionBEList", Optional | Nillable},
		{"ReceiverEndPoints", notificationData + "ReceiverEndPointBEList", Optional | Nillable},
	}},
	notificationTypeData + "NotificationType": choice("PIN", "Correspondence", "PreFill", "StandAlone", "General"),
	notificationData + "ReceiverEndPointBEList": {Members: []Member{
		{"ReceiverEndPoint", notificationData + "ReceiverEndPoint", Optional | Nillable | Many},
	}},
	notificationData + "ReceiverEndPoint": {Members: []Member{
		{"TransportType", formsEngineData + "TransportType", Optional | Nillable},
		{"ReceiverAddress", TypeString, Optional | Nillable},
	}},
}
