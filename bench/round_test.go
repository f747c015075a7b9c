package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestARound goes through a comparison as the table's are made, with little
// mail.
func TestARound(t *testing.T) {
	b := newBench(t)
	w, err := b.openWorld(2*time.Millisecond, []batch{{5, 2000}, {1, 300_000}})
	skipIfMissing(t, err)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := w.close(); err != nil {
			t.Error(err)
		}
	}()
	tools := []tool{w.popbridge}
	for _, other := range []tool{w.mpop, w.fetchmail, w.getmail} {
		if _, err := exec.LookPath(other.name); err == nil {
			tools = append(tools, other)
		}
	}
	b.reps = 2
	m, err := b.fetchAll(w, tools...)
	if err != nil {
		t.Fatal(err)
	}
	for _, tool := range tools {
		if runs := m[tool.name]; len(runs) == 0 || runs[0].Wall <= 0 || runs[0].CPU() <= 0 {
			t.Errorf("%s: %+v", tool.name, runs)
		}
	}
	again, err := b.run(w.popbridge, w.post.messages)
	if err != nil || len(again.Stdout)+len(again.Stderr) > 0 {
		t.Errorf("with nothing new: %v\n%s%s", err, again.Stdout, again.Stderr)
	}
	if _, err := b.run(w.popbridge, w.post.messages+1); err == nil || !strings.Contains(err.Error(), "want 7") {
		t.Errorf("a message is missing, and nothing was said: %v", err)
	}
}

func TestGmailTellsAndForgets(t *testing.T) {
	b := newBench(t)
	w, err := b.openWorld(0, []batch{{3, 1000}})
	skipIfMissing(t, err)
	if err != nil {
		t.Fatal(err)
	}
	defer w.close()
	begin := time.Now()
	if _, err := b.runFresh(w.popbridge, 3); err != nil {
		t.Fatal(err)
	}
	stats, err := w.gmail.Stats(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if stats.Messages != 3 || stats.Octets != 3000 || stats.TooMany != 0 || stats.Requests["messages.import"] != 3 {
		t.Errorf("%+v", stats)
	}
	if len(stats.Acknowledged) != 3 || stats.Acknowledged[0].Before(begin) || stats.Acknowledged[2].After(time.Now()) {
		t.Errorf("acknowledged at %v, it began at %v", stats.Acknowledged, begin)
	}
	if err := w.gmail.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	stats, err = w.gmail.Stats(t.Context())
	if err != nil || stats.Messages != 0 || stats.Total() != 0 || len(stats.Acknowledged) != 0 {
		t.Errorf("after a reset: %+v, %v", stats, err)
	}
}

func TestSpySeesOpenFiles(t *testing.T) {
	spy := &spoolSpy{dir: t.TempDir()}
	if err := spy.verdict(); err == nil {
		t.Error("nothing was seen, and nothing was said")
	}
	f, err := os.OpenFile(filepath.Join(spy.dir, "spool-1"), os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString("mail"); err != nil {
		t.Fatal(err)
	}
	if err := spy.empty(); err == nil {
		t.Error("a file is left, and nothing was said")
	}
	if err := os.Remove(f.Name()); err != nil {
		t.Fatal(err)
	}
	spy.look(os.Getpid())
	if err := spy.verdict(); err != nil || spy.largest != 4 {
		t.Errorf("%d octets, %v", spy.largest, err)
	}
	if err := f.Chmod(0o640); err != nil {
		t.Fatal(err)
	}
	spy.look(os.Getpid())
	if err := spy.verdict(); err == nil {
		t.Error("a file was open to others, and nothing was said")
	}
	if err := spy.empty(); err != nil {
		t.Error(err)
	}
}
