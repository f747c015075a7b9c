package gmail_test

import (
	"io"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/popbridge/popbridge/gmail"
	"github.com/popbridge/popbridge/gmail/gmailtest"
)

// TestAskTime asks anew each time, by the cheapest call.
func TestAskTime(t *testing.T) {
	now := noon
	s := standIn(t, gmailtest.Options{Now: func() time.Time { return now }})
	client := connect(t, s)
	for _, step := range []time.Duration{0, -72 * time.Hour, 72 * time.Hour} {
		now = noon.Add(step)
		if got, err := client.AskTime(t.Context()); err != nil || !got.Equal(now) {
			t.Errorf("%v, %v, want %v", got, err, now)
		}
	}
	if n := s.UnitsIn(address, time.Time{}); n != 3*gmail.UnitsLabelsList {
		t.Errorf("%d units", n)
	}
	client = scripted(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Date"] = nil
		io.WriteString(w, "{}")
	})
	_, err := client.AskTime(t.Context())
	failure(t, err, gmail.Passing)
}

// TestCallScopes: all calls work with them, and a login asks for each.
func TestCallScopes(t *testing.T) {
	for _, verify := range []bool{false, true} {
		for _, scope := range gmail.CallScopes(verify) {
			if !slices.Contains(gmail.Scopes(verify), scope) {
				t.Errorf("a login doesn't ask for %s", scope)
			}
		}
	}
	s := standIn(t, gmailtest.Options{})
	client := newClient(t, gmail.Options{Endpoint: s.URL(), Tokens: fileSource(t, s, gmail.CallScopes(true))})
	if _, err := client.ResolveLabels(t.Context(), []string{"Archive"}); err != nil {
		t.Error(err)
	}
	if _, err := client.Upload(t.Context(), message{"scopes", 1000}.upload()); err != nil {
		t.Error(err)
	}
	if ids, err := client.Search(t.Context(), "scopes@example.com"); err != nil || len(ids) != 1 {
		t.Errorf("%v, %v", ids, err)
	}
}
