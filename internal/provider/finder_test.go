package provider_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/popbridge/popbridge/internal/provider"
)

const (
	address    = "office+pop@example.org"
	told       = "?emailaddress=office%2Bpop%40example.org"
	subdomain  = "://autoconfig.example.org/mail/config-v1.1.xml"
	wellKnown  = "://example.org/.well-known/autoconfig/mail/config-v1.1.xml"
	mozilla    = "https://autoconfig.thunderbird.net/v1.1/"
	databaseOf = mozilla + "example.org"
)

func TestFindAsksInOrder(t *testing.T) {
	w := newWorld(t)
	w.mx = []*net.MX{{Host: "MX1.in.hosting.example.net."}, {Host: "mx2.other.example.com."}}
	_, err := w.finder().Find(t.Context(), address)
	if !errors.Is(err, provider.ErrUnknown) {
		t.Fatalf("found, or %v", err)
	}
	want := []string{
		"https" + subdomain + told, "https" + wellKnown, databaseOf,
		mozilla + "in.hosting.example.net", mozilla + "hosting.example.net",
		"http" + subdomain, "http" + wellKnown,
	}
	if !slices.Equal(w.asked, want) {
		t.Errorf("asked\n%s\nnot\n%s", strings.Join(w.asked, "\n"), strings.Join(want, "\n"))
	}
	text := err.Error()
	if strings.Contains(text, "office") || strings.Contains(text, "\n") || !strings.Contains(text, databaseOf+": it answers 404") {
		t.Errorf("the error is %q", text)
	}
}

func TestFindAtEachPlace(t *testing.T) {
	for _, place := range []struct {
		url    string
		secure bool
	}{
		{"https" + subdomain, true}, {"https" + wellKnown, true}, {databaseOf, true},
		{"http" + subdomain, false}, {"http" + wellKnown, false},
	} {
		w := newWorld(t)
		w.serve(place.url, config("POP.example.org", "SSL"))
		want := provider.Settings{
			Provider: "Example Mail", Host: "pop.example.org", Port: 995, TLS: "implicit", User: "%EMAILADDRESS%",
			Origin: place.url, Secure: place.secure,
		}
		if place.secure {
			want.Note = "Switch on POP3."
		}
		got, err := w.finder().Find(t.Context(), " "+address+"\n")
		if err != nil || got != want {
			t.Errorf("%s: %v\n%+v not\n%+v", place.url, err, got, want)
		}
		if user := got.UserOf(address); user != address {
			t.Errorf("%s: logs in as %q", place.url, user)
		}
		if last := w.asked[len(w.asked)-1]; !strings.HasPrefix(last, place.url) {
			t.Errorf("%s: went on to %s", place.url, last)
		}
	}
}

func TestFindLooksInTheTableFirst(t *testing.T) {
	w := newWorld(t)
	s, err := w.finder().Find(t.Context(), "someone@gmx.net")
	if err != nil || s.Host != "pop.gmx.net" || !s.Secure || s.Origin != "the table of providers" || len(w.asked) != 0 {
		t.Errorf("%+v, %v, asked %v", s, err, w.asked)
	}
}

func TestFindByMX(t *testing.T) {
	w := newWorld(t)
	w.mx = []*net.MX{{Host: "mx01.lolipop.jp."}}
	s, err := w.finder().Find(t.Context(), address)
	if err != nil || s.Host != "pop.lolipop.jp" || s.Secure {
		t.Errorf("by the table: %+v, %v", s, err)
	}
	if slices.ContainsFunc(w.asked, func(url string) bool { return strings.HasPrefix(url, "http:") }) {
		t.Errorf("asked %v", w.asked)
	}

	// The initial domain's host follows from an address there, not from this one.
	w.mx = []*net.MX{{Host: "www1234.sakura.ne.jp."}}
	s, err = w.finder().Find(t.Context(), address)
	if err != nil || s.Provider != "Sakura Internet" || s.Host != "" || s.Note == "" {
		t.Errorf("Sakura: %+v, %v", s, err)
	}

	w.mx = []*net.MX{{Host: "mx.hosting.example.net."}}
	w.serve(mozilla+"hosting.example.net", config("pop.%EMAILDOMAIN%", "STARTTLS"))
	s, err = w.finder().Find(t.Context(), address)
	if err != nil || s.Host != "pop.example.org" || s.TLS != "starttls" || s.Port != 110 || s.Secure || s.Note != "" {
		t.Errorf("by the database: %+v, %v", s, err)
	}
}

