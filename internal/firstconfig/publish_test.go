package firstconfig_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/popbridge/popbridge/internal/firstconfig"
)

func entries(t *testing.T, dir string) (names []string) {
	t.Helper()
	all, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		names = append(names, e.Name())
	}
	return names
}

func TestPublish(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	one, two := filepath.Join(dir, "one"), filepath.Join(dir, "two")
	if err := firstconfig.Publish(firstconfig.New{Path: one, Content: []byte("1")}, firstconfig.New{Path: two, Content: nil}); err != nil {
		t.Fatal(err)
	}
	if got := entries(t, dir); len(got) != 2 {
		t.Errorf("there are %q", got)
	}
	if text, err := os.ReadFile(one); err != nil || string(text) != "1" {
		t.Errorf("wrote %q, %v", text, err)
	}
	if runtime.GOOS == "windows" {
		return
	}
	for path, want := range map[string]fs.FileMode{dir: 0o700 | fs.ModeDir, filepath.Dir(dir): 0o700 | fs.ModeDir, one: 0o600, two: 0o600} {
		if info, err := os.Stat(path); err != nil || info.Mode() != want {
			t.Errorf("%s has mode %s, %v", path, info.Mode(), err)
		}
	}
}

// Of several files, all are made or none.
func TestPublishAllOrNone(t *testing.T) {
	dir := t.TempDir()
	taken := filepath.Join(dir, "taken")
	if err := os.WriteFile(taken, []byte("mine"), 0o640); err != nil {
		t.Fatal(err)
	}
	for name, last := range map[string]string{"taken": taken, "in a file's place": filepath.Join(taken, "x")} {
		err := firstconfig.Publish(firstconfig.New{Path: filepath.Join(dir, "one")}, firstconfig.New{Path: last, Content: []byte("theirs")})
		if err == nil || name == "taken" && !errors.Is(err, fs.ErrExist) {
			t.Errorf("%s: %v", name, err)
		}
		if got := entries(t, dir); len(got) != 1 {
			t.Errorf("%s: there are %q", name, got)
		}
	}
	if text, err := os.ReadFile(taken); err != nil || string(text) != "mine" {
		t.Errorf("it holds %q, %v", text, err)
	}
}
