package deviceflow_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/oauth2"

	"github.com/popbridge/popbridge/internal/deviceflow"
	"github.com/popbridge/popbridge/internal/deviceflow/devicetest"
)

const (
	server  = "https://login.example.org"
	mailbox = "shop@example.org"
)

// direct hands requests to a stand-in without a network, so that time may
// stand still and jump.
type direct struct{ handler http.Handler }

func (d direct) RoundTrip(r *http.Request) (resp *http.Response, err error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	defer func() {
		if recover() != nil { // http.ErrAbortHandler
			err = errors.New("the connection was cut")
		}
	}()
	w := httptest.NewRecorder()
	d.handler.ServeHTTP(w, r)
	return w.Result(), nil
}

// flow is a login that is to be.
type flow struct {
	s      *devicetest.Server
	config oauth2.Config
	shown  []deviceflow.Prompt
	// person is what one does who sees the prompt.
	person func(code string)
}

func newFlow(o devicetest.Options) *flow {
	f := &flow{s: devicetest.New(o, server)}
	f.config = oauth2.Config{ClientID: devicetest.ClientID, Scopes: []string{"pop", "offline_access"},
		Endpoint: oauth2.Endpoint{DeviceAuthURL: f.s.DeviceURI(), TokenURL: f.s.TokenURI(), AuthStyle: oauth2.AuthStyleInParams}}
	f.person = func(code string) { _ = f.s.Approve(code, mailbox) }
	return f
}

// after has the person do something later.
func after(d time.Duration, do func(string)) func(string) {
	return func(code string) { time.AfterFunc(d, func() { do(code) }) }
}

func (f *flow) run(ctx context.Context, through http.RoundTripper) (deviceflow.Grant, error) {
	return deviceflow.Authorise(ctx, deviceflow.Options{Config: &f.config, Transport: through,
		Show: func(p deviceflow.Prompt) {
			f.shown = append(f.shown, p)
			f.person(p.Code)
		}})
}

func (f *flow) login(t *testing.T) (deviceflow.Grant, error) {
	return f.run(t.Context(), direct{f.s.Handler()})
}

func (f *flow) polls() (n int) {
	for _, r := range f.s.Requests() {
		if r.Kind == devicetest.KindToken {
			n++
		}
	}
	return n
}

func TestAuthorise(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFlow(devicetest.Options{WithCode: true})
		f.person = after(12*time.Second, f.person)
		began := time.Now()
		g, err := f.login(t)
		if err != nil {
			t.Fatal(err)
		}
		if !f.s.Opens(g.AccessToken, mailbox) || g.RefreshToken == "" || g.TokenType != "Bearer" || g.Scope != "pop" {
			t.Errorf("granted %+v", g)
		}
		if want := time.Now().Add(time.Hour); !g.Expiry.Equal(want) {
			t.Errorf("it expires %s, want %s", g.Expiry, want)
		}
		if took := time.Since(began); took != 15*time.Second || f.polls() != 3 {
			t.Errorf("it took %s and %d requests, want 15s and 3", took, f.polls())
		}
		if len(f.shown) != 1 {
			t.Fatalf("shown %+v", f.shown)
		}
		p := f.shown[0]
		if p.Page != server+"/device" || p.PageWithCode != p.Page+"?user_code="+p.Code || len(p.Code) != 9 || p.Valid != 15*time.Minute {
			t.Errorf("shown %+v", p)
		}
	})
}

func TestSlowDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFlow(devicetest.Options{Interval: time.Second})
		slowed := 0
		f.s.SetFault(func(r devicetest.Request) *devicetest.Fault {
			if r.Kind == devicetest.KindToken && slowed < 2 {
				slowed++
				return &devicetest.Fault{Code: "slow_down"}
			}
			return nil
		})
		began := time.Now()
		if _, err := f.login(t); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took != (1+6+11)*time.Second {
			t.Errorf("it took %s, want 18s", took)
		}
	})
}

func TestTokenExpiresByTheClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFlow(devicetest.Options{TokenLife: 48 * time.Hour})
		now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
		g, err := deviceflow.Authorise(t.Context(), deviceflow.Options{Config: &f.config, Transport: direct{f.s.Handler()},
			Show: func(p deviceflow.Prompt) { f.person(p.Code) }, Now: func() time.Time { return now }})
		if want := now.Add(24 * time.Hour); err != nil || !g.Expiry.Equal(want) {
			t.Errorf("it expires %s (%v), want no later than %s", g.Expiry, err, want)
		}
	})
}

func TestNetworkTrouble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFlow(devicetest.Options{})
		f.person = after(20*time.Second, f.person)
		var cut, all int
		f.s.SetFault(func(r devicetest.Request) *devicetest.Fault {
			if all++; r.Kind == devicetest.KindToken && all%2 == 0 {
				cut++
				return []*devicetest.Fault{{Cut: true}, {Status: 503}, {Status: 200, Body: "{"}}[cut%2]
			}
			return nil
		})
		if _, err := f.login(t); err != nil || cut < 2 {
			t.Errorf("after %d failures: %v", cut, err)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		f := newFlow(devicetest.Options{})
		f.s.SetFault(func(r devicetest.Request) *devicetest.Fault {
			if r.Kind == devicetest.KindToken {
				return &devicetest.Fault{Cut: true}
			}
			return nil
		})
		_, err := f.login(t)
		f.want(t, err, deviceflow.Passing, "wait for the authorisation: the server can't be reached or fails for now: the connection was cut")
		if f.polls() != 5 {
			t.Errorf("%d requests, want 5", f.polls())
		}
	})
}

func TestInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFlow(devicetest.Options{})
		ctx, cancel := context.WithCancel(t.Context())
		f.person = after(12*time.Second, func(string) { cancel() })
		_, err := f.run(ctx, direct{f.s.Handler()})
		if !errors.Is(err, context.Canceled) || f.polls() != 2 {
			t.Errorf("%v after %d requests", err, f.polls())
		}
		if _, err = f.run(ctx, direct{f.s.Handler()}); !errors.Is(err, context.Canceled) {
			t.Errorf("begun with an ended context: %v", err)
		}
	})
}

// silent answers nothing until the request is given up.
type silent struct{}

func (silent) RoundTrip(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

func TestSilentServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFlow(devicetest.Options{})
		began := time.Now()
		_, err := f.run(t.Context(), silent{})
		f.want(t, err, deviceflow.Passing, "ask for a code: the server can't be reached or fails for now: context deadline exceeded")
		if took := time.Since(began); took != 30*time.Second {
			t.Errorf("it took %s", took)
		}
	})
}

func (f *flow) want(t *testing.T, err error, kind deviceflow.Kind, text string) {
	t.Helper()
	var e *deviceflow.Error
	if !errors.As(err, &e) || e.Kind != kind {
		t.Fatalf("error %v of kind %+v, want %d", err, e, kind)
	}
	if text != "" && e.Error() != text {
		t.Errorf("error %q, want %q", e, text)
	}
	if said := fmt.Sprintf("%+v", err); strings.Contains(said, "EwB.") || strings.Contains(said, "Trace ID") {
		t.Errorf("it tells too much: %s", said)
	}
}
