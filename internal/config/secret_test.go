package config_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"strings"
	"testing"

	"github.com/popbridge/popbridge/internal/config"
)

// dump prints a value in every way there is.
func dump(v any) string {
	var b bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%p", "%t"} {
		fmt.Fprintf(&b, verb+"\n", v)
	}
	_ = json.NewEncoder(&b).Encode(v)
	slog.New(slog.NewJSONHandler(&b, nil)).Info("", "v", v)
	slog.New(slog.NewTextHandler(&b, nil)).Info("", "v", v)
	return b.String()
}

func TestSecretIsHidden(t *testing.T) {
	s := config.NewSecret("hunter2")
	type hiding struct{ s config.Secret } // fmt can't call methods here
	for _, v := range []any{s, &s, []config.Secret{s}, map[string]config.Secret{"k": s}, map[config.Secret]int{s: 1}, struct{ S config.Secret }{s}, hiding{s}} {
		got := dump(v)
		if strings.Contains(got, "hunter2") || strings.Contains(got, "68756e74657232") {
			t.Errorf("%T printed as %s", v, got)
		}
	}
	if s.String() != "[hidden]" || s.GoString() != "[hidden]" || s.LogValue().String() != "[hidden]" {
		t.Error("not printed as [hidden]")
	}
	if s.Reveal() != "hunter2" || s.IsZero() || !(config.Secret{}).IsZero() {
		t.Error("the text is lost")
	}
}

func TestCheckSecretFile(t *testing.T) {
	tests := []struct {
		path       string
		mode       fs.FileMode
		goos       string
		want, hint string
	}{
		{"/etc/token", 0o600, "linux", "", ""},
		{"/etc/token", 0o660, "linux", "", ""},
		{"/etc/token", 0o666, "windows", "", ""},
		{"/etc/token", 0o602, "freebsd", "/etc/token: holds a secret and is open to others (mode 0602)", "chmod 600 /etc/token"},
		{"/a b/it's", 0o644, "linux", "/a b/it's: holds a secret and is open to others (mode 0644)", `chmod 600 '/a b/it'\''s'`},
		{"a\nb", 0o644, "linux", `"a\nb": holds a secret and is open to others (mode 0644)`, "chmod 600 'a\nb'"},
	}
	for _, test := range tests {
		err := config.CheckSecretFile(test.path, test.mode, test.goos)
		var fault *config.Error
		switch {
		case test.want == "" && err != nil:
			t.Errorf("%s %04o: %v", test.path, test.mode, err)
		case test.want == "":
		case !errors.As(err, &fault) || err.Error() != test.want || fault.Hint != test.hint:
			t.Errorf("%s %04o: %v (%+v)", test.path, test.mode, err, fault)
		}
	}
}
