package gmail_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/popbridge/popbridge/gmail"
	"github.com/popbridge/popbridge/gmail/gmailtest"
)

// TestWholeUploadInDoubt: the body was handed over and no usable answer came.
// Each fault strikes after Gmail stored the message.
func TestWholeUploadInDoubt(t *testing.T) {
	for name, fault := range map[string]*gmailtest.Fault{
		"cut":       gmailtest.Cut(),
		"reset":     gmailtest.Reset(),
		"stall":     gmailtest.Stall(),
		"html":      gmailtest.HTML(),
		"truncated": gmailtest.Truncated(),
		"503":       gmailtest.Unavailable(),
		"no id":     {Status: 200, Body: "{}"},
		"empty":     {Status: 200},
		"204":       {Status: 204},
		"too long":  {Status: 200, Body: `{"id":"` + strings.Repeat("x", 2<<20) + `"}`},
	} {
		t.Run(name, func(t *testing.T) {
			s := standIn(t, gmailtest.Options{})
			s.SetFault(gmailtest.Once(gmailtest.KindImport, gmailtest.StageAnswer, fault))
			client := newClient(t, gmail.Options{
				Endpoint: s.URL(), Tokens: fileSource(t, s, gmail.Scopes(false)), Timeout: 300 * time.Millisecond,
			})
			_, err := client.Upload(t.Context(), message{"doubt", 20000}.upload())
			failure(t, err, gmail.InDoubt)
			if n := s.Counts()[gmailtest.KindImport]; n != 1 {
				t.Errorf("sent %d times", n)
			}
			if n := len(s.Messages(address)); n != 1 {
				t.Errorf("%d messages, the fault struck too early", n)
			}
		})
	}
}

// TestBeforeTheEndNothingIsInDoubt: what breaks before the body is handed
// over can be tried again.
func TestBeforeTheEndNothingIsInDoubt(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := make(chan struct{})
	go func() { // cuts the connection in mid-body
		defer close(closed)
		conn, err := listener.Accept()
		if err == nil {
			io.ReadFull(conn, make([]byte, 2000))
			conn.(*net.TCPConn).SetLinger(0)
			conn.Close()
		}
		listener.Close()
	}()
	client := newClient(t, gmail.Options{Endpoint: "http://" + listener.Addr().String(), Tokens: &counted{}})
	m := message{"cut", 1 << 20}
	u := gmail.Upload{Body: gated{m, closed}, Size: m.size}
	_, err = client.Upload(t.Context(), u)
	failure(t, err, gmail.Passing)

	_, err = client.Upload(t.Context(), m.upload()) // nobody listens
	e := failure(t, err, gmail.Passing)
	if strings.Contains(e.Error(), "uploadType") {
		t.Errorf("%q quotes the query", e)
	}
}

// gated withholds its second half until a channel is closed.
type gated struct {
	message
	open <-chan struct{}
}

func (g gated) ReadAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) > g.size/2 {
		<-g.open
	}
	return g.message.ReadAt(p, off)
}

// TestChunkedUpload plays the ways in which an upload in chunks goes wrong. Of
// the three chunks the last commits.
func TestChunkedUpload(t *testing.T) {
	const start, first, last = gmailtest.KindImport, 1, 3
	nth := func(n int, stage gmailtest.Stage, f *gmailtest.Fault) func(gmailtest.Request) *gmailtest.Fault {
		return func(r gmailtest.Request) *gmailtest.Fault {
			if r.Kind == gmailtest.KindChunk && r.Nth == n && r.Stage == stage {
				return f
			}
			return nil
		}
	}
	for _, c := range []struct {
		name  string
		fault func(gmailtest.Request) *gmailtest.Fault
		kind  gmail.Kind // 0 is success
	}{
		{"start unavailable", gmailtest.Once(start, gmailtest.StageBefore, gmailtest.Unavailable()), gmail.Passing},
		{"start cut", gmailtest.Once(start, gmailtest.StageAnswer, gmailtest.Cut()), gmail.Passing},
		{"start limited", gmailtest.Once(start, gmailtest.StageBefore, gmailtest.RateLimited("3")), gmail.RateLimited},
		{"early chunk cut, then well", nth(first, gmailtest.StageBody, gmailtest.CutAfter(1000)), 0},
		{"early chunk unavailable, then well", nth(first, gmailtest.StageBefore, gmailtest.Unavailable()), 0},
		{"early chunk: session gone", nth(first, gmailtest.StageBefore, gmailtest.Refuse(404, "notFound", "Not Found")), gmail.Passing},
		{"early chunk answered as if whole", nth(first, gmailtest.StageBefore, &gmailtest.Fault{Status: 200, Body: `{"id":"1"}`}), gmail.InDoubt},
		{"last chunk cut", nth(last, gmailtest.StageAnswer, gmailtest.Cut()), gmail.InDoubt},
		{"last chunk unavailable, then well", nth(last, gmailtest.StageCommit, gmailtest.Unavailable()), 0},
		{"last chunk refused", nth(last, gmailtest.StageCommit, gmailtest.Refuse(400, "invalidArgument", "Invalid attachment")), gmail.Refused},
		{"last chunk lost, then the session is gone", gmailtest.Either(
			nth(last, gmailtest.StageAnswer, gmailtest.Unavailable()),
			nth(last+1, gmailtest.StageBefore, gmailtest.Refuse(404, "notFound", "Not Found"))), gmail.InDoubt},
		{"last chunk incomplete", nth(last, gmailtest.StageBefore, &gmailtest.Fault{Status: 200,
			Header: http.Header{"X-Http-Status-Code-Override": {"308"}}}), gmail.Passing},
		{"early chunk stored in part", nth(first, gmailtest.StageBefore, &gmailtest.Fault{Status: 200,
			Header: http.Header{"X-Http-Status-Code-Override": {"308"}, "Range": {"bytes=0-99"}}}), gmail.Passing},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := standIn(t, gmailtest.Options{})
			s.SetFault(c.fault)
			_, err := connect(t, s).Upload(t.Context(), message{"chunks", 9 << 20}.upload())
			if c.kind != 0 {
				failure(t, err, c.kind)
			} else if err != nil {
				t.Error(err)
			}
			if n := len(s.Messages(address)); c.kind == 0 && n != 1 {
				t.Errorf("%d messages", n)
			}
		})
	}
}

