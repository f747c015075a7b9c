package spool_test

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/popbridge/popbridge/internal/spool"
)

func fill(t *testing.T, s *spool.Spool, reserve int64, content []byte) *spool.Item {
	t.Helper()
	item, ok := s.Reserve(reserve)
	if !ok {
		t.Fatalf("reserve %d: no room", reserve)
	}
	for len(content) > 0 {
		n := min(len(content), 1000)
		if _, err := item.Write(content[:n]); err != nil {
			t.Fatal(err)
		}
		content = content[n:]
	}
	return item
}

func TestItemsComeBackAsWritten(t *testing.T) {
	s := spool.New(filepath.Join(t.TempDir(), "spool"), spool.DefaultBudget)
	for _, size := range []int{0, 1, 999, 64 << 10, 64<<10 + 1, 3 << 20} {
		want := bytes.Repeat([]byte{0, 'a', '\n', 0xff}, size/4+1)[:size]
		for _, reserve := range []int64{0, int64(size), int64(2 * size)} {
			item := fill(t, s, reserve, want)
			got, err := io.ReadAll(io.NewSectionReader(item, 0, item.Size()))
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("size %d, reserved %d: read %d octets, %v", size, reserve, len(got), err)
			}
			if err := item.Release(); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestBudgetIsGivenBack(t *testing.T) {
	s := spool.New(t.TempDir(), 1000)
	first := fill(t, s, 600, make([]byte, 600))
	if _, ok := s.Reserve(500); ok {
		t.Fatal("1,100 octets fitted into 1,000")
	}
	waited := make(chan error, 1)
	go func() { waited <- s.WaitHalfEmpty(context.Background()) }()
	for range 2 {
		if err := first.Release(); err != nil {
			t.Fatal(err)
		}
	}
	if err := <-waited; err != nil {
		t.Fatal(err)
	}
	if _, ok := s.Reserve(1000); !ok {
		t.Error("the whole budget is not free after the release")
	}
}

func TestEmptySpoolTakesAnySize(t *testing.T) {
	s := spool.New(t.TempDir(), 1000)
	item := fill(t, s, 5000, make([]byte, 5000))
	if _, ok := s.Reserve(1); ok {
		t.Error("a full spool took more")
	}
	if err := item.Release(); err != nil {
		t.Fatal(err)
	}
}

func TestMessageLargerThanAnnouncedIsBooked(t *testing.T) {
	s := spool.New(t.TempDir(), 1000)
	item := fill(t, s, 10, make([]byte, 900))
	if _, ok := s.Reserve(200); ok {
		t.Error("what came beyond the reservation was not booked")
	}
	if err := item.Release(); err != nil {
		t.Fatal(err)
	}
	if _, ok := s.Reserve(1000); !ok {
		t.Error("what was booked beyond the reservation was not given back")
	}
}

func TestWaitEndsWithItsContext(t *testing.T) {
	s := spool.New(t.TempDir(), 1000)
	fill(t, s, 900, nil)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.WaitHalfEmpty(ctx); err == nil {
		t.Error("a wait on a full spool ended without an error")
	}
}

func TestLargeMessagesLeaveNoName(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "spool")
	s := spool.New(dir, spool.DefaultBudget)
	item := fill(t, s, 1<<20, make([]byte, 1<<20))
	if err := item.Release(); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 0 {
		t.Errorf("left in the spool: %v, %v", left, err)
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the spool folder: %v, %v", info, err)
	}
}

func TestFilesAreBounded(t *testing.T) {
	s := spool.New(t.TempDir(), spool.DefaultBudget)
	var items []*spool.Item
	for {
		item, ok := s.Reserve(100 << 10)
		if !ok {
			break
		}
		items = append(items, item)
	}
	if len(items) != 128 {
		t.Errorf("%d files at once, want 128", len(items))
	}
	if _, ok := s.Reserve(1000); !ok {
		t.Error("a small message, which needs no file, was not taken")
	}
	if err := items[0].Release(); err != nil {
		t.Fatal(err)
	}
	if _, ok := s.Reserve(100 << 10); !ok {
		t.Error("a released file was not given back")
	}
}

func TestManySmallMessagesStayWithinMemory(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "spool")
	s := spool.New(dir, spool.DefaultBudget)
	var items []*spool.Item
	content := bytes.Repeat([]byte("x"), 60<<10)
	for range 350 { // 21 MB: more than may stay in memory
		items = append(items, fill(t, s, int64(len(content)), content))
	}
	for _, item := range items {
		got, err := io.ReadAll(io.NewSectionReader(item, 0, item.Size()))
		if err != nil || !bytes.Equal(got, content) {
			t.Fatal("a message changed in the spool")
		}
		if err := item.Release(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(dir); err != nil {
		t.Error("nothing went to a file:", err)
	}
}
