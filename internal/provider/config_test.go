package provider

import (
	"errors"
	"strings"
	"testing"
)

// server is one incomingServer; parts that are left out are as usual.
func server(kind, host, port, socket, rest string) string {
	return `<incomingServer type="` + kind + `"><hostname>` + host + `</hostname><port>` + port + `</port><socketType>` +
		socket + `</socketType>` + rest + `</incomingServer>`
}

func inConfig(inner string) []byte {
	return []byte(`<clientConfig version="1.1"><emailProvider id="x">` + inner + `</emailProvider></clientConfig>`)
}

const (
	cleartext = "<authentication>password-cleartext</authentication>"
	oauth2    = "<authentication>OAuth2</authentication>"
	kerberos  = "<authentication>GSSAPI</authentication>"
)

func TestParseTakesTheBestServer(t *testing.T) {
	plain := server("pop3", "plain.example.org", "110", "plain", cleartext)
	stls := server("pop3", "stls.example.org", "110", "STARTTLS", cleartext)
	tls := server("pop3", " TLS.example.org. ", " 1995 ", " ssl ", cleartext)
	for name, c := range map[string]struct {
		text string
		want Settings
		err  error
	}{
		"TLS before STLS": {plain + stls + tls, Settings{Host: "tls.example.org", Port: 1995, TLS: "implicit"}, nil},
		"STLS":            {plain + stls, Settings{Host: "stls.example.org", Port: 110, TLS: "starttls"}, nil},
		"plain":           {plain, Settings{}, errPlainPOP3},
		"IMAP":            {server("imap", "i.example.org", "993", "SSL", ""), Settings{}, errNoPOP3},
		"nothing":         {"", Settings{}, errNoPOP3},
		"the first": {tls + server("pop3", "second.example.org", "995", "SSL", ""),
			Settings{Host: "tls.example.org", Port: 1995, TLS: "implicit"}, nil},
		"OAuth": {server("pop3", "o.example.org", "995", "SSL", oauth2),
			Settings{Host: "o.example.org", Port: 995, TLS: "implicit", OAuth2: true}, nil},
		"OAuth or password": {server("pop3", "o.example.org", "995", "SSL", oauth2+cleartext),
			Settings{Host: "o.example.org", Port: 995, TLS: "implicit"}, nil},
		"password before OAuth": {server("pop3", "o.example.org", "995", "SSL", oauth2) + tls,
			Settings{Host: "tls.example.org", Port: 1995, TLS: "implicit"}, nil},
		"TLS without a port that is one": {server("pop3", "p.example.org", "99999", "SSL", "") + stls,
			Settings{Host: "stls.example.org", Port: 110, TLS: "starttls"}, nil},
		"Kerberos only": {server("pop3", "k.example.org", "995", "SSL", kerberos) + stls,
			Settings{Host: "stls.example.org", Port: 110, TLS: "starttls"}, nil},
		"by the address": {server("pop3", "%EMAILDOMAIN%", "995", "SSL", "<username>%EMAILLOCALPART%.%EMAILDOMAIN%</username>"),
			Settings{Host: "example.org", Port: 995, TLS: "implicit", User: "%EMAILLOCALPART%.%EMAILDOMAIN%"}, nil},
	} {
		got, err := parse(inConfig(c.text), "office@example.org", true)
		if err == nil {
			c.want.Provider = "example.org"
		}
		if got != c.want || !errors.Is(err, c.err) {
			t.Errorf("%s: %v\n%+v, not\n%+v", name, err, got, c.want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, text := range []string{
		"", "x", "<html></html>", "<clientConfig/>", "<clientConfig><emailProvider></clientConfig>",
		string(inConfig(server("pop3", "&amP;", "995", "SSL", ""))),
		string(inConfig(server("pop3", "a b", "995", "SSL", ""))),
		string(inConfig(server("pop3", "", "995", "SSL", ""))),
		string(inConfig(server("pop3", "192.0.2.1", "995", "SSL", ""))),
		string(inConfig(server("pop3", "::1", "995", "SSL", ""))),
		string(inConfig(server("pop3", "pop.example.org:995", "995", "SSL", ""))),
		string(inConfig(server("pop3", "pop.example.org/x", "995", "SSL", ""))),
		string(inConfig(server("pop3", "%MAILBOX%.example.org", "995", "SSL", ""))),
		string(inConfig(server("pop3", "pop.example.org", "0", "SSL", ""))),
		string(inConfig(server("pop3", "pop.example.org", "", "SSL", ""))),
		string(inConfig(server("pop3", "pop.example.org", "995", "SSL", kerberos))),
	} {
		if s, err := parse([]byte(text), "office@example.org", true); err == nil {
			t.Errorf("%s\n%+v", text, s)
		}
	}
}

// Names that can't be one are asked for instead.
func TestParseUser(t *testing.T) {
	for written, want := range map[string]string{
		" %EMAILADDRESS% ": "%EMAILADDRESS%", "given-12345": "given-12345", "%REALNAME%": "", "a&#x9;b": "", "a&#x202E;b": "",
		"": "", strings.Repeat("x", 256): "",
	} {
		s, err := parse(inConfig(server("pop3", "pop.example.org", "995", "SSL", "<username>"+written+"</username>")), "a@example.org", true)
		if err != nil || s.User != want {
			t.Errorf("%q: %q, %v", written, s.User, err)
		}
	}
}

// Files of older charsets are read as they say themselves.
func TestParseCharsets(t *testing.T) {
	for charset, name := range map[string]string{
		"ISO-8859-1": "B\xfcro", "windows-1252": "B\xfcro", "utf-8": "Büro", "Shift_JIS": "\x83\x81\x81[\x83\x8b", "ISO-2022-JP": "\x1b$B%a!<%k\x1b(B",
	} {
		want := "Büro"
		if strings.Contains(charset, "J") {
			want = "メール"
		}
		text := `<?xml version="1.0" encoding="` + charset + `"?>` +
			string(inConfig("<displayName>"+name+"</displayName>"+server("pop3", "pop.example.org", "995", "SSL", "")))
		s, err := parse([]byte(text), "office@example.org", true)
		if err != nil || s.Provider != want || s.Host != "pop.example.org" {
			t.Errorf("%s: %+v, %v", charset, s, err)
		}
	}
}

// What is shown to people can't write on their terminal.
func TestParseWords(t *testing.T) {
	words := "<displayName> Example\n\tMail&#x202E;&#x85; </displayName>" + server("pop3", "pop.example.org", "995", "SSL", "")
	enable := `<enable visiturl="x"><instruction lang="de">Auf Deutsch.</instruction>
		<instruction>Switch on &lt;b&gt;POP3&lt;/b&gt;,
		please.</instruction></enable>`
	inside := inConfig(words + enable)
	beside := []byte(strings.Replace(string(inConfig(words)), "</emailProvider>", "</emailProvider>"+enable, 1))
	for _, text := range [][]byte{inside, beside} {
		s, err := parse(text, "a@example.org", true)
		if err != nil || s.Provider != "Example Mail" || s.Note != "Switch on <b>POP3</b>, please." {
			t.Errorf("%+v, %v", s, err)
		}
		if s, err := parse(text, "a@example.org", false); err != nil || s.Note != "" {
			t.Errorf("of anybody: %+v, %v", s, err)
		}
	}
	long, err := parse(inConfig("<displayName>"+strings.Repeat("é", 5000)+"</displayName>"+
		server("pop3", "pop.example.org", "995", "SSL", "")), "a@example.org", true)
	if err != nil || len([]rune(long.Provider)) != 301 {
		t.Errorf("%d characters, %v", len([]rune(long.Provider)), err)
	}
}
