package main

import (
	"bytes"
	"context"
	"io"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"testing"
)

func TestMeasureTellsOfAFailure(t *testing.T) {
	b := &bench{ctx: t.Context()}
	u, err := b.measure(t.Context(), exec.Command("sh", "-c", "echo out; echo what is wrong >&2; exit 3"))
	if err == nil || !strings.Contains(err.Error(), "what is wrong") || u.Exit != 3 || string(u.Stdout) != "out\n" {
		t.Errorf("status %d, output %q, %v", u.Exit, u.Stdout, err)
	}
	if _, err := b.measure(t.Context(), exec.Command(t.TempDir())); err == nil {
		t.Error("a folder could be run")
	}
}

func TestMeasureEndsWithItsContext(t *testing.T) {
	b := &bench{ctx: t.Context()}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	cmd := exec.Command("cat")
	in, err := cmd.StdinPipe() // left open: by itself it wouldn't end
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	if _, err := b.measure(ctx, cmd); err == nil || !strings.Contains(err.Error(), context.Canceled.Error()) {
		t.Errorf("got %v", err)
	}
}

// TestMeasureHasTheCommandsOwnMemory: the kernel books the peak of the process
// that starts another on it, too.
func TestMeasureHasTheCommandsOwnMemory(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("memory is measured on Linux alone")
	}
	own := bytes.Repeat([]byte("x"), 200<<20)
	b := &bench{ctx: t.Context()}
	cmd := exec.Command("cat")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	var once sync.Once
	u, err := b.watch(t.Context(), cmd, func(int) {
		once.Do(func() {
			_, _ = io.WriteString(in, "enough")
			_ = in.Close()
		})
	})
	runtime.KeepAlive(own)
	if err != nil || string(u.Stdout) != "enough" {
		t.Fatalf("%q, %v", u.Stdout, err)
	}
	if u.MaxRSS <= 0 || u.MaxRSS > 50<<20 {
		t.Errorf("cat has taken %s", mebibytes(u.MaxRSS))
	}
}
