package app_test

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/popbridge/popbridge/internal/app"
	"github.com/popbridge/popbridge/internal/demo"
)

// demoWorld has temporary folders come into one that is checked to be empty at
// the end.
func demoWorld(t *testing.T, out, err io.Writer) app.World {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"TMPDIR", "TMP", "TEMP"} {
		t.Setenv(name, dir)
	}
	t.Cleanup(func() {
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("left behind: %v, error %v", left, err)
		}
	})
	return app.World{Stdin: strings.NewReader(""), Stdout: out, Stderr: err, Home: t.TempDir(), GOOS: "linux",
		Getenv: func(string) string { return "" }, Now: time.Now, Mail: os.DirFS("../../testdata/mail"),
		OpenBrowser: func(string) error { return os.ErrNotExist }}
}

func TestDemo(t *testing.T) {
	var out, err bytes.Buffer
	w := demoWorld(t, &out, &err)
	if code := app.Main(t.Context(), []string{"popbridge", "demo"}, w); code != 0 || err.Len() > 0 {
		t.Fatalf("exit %d\nstdout: %s\nstderr: %s", code, &out, &err)
	}
	told := strings.Join(strings.Fields(out.String()), " ")
	for _, want := range []string{
		"$ popbridge run home --dry-run home: 6 messages",
		"Gmail now has 16 messages; by label: Home 0 Home/Family 6 INBOX 10 Office 10 UNREAD 16",
		"Gmail got no requests, and the POP3 server 2 sessions",
		"would delete 10, keep 3",
		"The office's mailbox now holds 3 messages",
		"would import 5, delete 3, keep 5",
		"The mailbox at home now holds 10 messages",
		"UID blocked-attachment-exe, 824 B, is refused and stays on the provider: ",
		"$ echo $? 65",
		"4 imported, 0 pending, 0 adopted, 1 refused",
		"Every imported message was compared, byte for byte, with what the mailbox held: all 27 are identical.",
	} {
		if !strings.Contains(told, want) {
			t.Errorf("it doesn't say %q", want)
		}
	}
	for _, never := range []string{"127.0.0.1", "--config /", "popbridge-demo-", "password of", "\x1b"} {
		if strings.Contains(told, never) {
			t.Errorf("it says %q", never)
		}
	}
	if t.Failed() {
		t.Log(out.String())
	}
}

func TestDemoColoursForATerminal(t *testing.T) {
	for _, noColour := range []string{"", "1"} {
		var out bytes.Buffer
		w := demoWorld(t, &out, io.Discard)
		w.StdoutIsTerminal = true
		w.Getenv = func(name string) string { return map[string]string{"NO_COLOR": noColour}[name] }
		if code := app.Main(t.Context(), []string{"popbridge", "demo"}, w); code != 0 {
			t.Fatalf("exit %d", code)
		}
		if coloured := strings.Contains(out.String(), "\x1b[1m$ popbridge run\x1b[0m"); coloured != (noColour == "") {
			t.Errorf("NO_COLOR=%q: coloured is %t", noColour, coloured)
		}
	}
}

func TestDemoTakesNoArguments(t *testing.T) {
	var err bytes.Buffer
	if code := app.Main(t.Context(), []string{"popbridge", "demo", "office"}, demoWorld(t, io.Discard, &err)); code != 64 {
		t.Errorf("exit %d, want 64\n%s", code, &err)
	}
}

// invokeOf runs the real program as the demo does.
func invokeOf(w app.World) demo.Invoke {
	return func(ctx context.Context, now func() time.Time, stdout, stderr io.Writer, args ...string) int {
		w.Now, w.Stdout, w.Stderr = now, stdout, stderr
		return app.Main(ctx, append([]string{"popbridge"}, args...), w)
	}
}

var endpoint = regexp.MustCompile(`endpoint = "([^"]*)"`)

// A proxy before the stand-in changes one octet of one message.
func TestDemoFindsAMessageChangedOnTheWay(t *testing.T) {
	var changed atomic.Int32
	proxied := false
	w := demoWorld(t, io.Discard, io.Discard)
	run := invokeOf(w)
	err := demo.Run(t.Context(), demo.Options{Out: io.Discard, Mail: w.Mail,
		Invoke: func(ctx context.Context, now func() time.Time, stdout, stderr io.Writer, args ...string) int {
			if !proxied {
				proxied = true
				before(t, args[1], func(body []byte) []byte {
					out := bytes.Replace(body, []byte("order 1042 was packed and"), []byte("order 1043 was packed and"), 1)
					if !bytes.Equal(out, body) {
						changed.Add(1)
					}
					return out
				})
			}
			return run(ctx, now, stdout, stderr, args...)
		}})
	if n := changed.Load(); n != 1 {
		t.Errorf("%d messages were changed, want 1", n)
	}
	if err == nil || !strings.Contains(err.Error(), "plain-text of office is not in Gmail as the mailbox held it") {
		t.Errorf("error %v", err)
	}
}

// before puts a proxy before the endpoint of a configuration.
func before(t *testing.T, config string, change func(body []byte) []byte) {
	t.Helper()
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	target, err := url.Parse(endpoint.FindStringSubmatch(string(text))[1])
	if err != nil {
		t.Fatal(err)
	}
	forward := httputil.NewSingleHostReverseProxy(target)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		body = change(body)
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		r.Header.Set("Content-Length", strconv.Itoa(len(body)))
		forward.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	text = endpoint.ReplaceAll(text, []byte(`endpoint = "`+server.URL+`/"`))
	if err := os.WriteFile(config, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestDemoServesUntilInterrupted(t *testing.T) {
	shown, out := io.Pipe()
	var complaints bytes.Buffer
	w := demoWorld(t, out, &complaints)
	ctx, interrupt := context.WithCancelCause(t.Context())
	ended := make(chan int)
	go func() {
		code := app.Main(ctx, []string{"popbridge", "demo", "--serve"}, w)
		out.Close()
		ended <- code
	}()
	lines := bufio.NewScanner(shown)
	until := func(want string) string {
		t.Helper()
		for lines.Scan() {
			if strings.Contains(lines.Text(), want) {
				return lines.Text()
			}
		}
		t.Fatalf("it ended without %q: %v, %s", want, lines.Err(), &complaints)
		return ""
	}
	typed := strings.Fields(until("config.toml run --dry-run"))
	until("Gmail has no messages; the provider has 10 at the office, 6 at home")
	var said bytes.Buffer
	mine := w
	mine.Stdout, mine.Stderr = &said, &said
	for _, command := range []string{"run", "status"} {
		if code := app.Main(t.Context(), append(typed[:3:3], command), mine); code != 0 {
			t.Errorf("%s ended with %d: %s", command, code, &said)
		}
	}
	until("Gmail has 16 messages")
	interrupt(app.Signalled{Signal: os.Interrupt})
	if _, err := io.Copy(io.Discard, shown); err != nil {
		t.Error(err)
	}
	if code := <-ended; code != 130 || complaints.Len() > 0 {
		t.Errorf("exit %d, stderr %q", code, &complaints)
	}
}
