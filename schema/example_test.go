package schema_test

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/altinn-transfer/altinn-transfer/endpoint"
	"github.com/altinn-transfer/altinn-transfer/schema"
	"github.com/beevik/etree"
)

func show(el *etree.Element) {
	doc := etree.NewDocument()
	doc.SetRoot(el)
	doc.Indent(2)
	doc.WriteTo(os.Stdout)
}

// paramOf is a parameter of an operation, in the Basic binding.
func paramOf(base, name string) (*etree.Element, endpoint.Type) {
	op, _ := endpoint.Find(base, endpoint.Basic)
	for _, p := range op.Params {
		if p.Name == name {
			return etree.NewElement(name), p.Type
		}
	}
	panic(base + " has no " + name)
}

// Whoever sets texts need not know in what order a service wants them.
func ExampleSet() {
	search, t := paramOf("GetReceiptV2", "receipt")
	schema.Set(search, t, "References.Reference.ReferenceValue", "AR4711")
	schema.Set(search, t, "References.Reference[0].ReferenceType", "ArchiveReference")
	show(search)
	fmt.Println(schema.Set(search, t, "ReceiptId", "twelve"))
	fmt.Println(schema.Set(search, t, "References.Ref", "AR4711"))
	// Output:
	// <receipt>
	//   <References xmlns="http://schemas.altinn.no/services/Intermediary/Receipt/2015/06">
	//     <Reference>
	//       <ReferenceType>ArchiveReference</ReferenceType>
	//       <ReferenceValue>AR4711</ReferenceValue>
	//     </Reference>
	//   </References>
	// </receipt>
	// ReceiptId: "twelve" is no int
	// References.Ref: References has Reference, not "Ref"
}

// A file that somebody wrote becomes what a service reads.
func ExampleArrange() {
	_, t := paramOf("InitiateBrokerService", "brokerServiceInitiation")
	doc := etree.NewDocument()
	doc.ReadFromString(`
		<initiation>
		  <RecipientList><Recipient><PartyNumber>910000123</PartyNumber></Recipient></RecipientList>
		  <Manifest>
		    <Reportee>910000456</Reportee>
		    <ExternalServiceEditionCode> 1 </ExternalServiceEditionCode>
		    <ExternalServiceCode>4711</ExternalServiceCode>
		    <SendersReference>a-1</SendersReference>
		  </Manifest>
		</initiation>`)
	if err := schema.Arrange(doc.Root(), t); err != nil {
		fmt.Println(err)
	}
	show(doc.Root())
	// Output:
	// <initiation>
	//   <Manifest xmlns="http://schemas.altinn.no/services/ServiceEngine/Broker/2015/06">
	//     <ExternalServiceCode>4711</ExternalServiceCode>
	//     <ExternalServiceEditionCode>1</ExternalServiceEditionCode>
	//     <Reportee>910000456</Reportee>
	//     <SendersReference>a-1</SendersReference>
	//   </Manifest>
	//   <RecipientList xmlns="http://schemas.altinn.no/services/ServiceEngine/Broker/2015/06">
	//     <Recipient>
	//       <PartyNumber>910000123</PartyNumber>
	//     </Recipient>
	//   </RecipientList>
	// </initiation>
}

func ExampleRequestTemplate() {
	op, _ := endpoint.Find("GetReceiptV2", endpoint.WS)
	show(schema.RequestTemplate(op))
	// Output:
	// <GetReceiptV2>
	//   <receipt>
	//     <!-- int, may be left out -->
	//     <ReceiptId/>
	//     <!-- may be left out -->
	//     <References>
	//       <!-- any number of it -->
	//       <Reference>
	//         <!-- NotSet, ExternalShipmentReference, EndUserSystemReference, ParentReference, SendersReference, WorkFlowReference, BatchReference, OutboundShipmentReference, ReceiversReference, Altinn1Reference, OwnerPartyReference, PartyReference or ArchiveReference -->
	//         <ReferenceType/>
	//         <!-- string -->
	//         <ReferenceValue/>
	//       </Reference>
	//     </References>
	//   </receipt>
	// </GetReceiptV2>
}

// Lists are lists, numbers are numbers, and what the type does not have is told as well.
func ExampleJSON() {
	op, _ := endpoint.Find("GetReceiptV2", endpoint.Basic)
	doc := etree.NewDocument()
	doc.ReadFromString(`
		<GetReceiptBasicV2Result>
		  <ReceiptId>4711</ReceiptId>
		  <ReceiptStatus>OK</ReceiptStatus>
		  <References><Reference><ReferenceType>SendersReference</ReferenceType></Reference></References>
		  <Colour>red</Colour>
		</GetReceiptBasicV2Result>`)
	told, _ := json.MarshalIndent(schema.JSON(doc.Root(), op.Result), "", "  ")
	fmt.Println(string(told))
	// Output:
	// {
	//   "ReceiptId": 4711,
	//   "ReceiptStatus": "OK",
	//   "References": [
	//     {
	//       "ReferenceType": "SendersReference"
	//     }
	//   ],
	//   "Colour": "red"
	// }
}

// A stand-in for a service needs an answer of the right form.
func ExampleSample() {
	op, _ := endpoint.Find("GetReceiptV2", endpoint.Basic)
	answer := etree.NewElement(op.ResultElement())
	schema.Sample(answer, op.Result)
	fmt.Println(answer.FindElement("ReceiptId").Text(), answer.FindElement("SubReceipts/Receipt/LastChanged").Text())
	// Output: 1 2026-01-02T03:04:05
}
