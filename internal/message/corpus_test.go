package message_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/popbridge/popbridge/internal/message"
)

var update = flag.Bool("update", false, "write the golden file anew")

const (
	corpusDir  = "../../testdata/mail"
	goldenFile = "testdata/corpus.golden"
)

// sample is an entry of the corpus's manifest.
type sample struct {
	File      string `json:"file"`
	Odd       string `json:"odd"`
	Refused   bool   `json:"refused"`
	Reason    string `json:"reason"`
	MessageID string `json:"message_id"`
}

func manifest(t testing.TB) []sample {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(corpusDir, "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	var samples []sample
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&samples); err != nil {
		t.Fatal(err)
	}
	return samples
}

func octets(t testing.TB, file string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(corpusDir, file))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestManifestAgreesWithTheFolder(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(corpusDir, "*.eml"))
	if err != nil || len(files) < 60 {
		t.Fatalf("%d messages, %v, want at least 60", len(files), err)
	}
	missing := make(map[string]bool)
	for _, f := range files {
		missing[filepath.Base(f)] = true
	}
	odd := make(map[string]string)
	for _, s := range manifest(t) {
		if !missing[s.File] {
			t.Errorf("%s is listed twice or isn't there", s.File)
		}
		delete(missing, s.File)
		if other := odd[s.Odd]; s.Odd == "" || other != "" {
			t.Errorf("%s says %q, and so does %q", s.File, s.Odd, other)
		}
		odd[s.Odd] = s.File
		if s.Refused != (s.Reason != "") {
			t.Errorf("%s: refused %v for %q", s.File, s.Refused, s.Reason)
		}
	}
	for f := range missing {
		t.Errorf("%s isn't listed", f)
	}
}

func TestCorpusIsSmallAndAllDifferent(t *testing.T) {
	size := 0
	seen := make(map[string]string)
	for _, s := range manifest(t) {
		data := octets(t, s.File)
		size += len(data)
		if other := seen[string(data)]; other != "" {
			t.Errorf("%s and %s are the same", s.File, other)
		}
		seen[string(data)] = s.File
	}
	if size >= 1_000_000 {
		t.Errorf("the corpus has %d octets, want less than 1 MB", size)
	}
}

func TestCorpusDigests(t *testing.T) {
	for _, c := range manifest(t) {
		t.Run(strings.TrimSuffix(c.File, ".eml"), func(t *testing.T) {
			data := octets(t, c.File)
			whole := summarise(t, data, len(data)+1)
			checkDigests(t, data, whole)
			if whole.MessageID != c.MessageID {
				t.Errorf("Message-ID %.80q, want %.80q", whole.MessageID, c.MessageID)
			}
			checkReadable(t, whole.From)
			checkReadable(t, whole.Subject)
			for _, n := range []int{1, 2, 63, 64, 65, 1000} {
				if s := summarise(t, data, n); s != whole {
					t.Errorf("by %d: %+v, want %+v", n, s, whole)
				}
			}
			checkTop(t, data, whole)
		})
	}
}

// checkTop tries the answers that servers give to TOP n 0.
func checkTop(t *testing.T, data []byte, whole message.Summary) {
	t.Helper()
	header, body := reference(data)
	for name, top := range map[string][]byte{
		"without empty line": header,
		"with empty line":    append(header[:len(header):len(header)], "\r\n"...),
		"with body":          append(append(header[:len(header):len(header)], "\r\n"...), body...),
		"with Status":        append(header[:len(header):len(header)], "Status: RO\r\nX-UID: 1\r\n\r\n"...),
		"as it is":           data,
	} {
		s, err := message.HeaderSummary(bytes.NewReader(top))
		if err != nil || s.HeaderDigest != whole.HeaderDigest || s.MessageID != whole.MessageID {
			t.Errorf("TOP %s: %+v, %v", name, s, err)
		}
	}
}

// The digests are recorded in people's state: another version must give the
// same ones, or all mail would count as new.
func TestCorpusGolden(t *testing.T) {
	var got bytes.Buffer
	for _, c := range manifest(t) {
		s := summarise(t, octets(t, c.File), 4096)
		s.MessageID = "" // is in the manifest
		line, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&got, "%s %s\n", c.File, line)
	}
	if *update {
		if err := os.WriteFile(goldenFile, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(goldenFile)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(want), "\n")
	for i, line := range strings.Split(got.String(), "\n") {
		if i >= len(lines) || line != lines[i] {
			t.Errorf("line %d is now\n%s", i+1, line)
		}
	}
	if n := strings.Count(got.String(), "\n") + 1; n != len(lines) {
		t.Errorf("%d lines, want %d", n, len(lines))
	}
}
