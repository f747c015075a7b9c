package provider

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the tables of docs/providers.md anew")

const (
	docsPage = "../../docs/providers.md"
	begin    = "<!-- What follows is written by: go test ./internal/provider -run TestDocs -update -->\n"
	end      = "<!-- until here -->\n"
	// More domains than this are counted.
	shown = 6
)

func TestDocsShowTheTable(t *testing.T) {
	text, err := os.ReadFile(docsPage)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), begin)
	_, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		t.Fatalf("%s has no %q or no %q", docsPage, begin, end)
	}
	want := before + begin + tables() + end + after
	if *update {
		if err := os.WriteFile(docsPage, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got := strings.Split(string(text), "\n"); !slices.Equal(got, strings.Split(want, "\n")) {
		for _, line := range strings.Split(want, "\n") {
			if !slices.Contains(got, line) {
				t.Errorf("missing: %s", line)
			}
		}
		t.Errorf("%s is not what the table says; run with -update", docsPage)
	}
}

func tables() string {
	var b strings.Builder
	for _, group := range []struct {
		title string
		rows  []row
	}{
		{"Japan: hosting", japanHosting}, {"Japan: access and mail", japanAccess},
		{"Germany, Austria, Switzerland", german}, {"Europe", european},
		{"America and worldwide", american}, {"Asia, Russia, Australia", asian},
	} {
		fmt.Fprintf(&b, "\n### %s\n\n", group.title)
		b.WriteString("| provider | addresses at | host | port | login name | do first |\n| --- | --- | --- | --- | --- | --- |\n")
		for _, r := range group.rows {
			b.WriteString(r.line())
		}
	}
	return b.String() + "\n"
}

func (r row) line() string {
	if r.None != "" {
		return fmt.Sprintf("| %s | %s | none | | | %s |\n", r.Provider, r.shownDomains(), r.None)
	}
	host := strings.ReplaceAll(r.Host, emailDomain, "the address's domain")
	if host == "" {
		host = "your own"
	}
	port := strconv.Itoa(r.Port)
	if r.TLS == "starttls" {
		port += ", STARTTLS"
	}
	user := map[string]string{emailAddress: "the address", emailLocalPart: "what is before the @", "": "your own"}[r.User]
	if r.OAuth2 {
		user += ", OAuth"
	}
	return fmt.Sprintf("| %s | %s | %s | %s | %s | %s |\n", r.Provider, r.shownDomains(), host, port, user, r.Note)
}

func (r row) shownDomains() string {
	all := strings.Fields(r.domains)
	more := len(all) - shown
	if more > 1 {
		all = append(all[:shown:shown], fmt.Sprintf("and %d more", more))
	}
	if r.OwnDomains {
		all = append([]string{"domains of your own"}, all...)
	}
	return strings.Join(all, ", ")
}
