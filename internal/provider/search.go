package provider

import (
	"context"
	"fmt"
	"net/url"
	"strings"
)

// database is Mozilla's, with a file for each domain.
const database = "https://autoconfig.thunderbird.net/v1.1/"

// search is one Find.
type search struct {
	finder   Finder
	fetcher  fetcher
	address  string
	domain   string
	failures []error
}

func newSearch(f Finder, address, domain string) *search {
	return &search{finder: f, fetcher: newFetcher(f), address: address, domain: domain}
}

// run goes from place to place, the trustworthy ones first.
func (s *search) run(ctx context.Context) (Settings, bool) {
	defer s.fetcher.close()
	if !strings.Contains(s.domain, ".") {
		// A name of this machine's network, of which nobody else knows.
		return Settings{}, false
	}
	told := "?emailaddress=" + url.QueryEscape(s.address)
	for _, place := range []string{s.autoconfigURL("https") + told, s.wellKnownURL("https"), database + s.domain} {
		if found, ok := s.ask(ctx, place); ok {
			return found, true
		}
	}
	if found, ok := s.byMX(ctx); ok {
		return found, true
	}
	for _, place := range []string{s.autoconfigURL("http"), s.wellKnownURL("http")} {
		if found, ok := s.ask(ctx, place); ok {
			return found, true
		}
	}
	return Settings{}, false
}

func (s *search) autoconfigURL(scheme string) string {
	return scheme + "://autoconfig." + s.domain + "/mail/config-v1.1.xml"
}

func (s *search) wellKnownURL(scheme string) string {
	return scheme + "://" + s.domain + "/.well-known/autoconfig/mail/config-v1.1.xml"
}

// ask fetches and reads one place. Failures are noted, not fatal: of most
// domains the first places don't exist.
func (s *search) ask(ctx context.Context, place string) (Settings, bool) {
	if ctx.Err() != nil {
		return Settings{}, false
	}
	p, err := s.fetcher.fetch(ctx, place, s.address)
	if err == nil {
		var found Settings
		if found, err = parse(p.body, s.address, p.secure); err == nil {
			found.Origin, found.Secure = withoutQuery(place), p.secure
			return found, true
		}
	}
	s.failures = append(s.failures, fmt.Errorf("%s: %w", withoutQuery(place), err))
	return Settings{}, false
}

// byMX is for those whose own domain is at a hosting company that the table or
// the database knows by the domain of its MX hosts.
func (s *search) byMX(ctx context.Context) (Settings, bool) {
	if ctx.Err() != nil {
		return Settings{}, false
	}
	host, err := s.finder.mx(ctx, s.domain)
	if err != nil {
		s.failures = append(s.failures, err)
		return Settings{}, false
	}
	if r, ok := byDomain(host); ok {
		found := r.found()
		found.Secure = false
		return found, true
	}
	for _, d := range above(host) {
		// The domain itself was asked for already.
		if d == s.domain {
			return Settings{}, false
		}
		if found, ok := s.ask(ctx, database+d); ok {
			found.Secure, found.Note = false, ""
			return found, true
		}
	}
	return Settings{}, false
}

// above are the domains that a host may belong to, the longest first: two at
// most, since hosts have no deeper names, and none of a single label.
func above(host string) []string {
	var domains []string
	for len(domains) < 2 {
		_, rest, ok := strings.Cut(host, ".")
		if !ok || !strings.Contains(rest, ".") {
			break
		}
		domains, host = append(domains, rest), rest
	}
	return domains
}

// unknown says in one line what was asked and why that failed.
func (s *search) unknown() error {
	if len(s.failures) == 0 {
		return fmt.Errorf("look up the settings of %s: %w", s.domain, ErrUnknown)
	}
	var all []string
	for _, f := range s.failures {
		all = append(all, phrase(f.Error()))
	}
	return fmt.Errorf("look up the settings of %s: %w (%s)", s.domain, ErrUnknown, strings.Join(all, "; "))
}

func withoutQuery(place string) string {
	place, _, _ = strings.Cut(place, "?")
	return place
}