// TestEarlyChunkNeverArrives: the library tries a chunk for half a minute; the
// time-out ends that, and nothing is in doubt.
func TestEarlyChunkNeverArrives(t *testing.T) {
	s := standIn(t, gmailtest.Options{})
	client := newClient(t, gmail.Options{
		Endpoint: s.URL(), Tokens: fileSource(t, s, gmail.Scopes(false)), Timeout: 300 * time.Millisecond,
	})
	s.SetFault(gmailtest.Times(-1, gmailtest.KindChunk, gmailtest.StageBefore, gmailtest.Unavailable()))
	_, err := client.Upload(t.Context(), message{"never", 9 << 20}.upload())
	failure(t, err, gmail.Passing)
	if n := s.Counts()[gmailtest.KindChunk]; n < 2 {
		t.Errorf("%d tries", n)
	}
}

// TestProgressKeepsACallAlive: the time-out is for a call in which nothing
// moves, not for a long one.
func TestProgressKeepsACallAlive(t *testing.T) {
	const timeout = 400 * time.Millisecond
	s := standIn(t, gmailtest.Options{})
	client := newClient(t, gmail.Options{
		Endpoint: s.URL(), Tokens: fileSource(t, s, gmail.Scopes(false)), Timeout: timeout,
	})
	slow := &slowBody{message: message{"slow", 500000}, pause: timeout / 8}
	begun := time.Now()
	if _, err := client.Upload(t.Context(), gmail.Upload{Body: slow, Size: slow.size}); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(begun); took <= timeout {
		t.Fatalf("took %v: too quick to tell", took)
	}
}

// slowBody takes its time for each read, as a slow line does.
type slowBody struct {
	message
	pause time.Duration
}

func (b *slowBody) ReadAt(p []byte, off int64) (int, error) {
	<-time.After(b.pause)
	return b.message.ReadAt(p, off)
}

// TestStall: a server that takes nothing ends the call by the time-out.
func TestStall(t *testing.T) {
	s := standIn(t, gmailtest.Options{})
	client := newClient(t, gmail.Options{
		Endpoint: s.URL(), Tokens: fileSource(t, s, gmail.Scopes(false)), Timeout: 200 * time.Millisecond,
	})
	s.SetFault(gmailtest.Once(gmailtest.KindLabelList, gmailtest.StageBefore, gmailtest.Stall()))
	_, err := client.ResolveLabels(t.Context(), []string{"Archive"})
	if e := failure(t, err, gmail.Passing); !strings.Contains(e.Error(), "no progress for 200ms") {
		t.Errorf("error %q", e)
	}
}

// TestCancelled tells a cancelled call from one whose outcome isn't known.
func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := standIn(t, gmailtest.Options{})
	client := connect(t, s)
	s.SetFault(func(r gmailtest.Request) *gmailtest.Fault {
		if r.Stage != gmailtest.StageAnswer {
			return nil
		}
		cancel()
		return gmailtest.Stall()
	})
	_, err := client.Upload(ctx, message{"cancelled", 1000}.upload())
	failure(t, err, gmail.InDoubt)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v is no context.Canceled", err)
	}
	_, err = client.Upload(ctx, message{"before", 1000}.upload())
	failure(t, err, gmail.Passing)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v is no context.Canceled", err)
	}
}

// TestUnauthorisedTwice: a token is replaced once, then the call gives up.
func TestUnauthorisedTwice(t *testing.T) {
	var calls atomic.Int32
	client := scripted(t, func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		io.Copy(io.Discard, r.Body)
		http.Error(w, googleError(401, "authError", "Invalid Credentials"), http.StatusUnauthorized)
	})
	_, err := client.Upload(t.Context(), message{"401", 1000}.upload())
	failure(t, err, gmail.Unauthorised)
	if n := calls.Load(); n != 2 {
		t.Errorf("%d requests, want 2", n)
	}
}

// TestExpiredAccessToken: 401, a forced refresh, and the upload goes through,
// whole or in chunks.
func TestExpiredAccessToken(t *testing.T) {
	for _, size := range []int64{3000, 9 << 20} {
		s := standIn(t, gmailtest.Options{})
		client := connect(t, s)
		s.ExpireAccessTokens()
		m := message{"401", size}
		if _, err := client.Upload(t.Context(), m.upload()); err != nil {
			t.Fatal(err)
		}
		got := s.Messages(address)
		if len(got) != 1 || got[0].Digest != m.digest() {
			t.Errorf("stored %+v", got)
		}
		if n := s.Counts()[gmailtest.KindToken]; n != 1 {
			t.Errorf("%d refreshes", n)
		}
	}
}
