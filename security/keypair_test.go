package security_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/altinn-transfer/altinn-transfer/internal/certs"
	"github.com/altinn-transfer/altinn-transfer/security"
	"software.sslmate.com/src/go-pkcs12"
)

const secret = "Pæssørd€"

// openssl runs it, or skips the test.
func openssl(t *testing.T, args ...string) {
	t.Helper()
	tool, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("openssl is not installed; on Debian: apt-get install openssl")
	}
	if out, err := exec.Command(tool, args...).CombinedOutput(); err != nil {
		t.Skipf("this openssl cannot %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// written puts the identity, with its chain, into a PEM file.
func written(t *testing.T) string {
	t.Helper()
	text, err := certs.EncodePEM(identity())
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "identity.pem")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// The files are as Windows (old and new), keytool and OpenSSL write them.
func TestPKCS12AsOthersWriteIt(t *testing.T) {
	source := written(t)
	for name, args := range map[string][]string{
		"RC2 and 3DES with SHA-1":      {"-legacy", "-descert", "-certpbe", "PBE-SHA1-RC2-40", "-keypbe", "PBE-SHA1-3DES", "-macalg", "sha1"},
		"3DES with SHA-1":              {"-legacy", "-certpbe", "PBE-SHA1-3DES", "-keypbe", "PBE-SHA1-3DES", "-macalg", "sha1"},
		"AES with SHA-256":             {"-certpbe", "AES-256-CBC", "-keypbe", "AES-256-CBC", "-macalg", "sha256"},
		"a friendly name, and Windows": {"-name", "Ærlig & Søn AS", "-CSP", "Microsoft Enhanced RSA and AES Cryptographic Provider", "-LMK"},
	} {
		for _, password := range []string{secret, ""} {
			t.Run(name+" "+password, func(t *testing.T) {
				target := filepath.Join(t.TempDir(), "identity.p12")
				openssl(t, append([]string{"pkcs12", "-export", "-in", source, "-out", target, "-passout", "pass:" + password}, args...)...)
				data, err := os.ReadFile(target)
				if err != nil {
					t.Fatal(err)
				}
				pair, err := security.ReadKeyPair(data, password)
				if err != nil {
					t.Fatal(err)
				}
				if pair.Leaf.SerialNumber.Cmp(identity().Leaf.SerialNumber) != 0 || len(pair.Certificate) != 2 {
					t.Errorf("the certificate is %v, with %d in all", pair.Leaf.Subject, len(pair.Certificate))
				}
				if err := security.CheckSigner(pair, time.Now()); err != nil {
					t.Error(err)
				}
				if _, err := security.ReadKeyPair(data, password+"x"); !errors.Is(err, security.ErrPassword) {
					t.Errorf("with another password: %v", err)
				}
			})
		}
	}
}

// The files of testdata hold a key that was thrown away, its certificate with letters of Norwegian in its name, and the root:
// written by OpenSSL as Windows does (RC2 with a friendly name and a provider, 3DES, AES), and by the keytool of Java 17 and, with
// -J-Dkeystore.pkcs12.legacy, as older ones did. They are valid until 2076.
func TestFilesOfOthers(t *testing.T) {
	const password, ofJava = "Blåbær€ 7", "bytt-meg" // keytool takes ASCII alone
	for name, password := range map[string]string{
		"windows-rc2": password, "windows-3des": password, "windows-aes": password, "empty": "", "keytool": ofJava, "keytool-old": ofJava,
	} {
		data, err := os.ReadFile(filepath.Join("testdata", name+".p12"))
		if err != nil {
			t.Fatal(err)
		}
		pair, err := security.ReadKeyPair(data, password)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := pair.Leaf.Subject; got.CommonName != "Grønn Ås AS" || got.SerialNumber != "987654325" || len(pair.Certificate) != 2 {
			t.Errorf("%s: it is of %v, with %d certificates", name, got, len(pair.Certificate))
		}
		if err := security.CheckSigner(pair, time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, wrong := range []string{password + " ", "Blåbær", strings.ToUpper(password) + "!"} {
			if _, err := security.ReadKeyPair(data, wrong); !errors.Is(err, security.ErrPassword) {
				t.Errorf("%s: with another password: %v", name, err)
			}
		}
	}
}

func TestAKeyIsNotChosen(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("testdata", "two-keys.p12"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := security.ReadKeyPair(data, "bytt-meg"); err == nil || !strings.Contains(err.Error(), "several private keys") {
		t.Errorf("of two keys: %v", err)
	}
}

// A certificate is found by its key, wherever it stands among those that vouch for it.
func TestTheOrderOfCertificatesMeansNothing(t *testing.T) {
	key, own, root := blocksOf(t)
	for name, text := range map[string]string{
		"as others write it":    own + root + key,
		"the root first":        root + own + key,
		"no root":               key + own,
		"words between":         "Bag Attributes\n    localKeyID: 01\n" + own + "Key Attributes: <No Attributes>\n" + key,
		"lines that end in \\r": strings.ReplaceAll(key+own, "\n", "\r\n"),
		"a key of PKCS#1":       own + pkcs1(t),
	} {
		pair, err := security.ReadKeyPair([]byte(text), "not asked for")
		if err != nil || !pair.Leaf.Equal(identity().Leaf) || !bytes.Equal(pair.Certificate[0], identity().Certificate[0]) {
			t.Errorf("%s: %v", name, err)
		}
	}
	data, err := pkcs12.Modern.Encode(identity().PrivateKey, authority(t), []*x509.Certificate{identity().Leaf}, "")
	if err != nil {
		t.Fatal(err)
	}
	pair, err := security.ReadKeyPair(data, "")
	if err != nil || !pair.Leaf.Equal(identity().Leaf) || len(pair.Certificate) != 2 {
		t.Errorf("PKCS#12 with the root first: %v", err)
	}
}

// blocksOf are the identity's key, its certificate and the root's, in PEM.
func blocksOf(t *testing.T) (key, own, root string) {
	t.Helper()
	text, err := certs.EncodePEM(identity())
	if err != nil {
		t.Fatal(err)
	}
	blocks := strings.SplitAfter(string(text), "-----\n")
	return blocks[0] + blocks[1], blocks[2] + blocks[3], blocks[4] + blocks[5]
}

func pkcs1(t *testing.T) string {
	t.Helper()
	return encode("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(identity().PrivateKey.(*rsa.PrivateKey)))
}

func encode(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

func authority(t *testing.T) *x509.Certificate {
	t.Helper()
	certificate, err := x509.ParseCertificate(identity().Certificate[1])
	if err != nil {
		t.Fatal(err)
	}
	return certificate
}

func TestFilesThatHoldNoKeyPair(t *testing.T) {
	key, own, root := blocksOf(t)
	trust, err := pkcs12.Modern.EncodeTrustStore([]*x509.Certificate{authority(t)}, "")
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct{ data, says string }{
		"nothing":             {"", "no PKCS#12"},
		"text":                {"hello", "and no PEM"},
		"PKCS#12 in BER":      {"\x30\x80\x02\x01\x03", "openssl pkcs12"},
		"BER within DER":      {"\x30\x0a\x02\x01\x03\x30\x80\x06\x01\x2a\x00\x00", "openssl pkcs12"},
		"PKCS#12 without key": {string(trust), "no private key"},
		"PEM without key":     {own + root, "no private key"},
		"PEM with key alone":  {key, "no certificate"},
		"another's key":       {key + root, "belongs to none"},
		"two keys":            {key + own + pkcs1(t), "several private keys"},
		"a key that is none":  {own + encode("PRIVATE KEY", []byte("x")), "private key cannot be read"},
		"a certificate, too":  {key + encode("CERTIFICATE", []byte("x")), "certificate in it cannot be read"},
		"something else":      {encode("PUBLIC KEY", []byte("x")), "no private key"},
		"a locked key":        {own + encode("ENCRYPTED PRIVATE KEY", []byte("x")), "use PKCS#12"},
		"a key locked by PEM": {own + string(pem.EncodeToMemory(&pem.Block{
			Type: "RSA PRIVATE KEY", Headers: map[string]string{"Proc-Type": "4,ENCRYPTED", "DEK-Info": "AES-256-CBC,00"}, Bytes: []byte("x"),
		})), "use PKCS#12"},
	} {
		_, err := security.ReadKeyPair([]byte(test.data), "")
		if err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v; want %q", name, err, test.says)
		}
	}
}

// The decoder's own words are read; as files of others have them.
func TestPKCS12WithoutKeyOrCertificate(t *testing.T) {
	source := written(t)
	for says, args := range map[string][]string{
		"no private key": {"-nokeys"},
		"no certificate": {"-nocerts"},
	} {
		target := filepath.Join(t.TempDir(), "half.p12")
		openssl(t, append([]string{"pkcs12", "-export", "-in", source, "-out", target, "-passout", "pass:"}, args...)...)
		data, err := os.ReadFile(target)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := security.ReadKeyPair(data, ""); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v; want %q", err, says)
		}
	}
}

func TestWhatCannotSign(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*x509.Certificate)
		says   string
	}{
		"good":             {func(*x509.Certificate) {}, ""},
		"expired":          {func(c *x509.Certificate) { c.NotAfter = now.Add(-time.Second) }, "expired on " + now.Add(-time.Second).Format(time.DateOnly)},
		"not valid yet":    {func(c *x509.Certificate) { c.NotBefore = now.Add(time.Second) }, "not valid before " + now.Add(time.Second).Format(time.DateOnly)},
		"for encipherment": {func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageDataEncipherment }, "digitalSignature"},
	} {
		template := certs.EnterpriseTemplate("Enterprise", party)
		template.NotBefore, template.NotAfter = now.Add(-time.Hour), now.Add(time.Hour)
		test.change(template)
		pair, err := keys().authority.Issue(template)
		if err != nil {
			t.Fatal(err)
		}
		err = security.CheckSigner(pair, now)
		if (err == nil) != (test.says == "") || err != nil && !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v, want %q", name, err, test.says)
		}
	}
}

// A curve is good for TLS, and signs no beginning.
func TestAnEllipticCurveSignsNoBeginning(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := certs.EnterpriseTemplate("Enterprise", party)
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	old, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	pair, err := security.ReadKeyPair([]byte(encode("EC PRIVATE KEY", old)+encode("CERTIFICATE", der)), "")
	if err != nil {
		t.Fatal(err)
	}
	if err := security.CheckSigner(pair, now); err == nil || !strings.Contains(err.Error(), "not RSA") {
		t.Errorf("it signs: %v", err)
	}
	if _, err := security.NewTokenRequest(address, pair, now); err == nil {
		t.Error("it signs")
	}
}
