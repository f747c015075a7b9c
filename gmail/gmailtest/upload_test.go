package gmailtest_test

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"google.golang.org/api/gmail/v1"
	"google.golang.org/api/googleapi"

	"github.com/popbridge/popbridge/gmail/gmailtest"
)

const importPath = "upload/gmail/v1/users/me/messages/import"

// large is a message of n octets of which no two stretches are alike.
func large(n int) []byte {
	raw := mail("<large@example.com>", "")
	body := make([]byte, n-len(raw))
	rand.NewChaCha8([32]byte{1}).Read(body)
	return append(raw, body...)
}

func TestMultipartKeepsEveryOctet(t *testing.T) {
	odd := []string{
		"", "\r\n", "\n", "\r", "\r\n.\r\n", "x\n.\ny", "--", "\r\n--", "\r\n--x--\r\n", "\x00\xff\xfe\r\r\n", "no end of line",
		strings.Repeat("long ", 100000),
	}
	for _, body := range odd {
		s := start(t, gmailtest.Options{})
		raw := append(mail("<1@example.com>", "x"), body...)
		mustImport(t, service(t, s, all()...), raw, "INBOX", "UNREAD")
		m := wantStored(t, s, raw)
		if m.Method != "import" || m.UploadType != "multipart" || fmt.Sprint(m.LabelIDs) != "[INBOX UNREAD]" || m.MessageID != "<1@example.com>" {
			t.Fatalf("stored as %+v", m)
		}
	}
}

func TestTwentyMegabytesInOneStream(t *testing.T) {
	s := start(t, gmailtest.Options{})
	raw := large(20 << 20)
	if got := mustImport(t, service(t, s, all()...), raw); got.Id == "" || got.Id != s.Messages(user)[0].ID {
		t.Fatalf("answered with id %q", got.Id)
	}
	wantStored(t, s, raw)
}

func TestResumableByTheClient(t *testing.T) {
	s := start(t, gmailtest.Options{})
	raw := large(1<<20 + 12345)
	m, err := service(t, s, all()...).Users.Messages.Insert("me", &gmail.Message{LabelIds: []string{"STARRED"}}).
		Media(bytes.NewReader(raw), googleapi.ChunkSize(256<<10), googleapi.ContentType("message/rfc822")).Do()
	if err != nil {
		t.Fatal(err)
	}
	stored := wantStored(t, s, raw)
	if stored.ID != m.Id || stored.Method != "insert" || stored.UploadType != "resumable" || fmt.Sprint(stored.LabelIDs) != "[STARRED]" {
		t.Fatalf("stored as %+v", stored)
	}
	if c := s.Counts(); c[gmailtest.KindInsert] != 1 || c[gmailtest.KindChunk] != 5 {
		t.Fatalf("requests: %v", c)
	}
	if u := s.UnitsIn(user, s.Requests()[0].At); u != 25 {
		t.Fatalf("%d units for one upload", u)
	}
}

func TestAFailingReaderStoresNothing(t *testing.T) {
	s := start(t, gmailtest.Options{})
	answered := make(chan struct{})
	s.SetFault(func(r gmailtest.Request) *gmailtest.Fault {
		if r.Stage == gmailtest.StageCommit {
			t.Error("the broken message was about to be stored")
		}
		if r.Stage == gmailtest.StageAnswer {
			close(answered)
		}
		return nil
	})
	broken := io.MultiReader(bytes.NewReader(large(300<<10)), iotest.ErrReader(errors.New("cut")))
	_, err := service(t, s, all()...).Users.Messages.Import("me", &gmail.Message{}).
		Media(broken, googleapi.ChunkSize(0), googleapi.ContentType("message/rfc822")).Do()
	if err == nil {
		t.Error("the client took it for a success")
	}
	<-answered // the client may have given up before the server did
	wantNothing(t, s)
}

func TestLargeMediaIsNotHeldInMemory(t *testing.T) {
	s := start(t, gmailtest.Options{})
	svc := service(t, s, all()...)
	const size = 48 << 20
	head := mail("<large@example.com>", "")
	line := strings.Repeat("x", 76) + "\r\n"
	endless := io.MultiReader(bytes.NewReader(head), &repeated{line: line})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := svc.Users.Messages.Import("me", &gmail.Message{}).
		Media(io.LimitReader(endless, size), googleapi.ChunkSize(0), googleapi.ContentType("message/rfc822")).Do()
	if err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if m := s.Messages(user); len(m) != 1 || m[0].Size != size {
		t.Fatalf("stored %+v", m)
	}
	if n := after.TotalAlloc - before.TotalAlloc; n > size/3 {
		t.Errorf("%d octets allocated for a message of %d", n, size)
	}
}

// repeated reads as its line, over and over.
type repeated struct {
	line string
	at   int
}

func (r *repeated) Read(p []byte) (int, error) {
	for i := 0; i < len(p); {
		n := copy(p[i:], r.line[r.at:])
		r.at = (r.at + n) % len(r.line)
		i += n
	}
	return len(p), nil
}

