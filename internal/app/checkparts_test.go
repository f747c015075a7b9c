package app

import (
	"bytes"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/popbridge/popbridge/gmail"
	"github.com/popbridge/popbridge/internal/bridge"
	"github.com/popbridge/popbridge/internal/config"
)

// reported is what a report with one remark of each kind looks like.
func reported(w World) string {
	var out bytes.Buffer
	w.Stdout = &out
	p := &program{World: w, log: silent(), exit: func(code int) int { return code }}
	r := p.newReport(false)
	s := &sheet{subject: "shop"}
	s.fine(onName, "a name")
	s.report(onTLS, "facts", []advice{{"one", "do one"}, {"two", "do two"}})
	s.fail(onLogin, &bridge.Failure{Class: bridge.Person, Err: errText("no\nand why"), Hint: "popbridge login shop"})
	s.skip(onCapabilities, notTried)
	s.skip(onListing, notTried)
	r.add(s)
	return out.String()
}

type errText string

func (e errText) Error() string { return string(e) }

func TestAReportIsQuietAndAligned(t *testing.T) {
	want := `shop: name     ok       a name
shop: TLS      warning  facts; one
        hint: do one
shop: TLS      warning  two
        hint: do two
shop: login    failed   no
        and why
        hint: popbridge login shop
shop: capabilities  -        not tried, nor listing
`
	if got := reported(World{Getenv: func(string) string { return "" }}); got != want {
		t.Errorf("got\n%s", got)
	}
}

func TestAReportHasColoursOnATerminalAlone(t *testing.T) {
	for _, row := range []struct {
		terminal bool
		env      map[string]string
		coloured bool
	}{
		{true, nil, true}, {false, nil, false},
		{true, map[string]string{"NO_COLOR": "1"}, false}, {true, map[string]string{"TERM": "dumb"}, false},
	} {
		got := reported(World{StdoutIsTerminal: row.terminal, Getenv: func(key string) string { return row.env[key] }})
		for _, want := range []string{"\x1b[32mok     \x1b[0m", "\x1b[33mwarning\x1b[0m", "\x1b[31mfailed \x1b[0m", "\x1b[2m-      \x1b[0m"} {
			if strings.Contains(got, want) != row.coloured {
				t.Errorf("%+v: it says %q", row, got)
			}
		}
		if strings.Contains(got, "\x1b") != row.coloured {
			t.Errorf("%+v: it says %q", row, got)
		}
	}
}

func TestTheLastLineSumsUp(t *testing.T) {
	for want, counts := range map[string][2]int{"all well": {0, 0}, "all well, 1 warning": {0, 1}, "1 thing to mend": {1, 0}, "2 things to mend, 3 warnings": {2, 3}} {
		if got := verdict(counts[0], counts[1]); got != want {
			t.Errorf("%v: %q", counts, got)
		}
	}
}

func TestAPanicIsOneAccountsOwn(t *testing.T) {
	s := unpanicked(func() *sheet { panic("secret") })
	if len(s.remarks) != 1 || s.remarks[0].class != bridge.Bug || strings.Contains(s.remarks[0].text, "secret") {
		t.Errorf("%+v", s)
	}
}

func TestTheNearestNameOfACertificate(t *testing.T) {
	for _, row := range []struct {
		names []string
		host  string
		want  string
	}{
		{[]string{"example.net", "mail.example.org"}, "pop.example.org", "mail.example.org"},
		{[]string{"*.example.net", "example.net"}, "pop.example.org", "pop.example.net"},
		{[]string{"*.hosting.example.com"}, "192.0.2.1", "pop.hosting.example.com"},
		{[]string{"A.EXAMPLE.ORG", "b.example.com"}, "x.example.org", "A.EXAMPLE.ORG"},
	} {
		if got := nearestName(row.names, row.host); got != row.want {
			t.Errorf("%q for %s: %q", row.names, row.host, got)
		}
	}
}

func TestAPOPIsWarnedOf(t *testing.T) {
	for _, row := range []struct{ method, tls, hint string }{
		{"USER", "none", ""}, {"AUTH PLAIN", "implicit", ""},
		{"APOP", "none", `tls = "implicit"`}, {"APOP", "implicit", `auth = "plain"`},
	} {
		c := &accountCheck{account: config.POP3{Name: "shop", TLS: row.tls}}
		all := c.weakLogin(row.method)
		if (len(all) > 0) != (row.hint != "") || len(all) > 0 && !strings.Contains(all[0].hint, row.hint) {
			t.Errorf("%+v: %+v", row, all)
		}
	}
}

func TestWhereTheGmailAPIIsEnabled(t *testing.T) {
	const page = "https://console.cloud.google.com/apis/library/gmail.googleapis.com"
	for said, want := range map[string]string{
		"Gmail API has not been used in project 123 before": page + "?project=123",
		"visit https://example.com/?project=45 then retry":  page + "?project=45",
		"disabled": page,
	} {
		if got := enableHint(said); got != "enable the Gmail API at "+want+", and wait a few minutes" {
			t.Errorf("%q: %q", said, got)
		}
	}
}

// TestTheClearIsWarnedOf off this machine.
func TestTheClearIsWarnedOf(t *testing.T) {
	for _, row := range []struct {
		addresses []string
		want      outcome
	}{
		{[]string{"127.0.0.1", "::1"}, outcomeOK}, {[]string{"127.0.0.1", "192.0.2.1"}, outcomeWarning}, {[]string{"2001:db8::1"}, outcomeWarning},
	} {
		c := &accountCheck{account: config.POP3{Name: "shop", TLS: "none"}}
		for _, a := range row.addresses {
			c.addresses = append(c.addresses, netip.MustParseAddr(a))
		}
		if !c.tls(t.Context()) || len(c.remarks) != 1 || c.remarks[0].outcome != row.want {
			t.Errorf("%v: %+v", row.addresses, c.remarks)
		}
	}
}

func TestAnAuthorisationThatEndsIsWarnedOf(t *testing.T) {
	now := time.Date(2026, 11, 22, 6, 0, 0, 0, time.UTC)
	for _, row := range []struct {
		ends       time.Time
		text, hint string
	}{
		{time.Time{}, "", ""},
		{now.Add(5*24*time.Hour + time.Hour), "ends on 2026-11-27 (5 days left)", "publish the app"},
		{now.Add(30 * 24 * time.Hour), "ends on 2026-12-22 (30 days left)", "to allow it for longer, type: popbridge login one"},
	} {
		w := &wiring{program: &program{World: World{Now: func() time.Time { return now }}}}
		c := &targetCheck{checkup: &checkup{wiring: w}, target: target{Gmail: config.Gmail{Name: "one"}}, grant: gmail.Grant{EndsAt: row.ends}}
		all := c.limited()
		if (len(all) > 0) != (row.text != "") || len(all) > 0 && !(strings.Contains(all[0].text, row.text) && strings.Contains(all[0].hint, row.hint)) {
			t.Errorf("%v: %+v", row.ends, all)
		}
	}
}