// A domain that is its own MX was asked for already.
func TestFindDoesNotAskTwice(t *testing.T) {
	w := newWorld(t)
	w.mx = []*net.MX{{Host: "mail.example.org."}}
	if _, err := w.finder().Find(t.Context(), address); !errors.Is(err, provider.ErrUnknown) {
		t.Error(err)
	}
	if slices.Sort(w.asked); len(slices.Compact(w.asked)) != 5 {
		t.Errorf("asked %v", w.asked)
	}
}

// What is wrong at one place doesn't keep it from the next.
func TestFindGoesOn(t *testing.T) {
	broken := map[string]http.HandlerFunc{
		"nothing":    func(http.ResponseWriter, *http.Request) {},
		"a web page": text("<!DOCTYPE html><html><body>Parked<br></body></html>"),
		"broken XML": text(strings.Replace(config("pop.example.org", "SSL"), "</emailProvider>", "", 1)),
		"plain only": text(config("pop.example.org", "plain")),
		"no POP3":    text(strings.ReplaceAll(config("pop.example.org", "SSL"), `"pop3"`, `"imap"`)),
		"no host":    text(config("pop.example.org\x01", "SSL")),
		"address":    text(config("127.0.0.1", "SSL")),
		"no charset": text(strings.Replace(config("pop.example.org", "SSL"), "UTF-8", "UTF-7", 1)),
		"two roots":  text(config("pop.example.org", "SSL") + "<again/>"),
		"entity":     text(`<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>` + strings.Replace(config("&e;", "SSL"), "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", "", 1)),
		"huge":       text(config("pop.example.org", "SSL") + strings.Repeat(" ", 256<<10)),
		"an error":   func(w http.ResponseWriter, _ *http.Request) { http.Error(w, config("p.example.org", "SSL"), 500) },
		"cut": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "99")
			_, _ = w.Write([]byte("<"))
		},
		"a loop": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, r.URL.String()+"x", http.StatusFound)
		},
		"other scheme": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "file:///etc/passwd", http.StatusFound)
		},
	}
	for name, handler := range broken {
		w := newWorld(t)
		w.pages["https"+subdomain] = handler
		w.serve(databaseOf, config("good.example.org", "SSL"))
		s, err := w.finder().Find(t.Context(), address)
		if err != nil || s.Host != "good.example.org" || !s.Secure {
			t.Errorf("%s: %+v, %v", name, s, err)
		}
	}
}

func text(s string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(s)) }
}

func TestFindLeavesSlowServers(t *testing.T) {
	w := newWorld(t)
	w.pages["https"+subdomain] = func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	w.pages["https"+wellKnown] = func(out http.ResponseWriter, r *http.Request) {
		_, _ = out.Write([]byte("<clientConfig>"))
		out.(http.Flusher).Flush()
		<-r.Context().Done()
	}
	w.serve(databaseOf, config("pop.example.org", "SSL"))
	f := w.finder()
	f.Timeout = 200 * time.Millisecond
	s, err := f.Find(t.Context(), address)
	if err != nil || s.Origin != databaseOf {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestFindStopsWhenItsContextEnds(t *testing.T) {
	w := newWorld(t)
	ctx, cancel := context.WithCancel(t.Context())
	w.pages["https"+subdomain] = func(_ http.ResponseWriter, r *http.Request) { cancel(); <-r.Context().Done() }
	_, err := w.finder().Find(ctx, address)
	if !errors.Is(err, context.Canceled) || errors.Is(err, provider.ErrUnknown) || len(w.asked) != 1 {
		t.Errorf("%v, asked %v", err, w.asked)
	}
}

func TestFindRefusesWhatIsNoAddress(t *testing.T) {
	w := newWorld(t)
	for _, a := range []string{"", "office", "@example.org", "office@", "a@b c.org", "a@[192.0.2.1]", "a@192.0.2.1", "a@-x.org", "a@e/x.org", "a@x.org:80"} {
		if _, err := w.finder().Find(t.Context(), a); err == nil || errors.Is(err, provider.ErrUnknown) {
			t.Errorf("%q: %v", a, err)
		}
	}
	if _, err := w.finder().Find(t.Context(), "me@machine"); !errors.Is(err, provider.ErrUnknown) {
		t.Error(err)
	}
	if len(w.asked) != 0 {
		t.Errorf("asked %v", w.asked)
	}
}

func TestFindInternationalDomain(t *testing.T) {
	w := newWorld(t)
	w.serve("https://autoconfig.xn--bcher-kva.example/mail/config-v1.1.xml", config("pop.%EMAILDOMAIN%", "SSL"))
	s, err := w.finder().Find(t.Context(), "laden@Bücher.example")
	if err != nil || s.Host != "pop.xn--bcher-kva.example" {
		t.Errorf("%+v, %v", s, err)
	}
}