// conversation sends octets over a connection of its own, ends its sending,
// and gives the answer.
func conversation(t *testing.T, s *gmailtest.Server, request string) *http.Response {
	t.Helper()
	conn, err := net.Dial("tcp", strings.Trim(strings.TrimPrefix(s.URL(), "http://"), "/"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatal(err)
	}
	conn.(*net.TCPConn).CloseWrite()
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	return resp
}

func TestBrokenBodiesStoreNothing(t *testing.T) {
	part := "--b\r\nContent-Type: application/json\r\n\r\n{}\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n" + string(mail("<1@example.com>", "x"))
	whole := part + "\r\n--b--\r\n"
	length := func(n int) string { return fmt.Sprintf("Content-Length: %d\r\n\r\n", n) }
	chunked := func(body, end string) string {
		return fmt.Sprintf("Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n%s", len(body), body, end)
	}
	for name, tc := range map[string]struct {
		framed string
		status int
	}{
		"whole, declared":                {length(len(whole)) + whole, 200},
		"whole, chunked":                 {chunked(whole, "0\r\n\r\n"), 200},
		"no closing boundary":            {length(len(part)) + part, 400},
		"half a closing boundary":        {length(len(part)+5) + part + "\r\n--b", 400},
		"third part":                     {length(len(whole)+len(part)) + part + "\r\n" + whole, 400},
		"shorter than declared":          {length(len(whole)+1) + whole, 400},
		"closing boundary, then cut off": {chunked(whole, ""), 400},
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, gmailtest.Options{})
			resp := conversation(t, s, "POST /"+importPath+"?uploadType=multipart HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "+
				token(t, s.TokenJSON(user, all()...)).AccessToken+"\r\nContent-Type: multipart/related; boundary=b\r\n"+tc.framed)
			if resp.StatusCode != tc.status {
				t.Errorf("HTTP %d, want %d", resp.StatusCode, tc.status)
			}
			if stored := len(s.Messages(user)) == 1; stored != (tc.status == 200) {
				t.Errorf("stored: %v", stored)
			}
		})
	}
}

func TestSimpleMediaUpload(t *testing.T) {
	s := start(t, gmailtest.Options{})
	raw := mail("<1@example.com>", "x")
	c := httpClient(t, s, all()...)
	resp, body := do(t, c, "POST", s.URL()+importPath+"?uploadType=media", bytes.NewReader(raw), "Content-Type: message/rfc822")
	if resp.StatusCode != 200 {
		t.Fatal(body)
	}
	if m := wantStored(t, s, raw); m.UploadType != "media" {
		t.Fatalf("stored as %+v", m)
	}
	resp, body = do(t, c, "POST", s.URL()+importPath+"?uploadType=media", bytes.NewReader(raw), "Content-Type: text/plain")
	if resp.StatusCode != 400 || !strings.Contains(body, "badContent") {
		t.Fatalf("text/plain: %d %s", resp.StatusCode, body)
	}
	if resp, body = do(t, c, "POST", s.URL()+importPath+"?uploadType=pigeon", nil); resp.StatusCode != 400 {
		t.Fatalf("pigeon: %d %s", resp.StatusCode, body)
	}
}

func TestRawInJSON(t *testing.T) {
	for _, enc := range []*base64.Encoding{base64.URLEncoding, base64.RawURLEncoding} {
		s := start(t, gmailtest.Options{})
		raw := mail("<1@example.com>", "xy\xff\xfe")
		m, err := service(t, s, all()...).Users.Messages.Import("me", &gmail.Message{Raw: enc.EncodeToString(raw)}).Do()
		if err != nil {
			t.Fatal(err)
		}
		if got := wantStored(t, s, raw); got.ID != m.Id || got.UploadType != "raw" {
			t.Fatalf("stored as %+v", got)
		}
	}
	s := start(t, gmailtest.Options{})
	svc := service(t, s, all()...)
	_, err := svc.Users.Messages.Insert("me", &gmail.Message{Raw: base64.URLEncoding.EncodeToString(large(4 << 20))}).Do()
	wantError(t, err, 413, "uploadTooLarge", "Too Large")
	_, err = svc.Users.Messages.Insert("me", &gmail.Message{}).Do()
	wantError(t, err, 400, "invalidArgument", "'raw' RFC822 payload message string or uploading message via /upload/* URL required")
	_, err = svc.Users.Messages.Insert("me", &gmail.Message{Raw: "%%%"}).Do()
	wantError(t, err, 400, "invalidArgument", "Base64 decoding failed")
	wantNothing(t, s)
}

func TestSizeLimit(t *testing.T) {
	s := start(t, gmailtest.Options{MaxMessage: 2 << 20})
	svc := service(t, s, all()...)
	_, err := imported(svc, large(2<<20+1))
	wantError(t, err, 413, "uploadTooLarge", "Too Large")
	wantNothing(t, s)
	_, err = svc.Users.Messages.Import("me", &gmail.Message{}).
		Media(bytes.NewReader(large(2<<20+1)), googleapi.ChunkSize(256<<10), googleapi.ContentType("message/rfc822")).Do()
	wantError(t, err, 413, "uploadTooLarge", "Too Large")
	wantNothing(t, s)
	mustImport(t, svc, large(2<<20))
	wantStored(t, s, large(2<<20))
}
