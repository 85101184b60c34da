package broker

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strconv"

	"github.com/altinn-transfer/altinn-transfer/soap"
	"github.com/beevik/etree"
)

// namespacePackage is the namespace of the files that describe a package inside its ZIP.
const namespacePackage = "http://schema.altinn.no/services/ServiceEngine/Broker/2015/06"

// Names of the two files that describe a package inside its ZIP. Over a web service they are optional: Initiate carries
// the same.
const (
	ManifestFile   = "manifest.xml"
	RecipientsFile = "recipients.xml"
)

// ManifestXML is the manifest as it stands in a package (BrokerServiceManifest). QUIRK: members in declaration order here,
// unlike in the message of [Client.Initiate].
func (m Manifest) ManifestXML() ([]byte, error) {
	root := soap.NewElement(namespacePackage, "BrokerServiceManifest")
	add(root, "ExternalServiceCode", m.ServiceCode)
	add(root, "ExternalServiceEditionCode", strconv.Itoa(m.EditionCode))
	add(root, "SendersReference", m.SendersReference)
	add(root, "Reportee", string(m.Sender))
	if len(m.Files) > 0 {
		list := root.CreateElement("FileList")
		for _, f := range m.Files {
			file := list.CreateElement("File")
			add(file, "FileName", f.Name)
			if f.CheckSum != "" {
				add(file, "CheckSum", f.CheckSum)
			}
		}
	}
	if len(m.Properties) > 0 {
		list := root.CreateElement("PropertyList")
		for _, p := range m.Properties {
			property := list.CreateElement("Property")
			add(property, "PropertyKey", p.Key)
			add(property, "PropertyValue", p.Value)
		}
	}
	return document(root)
}

// RecipientsXML is the list of recipients as it stands in a package (BrokerServiceRecipientList).
func (m Manifest) RecipientsXML() ([]byte, error) {
	root := soap.NewElement(namespacePackage, "BrokerServiceRecipientList")
	for _, party := range m.Recipients {
		add(root.CreateElement("Recipient"), "PartyNumber", string(party))
	}
	return document(root)
}

func document(root *etree.Element) ([]byte, error) {
	doc := etree.NewDocument()
	doc.CreateProcInst("xml", `version="1.0" encoding="UTF-8"`)
	doc.AddChild(root)
	doc.Indent(2)
	return doc.WriteToBytes()
}

// ReadManifest reads a manifest as [Manifest.ManifestXML] writes it. Recipients are not in it. The caller bounds its length.
func ReadManifest(document []byte) (Manifest, error) {
	if bytes.Contains(document, []byte("<!DOCTYPE")) {
		return Manifest{}, fmt.Errorf("read %s: it holds a DOCTYPE", ManifestFile)
	}
	var read struct {
		XMLName          xml.Name `xml:"BrokerServiceManifest"`
		ServiceCode      string   `xml:"ExternalServiceCode"`
		EditionCode      int      `xml:"ExternalServiceEditionCode"`
		SendersReference string   `xml:"SendersReference"`
		Sender           Party    `xml:"Reportee"`
		Files            []struct {
			Name     string `xml:"FileName"`
			CheckSum string `xml:"CheckSum"`
		} `xml:"FileList>File"`
		Properties []struct {
			Key   string `xml:"PropertyKey"`
			Value string `xml:"PropertyValue"`
		} `xml:"PropertyList>Property"`
	}
	if err := xml.Unmarshal(document, &read); err != nil {
		return Manifest{}, fmt.Errorf("read %s: %w", ManifestFile, err)
	}
	m := Manifest{
		ServiceCode: read.ServiceCode, EditionCode: read.EditionCode, Sender: read.Sender, SendersReference: read.SendersReference,
	}
	for _, file := range read.Files {
		m.Files = append(m.Files, File(file))
	}
	for _, property := range read.Properties {
		m.Properties = append(m.Properties, Property(property))
	}
	return m, nil
}
