package app

import (
	"fmt"
	"net/netip"
	"strings"
)

// settleName calls the account after its provider, else after its domain.
func (s *setup) settleName() error {
	if s.pop.Name != "" {
		return nil
	}
	name := ""
	if s.isFound() {
		name = nameOf(s.found.Provider)
	}
	if name == "" {
		name = nameOf(firstLabel(domainOf(s.address)))
	}
	if name == "" || name == "default" { // the destination's
		name = "mailbox"
	}
	s.pop.Name = s.freeName(name)
	return s.fault("pop3.name")
}

// nameOf makes a name of letters, digits, dots, "_" and "-" alone; empty where
// too little is left of it.
func nameOf(text string) string {
	name := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '.', r == '_', r == '-':
			return r
		case r == ' ':
			return '-'
		}
		return -1
	}, strings.ToLower(text))
	const most = 40 // of 64, so that a number can follow
	name = strings.Trim(name[:min(len(name), most)], ".-_")
	if len(name) < 2 {
		return ""
	}
	return name
}

// firstLabel is the first part of a domain's name.
func firstLabel(domain string) string {
	if _, err := netip.ParseAddr(strings.Trim(domain, "[]")); err == nil {
		return ""
	}
	label, _, _ := strings.Cut(domain, ".")
	return label
}

// freeName gives the name, or one like it that nobody has in the
// configuration that is there.
func (s *setup) freeName(name string) string {
	if s.other == nil {
		return name
	}
	taken := map[string]bool{}
	for _, g := range s.other.Gmail {
		taken[strings.ToLower(g.Name)] = true
	}
	for _, a := range s.other.POP3 {
		taken[strings.ToLower(a.Name)] = true
	}
	free := name
	for n := 2; taken[strings.ToLower(free)]; n++ {
		free = fmt.Sprintf("%s-%d", name, n)
	}
	return free
}
