package broker_test

import (
	"os"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/google/go-cmp/cmp"
)

func TestTheFilesThatDescribeAPackage(t *testing.T) {
	m := broker.Manifest{
		ServiceCode: "4752", EditionCode: 3, Sender: "974760673", Recipients: []broker.Party{"991825827"}, SendersReference: "oppgjor-2025-08",
		Files:      []broker.File{{Name: "oppgjør & bilag.pdf", CheckSum: "9f86d081"}, {Name: "side.xml"}},
		Properties: []broker.Property{{Key: "kontakt", Value: "22000000"}},
	}
	for name, write := range map[string]func() ([]byte, error){broker.ManifestFile: m.ManifestXML, broker.RecipientsFile: m.RecipientsXML} {
		got, err := write()
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile("testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	document, _ := m.ManifestXML()
	read, err := broker.ReadManifest(document)
	m.Recipients = nil
	if diff := cmp.Diff(m, read); err != nil || diff != "" {
		t.Errorf("read again: %v (-want +got):\n%s", err, diff)
	}
}

func TestWhatIsNoManifestIsRefused(t *testing.T) {
	for _, document := range []string{
		"", "PK", "<BrokerServiceManifest>", "<Other/>",
		`<!DOCTYPE a [<!ENTITY b "c">]><BrokerServiceManifest/>`,
		"<BrokerServiceManifest><ExternalServiceEditionCode>x</ExternalServiceEditionCode></BrokerServiceManifest>",
	} {
		if m, err := broker.ReadManifest([]byte(document)); err == nil {
			t.Errorf("%q is %+v", document, m)
		}
	}
}
