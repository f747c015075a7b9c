package provider_test

import (
	"net/http"
	"strings"
	"testing"
)

const elsewhere = "://elsewhere.example.net/config.xml"

func TestFindFollowsRedirects(t *testing.T) {
	for _, c := range []struct {
		name, from, to string
		secure         bool
	}{
		{"within https", "https" + subdomain, "https" + elsewhere, true},
		{"down to http", "https" + subdomain, "http" + elsewhere, false},
		{"up to https", "http" + subdomain, "https" + elsewhere, false},
	} {
		w := newWorld(t)
		w.pages[c.from] = func(out http.ResponseWriter, r *http.Request) { http.Redirect(out, r, c.to, http.StatusFound) }
		w.serve(c.to, config("pop.example.org", "SSL"))
		s, err := w.finder().Find(t.Context(), address)
		if err != nil || s.Host != "pop.example.org" || s.Secure != c.secure || s.Secure != (s.Note != "") {
			t.Errorf("%s: %+v, %v", c.name, s, err)
		}
		for _, h := range w.heads {
			if h.Get("Referer") != "" || h.Get("User-Agent") != "popbridge" {
				t.Errorf("%s: sent %v", c.name, h)
			}
		}
	}
}

// A server may send the address on, but not in the clear.
func TestFindKeepsTheAddressFromPlainHTTP(t *testing.T) {
	for _, query := range []string{"?emailaddress=office%2Bpop%40example.org", "?a=Office%2Bpop@example.org", "/office+pop@example.org"} {
		w := newWorld(t)
		w.pages["https"+subdomain] = func(out http.ResponseWriter, r *http.Request) {
			http.Redirect(out, r, "http"+elsewhere+query, http.StatusFound)
		}
		w.serve(databaseOf, config("pop.example.org", "SSL"))
		s, err := w.finder().Find(t.Context(), address)
		if err != nil || s.Origin != databaseOf {
			t.Errorf("%s: %+v, %v", query, s, err)
		}
		for _, url := range w.asked {
			if strings.HasPrefix(url, "http:") {
				t.Errorf("asked %s", url)
			}
		}
	}
}
