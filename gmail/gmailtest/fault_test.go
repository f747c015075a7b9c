package gmailtest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"syscall"
	"testing"
	"time"

	"google.golang.org/api/gmail/v1"
	"google.golang.org/api/googleapi"

	"github.com/popbridge/popbridge/gmail/gmailtest"
)

func TestFaultsByStage(t *testing.T) {
	for _, tc := range []struct {
		stage  gmailtest.Stage
		stored int
	}{
		{gmailtest.StageBefore, 0}, {gmailtest.StageBody, 0}, {gmailtest.StageCommit, 0}, {gmailtest.StageAnswer, 1},
	} {
		for name, f := range map[string]*gmailtest.Fault{
			"refuse": gmailtest.Unavailable(), "cut": gmailtest.Cut(), "reset": gmailtest.Reset(),
			"html": gmailtest.HTML(), "truncate": gmailtest.Truncated(),
		} {
			t.Run(fmt.Sprint(tc.stage, " ", name), func(t *testing.T) {
				s := start(t, gmailtest.Options{})
				svc := service(t, s, all()...)
				s.SetFault(gmailtest.Once(gmailtest.KindImport, tc.stage, f))
				m, err := imported(svc, mail("<1@example.com>", "x"))
				if err == nil {
					t.Errorf("answered with %+v", m)
				}
				if n := len(s.Messages(user)); n != tc.stored {
					t.Errorf("%d messages, want %d", n, tc.stored)
				}
				status := map[string]int{"refuse": 503, "html": 200, "truncate": 200}[name]
				if got := s.Requests(); len(got) != 1 || got[0].Status != status {
					t.Errorf("requests %+v", got)
				}
				mustImport(t, svc, mail("<2@example.com>", "x")) // the fault is over
			})
		}
	}
}

func TestKindsOfFault(t *testing.T) {
	s := start(t, gmailtest.Options{})
	svc := service(t, s, all()...)
	strike := func(f *gmailtest.Fault) error {
		s.SetFault(gmailtest.Times(-1, "", gmailtest.StageAnswer, f))
		_, err := svc.Users.Labels.List("me").Do()
		return err
	}
	wantError(t, strike(gmailtest.Unavailable()), 503, "backendError", "unavailable")
	wantError(t, strike(gmailtest.Refuse(403, "domainPolicy", "not allowed here")), 403, "domainPolicy", "not allowed here")
	if e := wantError(t, strike(gmailtest.RateLimited("30")), 429, "rateLimitExceeded", "Rate"); e.Header.Get("Retry-After") != "30" {
		t.Errorf("header %v", e.Header)
	}
	if err := strike(gmailtest.Truncated()); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("truncated: %v", err)
	}
	if err := strike(gmailtest.Reset()); !errors.Is(err, syscall.ECONNRESET) && !errors.Is(err, io.EOF) {
		t.Errorf("reset: %v", err)
	}
	if err := strike(&gmailtest.Fault{Status: 502, Body: "<html>bad gateway"}); !errors.As(err, new(*googleapi.Error)) {
		t.Errorf("502: %v", err)
	}
	if err := strike(&gmailtest.Fault{}); err != nil {
		t.Errorf("no fault: %v", err)
	}
}

func TestStall(t *testing.T) {
	for _, stage := range []gmailtest.Stage{gmailtest.StageBefore, gmailtest.StageAnswer} {
		s := start(t, gmailtest.Options{})
		svc := service(t, s, all()...)
		ctx, cancel := context.WithCancel(t.Context())
		s.SetFault(func(r gmailtest.Request) *gmailtest.Fault {
			if r.Stage != stage {
				return nil
			}
			cancel() // by now the request is at the server
			return gmailtest.Stall()
		})
		_, err := svc.Users.Labels.List("me").Context(ctx).Do()
		if !errors.Is(err, context.Canceled) {
			t.Errorf("stalled at %s: %v", stage, err)
		}
	}
}

func TestCloseEndsAStall(t *testing.T) {
	s := start(t, gmailtest.Options{})
	svc := service(t, s, all()...)
	stalled := make(chan bool, 1)
	s.SetFault(func(gmailtest.Request) *gmailtest.Fault {
		stalled <- true
		return gmailtest.Stall()
	})
	done := make(chan error)
	go func() {
		_, err := svc.Users.Labels.List("me").Do()
		done <- err
	}()
	<-stalled
	s.Close()
	if err := <-done; err == nil {
		t.Error("answered by a closed server")
	}
	s.Close() // once more is harmless
}

func TestDelayThenOn(t *testing.T) {
	s := start(t, gmailtest.Options{})
	s.SetFault(gmailtest.Once(gmailtest.KindImport, gmailtest.StageBody, &gmailtest.Fault{After: 10, Delay: 20 * time.Millisecond}))
	began := time.Now()
	raw := mail("<1@example.com>", "x")
	mustImport(t, service(t, s, all()...), raw)
	if time.Since(began) < 20*time.Millisecond {
		t.Error("not delayed")
	}
	wantStored(t, s, raw)
}

