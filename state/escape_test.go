package state

import (
	"strings"
	"testing"
)

func TestEscapeUID(t *testing.T) {
	for raw, want := range map[string]string{
		"":                 "",
		"UID-1.2~!\"":      "UID-1.2~!\"",
		`a\b`:              `a\x5cb`,
		"\x00\x1f\x7f\xff": `\x00\x1f\x7f\xff`,
		"ü":                `\xc3\xbc`,
	} {
		if got := EscapeUID(raw); got != want {
			t.Errorf("%q is escaped %s, want %s", raw, got, want)
		}
	}
}

func TestUnescapeUIDRefuses(t *testing.T) {
	for _, s := range []string{`\`, `a\x`, `\x5`, `\xg0`, `\x+5`, `\n`, `\\`, `\X41`, "\x00", "ü", "\n"} {
		if got, err := UnescapeUID(s); err == nil {
			t.Errorf("%q gives %q", s, got)
		}
	}
	if got, err := UnescapeUID(`\x41\xFF`); err != nil || got != "A\xff" {
		t.Errorf("got %q, %v", got, err)
	}
}

func FuzzEscapeUID(f *testing.F) {
	f.Add("plain")
	f.Add("a\\x41\xff\x00")
	f.Fuzz(func(t *testing.T, uid string) {
		escaped := EscapeUID(uid)
		if got, err := UnescapeUID(escaped); err != nil || got != uid {
			t.Errorf("%q comes back as %q, %v", uid, got, err)
		}
		if i := strings.IndexFunc(escaped, func(r rune) bool { return r < ' ' || r > '~' }); i >= 0 {
			t.Errorf("%q is not printable", escaped)
		}
		// What else is accepted means the same when written properly.
		if raw, err := UnescapeUID(uid); err == nil {
			if again, err := UnescapeUID(EscapeUID(raw)); err != nil || again != raw {
				t.Errorf("%q comes back as %q, %v", raw, again, err)
			}
		}
	})
}
