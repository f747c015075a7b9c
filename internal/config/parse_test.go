package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/popbridge/popbridge/internal/config"
)

// Parse reads what is no file yet as Load would read it.
func TestParseOfWhatIsToBeAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.toml")
	c, err := config.Parse(path, []byte(example(t)), env())
	if err != nil {
		t.Fatal(err)
	}
	if c.Path != path || c.Gmail[0].Client != filepath.Join(filepath.Dir(path), "client.json") {
		t.Errorf("parsed %+v", c)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("the file was made")
	}
	var faults config.Errors
	if _, err = config.Parse(path, []byte("[[pop3]]\nname = 1"), env()); !errors.As(err, &faults) || faults[0].File != path {
		t.Errorf("it says %v", err)
	}
}
