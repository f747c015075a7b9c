package config_test

import (
	"testing"

	"github.com/popbridge/popbridge/internal/config"
)

func TestDefaultFiles(t *testing.T) {
	tests := []struct {
		name, goos, home string
		vars             []string
		path, state      string
	}{
		{"home", "linux", "/h", nil, "/h/.config/popbridge/config.toml", "/h/.local/state/popbridge/state.db"},
		{"XDG", "linux", "/h", []string{"XDG_CONFIG_HOME", "/c", "XDG_STATE_HOME", "/s"}, "/c/popbridge/config.toml", "/s/popbridge/state.db"},
		{"relative XDG", "linux", "/h", []string{"XDG_CONFIG_HOME", "c", "XDG_STATE_HOME", "s"},
			"/h/.config/popbridge/config.toml", "/h/.local/state/popbridge/state.db"},
		{"macOS", "darwin", "/h", []string{"AppData", "/a"}, "/h/.config/popbridge/config.toml", "/h/.local/state/popbridge/state.db"},
		{"Windows", "windows", "/h", []string{"AppData", "/a", "LocalAppData", "/l"}, "/a/popbridge/config.toml", "/l/popbridge/state.db"},
		{"no home", "linux", "", nil, "", ""},
		{"no home but XDG", "linux", "", []string{"XDG_CONFIG_HOME", "/c"}, "/c/popbridge/config.toml", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := env(test.vars...)
			e.GOOS, e.Home = test.goos, test.home
			if got := config.DefaultPath(e); got != test.path {
				t.Errorf("configuration %q, want %q", got, test.path)
			}
			if got := config.DefaultState(e); got != test.state {
				t.Errorf("state %q, want %q", got, test.state)
			}
		})
	}
}

func TestNearest(t *testing.T) {
	known := []string{"lolipop", "sakura", "work-mail", "a", "tls_fingerprint", "host"}
	tests := map[string]string{
		"lolipp": "lolipop", "lollipop": "lolipop", "LOLIPOP": "lolipop", "oslipop": "lolipop",
		"saukra": "sakura", "work_mail": "work-mail", "b": "a", "fingerprint": "tls_fingerprint",
		"hostname": "host", "ho": "", "loli": "lolipop", "yahoo": "", "": "", "é": "",
	}
	for name, want := range tests {
		if got := config.Nearest(name, known); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
	if got := config.Nearest("x", nil); got != "" {
		t.Errorf("%q of nothing", got)
	}
}
