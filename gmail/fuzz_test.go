package gmail_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/popbridge/popbridge/gmail"
)

// always gives every request, once it has all of it, the same answer.
type always struct {
	status     int
	retryAfter string
	body       func() io.Reader
}

func (a always) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			return nil, err
		}
	}
	h := http.Header{}
	h.Set("Retry-After", a.retryAfter)
	return &http.Response{StatusCode: a.status, Header: h, Request: r, Body: io.NopCloser(a.body())}, nil
}

// fuzzed is a client whose server is a.
func fuzzed(t *testing.T, a always) *gmail.Client {
	c, err := gmail.New(t.Context(), gmail.Options{Endpoint: "http://127.0.0.1/", Tokens: &counted{}, Transport: a})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var seconds = regexp.MustCompile(`^[0-9]{1,9}$`)

// FuzzAnswer is an upload that is answered anything. Only an id is an
// acknowledgement, and what may have been committed is in doubt, and so never
// refused. (The library believes the status in an error's body rather than
// the answer's own.)
func FuzzAnswer(f *testing.F) {
	f.Fuzz(func(t *testing.T, status uint16, body []byte, retryAfter string) {
		code := 200 + int(status)%400
		client := fuzzed(t, always{code, retryAfter, func() io.Reader { return bytes.NewReader(body) }})
		id, err := client.Upload(t.Context(), message{"fuzz", 300}.upload())
		var answer struct{ ID string }
		if err == nil {
			if json.Unmarshal(body, &answer) != nil || answer.ID != id || id == "" || code > 299 {
				t.Errorf("HTTP %d %q acknowledges %q", code, body, id)
			}
			return
		}
		var e *gmail.Error
		if !errors.As(err, &e) || e.Kind < gmail.Refused || e.Kind > gmail.Unauthorised {
			t.Fatalf("HTTP %d %q: %#v", code, body, err)
		}
		switch {
		case (code < 300 || code >= 500) != (e.Kind == gmail.InDoubt):
			t.Errorf("HTTP %d %q is of kind %d", code, body, e.Kind)
		case e.Kind == gmail.Refused && e.Status != 400 && e.Status != 413, e.Listed && e.Kind != gmail.Refused:
			t.Errorf("HTTP %d %q is refused: %+v", code, body, e)
		case e.RetryAfter < 0 || e.RetryAfter > 24*time.Hour:
			t.Errorf("Retry-After %q of %q is %v", retryAfter, body, e.RetryAfter)
		}
		if e.Status == http.StatusTooManyRequests && e.Kind == gmail.RateLimited && seconds.MatchString(retryAfter) {
			n, _ := strconv.Atoi(retryAfter)
			if want := min(time.Duration(n)*time.Second, 24*time.Hour); e.RetryAfter != want {
				t.Errorf("Retry-After %q is %v", retryAfter, e.RetryAfter)
			}
		}
		if len(e.Reason) > 310 {
			t.Errorf("a reason of %d octets", len(e.Reason))
		}
		checkPrintable(t, err.Error())
	})
}

func checkPrintable(t *testing.T, text string) {
	t.Helper()
	if !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
		t.Errorf("not printable: %q", text)
	}
}

// rawOf finds the message in an answer the slow way. Where the answer is no
// JSON, that there is none may be wrong.
func rawOf(answer []byte) (raw []byte, ok bool) {
	d := json.NewDecoder(bytes.NewReader(answer))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return nil, false
	}
	for d.More() {
		if _, err := d.Token(); err != nil {
			return nil, false
		}
		// No server writes the name with escapes.
		found := bytes.HasSuffix(answer[:d.InputOffset()], []byte(`"raw"`)) && !bytes.HasSuffix(answer[:d.InputOffset()], []byte(`\"raw"`))
		var value any
		if err := d.Decode(&value); err != nil {
			return nil, false
		}
		if text, isText := value.(string); found && isText {
			return unBase64(text)
		} else if found {
			return nil, false
		}
	}
	return nil, false
}

func unBase64(text string) ([]byte, bool) {
	text, padding, padded := strings.Cut(text, "=")
	raw, err := base64.RawURLEncoding.DecodeString(text)
	return raw, err == nil && (text != "" || padded) && strings.Trim(padding, "=") == ""
}

// FuzzRaw reads a message out of any answer, as it comes in. No answer that
// was cut short gives another message.
func FuzzRaw(f *testing.F) {
	f.Fuzz(func(t *testing.T, answer []byte, cut uint16) {
		want, ok := rawOf(answer)
		got, err := fetchRaw(t, bytes.NewReader(answer))
		if ok && (err != nil || !bytes.Equal(got, want)) {
			t.Errorf("%q gives %q, %v; want %q", answer, got, err, want)
		}
		if err == nil && json.Valid(answer) && !ok {
			t.Errorf("%q gives %q", answer, got)
		}
		if again, err2 := fetchRaw(t, iotest.OneByteReader(bytes.NewReader(answer))); (err == nil) != (err2 == nil) || err == nil && !bytes.Equal(again, got) {
			t.Errorf("%q gives %q, %v at once and %q, %v by octets", answer, got, err, again, err2)
		}
		part := answer[:min(int(cut), len(answer))]
		if first, err2 := fetchRaw(t, bytes.NewReader(part)); err2 == nil && (err != nil || !bytes.Equal(first, got)) {
			t.Errorf("%q gives %q, and all of %q gives %q, %v", part, first, answer, got, err)
		}
	})
}

func fetchRaw(t *testing.T, answer io.Reader) ([]byte, error) {
	r, err := fuzzed(t, always{http.StatusOK, "", func() io.Reader { return answer }}).Raw(t.Context(), "1")
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}
