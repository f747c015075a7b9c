package elsewhere_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/popbridge/popbridge/internal/elsewhere"
)

const oldmail = "oldmail-127.0.0.1-11111-shop-a@example.org"

// served are the UIDs that the tools met on the server, and one that came
// later.
var served = []string{"plain1", "<abc@host>", "a%b%40c", "hash#x", "*star", "0x41", `back\slash`, "a/b/c", "d/e", `quote"x`, "co:lon;semi", "later"}

// The files but Thunderbird's are as the tools wrote them.
var samples = map[elsewhere.Tool]struct {
	file   string
	wanted elsewhere.Wanted
	box    string
	unseen []string
}{
	elsewhere.Getmail: {oldmail, elsewhere.Wanted{Host: "127.0.0.1", Port: 11111, User: "shop/a@example.org"},
		"user shop-a@example.org at 127.0.0.1, port 11111", []string{"later"}},
	elsewhere.Mpop: {"uidls", elsewhere.Wanted{Host: "127.0.0.1", Port: 995, User: "shop@example.org"},
		"user shop@example.org at 127.0.0.1", []string{"later"}},
	elsewhere.Fetchmail: {"fetchids", elsewhere.Wanted{Host: "127.0.0.1", Port: 995, User: "shop@example.org"},
		"user shop@example.org at 127.0.0.1", []string{"later"}},
	elsewhere.Thunderbird: {"popstate.dat", elsewhere.Wanted{Host: "POP.example.org", Port: 995, User: "shop@example.org"},
		"user shop@example.org at pop.example.org", []string{"a%b%40c", "hash#x", "*star", "0x41", `back\slash`, "d/e", `quote"x`, "co:lon;semi", "later"}},
}

func TestFilesOfTheTools(t *testing.T) {
	for _, tool := range elsewhere.Tools() {
		s := samples[tool]
		text, err := os.ReadFile(filepath.Join("testdata", s.file))
		if err != nil {
			t.Fatal(err)
		}
		for ends, data := range map[string]string{"LF": string(text), "CRLF": strings.ReplaceAll(string(text), "\n", "\r\n")} {
			t.Run(string(tool)+" "+ends, func(t *testing.T) {
				all := read(t, tool, s.file, data)
				c, err := elsewhere.Choose(all, s.wanted, served)
				if err != nil {
					t.Fatal(err)
				}
				if !c.Exact || c.String() != s.box {
					t.Errorf("took %s, exact %t", c, c.Exact)
				}
				want := slices.DeleteFunc(slices.Clone(served), func(uid string) bool { return slices.Contains(s.unseen, uid) })
				if got := slices.Sorted(maps.Keys(c.Seen)); !slices.Equal(got, slices.Sorted(slices.Values(want))) {
					t.Errorf("seen are %q, want %q", got, want)
				}
			})
		}
	}
}

