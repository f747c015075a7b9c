package provider

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Who adds a row says where its settings are written.
func TestEveryRowNamesItsSource(t *testing.T) {
	source := regexp.MustCompile(`https?://[a-z0-9.-]+\.[a-z]+/\S+`)
	rows := 0
	set := token.NewFileSet()
	names, err := filepath.Glob("rows*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		file, err := parser.ParseFile(set, name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, literal := range rowLiterals(file) {
			rows++
			if !slices.ContainsFunc(file.Comments, func(c *ast.CommentGroup) bool {
				return literal.Pos() < c.Pos() && c.End() < literal.End() && source.MatchString(c.Text())
			}) {
				t.Errorf("%s: no source", set.Position(literal.Pos()))
			}
		}
	}
	if rows != len(table) {
		t.Errorf("%d rows in the source, %d in the table", rows, len(table))
	}
}

// rowLiterals are the elements of every []row{…}.
func rowLiterals(file *ast.File) []ast.Expr {
	var found []ast.Expr
	ast.Inspect(file, func(n ast.Node) bool {
		if all, ok := n.(*ast.CompositeLit); ok {
			if array, ok := all.Type.(*ast.ArrayType); ok {
				if name, ok := array.Elt.(*ast.Ident); ok && name.Name == "row" {
					found = append(found, all.Elts...)
				}
			}
		}
		return true
	})
	return found
}

func TestTableIsSane(t *testing.T) {
	if len(table) < 60 || len(japanHosting)+len(japanAccess) < 15 {
		t.Errorf("%d rows, %d of Japan", len(table), len(japanHosting)+len(japanAccess))
	}
	for _, r := range table {
		s := r.Settings
		if s.Provider == "" || strings.TrimSpace(r.domains+r.names) == "" || s.Origin != "" || s.Secure {
			t.Errorf("%+v", r)
		}
		if s.None != "" {
			if s != (Settings{Provider: s.Provider, None: s.None}) {
				t.Errorf("%s has no POP3 server, and settings: %+v", s.Provider, s)
			}
			continue
		}
		if !(s.Port == 995 && s.TLS == "implicit" || s.Port == 110 && s.TLS == "starttls") {
			t.Errorf("%s: port %d with %q", s.Provider, s.Port, s.TLS)
		}
		if s.Host == "" && s.Note == "" || s.User == "" && s.Note == "" {
			t.Errorf("%s: something is left out, and nothing says where it is", s.Provider)
		}
		host := expand(s.Host, "x@example.org")
		if name, err := hostName(host); s.Host != "" && (err != nil || name != host) {
			t.Errorf("%s: host %q", s.Provider, s.Host)
		}
		if s.User != userPattern(s.User) || s.Note != phrase(s.Note) {
			t.Errorf("%s: user %q, note %q", s.Provider, s.User, s.Note)
		}
	}
}

func TestDomainsAndNamesAreUnique(t *testing.T) {
	owner := map[string]string{}
	for _, r := range table {
		for _, d := range strings.Fields(r.domains) {
			d = strings.TrimPrefix(d, "*.")
			if name, err := hostName(d); err != nil || name != d {
				t.Errorf("%s: domain %q", r.Provider, d)
			}
			if got, ok := byDomain(d); !ok || got.Provider != r.Provider {
				t.Errorf("%s is found at %s, not at %s", d, got.Provider, r.Provider)
			}
		}
		for _, n := range r.called() {
			if other, taken := owner[n]; n != "" && taken && other != r.Provider {
				t.Errorf("%q is a name of %s and of %s", n, other, r.Provider)
			}
			owner[n] = r.Provider
		}
	}
}

func TestKnown(t *testing.T) {
	for address, want := range map[string]struct{ provider, host, user string }{
		"office@gmx.net":                 {"GMX", "pop.gmx.net", "office@gmx.net"},
		" Office@GMX.DE. ":               {"GMX", "pop.gmx.net", ""},
		"office@web.de":                  {"WEB.DE", "pop3.web.de", "office"},
		"office@ocn.ne.jp":               {"OCN", "pop.ocn.ne.jp", "office@ocn.ne.jp"},
		"office@aurora.ocn.ne.jp":        {"OCN", "pop.ocn.ne.jp", "office@aurora.ocn.ne.jp"},
		"office@example.sakura.ne.jp":    {"Sakura Internet", "example.sakura.ne.jp", "office@example.sakura.ne.jp"},
		"office@example.xsrv.jp":         {"Xserver", "", "office@example.xsrv.jp"},
		"ab4t-ash@asahi-net.or.jp":       {"ASAHI Net", "pop.asahi-net.or.jp", ""},
		`"a@b"@hotmail.co.jp`:            {"Outlook.com", "outlook.office365.com", `"a@b"@hotmail.co.jp`},
		"office@example.onmicrosoft.com": {"Microsoft 365", "outlook.office365.com", "office@example.onmicrosoft.com"},
	} {
		s, ok := Known(address)
		if !ok || s.Provider != want.provider || s.Host != want.host || !s.Secure || s.Origin == "" {
			t.Errorf("%s: %+v, %v", address, s, ok)
		}
		if got := s.UserOf(address); want.user != "" && got != want.user || want.host != "" && s.User == "" && got != "" {
			t.Errorf("%s logs in as %q, not %q", address, got, want.user)
		}
	}
	for _, address := range []string{"", "gmx.net", "@gmx.net", "office@", "office@example.org", "office@xgmx.net",
		"office@gmx.net.example.org", "office@notocn.ne.jp", "office@gmx net", "office@[127.0.0.1]"} {
		if s, ok := Known(address); ok {
			t.Errorf("%q: %+v", address, s)
		}
	}
}

func TestNoPOP3(t *testing.T) {
	for _, address := range []string{"office@icloud.com", "office@proton.me"} {
		if s, ok := Known(address); !ok || s.None == "" || s.Host != "" || s.Port != 0 {
			t.Errorf("%s: %+v", address, s)
		}
	}
}

func TestByName(t *testing.T) {
	for name, want := range map[string]string{
		"lolipop": "Lolipop", "LOLIPOP!": "Lolipop", "ロリポップ": "Lolipop", "lolipop.jp": "Lolipop",
		"X Server": "Xserver", "エックスサーバー": "Xserver", "sakura": "Sakura Internet", "さくら": "Sakura Internet",
		"お名前.com": "Onamae.com", "onamae": "Onamae.com", "gmx": "GMX", "@nifty": "@nifty", "nifty": "@nifty",
		"web.de": "WEB.DE", "Office 365": "Microsoft 365", "at&t": "AT&T",
	} {
		if s, ok := ByName(name); !ok || s.Provider != want || !s.Secure || strings.Contains(s.Host, "%") {
			t.Errorf("%q: %+v", name, s)
		}
	}
	for _, name := range []string{"", " ", "!", "Nobody's Hosting", "server"} {
		if s, ok := ByName(name); ok {
			t.Errorf("%q: %+v", name, s)
		}
	}
	for _, s := range Providers() {
		if got, ok := ByName(s.Provider); !ok || got != s {
			t.Errorf("%s: %+v, not %+v", s.Provider, got, s)
		}
	}
}