func TestBodyFaultsNeedSoLongABody(t *testing.T) {
	s := start(t, gmailtest.Options{})
	svc := service(t, s, all()...)
	s.SetFault(gmailtest.Times(-1, gmailtest.KindImport, gmailtest.StageBody, gmailtest.CutAfter(100<<10)))
	mustImport(t, svc, mail("<1@example.com>", "x"))
	if _, err := imported(svc, large(200<<10)); err == nil {
		t.Error("not cut")
	}
	wantStored(t, s, mail("<1@example.com>", "x"))
}

func TestFaultsOnOneMessageAndOnTheNth(t *testing.T) {
	s := start(t, gmailtest.Options{})
	svc := service(t, s, all()...)
	second := func(r gmailtest.Request) *gmailtest.Fault {
		if r.Kind == gmailtest.KindImport && r.Nth == 2 && r.Stage == gmailtest.StageBefore {
			return gmailtest.Refuse(400, "badRequest", "Bad Request")
		}
		return nil
	}
	s.SetFault(gmailtest.Either(second, gmailtest.OnMessage("<3@example.com>", gmailtest.StageCommit, gmailtest.Unavailable())))
	mustImport(t, svc, mail("<1@example.com>", "x"))
	_, err := imported(svc, mail("<2@example.com>", "x"))
	wantError(t, err, 400, "badRequest", "Bad Request")
	_, err = imported(svc, mail("<3@example.com>", "x"))
	wantError(t, err, 503, "backendError", "unavailable")
	s.SetFault(nil)
	mustImport(t, svc, mail("<3@example.com>", "x"))
	if n := len(s.Messages(user)); n != 2 {
		t.Errorf("%d messages", n)
	}
}

func TestAFaultFunctionMayUseTheServer(t *testing.T) {
	s := start(t, gmailtest.Options{})
	svc := service(t, s, all()...)
	s.SetFault(func(r gmailtest.Request) *gmailtest.Fault {
		if r.Stage == gmailtest.StageAnswer {
			for _, m := range s.Messages(r.Address) {
				if err := s.Trash(r.Address, m.ID); err != nil {
					t.Error(err)
				}
			}
		}
		return nil
	})
	mustImport(t, svc, mail("<1@example.com>", "x"), "INBOX")
	if l := s.Messages(user)[0].LabelIDs; fmt.Sprint(l) != "[TRASH]" {
		t.Errorf("labels %v", l)
	}
}

func TestClientRetriesAChunkAndAllIsWell(t *testing.T) {
	s := start(t, gmailtest.Options{})
	s.SetFault(gmailtest.Either(
		gmailtest.Once(gmailtest.KindChunk, gmailtest.StageBefore, gmailtest.Unavailable()),
		gmailtest.Once(gmailtest.KindChunk, gmailtest.StageAnswer, gmailtest.Unavailable()),
	))
	raw := large(2*unit + 1)
	_, err := service(t, s, all()...).Users.Messages.Import("me", &gmail.Message{}).
		Media(bytes.NewReader(raw), googleapi.ChunkSize(unit), googleapi.ContentType("message/rfc822")).Do()
	if err != nil {
		t.Fatal(err)
	}
	wantStored(t, s, raw)
}

func TestRawAnswer(t *testing.T) {
	s := start(t, gmailtest.Options{})
	s.SetFault(gmailtest.Once(gmailtest.KindLabelList, gmailtest.StageAnswer,
		gmailtest.Raw("HTTP/1.1 418 Short\r\nContent-Length: 9\r\n\r\nand stout")))
	_, err := service(t, s, all()...).Users.Labels.List("me").Do()
	if e := new(googleapi.Error); !errors.As(err, &e) || e.Code != 418 || e.Body != "and stout" {
		t.Errorf("%v", err)
	}
}

// TestTricklingAnswer: it is the true one, an octet at a time.
func TestTricklingAnswer(t *testing.T) {
	s := start(t, gmailtest.Options{})
	raw := mail("<1@example.com>", "x")
	svc := service(t, s, all()...)
	s.SetFault(gmailtest.Once("", gmailtest.StageAnswer, gmailtest.Trickling(time.Millisecond)))
	began := time.Now()
	mustImport(t, svc, raw)
	if time.Since(began) < 30*time.Millisecond {
		t.Error("it came at once")
	}
	m := wantStored(t, s, raw)
	s.SetFault(gmailtest.Once("", gmailtest.StageAnswer, gmailtest.Truncated()))
	if _, err := svc.Users.Messages.Get("me", m.ID).Format("raw").Do(); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("half of a message: %v", err)
	}
}
