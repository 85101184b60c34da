package endpoint_test

import (
	"fmt"

	"github.com/altinn-transfer/altinn-transfer/endpoint"
)

// A client asks for an operation in its binding and learns what to send where.
func ExampleFind() {
	op, _ := endpoint.Find("DownloadFileStreamed", endpoint.EC2)
	fmt.Println("POST", op.Path)
	fmt.Println("action", op.Action())
	for _, p := range op.Params {
		fmt.Println("element", p.Name)
	}
	fmt.Println("payload in", op.ReplyWrapper()+"/"+op.StreamElement())
	fmt.Println("the table calls it", op.TableName)
	// Output:
	// POST /ServiceEngineExternal/BrokerServiceExternalEC2Streamed.svc
	// action http://www.altinn.no/services/ServiceEngine/Broker/2015/06/IBrokerServiceExternalECStreamed/DownloadFileStreamedEC
	// element userName
	// element password
	// element fileReference
	// element reportee
	// payload in DownloadFileStreamedECResponse/DownloadFileStreamedECResult
	// the table calls it DownloadFileStreamedEC2
}