// write puts a file into a folder of its own.
func write(t *testing.T, name, data string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func read(t *testing.T, tool elsewhere.Tool, name, data string) []elsewhere.Mailbox {
	t.Helper()
	all, err := elsewhere.Read(tool, write(t, name, data))
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestWhatIsNoSuchFile: what would be taken for a UID that isn't one would
// keep a message from being imported.
func TestWhatIsNoSuchFile(t *testing.T) {
	long := strings.Repeat("x", 1025)
	for _, c := range []struct {
		tool             elsewhere.Tool
		name, data, says string
	}{
		{elsewhere.Getmail, "oldmail", "a\x001\n", "OLDMAIL-HOST-PORT-USER"},
		{elsewhere.Getmail, oldmail, "a\x001\nb\n", "line 2: "},
		{elsewhere.Getmail, oldmail, "a\x00soon\n", "line 1: "},
		{elsewhere.Getmail, oldmail, "\x001\n", "line 1: a UID has"},
		{elsewhere.Getmail, oldmail, long + "\x001\n", "line 1: a UID has"},
		{elsewhere.Mpop, "uidls", "a\n", "line 1: "},
		{elsewhere.Mpop, "uidls", "# c\n 2 h u\na\n", "line 3: there are fewer"},
		{elsewhere.Mpop, "uidls", " 2 h u\na\n 1 h v\nb\n", "line 3: there are fewer"},
		{elsewhere.Mpop, "uidls", " 1 h u\na\nb\n", "line 3: "},
		{elsewhere.Mpop, "uidls", " 0 h u\n", "line 1: "},
		{elsewhere.Mpop, "uidls", " -1 h u\n", "line 1: "},
		{elsewhere.Mpop, "uidls", " 99999999999999999999 h u\n", "line 1: "},
		{elsewhere.Mpop, "uidls", " 1 h u v\na\n", "line 1: "},
		{elsewhere.Mpop, "uidls", " 1 h u\n\n", "line 2: a UID has"},
		{elsewhere.Mpop, "uidls", " 1 h u\na b\n", "line 2: a UID has no"},
		{elsewhere.Fetchmail, "fetchids", "u@h\n", "line 1: "},
		{elsewhere.Fetchmail, "fetchids", "u h a\n", "line 1: "},
		{elsewhere.Fetchmail, "fetchids", "u@h a\n@h a\n", "line 2: "},
		{elsewhere.Fetchmail, "fetchids", "u@ a\n", "line 1: "},
		{elsewhere.Fetchmail, "fetchids", "u@h a b\n", "line 1: a UID has no"},
		{elsewhere.Fetchmail, "fetchids", "u@h  \n", "line 1: a UID has"},
		{elsewhere.Fetchmail, "fetchids", "u@h a\x00b\n", "line 1: a UID has no"},
		{elsewhere.Fetchmail, "fetchids", strings.Repeat("u", 5000) + "@h a\n", "line 1: "},
		{elsewhere.Fetchmail, "fetchids", "u@h a\n" + strings.Repeat("\xff", 5000), "line 2: "},
		{elsewhere.Thunderbird, "popstate.dat", "k a 1\n", "line 1: "},
		{elsewhere.Thunderbird, "popstate.dat", "*h\nk a 1\n", "line 1: "},
		{elsewhere.Thunderbird, "popstate.dat", "* u\nk a 1\n", "line 1: "},
		{elsewhere.Thunderbird, "popstate.dat", "*h u\nx a 1\n", "line 2: the status"},
		{elsewhere.Thunderbird, "popstate.dat", "*h u\nk  1\n", "line 2: a UID has"},
		{elsewhere.Thunderbird, "popstate.dat", "*h u\nb\n", "line 2: "},
		{elsewhere.Thunderbird, "popstate.dat", "*h u\nk a 1 2\n", "line 2: "},
		{"outlook", "x", "", "no tool"},
	} {
		t.Run(fmt.Sprintf("%s %.20q", c.tool, c.data), func(t *testing.T) {
			all, err := elsewhere.Read(c.tool, write(t, c.name, c.data))
			if err == nil || !strings.Contains(strings.ToLower(err.Error()), strings.ToLower(c.says)) {
				t.Errorf("it gave %v and %v, want an error with %q", all, err, c.says)
			}
		})
	}
}

// One tool's file given as another's is never taken.
func TestFileOfAnotherTool(t *testing.T) {
	for tool := range samples {
		for of, s := range samples {
			data, err := os.ReadFile(filepath.Join("testdata", s.file))
			if err != nil {
				t.Fatal(err)
			}
			name := map[bool]string{true: oldmail, false: s.file}[tool == elsewhere.Getmail]
			if all, err := elsewhere.Read(tool, write(t, name, string(data))); tool != of && err == nil {
				t.Errorf("a file of %s was read as one of %s: %v", of, tool, all)
			}
		}
	}
}

func TestFilesThatAreNone(t *testing.T) {
	dir := t.TempDir()
	large := filepath.Join(dir, "large")
	if err := os.WriteFile(large, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(large, 65<<20); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{dir, filepath.Join(dir, "missing"), large} {
		if all, err := elsewhere.Read(elsewhere.Fetchmail, path); err == nil {
			t.Errorf("%s was read: %v", path, all)
		}
	}
	if all := read(t, elsewhere.Mpop, "uidls", "# only\n\n"); len(all) != 0 {
		t.Errorf("a file without mailboxes has %v", all)
	}
}
