package config_test

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestGmail(t *testing.T) {
	dir := "/etc/popbridge"
	c := mustLoad(t, strings.Replace(minimal, "client = \"client.json\"", strings.Join([]string{
		`name = "work.1"`, `service_account = "` + dir + `/key.json"`, `token = "~/t.json"`,
		`access = "verify"`, `units_per_minute = 0`, `endpoint = "http://[::1]:8025"`}, "\n"), 1))
	g := c.Gmail[0]
	if g.Name != "work.1" || g.Client != "" || g.ServiceAccount != dir+"/key.json" {
		t.Errorf("loaded %+v", g)
	}
	if g.Token != filepath.Join(home, "t.json") || g.Access != "verify" || g.UnitsPerMinute != 0 {
		t.Errorf("loaded %+v", g)
	}
	if g.Endpoint != "http://[::1]:8025/" {
		t.Errorf("endpoint %q, want the final slash that the client needs", g.Endpoint)
	}
	if c.POP3[0].To != "work.1" {
		t.Errorf("to %q, want the one destination", c.POP3[0].To)
	}
}

// line4 are faults of one more line of the only destination.
func line4(faults ...fault) []fault {
	for i := range faults {
		faults[i].name = faults[i].text
		faults[i].text = oneGmail + faults[i].text + "\n" + onePOP3
		faults[i].want = "4: gmail." + faults[i].want
	}
	return faults
}

func TestGmailFaults(t *testing.T) {
	const names = ": write 1 to 64 of the letters A to Z and a to z, digits, dot, _ and -"
	long := strings.Repeat("x", 65)
	checkFaults(t, line4(
		fault{text: `access = "read"`, want: `access: must be "insert" or "verify", not "read"`},
		fault{text: `units_per_minute = -1`, want: `units_per_minute: must be 0 or more, not -1`},
		fault{text: `units_per_minute = 1.5`, want: `units_per_minute: must be an integer, not a float`},
		fault{text: `service_account = "k"`, want: `service_account: given beside client`, hint: "keep one of the two"},
		fault{text: `name = "a b"`, want: `name: "a b"` + names},
		fault{text: `name = "` + long + `"`, want: `name: "` + long + `"` + names},
		fault{text: `name = ""`, want: `name: must not be empty`},
		fault{text: `name = true`, want: `name: must be a string, not a boolean`, hint: "write it in quotes"},
		fault{text: `token = ["t"]`, want: `token: must be a string, not an array`},
		fault{text: `endpoint = "http://gmail.example.com"`, want: `endpoint: "http://gmail.example.com": plain http is for loopback only`},
		fault{text: `endpoint = "ftp://localhost/"`, want: `endpoint: "ftp://localhost/": write an address, as in "https://gmail.example.com/"`},
		fault{text: `endpoint = "localhost:1"`, want: `endpoint: "localhost:1": write an address, as in "https://gmail.example.com/"`},
		fault{text: `endpoint = "https://h/?q"`, want: `endpoint: "https://h/?q": must be without user, query and fragment`},
		fault{text: `endpoint = "https://u:p@h/"`, want: `endpoint: "https://u:p@h/": must be without user, query and fragment`},
	))
	checkFaults(t, []fault{
		{name: "nothing", text: "[[gmail]]\n" + onePOP3, want: "1: gmail.address: missing\n1: gmail.client: missing"},
		{name: "no address", text: strings.Replace(minimal, "in@example.org", "In <in@example.org>", 1),
			want: "2: gmail.address: \"In <in@example.org>\" is no mail address"},
		{name: "a line in the address", text: strings.Replace(minimal, "in@", "in\\r\\n@", 1),
			want: "2: gmail.address: must not hold control characters"},
	})
}

func TestNamesAreUnique(t *testing.T) {
	const hint = "give each [[gmail]] and [[pop3]] a name of its own"
	checkFaults(t, []fault{
		{name: "two defaults", text: oneGmail + oneGmail + onePOP3 + "to = \"default\"\n",
			want: "4: gmail.name: \"default\" is the name of the [[gmail]] of line 1 already", hint: hint},
		{name: "across, without case", text: oneGmail + "name = \"MAIL\"\n" + onePOP3,
			want: "6: pop3.name: \"mail\" is the name of the [[gmail]] of line 4 already", hint: hint},
	})
}
