package broker

import (
	"strconv"

	"github.com/altinn-transfer/altinn-transfer/soap"
	"github.com/beevik/etree"
)

// namespaceData is the namespace of the broker's data types. QUIRK: "schemas." here, "schema." inside the ZIP.
const namespaceData = "http://schemas.altinn.no/services/ServiceEngine/Broker/2015/06"

// Manifest announces a shipment: what is sent, by whom, to whom.
type Manifest struct {
	ServiceCode string
	EditionCode int
	Sender      Party
	Recipients  []Party
	// SendersReference is the sender's own name for the shipment and should be unique. QUIRK: a receiver that runs
	// integrasjonspunkt takes one of at most 25 characters [A-Za-z0-9_-] for a message channel and leaves the file lying.
	SendersReference string
	Files            []File     // passed on unread by the service; may be empty
	Properties       []Property // passed on unread by the service; may be empty
}

// File is one entry of a manifest's file list.
type File struct {
	Name     string
	CheckSum string // "": none
}

// Property is one entry of a manifest's property list.
type Property struct{ Key, Value string }

// fill writes the manifest as BrokerServiceInitiation: members in ordinal order, which the service insists on.
func (m Manifest) fill(el *etree.Element) {
	manifest := data(el, "Manifest")
	add(manifest, "ExternalServiceCode", m.ServiceCode)
	add(manifest, "ExternalServiceEditionCode", strconv.Itoa(m.EditionCode))
	if len(m.Files) > 0 {
		list := manifest.CreateElement("FileList")
		for _, f := range m.Files {
			file := list.CreateElement("File")
			if f.CheckSum != "" {
				add(file, "CheckSum", f.CheckSum)
			}
			add(file, "FileName", f.Name)
		}
	}
	if len(m.Properties) > 0 {
		list := manifest.CreateElement("PropertyList")
		for _, p := range m.Properties {
			property := list.CreateElement("Property")
			add(property, "PropertyKey", p.Key)
			add(property, "PropertyValue", p.Value)
		}
	}
	add(manifest, "Reportee", string(m.Sender))
	add(manifest, "SendersReference", m.SendersReference)
	recipients := data(el, "RecipientList")
	for _, party := range m.Recipients {
		add(recipients.CreateElement("Recipient"), "PartyNumber", string(party))
	}
}

// data adds a child in the data namespace to a parameter, whose own namespace is the service's.
func data(el *etree.Element, name string) *etree.Element {
	child := soap.NewElement(namespaceData, name)
	el.AddChild(child)
	return child
}

func add(el *etree.Element, name, text string) {
	el.CreateElement(name).SetText(text)
}
