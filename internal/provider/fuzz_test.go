package provider

import (
	"testing"
)

// Whatever a server answers: what comes out can be shown and dialled.
func FuzzParse(f *testing.F) {
	f.Add(inConfig(server("pop3", "pop.%EMAILDOMAIN%", "995", "SSL", cleartext)), "office@example.org")
	f.Add(inConfig(server("pop3", "bücher.example", "110", "STARTTLS", oauth2+"<username>%EMAILLOCALPART%</username>")), "a@b")
	f.Add([]byte(`<clientConfig><emailProvider><displayName>`+"\x1b[2J"+`</displayName></emailProvider></clientConfig>`), "x")
	f.Add([]byte(`<!DOCTYPE a [<!ENTITY b "c">]><clientConfig>&b;</clientConfig>`), "@")
	f.Fuzz(func(t *testing.T, text []byte, address string) {
		s, err := parse(text, address, true)
		if err != nil {
			if s != (Settings{}) {
				t.Errorf("%v, and %+v", err, s)
			}
			return
		}
		if name, err := hostName(s.Host); err != nil || name != s.Host {
			t.Errorf("host %q", s.Host)
		}
		if s.Port < 1 || s.Port > 65535 || s.TLS != "implicit" && s.TLS != "starttls" {
			t.Errorf("port %d with %q", s.Port, s.TLS)
		}
		if s.Note != phrase(s.Note) || s.User != userPattern(s.User) || len(s.User) > 255 {
			t.Errorf("note %q, user %q", s.Note, s.User)
		}
	})
}

func FuzzHostName(f *testing.F) {
	for _, s := range []string{"pop.example.org", "Bücher.example.", "localhost", "127.0.0.1", "::1", "a..b", "-a.b", "1.2", "ａ.example", "a_b.example"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		name, err := hostName(s)
		if err != nil {
			return
		}
		if again, err := hostName(name); err != nil || again != name {
			t.Errorf("%q is %q, and then %q, %v", s, name, again, err)
		}
	})
}
