package demo

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestMailArrivesInTurnsWhileServing(t *testing.T) {
	st, err := openStage(time.Now, os.DirFS("../../testdata/mail"), serveTerms)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := st.close(); err != nil {
			t.Error(err)
		}
	}()
	ctx, cancel := context.WithCancel(t.Context())
	told, out := io.Pipe()
	arrive, ended := make(chan time.Time), make(chan error)
	go func() { ended <- st.watch(ctx, out, arrive, nil) }()
	lines := bufio.NewReader(told)
	for i := range len(later) + 1 {
		want := fmt.Sprintf("Gmail has no messages; the provider has %d at the office, %d at home\n", (i+1)/2, i/2)
		if line, err := lines.ReadString('\n'); err != nil || !strings.HasSuffix(line, want) {
			t.Fatalf("line %q, error %v, want %q", line, err, want)
		}
		arrive <- time.Time{}
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	got := slices.Sorted(slices.Values(slices.Concat(st.office.UIDs(), st.home.UIDs())))
	if want := slices.Sorted(slices.Values(later)); !slices.Equal(got, want) {
		t.Errorf("%v arrived, want %v", got, want)
	}
	if !slices.Contains(st.office.UIDs(), officeRefused) {
		t.Error("the message that Gmail refuses did not arrive at the office")
	}
}

func TestQuoted(t *testing.T) {
	for path, want := range map[string]string{"/tmp/a": "/tmp/a", `C:\my files`: `"C:\my files"`} {
		if got := quoted(path); got != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
}
