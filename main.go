// Popbridge moves mail from POP3 mailboxes into Gmail and keeps the
// provider's mailbox from filling up.
package main

import (
	"context"
	"embed"
	"io"
	"io/fs"
	"log"
	"os"
	"os/signal"
	"runtime"
	"sync"
	"syscall"
	"time"

	"github.com/cli/browser"
	"golang.org/x/term"

	"github.com/popbridge/popbridge/internal/app"
)

//go:embed testdata/mail
var files embed.FS

func main() {
	mail, err := fs.Sub(files, "testdata/mail")
	if err != nil {
		panic(err)
	}
	log.SetOutput(io.Discard) // where net/http complains of odd servers
	// What a browser says would stand among what popbridge says.
	browser.Stdout, browser.Stderr = nil, nil
	home, _ := os.UserHomeDir() // without one, default paths are empty
	// A run with nothing to do allocates some megabytes in all. Counted as in
	// use, this keeps the collector from working for them; its pages are never
	// touched, so that they take no memory.
	ballast := make([]byte, 16<<20)
	keys := keyboard{fd: int(os.Stdin.Fd())}
	code := app.Main(untilSignal(), os.Args, app.World{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		StdoutIsTerminal: term.IsTerminal(int(os.Stdout.Fd())),
		StderrIsTerminal: term.IsTerminal(int(os.Stderr.Fd())),
		ReadSecret:       keys.readSecret(),
		Getenv:           os.Getenv, Home: home, GOOS: runtime.GOOS,
		Now: time.Now, Mail: mail, OpenBrowser: browser.OpenURL,
	})
	runtime.KeepAlive(ballast)
	keys.restore()
	os.Exit(code)
}

// keyboard is a terminal at standard input.
type keyboard struct {
	fd int

	mu sync.Mutex
	// before is how the terminal was when a secret began to be read that is not
	// read yet.
	before *term.State
}

// readSecret reads lines from a terminal without showing them; nil where
// standard input is none.
func (k *keyboard) readSecret() func() (string, error) {
	if !term.IsTerminal(k.fd) {
		return nil
	}
	return func() (string, error) {
		before, err := term.GetState(k.fd)
		if err != nil {
			return "", err
		}
		k.reading(before)
		defer k.reading(nil)
		return hiddenLine(k.fd)
	}
}

func (k *keyboard) reading(before *term.State) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.before = before
}

// restore has the terminal show again what is typed, where a signal ended the
// program while a secret was read.
func (k *keyboard) restore() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.before != nil {
		_ = term.Restore(k.fd, k.before) // the terminal may be gone
	}
}

// untilSignal gives a context that the first signal ends, be it that the
// terminal is gone. A second one ends the process at once.
func untilSignal() context.Context {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	if !signal.Ignored(syscall.SIGHUP) { // nohup
		signal.Notify(signals, syscall.SIGHUP)
	}
	go func() {
		s := <-signals
		signal.Stop(signals)
		cancel(app.Signalled{Signal: s})
	}()
	return ctx
}
