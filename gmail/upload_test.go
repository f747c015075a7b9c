package gmail_test

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/popbridge/popbridge/gmail"
	"github.com/popbridge/popbridge/gmail/gmailtest"
)

// TestUploadIdentical checks on both ways of upload that no octet changes,
// and what the way holds in memory.
func TestUploadIdentical(t *testing.T) {
	const mib = 1 << 20
	for _, c := range []struct {
		name, way string
		size      int64
		allocates uint64 // of client and stand-in together, in MiB
	}{
		{"1 KB", "multipart", 1000, 8},
		{"largest whole", "multipart", 8 * mib, 14},
		{"smallest in chunks", "resumable", 8*mib + 1, 40},
		{"chunks that come out even", "resumable", 12 * mib, 40},
		{"20 MB", "resumable", 20e6, 40},
		{"140 MB", "resumable", 140e6, 40},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := standIn(t, gmailtest.Options{})
			client := connect(t, s)
			m := message{"identical", c.size}
			want := m.digest()
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			id, err := client.Upload(t.Context(), m.upload())
			runtime.ReadMemStats(&after)
			if err != nil {
				t.Fatal(err)
			}
			got := s.Messages(address)
			if len(got) != 1 || got[0].ID != id || got[0].Size != c.size || got[0].Digest != want {
				t.Errorf("id %s of %d octets became %+v", id, c.size, got)
			}
			if got[0].UploadType != c.way {
				t.Errorf("sent by %s, want %s", got[0].UploadType, c.way)
			}
			if mb := (after.TotalAlloc - before.TotalAlloc) / mib; mb > c.allocates {
				t.Errorf("allocated %d MiB, want %d at most", mb, c.allocates)
			}
		})
	}
}

// TestUploadParameters checks what is asked of Gmail for each option.
func TestUploadParameters(t *testing.T) {
	s := standIn(t, gmailtest.Options{})
	client := connect(t, s)
	for _, c := range []struct {
		name, path, query string
		set               func(*gmail.Upload)
	}{
		{"plain import", "/messages/import", "internalDateSource=dateHeader&neverMarkSpam=false", func(*gmail.Upload) {}},
		{"never spam", "/messages/import", "neverMarkSpam=true", func(u *gmail.Upload) { u.NeverMarkSpam = true }},
		{"date of receipt", "/messages/import", "internalDateSource=receivedTime",
			func(u *gmail.Upload) { u.DateSource = gmail.ReceivedTime }},
		{"insert", "/messages", "internalDateSource=dateHeader", func(u *gmail.Upload) { u.Method = gmail.Insert }},
		{"insert in chunks", "/messages", "uploadType=resumable", func(u *gmail.Upload) {
			u.Method, u.Size = gmail.Insert, 9<<20
			u.Body = message{"chunks", u.Size}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s.ResetCounters()
			u := message{"parameters", 500}.upload()
			u.LabelIDs = []string{"INBOX", "UNREAD"}
			c.set(&u)
			if _, err := client.Upload(t.Context(), u); err != nil {
				t.Fatal(err)
			}
			first := s.Requests()[0]
			if want := "/upload/gmail/v1/users/me" + c.path; first.Path != want {
				t.Errorf("path %s, want %s", first.Path, want)
			}
			sent, _ := url.ParseQuery(first.Query)
			want, _ := url.ParseQuery(c.query)
			for name := range want {
				if sent.Get(name) != want.Get(name) {
					t.Errorf("%s is %q in %s, want %q", name, sent.Get(name), first.Query, want.Get(name))
				}
			}
			all := s.Messages(address)
			if labels := all[len(all)-1].LabelIDs; !slices.Equal(labels, u.LabelIDs) {
				t.Errorf("labels %v", labels)
			}
		})
	}
}

// failing is a message whose medium fails at an offset: with an error, or by
// ending.
type failing struct {
	message
	at  int64
	err error
}

func (f failing) ReadAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) <= f.at {
		return f.message.ReadAt(p, off)
	}
	n, _ := f.message.ReadAt(p[:max(0, f.at-off)], off)
	return n, f.err
}

// TestFailingBodyNeverCommits: the library would end the request neatly, with
// a cut message that looks whole.
func TestFailingBodyNeverCommits(t *testing.T) {
	broken := errors.New("input/output error")
	for _, size := range []int64{5000, 3 << 20, 9 << 20} {
		for _, fault := range []error{broken, io.EOF} {
			s := standIn(t, gmailtest.Options{})
			u := message{"failing", size}.upload()
			u.Body = failing{message{"failing", size}, size - 1000, fault}
			_, err := connect(t, s).Upload(t.Context(), u)
			e := failure(t, err, gmail.Passing)
			if fault == broken && !errors.Is(err, broken) {
				t.Errorf("%d octets: the cause is missing in %q", size, e)
			}
			if !strings.Contains(e.Error(), "read the message") {
				t.Errorf("%d octets: %q doesn't name the medium", size, e)
			}
			if got := s.Messages(address); len(got) != 0 {
				t.Errorf("%d octets: stored %+v", size, got)
			}
		}
	}
}

// guarded stays in one of its reads until the call returned, or for a moment.
type guarded struct {
	message
	once     sync.Once
	entered  chan struct{}
	returned chan struct{}
	left     chan bool // whether the call returned during the read
}

func (g *guarded) ReadAt(p []byte, off int64) (int, error) {
	if off >= g.size/2 {
		g.once.Do(func() {
			close(g.entered)
			select {
			case <-g.returned:
				g.left <- true
			case <-time.After(100 * time.Millisecond):
				g.left <- false
			}
		})
	}
	return g.message.ReadAt(p, off)
}

// TestBodyIsLeftAlone: the library reads on after its call returned, when the
// server answers before it has everything.
func TestBodyIsLeftAlone(t *testing.T) {
	g := &guarded{
		message: message{"left", 4 << 20},
		entered: make(chan struct{}), returned: make(chan struct{}), left: make(chan bool, 1),
	}
	client := scripted(t, func(w http.ResponseWriter, r *http.Request) {
		io.CopyN(io.Discard, r.Body, g.size/2-64<<10)
		<-g.entered
		w.Header().Set("Connection", "close") // or the server reads on first
		w.WriteHeader(http.StatusRequestEntityTooLarge)
	})
	_, err := client.Upload(t.Context(), gmail.Upload{Body: g, Size: g.size})
	close(g.returned)
	failure(t, err, gmail.Refused)
	if <-g.left {
		t.Error("read after the call")
	}
}

// TestTooLarge: what Gmail doesn't take isn't sent.
func TestTooLarge(t *testing.T) {
	s := standIn(t, gmailtest.Options{})
	_, err := connect(t, s).Upload(t.Context(), message{"large", gmail.MaxMessage + 1}.upload())
	if e := failure(t, err, gmail.Refused); !e.Listed {
		t.Errorf("%q isn't listed", e)
	}
	if n := len(s.Requests()); n != 0 {
		t.Errorf("%d requests", n)
	}
}

// TestConcurrentUploads: a client is one mailbox for all.
func TestConcurrentUploads(t *testing.T) {
	s := standIn(t, gmailtest.Options{})
	client := connect(t, s)
	errs := make(chan error)
	for i := range 16 {
		go func() {
			m := message{string(rune('a' + i)), 50000}
			_, err := client.Upload(t.Context(), m.upload())
			errs <- err
		}()
	}
	for range 16 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if n := len(s.Messages(address)); n != 16 {
		t.Errorf("%d messages arrived", n)
	}
}
