package demo_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/popbridge/popbridge/internal/demo"
)

// folder makes temporary folders come into one that is checked to be empty at
// the end.
func folder(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"TMPDIR", "TMP", "TEMP"} {
		t.Setenv(name, dir)
	}
	t.Cleanup(func() {
		left, err := os.ReadDir(dir)
		if err != nil || len(left) > 0 {
			t.Errorf("left behind: %v, error %v", left, err)
		}
	})
}

// options are those of a demo whose popbridge is the function given.
func options(out io.Writer, invoke func(args []string, stdout, stderr io.Writer) int) demo.Options {
	return demo.Options{Out: out, Mail: os.DirFS("../../testdata/mail"),
		Invoke: func(_ context.Context, _ func() time.Time, stdout, stderr io.Writer, args ...string) int {
			return invoke(args, stdout, stderr)
		}}
}

func TestRunShowsWhatIsPrintedAndFailsOnAnotherExitCode(t *testing.T) {
	folder(t)
	var out strings.Builder
	calls := 0
	err := demo.Run(t.Context(), options(&out, func(_ []string, stdout, stderr io.Writer) int {
		calls++
		fmt.Fprintln(stdout, "a result")
		fmt.Fprintln(stderr, "a complaint")
		return 69
	}))
	if err == nil || !strings.Contains(err.Error(), "popbridge run home --dry-run ended with 69, not with 0") {
		t.Errorf("error %v", err)
	}
	if calls != 1 {
		t.Errorf("popbridge was run %d times, want once", calls)
	}
	want := "    $ popbridge run home --dry-run\n    a result\n    a complaint\n    $ echo $?\n    69\n"
	if !strings.HasSuffix(out.String(), want) {
		t.Errorf("it ends with %q, want %q", out.String()[max(0, out.Len()-len(want)):], want)
	}
}

func TestRunFailsWhenItIsNotAsTold(t *testing.T) {
	for want, invoke := range map[string]func([]string, io.Writer, io.Writer) int{
		"popbridge run was not silent": func(_ []string, stdout, _ io.Writer) int { fmt.Fprintln(stdout, "hello"); return 0 },
		"Gmail has no messages":        func([]string, io.Writer, io.Writer) int { return 0 },
	} {
		folder(t)
		var out strings.Builder
		if err := demo.Run(t.Context(), options(&out, invoke)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
		if strings.Contains(out.String(), "identical") {
			t.Error("it says that the mail is identical")
		}
	}
}

func TestRunEndsWhenInterrupted(t *testing.T) {
	folder(t)
	ctx, cancel := context.WithCancel(t.Context())
	var out strings.Builder
	err := demo.Run(ctx, options(&out, func([]string, io.Writer, io.Writer) int { cancel(); return 130 }))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestRunEndsWhenNobodyReads(t *testing.T) {
	folder(t)
	o := options(brokenPipe{}, func(args []string, _, _ io.Writer) int { t.Errorf("it ran %v", args); return 0 })
	if err := demo.Run(t.Context(), o); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("error %v", err)
	}
	if err := demo.Serve(t.Context(), o); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("error %v of the servers", err)
	}
}

func TestMissingSampleMailIsAnErrorOfSetup(t *testing.T) {
	folder(t)
	o := options(io.Discard, func([]string, io.Writer, io.Writer) int { return 0 })
	o.Mail = fstest.MapFS{}
	if err := demo.Run(t.Context(), o); !errors.Is(err, demo.ErrSetup) {
		t.Errorf("error %v", err)
	}
	if err := demo.Serve(t.Context(), o); !errors.Is(err, demo.ErrSetup) {
		t.Errorf("error %v of the servers", err)
	}
}

var (
	urls  = regexp.MustCompile(`https?://[^"\s]+`)
	hosts = regexp.MustCompile(`(?m)^host = "(.*)"$`)
)

// The files that the demo hands to popbridge lead to this machine alone, and
// nobody else can read them.
func TestFilesNameOnlyTheLoopback(t *testing.T) {
	folder(t)
	var seen, addresses []string
	err := demo.Run(t.Context(), options(io.Discard, func(args []string, _, _ io.Writer) int {
		entries, err := os.ReadDir(filepath.Dir(args[1]))
		if err != nil {
			t.Error(err)
		}
		for _, e := range entries {
			seen = append(seen, e.Name())
			content, err := os.ReadFile(filepath.Join(filepath.Dir(args[1]), e.Name()))
			info, statErr := e.Info()
			if err := errors.Join(err, statErr); err != nil {
				t.Error(err)
				continue
			}
			if mode := info.Mode().Perm(); mode&0o077 != 0 {
				t.Errorf("%s has mode %o", e.Name(), mode)
			}
			addresses = append(addresses, addressesIn(t, string(content))...)
		}
		return 1
	}))
	if err == nil {
		t.Error("an exit code of 1 was taken for good")
	}
	if want := []string{"ca.pem", "client.json", "config.toml", "token.json"}; !slices.Equal(seen, want) {
		t.Errorf("files %v, want %v", seen, want)
	}
	if len(addresses) < 5 { // the endpoint, two accounts, the client's two
		t.Errorf("only %v were found", addresses)
	}
	for _, a := range addresses {
		if ip, err := netip.ParseAddr(a); err != nil || !ip.IsLoopback() {
			t.Errorf("%s is no address of the loopback", a)
		}
	}
}

// addressesIn finds the hosts that a file names, leaving out the redirection,
// which nobody follows, and the scopes' names, which only look like addresses.
func addressesIn(t *testing.T, content string) (found []string) {
	for _, match := range urls.FindAllString(content, -1) {
		u, err := url.Parse(match)
		if err != nil {
			t.Error(err)
			continue
		}
		if match != "http://localhost" && u.Hostname() != "www.googleapis.com" {
			found = append(found, u.Hostname())
		}
	}
	for _, match := range hosts.FindAllStringSubmatch(content, -1) {
		found = append(found, match[1])
	}
	return found
}
