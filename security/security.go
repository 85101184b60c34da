// Package security is what the messages of the WS and EC2 bindings say about their sender: written by a client, checked by a
// service.
//
// WS carries a user name and password in a UsernameToken, EC2 a WS-SecureConversation (February 2005) that an X.509 certificate
// began; both carry WS-Addressing 1.0 and a Timestamp. What is signed is the headers that are named here and nothing else: the
// body and what is streamed beside it are protected by TLS.
package security
