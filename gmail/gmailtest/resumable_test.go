package gmailtest_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/popbridge/popbridge/gmail/gmailtest"
)

const unit = 256 << 10

// session is a resumable upload driven by hand.
type session struct {
	t        *testing.T
	c        *http.Client
	location string
	raw      []byte
}

func begin(t *testing.T, s *gmailtest.Server, raw []byte) session {
	t.Helper()
	c := httpClient(t, s, all()...)
	resp, body := do(t, c, "POST", s.URL()+importPath+"?uploadType=resumable", strings.NewReader(`{"labelIds":["INBOX"]}`),
		"Content-Type: application/json", "X-Upload-Content-Type: message/rfc822", fmt.Sprintf("X-Upload-Content-Length: %d", len(raw)))
	if resp.StatusCode != 200 || resp.Header.Get("Location") == "" {
		t.Fatalf("begin: %d %s", resp.StatusCode, body)
	}
	return session{t, c, resp.Header.Get("Location"), raw}
}

// chunk sends raw[from:to], or asks where the two are equal, and gives status
// and Range.
func (u session) chunk(from, to int, total string) string {
	u.t.Helper()
	span := fmt.Sprintf("bytes %d-%d/%s", from, to-1, total)
	if from == to {
		span = "bytes */" + total
	}
	resp, body := do(u.t, u.c, "PUT", u.location, bytes.NewReader(u.raw[from:to]), "Content-Range: "+span)
	if resp.StatusCode == 400 {
		return "400 " + body
	}
	return strings.TrimSpace(fmt.Sprint(resp.StatusCode, " ", resp.Header.Get("Range")))
}

func (u session) want(got, want string) {
	u.t.Helper()
	if got != want {
		u.t.Fatalf("got %q, want %q", got, want)
	}
}

func TestResumableChunks(t *testing.T) {
	s := start(t, gmailtest.Options{})
	raw := large(3*unit + 10)
	total := fmt.Sprint(len(raw))
	u := begin(t, s, raw)
	u.want(u.chunk(0, 0, total), "308")
	u.want(u.chunk(0, unit, "*"), "308 bytes=0-262143")
	u.want(u.chunk(2*unit, 3*unit, "*"), "308 bytes=0-262143") // one was lost
	u.want(u.chunk(0, unit, "*"), "308 bytes=0-262143")        // repeated
	u.want(u.chunk(0, 2*unit, "*"), "308 bytes=0-524287")      // partly new
	u.want(u.chunk(0, 0, "*"), "308 bytes=0-524287")
	wantNothing(t, s)
	u.want(u.chunk(2*unit, len(raw), total), "200")
	u.want(u.chunk(2*unit, len(raw), total), "200") // its answer was lost
	u.want(u.chunk(0, 0, total), "200")
	if m := wantStored(t, s, raw); fmt.Sprint(m.LabelIDs) != "[INBOX]" {
		t.Fatalf("stored as %+v", m)
	}
}

func TestResumableWithout308(t *testing.T) {
	s := start(t, gmailtest.Options{})
	u := begin(t, s, large(2*unit))
	resp, _ := do(t, u.c, "POST", u.location, bytes.NewReader(u.raw[:unit]), "Content-Range: bytes 0-262143/*", "X-GUploader-No-308: yes")
	if resp.StatusCode != 200 || resp.Header.Get("X-Http-Status-Code-Override") != "308" || resp.Header.Get("Range") != "bytes=0-262143" {
		t.Fatalf("%d %v", resp.StatusCode, resp.Header)
	}
}

func TestResumableRefusals(t *testing.T) {
	s := start(t, gmailtest.Options{})
	u := begin(t, s, large(unit))
	if got := u.chunk(0, 1000, "*"); !strings.Contains(got, "multiple of 262144") {
		t.Errorf("an odd chunk: %s", got)
	}
	for _, bad := range []string{"", "bytes 0-1", "bytes 5-1/*", "bytes 0-9/9", "octets 0-1/2", "bytes a-b/c", "bytes */-1"} {
		if resp, body := do(t, u.c, "PUT", u.location, nil, "Content-Range: "+bad); resp.StatusCode != 400 {
			t.Errorf("%q: %d %s", bad, resp.StatusCode, body)
		}
	}
	if resp, _ := do(t, u.c, "PUT", u.location+"x", nil, "Content-Range: bytes */*"); resp.StatusCode != 404 {
		t.Errorf("an unknown session: %d", resp.StatusCode)
	}
	if resp, _ := do(t, u.c, "POST", s.URL()+importPath+"?uploadType=resumable", nil,
		"X-Upload-Content-Type: message/rfc822", "X-Upload-Content-Length: 157286401"); resp.StatusCode != 413 {
		t.Errorf("too large: %d", resp.StatusCode)
	}
	wantNothing(t, s)
}

func TestBadContentEndsASession(t *testing.T) {
	s := start(t, gmailtest.Options{})
	u := begin(t, s, []byte("Subject: no sender\r\n\r\nx"))
	for range 2 {
		if got := u.chunk(0, len(u.raw), fmt.Sprint(len(u.raw))); !strings.Contains(got, "Expected a single 'From' header") {
			t.Fatal(got)
		}
	}
	wantNothing(t, s)
}

func TestACutChunkIsKeptInWholeUnits(t *testing.T) {
	s := start(t, gmailtest.Options{})
	raw := large(3 * unit)
	u := begin(t, s, raw)
	s.SetFault(gmailtest.Once(gmailtest.KindChunk, gmailtest.StageBody, gmailtest.CutAfter(unit+1000)))
	req, err := http.NewRequestWithContext(t.Context(), "PUT", u.location, bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Range", fmt.Sprintf("bytes 0-%d/%d", len(raw)-1, len(raw)))
	if resp, err := u.c.Do(req); err == nil {
		t.Fatalf("HTTP %d, want a cut connection", resp.StatusCode)
	}
	total := fmt.Sprint(len(raw))
	u.want(u.chunk(0, 0, total), "308 bytes=0-262143")
	u.want(u.chunk(unit, len(raw), total), "200")
	wantStored(t, s, raw)
}
