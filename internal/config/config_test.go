package config_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/popbridge/popbridge/internal/config"
)

// The least that loads: lines 1 to 3, and 4 to 8.
const (
	oneGmail = "[[gmail]]\naddress = \"in@example.org\"\nclient = \"client.json\"\n"
	onePOP3  = "[[pop3]]\nname = \"mail\"\nhost = \"pop.example.com\"\nuser = \"someone\"\npassword_env = \"PW\"\n"
	minimal  = oneGmail + onePOP3
)

const home = "/home/someone"

func env(pairs ...string) config.Env {
	return config.Env{Home: home, GOOS: "linux", Getenv: func(key string) string {
		for i := 0; i+1 < len(pairs); i += 2 {
			if pairs[i] == key {
				return pairs[i+1]
			}
		}
		return ""
	}}
}

// enter writes config.toml into a folder of its own, which becomes the
// working one.
func enter(t *testing.T, text string, mode os.FileMode) (dir string) {
	t.Helper()
	dir = t.TempDir()
	t.Chdir(dir)
	write(t, "config.toml", text, mode)
	return dir
}

func write(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil { // whatever the umask
		t.Fatal(err)
	}
}

func load(t *testing.T, text string) (*config.Config, error) {
	t.Helper()
	enter(t, text, 0o600)
	return config.Load("config.toml", env())
}

func mustLoad(t *testing.T, text string) *config.Config {
	t.Helper()
	c, err := load(t, text)
	if err != nil {
		t.Fatalf("load: %v", err)
	}
	return c
}

// fault is a configuration, what is printed of it, and the hints.
type fault struct {
	name, text string
	want       string // lines, each after "config.toml:"
	hint       string // of the first fault
}

func checkFaults(t *testing.T, faults []fault) {
	t.Helper()
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			c, err := load(t, f.text)
			var errs config.Errors
			if !errors.As(err, &errs) {
				t.Fatalf("loaded %+v with error %v, want Errors", c, err)
			}
			want := "config.toml:" + strings.ReplaceAll(f.want, "\n", "\nconfig.toml:")
			if err.Error() != want {
				t.Errorf("printed\n%s\nwant\n%s", err, want)
			}
			if errs[0].Hint != f.hint {
				t.Errorf("hint %q, want %q", errs[0].Hint, f.hint)
			}
			if c != nil {
				t.Error("a configuration beside an error")
			}
		})
	}
}

// line9 are faults of one more line of the only account.
func line9(faults ...fault) []fault {
	for i := range faults {
		faults[i].text = minimal + faults[i].text
		faults[i].want = "9: pop3." + faults[i].want
		if faults[i].name == "" {
			faults[i].name = strings.TrimPrefix(faults[i].text, minimal)
		}
	}
	return faults
}
