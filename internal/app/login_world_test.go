package app_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/popbridge/popbridge/internal/app"
)

// visitor is a person at the browser that a login opens.
type visitor struct {
	*harness
	// goes opens the authorisation page, and gives where it leads to.
	goes func(ctx context.Context, page string) (string, error)
	// goos is the system that popbridge believes to be on.
	goos string
	// sleep waits until popbridge says what may be the matter; nil is for ever.
	sleep func(context.Context, time.Duration) error

	// landed is the page on which the browser ended.
	landed string
	// typed is what the person types; nil is nobody there.
	typed io.Reader
}

func newVisitor(t *testing.T, change ...func(*setup)) *visitor {
	v := &visitor{harness: newHarness(t, change...), goos: "linux"}
	v.account("shop")
	v.goes = v.gmail.Authorize
	v.must(os.Remove(v.path("token.json")))
	return v
}

// screen can be read while it is written to.
type screen struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *screen) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(b)
}

// login runs the command, which is to end with a code.
func (v *visitor) login(code int) {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.t.Context(), 20*time.Second)
	defer cancel()
	var visited sync.WaitGroup
	err := &screen{}
	sleep := v.sleep
	if sleep == nil {
		sleep = func(ctx context.Context, _ time.Duration) error { <-ctx.Done(); return ctx.Err() }
	}
	typed := v.typed
	if typed == nil {
		typed = strings.NewReader("")
	}
	v.out.Reset()
	w := app.World{Stdin: typed, Stdout: &v.out, Stderr: err,
		Getenv: func(string) string { return "" }, Home: v.dir, GOOS: v.goos, Now: v.now, Sleep: sleep}
	visited.Add(1)
	w.OpenBrowser = func(page string) error {
		defer visited.Done()
		to, err := v.goes(ctx, page)
		if err != nil || to == "" {
			return err
		}
		v.landed, err = look(ctx, to)
		return err
	}
	got := app.Main(ctx, []string{"popbridge", "--config", v.path("config.toml"), "login"}, w)
	v.err = bytes.Buffer{}
	if strings.Contains(err.text.String(), "Open this page") {
		visited.Wait()
	}
	said := err.text.String()
	if !strings.Contains(said, "Open this page") {
		v.landed = ""
	}
	named := " --config " + v.path("config.toml")
	if strings.Count(said, named) != strings.Count(said, "popbridge"+named) || strings.Contains(said, "popbridge login") || strings.Contains(said, "popbridge check") {
		v.t.Errorf("a command can't be typed as it is:\n%s", said)
	}
	v.err.WriteString(strings.ReplaceAll(said, named, ""))
	if got != code {
		v.t.Fatalf("exit %d, want %d\nstdout: %s\nstderr: %s\nbrowser: %s", got, code, &v.out, &v.err, v.landed)
	}
}

// look opens an address and gives the page.
func look(ctx context.Context, address string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return "", err
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	page, err := io.ReadAll(resp.Body)
	return string(page), err
}

// sentBack is where Google sends the browser with an error.
func sentBack(page, fault string) (string, error) {
	u, err := url.Parse(page)
	if err != nil {
		return "", err
	}
	q := u.Query()
	return q.Get("redirect_uri") + "?" + url.Values{"state": {q.Get("state")}, "error": {fault}}.Encode(), nil
}

// says wants a text to have these words.
func (v *visitor) says(where, text string, words ...string) {
	v.t.Helper()
	for _, w := range words {
		if !strings.Contains(text, w) {
			v.t.Errorf("%s lacks %q:\n%s", where, w, text)
		}
	}
}
