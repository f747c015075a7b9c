package provider

import (
	"slices"
	"strings"
	"unicode"
)

// tableOrigin is the Origin of what the table knows.
const tableOrigin = "the table of providers"

// row is a provider of the table. In its Host, too, placeholders may stand.
type row struct {
	Settings
	// domains are those of its mail addresses and of its MX hosts, parted by
	// spaces. "*.example.org" is example.org and everything below it.
	domains string
	// names are further ones that people know it by, parted by commas.
	names string
}

// table is all rows, those of Japan first, as in docs/providers.md.
var table = slices.Concat(japanHosting, japanAccess, german, european, american, asian)

// Known gives what the table of providers says of an address. What is found
// may say that there is no POP3 server (None).
func Known(address string) (Settings, bool) {
	_, domain, ok := cutAddress(address)
	if !ok {
		return Settings{}, false
	}
	name, err := hostName(domain)
	if err != nil {
		return Settings{}, false
	}
	r, ok := byDomain(name)
	if !ok {
		return Settings{}, false
	}
	s := r.found()
	s.Host = expand(r.Host, "x@"+name)
	return s, true
}

// ByName gives what the table says of a provider that a person names, as
// "lolipop" or "GMX". Case, spaces and punctuation don't matter.
func ByName(name string) (Settings, bool) {
	wanted := letters(name)
	for _, r := range table {
		if wanted != "" && slices.Contains(r.called(), wanted) {
			return r.found(), true
		}
	}
	return Settings{}, false
}

// Providers is the whole table, in the order of docs/providers.md.
func Providers() []Settings {
	all := make([]Settings, 0, len(table))
	for _, r := range table {
		all = append(all, r.found())
	}
	return all
}

// found is a row as callers get it. A host that follows from an address of the
// provider's own domains says nothing of other addresses, and is left out.
func (r row) found() Settings {
	s := r.Settings
	s.Origin, s.Secure = tableOrigin, true
	if strings.Contains(s.Host, "%") {
		s.Host = ""
	}
	return s
}

// called is every name of the row, reduced to letters and digits.
func (r row) called() []string {
	all := append(strings.Split(r.names, ","), r.Provider)
	for _, d := range strings.Fields(r.domains) {
		all = append(all, strings.TrimPrefix(d, "*."))
	}
	for i := range all {
		all[i] = letters(all[i])
	}
	return all
}

// byDomain finds the row of a domain in its ASCII form.
func byDomain(name string) (row, bool) {
	for _, r := range table {
		for _, d := range strings.Fields(r.domains) {
			below, wild := strings.CutPrefix(d, "*.")
			if name == below || wild && strings.HasSuffix(name, "."+below) {
				return r, true
			}
		}
	}
	return row{}, false
}

func letters(s string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsLetter(c) || unicode.IsDigit(c) || unicode.IsMark(c) {
			return unicode.ToLower(c)
		}
		return -1
	}, s)
}
