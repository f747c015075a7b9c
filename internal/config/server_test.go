package config_test

import (
	"bytes"
	"crypto/tls"
	"path/filepath"
	"strings"
	"testing"
)

const fingerprint = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

func TestPortByTLS(t *testing.T) {
	tests := []struct {
		text string
		port int
	}{
		{`tls = "implicit"`, 995},
		{`tls = "starttls"`, 110},
		{"tls = \"none\"\nallow_plaintext = true", 110},
		{"tls = \"starttls\"\nport = 65535", 65535},
	}
	for _, test := range tests {
		if got := mustLoad(t, minimal+test.text).POP3[0].Port; got != test.port {
			t.Errorf("%s: port %d, want %d", test.text, got, test.port)
		}
	}
}

func TestTLSKeys(t *testing.T) {
	upper := strings.ToUpper(fingerprint)
	var pairs []string
	for i := 0; i < len(upper); i += 2 {
		pairs = append(pairs, upper[i:i+2])
	}
	for _, written := range []string{fingerprint, strings.Join(pairs, ":")} {
		p := mustLoad(t, minimal+"tls_min = \"1.0\"\ntls_ca = \"~/ca.pem\"\nserver_name = \"mx.example.net\"\ntls_fingerprint = \""+written+"\"").POP3[0]
		if p.TLSMin != tls.VersionTLS10 || p.TLSCA != filepath.Join(home, "ca.pem") || p.ServerName != "mx.example.net" {
			t.Errorf("loaded %+v", p)
		}
		if len(p.TLSFingerprint) != 32 || !bytes.HasPrefix(p.TLSFingerprint, []byte{0x9f, 0x86}) {
			t.Errorf("%s: read as %x", written, p.TLSFingerprint)
		}
	}
}

func TestPlaintext(t *testing.T) {
	const hint = `use tls = "implicit" or tls = "starttls"; where that can't be, set allow_plaintext = true`
	checkFaults(t, line9(
		fault{text: `tls = "none"`, want: `tls: "none" sends the password in the clear to pop.example.com`, hint: hint},
		fault{text: "tls = \"none\"\nallow_plaintext = false", want: `tls: "none" sends the password in the clear to pop.example.com`, hint: hint},
	))
	for _, host := range []string{"localhost", "LocalHost.", "127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"} {
		mustLoad(t, strings.Replace(minimal, "pop.example.com", host, 1)+`tls = "none"`)
	}
	for _, host := range []string{"localhost.example.com", "128.0.0.1", "0.0.0.0", "127.1"} {
		if _, err := load(t, strings.Replace(minimal, "pop.example.com", host, 1)+`tls = "none"`); err == nil {
			t.Errorf("%s taken for this machine", host)
		}
	}
}

func TestServerFaults(t *testing.T) {
	const none = "tls = \"none\"\nallow_plaintext = true\n"
	checkFaults(t, line9(
		fault{text: `tls = "ssl"`, want: `tls: must be "implicit", "starttls" or "none", not "ssl"`},
		fault{text: `port = 65536`, want: `port: must be from 1 to 65535, not 65536`},
		fault{text: `port = "995"`, want: `port: must be an integer, not a string`},
		fault{text: `allow_plaintext = "yes"`, want: `allow_plaintext: must be true or false, not a string`},
		fault{text: `tls_min = "1.4"`, want: `tls_min: "1.4": must be "1.0", "1.1", "1.2" or "1.3"`},
		fault{text: `tls_min = 1.2`, want: `tls_min: must be a string, not a float`, hint: "write it in quotes"},
		fault{text: `tls_fingerprint = "abcd"`, want: `tls_fingerprint: "abcd": a SHA-256 has 32 octets, not 2`},
		fault{text: `tls_fingerprint = "xy"`,
			want: `tls_fingerprint: "xy": write the certificate's SHA-256 in hexadecimal, with colons or without`},
		fault{text: `tls_ca = {a = 1}`, want: `tls_ca: must be a string, not a table`},
		fault{text: `server_name = "a\u0000b"`, want: `server_name: must not hold control characters`},
	))
	checkFaults(t, []fault{
		{name: "port in the host", text: strings.Replace(minimal, "pop.example.com", "pop.example.com:995", 1),
			want: `6: pop3.host: "pop.example.com:995": write a host name or an address alone`},
		{name: "a line in the host", text: strings.Replace(minimal, "pop.example.com", "a\\nb", 1),
			want: `6: pop3.host: must not hold control characters`},
		{name: "pinned in the clear", text: minimal + none + "tls_fingerprint = \"" + fingerprint + "\"",
			want: `11: pop3.tls_fingerprint: does nothing with tls = "none"`},
	})
}
