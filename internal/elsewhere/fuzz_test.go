package elsewhere

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzParse: whatever is in a file, what counts as a UID could be one, and
// each mailbox can be named.
func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/*")
	if err != nil {
		f.Fatal(err)
	}
	for i := range Tools() {
		for _, file := range files {
			if data, err := os.ReadFile(file); err == nil { // folders are the fuzzer's own
				f.Add(i, data)
			}
		}
	}
	f.Fuzz(func(t *testing.T, i int, data []byte) {
		tool := Tools()[uint(i)%uint(len(Tools()))]
		all, err := parse(tool, "oldmail-h-1-u", strings.NewReader(string(data)))
		if err != nil && all != nil {
			t.Errorf("an error and %v", all)
		}
		for _, m := range all {
			if m.Host == "" || m.User == "" {
				t.Errorf("%+v has no name", m)
			}
			for uid := range m.uids {
				if uid == "" || len(uid) > maxUID || strings.ContainsAny(uid, " \t\r\n\x00") {
					t.Errorf("%q is no UID", uid)
				}
			}
		}
	})
}
