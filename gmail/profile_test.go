package gmail_test

import (
	"fmt"
	"io"
	"net/http"
	"testing"

	"github.com/popbridge/popbridge/gmail"
	"github.com/popbridge/popbridge/gmail/gmailtest"
)

func TestAddress(t *testing.T) {
	s := standIn(t, gmailtest.Options{})
	client := newClient(t, gmail.Options{Endpoint: s.URL(), Tokens: fileSource(t, s, gmail.Scopes(true))})
	got, err := client.Address(t.Context())
	if err != nil || got != address {
		t.Errorf("%q, %v", got, err)
	}
	client = newClient(t, gmail.Options{Endpoint: s.URL(), Tokens: fileSource(t, s, gmail.Scopes(false))})
	_, err = client.Address(t.Context())
	failure(t, err, gmail.Unauthorised)
}

// TestAddressAnswers: only an answer that names one is one.
func TestAddressAnswers(t *testing.T) {
	for _, answer := range []string{"", "null", "{}", "[]", `{"emailAddress":""}`} {
		client := scripted(t, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, answer) })
		_, err := client.Address(t.Context())
		failure(t, err, gmail.Passing)
	}
}

func TestLabelledPages(t *testing.T) {
	client := scripted(t, func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		if q.Get("labelIds") != "SPAM" || q.Get("includeSpamTrash") != "true" || q.Has("q") {
			t.Errorf("it asks for %s", r.URL.RawQuery)
		}
		next := `,"nextPageToken":"2"`
		if q.Get("pageToken") == "2" {
			next = ""
		}
		fmt.Fprintf(w, `{"messages":[{"id":"m%s"}]%s}`, q.Get("pageToken"), next)
	})
	for _, c := range [][3]string{{"", "m", "2"}, {"2", "m2", ""}} {
		ids, next, err := client.Labelled(t.Context(), "SPAM", c[0])
		if err != nil || len(ids) != 1 || ids[0] != c[1] || next != c[2] {
			t.Errorf("page %q: %q, %q, %v", c[0], ids, next, err)
		}
	}
	client = scripted(t, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, `{"messages":[{}]}`) })
	_, _, err := client.Labelled(t.Context(), "SPAM", "")
	failure(t, err, gmail.Passing)
}
