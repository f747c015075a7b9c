package config_test

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/popbridge/popbridge/internal/config"
)

// The keys of the contract; the example shows each.
const keys = `state alert_after jobs name address client service_account token access units_per_minute endpoint
host port tls allow_plaintext tls_min tls_ca tls_fingerprint server_name user password password_command password_file
password_env auth token_command client_id client_secret device_uri token_uri scope pipelining timeout to labels retention keep_messages keep_size capacity skip_larger spam date`

func example(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("testdata/example.toml")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestExampleShowsEveryKey(t *testing.T) {
	text := example(t)
	for _, key := range strings.Fields(keys) {
		if !regexp.MustCompile(`(?m)^(# ?)?` + key + ` = `).MatchString(text) {
			t.Errorf("%s is not in the example", key)
		}
	}
}

// What the example calls a default is one: written out, it changes nothing.
func TestExampleDefaults(t *testing.T) {
	text := example(t)
	enter(t, text, 0o644)
	c, err := config.Load("config.toml", env())
	if err != nil {
		t.Fatal(err)
	}
	written := regexp.MustCompile(`(?m)^#([a-z])`).ReplaceAllString(text, "$1")
	if strings.Count(written, "#")+15 > strings.Count(text, "#") {
		t.Fatal("few defaults in the example")
	}
	write(t, "config.toml", written, 0o644)
	out, err := config.Load("config.toml", env())
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(out, c) {
		t.Errorf("with defaults written out\n%+v\nwithout\n%+v", out, c)
	}
}

// The alternatives load too, each in the place of the other.
func TestExampleAlternatives(t *testing.T) {
	shown := example(t)
	alternatives := regexp.MustCompile(`(?m)^# ([a-z_]+ = .*)$`)
	text := alternatives.ReplaceAllString(shown, "$1")
	text = regexp.MustCompile(`(?m)^(client|password_[a-z]+|token_command) = .*$`).ReplaceAllString(text, "")
	enter(t, text, 0o600)
	c, err := config.Load("config.toml", env())
	if err != nil {
		t.Fatal(err)
	}
	if c.StateIsDefault || c.Gmail[0].ServiceAccount == "" || c.POP3[0].Capacity.Messages != 500 {
		t.Errorf("loaded %+v", c)
	}
	if c.State != config.DefaultState(env()) {
		t.Errorf("state %q is not the default", c.State)
	}
	if o := c.POP3[1].OAuth; o.ClientSecret.IsZero() || !strings.HasSuffix(o.Token, "token-outlook.json") {
		t.Errorf("loaded %+v", o)
	}
	text = regexp.MustCompile(`(?m)^client_id = `).ReplaceAllString(shown, "# client_id = ")
	text = strings.ReplaceAll(text, "# token_command = ", "token_command = ")
	if o := mustLoad(t, text).POP3[1].OAuth; o.Command == "" || o.ClientID != "" || o.Token != "" {
		t.Errorf("with a command loaded %+v", o)
	}
}
