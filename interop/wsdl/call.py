"""Calls the server in the WS binding with what zeep makes of its contract."""

import sys

import requests
import zeep
from zeep.transports import Transport
from zeep.wsa import WsAddressingPlugin
from zeep.wsse.username import UsernameToken

endpoint, roots = sys.argv[1:]
party = "910075918"

session = requests.Session()
session.trust_env = False  # or a variable for roots would count before what follows
session.verify = roots


def client_as(password):
    return zeep.Client(
        endpoint + "/ServiceEngineExternal/BrokerServiceExternal.svc?wsdl",
        transport=Transport(session=session),
        wsse=UsernameToken("avsender", password),
        plugins=[WsAddressingPlugin()],
    )


def available(client):
    return client.service.GetAvailableFiles({"FileStatus": "Uploaded", "Reportee": party})


client = client_as("avsender-demo")
reference = client.service.InitiateBrokerService(
    {
        "Manifest": {
            "ExternalServiceCode": "4192",
            "ExternalServiceEditionCode": 270815,
            "Reportee": party,
            "SendersReference": "a reference of zeep's that is long enough",
        },
        "RecipientList": {"Recipient": [{"PartyNumber": party}]},
    }
)
if len(reference) != 36:
    sys.exit(f"the reference is {reference!r}")
if files := available(client):
    sys.exit(f"files that nobody has sent: {files}")

stranger = client_as("wrong")
stranger.service.Test()
try:
    available(stranger)
    sys.exit("a wrong password was taken")
except zeep.exceptions.Fault as fault:
    code = fault.detail.findtext(".//{http://www.altinn.no/services/common/fault/2009/10}ErrorID")
    if code != "5":
        sys.exit(f"a wrong password gets {code}: {fault}")
print("   zeep has called the WS binding over TLS")
