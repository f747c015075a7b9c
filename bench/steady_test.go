package main

import (
	"os"
	"strings"
	"testing"
)

func openSmallSteady(t *testing.T, b *bench) (*steady, boxSpec) {
	t.Helper()
	box := boxSpec{User: "a", Known: 10, Size: 2000}
	s, err := b.openSteady(providerSpec{Boxes: []boxSpec{box}}, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.close(); err != nil {
			t.Error(err)
		}
	})
	if _, err := s.takeUp(b); err != nil {
		t.Fatal(err)
	}
	return s, box
}

func TestSteadyNoticesWhatIsNotAsExpected(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	s, box := openSmallSteady(t, b)
	if _, err := s.bring(b, 1); err == nil || !strings.Contains(err.Error(), "gmail has 0 messages, want 1") {
		t.Errorf("nothing came: %v", err)
	}
	box.New = 2
	if err := s.provider.fill(b.ctx, box); err != nil {
		t.Fatal(err)
	}
	if _, err := s.pass(b); err == nil || !strings.Contains(err.Error(), "gmail has 2 messages, want 0") {
		t.Errorf("two came: %v", err)
	}
	if _, err := s.pass(b); err != nil {
		t.Errorf("they are known now: %v", err)
	}
}

func TestSteadyStateIsRestored(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	s, box := openSmallSteady(t, b)
	if octets, err := s.keepState(); err != nil || octets == 0 {
		t.Fatalf("kept %d octets, %v", octets, err)
	}
	box.New = 2
	if err := s.provider.fill(b.ctx, box); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.restoreState(); err != nil {
			t.Fatal(err)
		}
		if _, err := s.bring(b, 2); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(s.site.statePath()+"-wal", []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.keepState(); err == nil {
		t.Error("a part of the state was taken for the whole")
	}
}
