// Package altinntransfer is the map of the module; it holds no code.
//
// The module moves files through Altinn's broker (formidling) and attachment services as streams of constant memory, and
// is its own far side as well. Packages stand on floors, and import only what is below them:
//
//	floor 4  cmd/altinn-transfer   says it to people
//	         bench                 measures it
//	         metrics               counts what became of jobs, for Prometheus
//	floor 3  transfer              one whole job, and many: order, retry, progress, what is kept on disk
//	floor 2  broker, archive       one method per operation
//	         server                the far side: the services over a store on disk
//	floor 1  binding               an operation of the catalogue, called with credentials
//	         soap                  one SOAP call over HTTP
//	         schema                XML of the catalogue's data types
//	         resume                the journal: what is known to have happened to each job
//	floor 0  endpoint              which services, operations and data types exist
//	         security              what messages of WS and EC2 say about their sender
//	         mtom                  multipart/related with XOP, as a stream of bytes
//	         stream                readers that count, digest, limit and notice a stall; sources that open again
//	         failure               what went wrong, for programs and for people
//	         internal/...          files that appear whole, ZIPs that stream, readers that misbehave
//
// Where to begin: package transfer to send and receive files, package broker or archive to call single operations, package
// server to test against. ARCHITECTURE.md has both paths of the bytes, what is on disk at each step, and the decisions.
package altinntransfer
