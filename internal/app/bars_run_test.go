package app_test

import (
	"bytes"
	"context"
	"io"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/popbridge/popbridge/gmail/gmailtest"
	"github.com/popbridge/popbridge/internal/app"
)

// holdImports lets the first imports be answered and holds all others until
// they are let go.
func holdImports(h *harness, first int) (letGo func()) {
	held := make(chan struct{})
	letGo = sync.OnceFunc(func() { close(held) })
	h.t.Cleanup(letGo)
	answered := 0
	h.gmail.SetFault(func(r gmailtest.Request) *gmailtest.Fault { // called one at a time
		if r.Kind != gmailtest.KindImport {
			return nil
		}
		if answered == first {
			<-held
		}
		if r.Stage == gmailtest.StageAnswer {
			answered++
		}
		return nil
	})
	return letGo
}

// inBackground runs a command until the returned function waits for its code.
func (h *harness) inBackground(ctx context.Context, stdout io.Writer, args ...string) (code func() int) {
	ended := make(chan int, 1)
	go func() { ended <- h.runWith(ctx, stdout, args...) }()
	return func() int { return <-ended }
}

func (h *harness) await(pattern string) {
	h.t.Helper()
	if !h.terminal.Await(pattern) {
		h.t.Fatalf("the terminal never showed %q but\n%s", pattern, h.terminal.Text())
	}
}

func TestRunShowsItselfAtATerminal(t *testing.T) {
	h := newHarness(t)
	h.terminal = app.NewTerminal(80, 24)
	fill(h.account("shop"), 20)
	h.account("idle")
	letGo := holdImports(h, 4)
	var out bytes.Buffer
	code := h.inBackground(t.Context(), &out, "run", "--json")
	h.await(`(?m)^shop +4/20 \[=*>-+\] .* B, importing$`)
	letGo()
	if got := code(); got != 0 {
		t.Errorf("exit %d\n%s", got, h.terminal.Text())
	}
	if text := h.terminal.Text(); text != "" || h.terminal.Column() != 0 {
		t.Errorf("it leaves\n%s", text)
	}
	if !strings.HasPrefix(out.String(), `{"version":1`) {
		t.Errorf("standard output is %s", &out)
	}
	h.expectInGmail(20)
}

func TestInterruptedRunLeavesNoBar(t *testing.T) {
	h := newHarness(t)
	h.terminal = app.NewTerminal(80, 24)
	fill(h.account("shop"), 20)
	letGo := holdImports(h, 2)
	ctx, interrupt := context.WithCancelCause(t.Context())
	defer interrupt(nil)
	code := h.inBackground(ctx, io.Discard, "run")
	h.await(`shop +2/20`)
	h.terminal.Type("^C")
	interrupt(app.Signalled{Signal: syscall.SIGINT})
	h.await(`(?m)^shop .*, ending; Ctrl-C again ends at once$`)
	letGo()
	if got := code(); got != 130 {
		t.Errorf("exit %d", got)
	}
	if text := h.terminal.Text(); !regexp.MustCompile(`^shop: \d+ messages imported, 0 deleted from the provider$`).MatchString(text) || h.terminal.Column() != 0 {
		t.Errorf("it leaves\n%s", text)
	}
}

func TestComplaintsOfARunStandAboveBars(t *testing.T) {
	h := newHarness(t)
	h.terminal = app.NewTerminal(80, 24)
	fill(h.account("shop"), 5)
	letGo := holdImports(h, 0)
	h.table("wrong", `password = "another"`)
	code := h.inBackground(t.Context(), io.Discard, "run")
	h.await(`(?s)^popbridge: wrong: log in .*\nhint: check user and password of account wrong.*\nshop +0/5 `)
	letGo()
	if got := code(); got != 77 {
		t.Errorf("exit %d", got)
	}
	if text := h.terminal.Text(); !strings.HasPrefix(text, "popbridge: wrong: log in") ||
		!strings.HasSuffix(text, "popbridge run wrong\nshop: 5 messages imported, 0 deleted from the provider") {
		t.Errorf("it leaves\n%s", h.terminal.Text())
	}
}

func TestDryRunShowsNoBar(t *testing.T) {
	h := newHarness(t)
	h.terminal = app.NewTerminal(80, 24)
	fill(h.account("shop"), 1)
	h.expect(0, "run", "-n")
	if n := h.terminal.Octets(); n != 0 {
		t.Errorf("the terminal got %d octets", n)
	}
}
