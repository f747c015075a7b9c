package app_test

import (
	"crypto/sha256"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/popbridge/popbridge/pop3/pop3test"
)

type sample struct {
	File, Reason string
	Refused      bool
	MessageID    string `json:"message_id"`
}

// corpus gives the sample mail, by file name.
func corpus(t *testing.T) (samples []sample, content map[string][]byte) {
	t.Helper()
	const dir = "../../testdata/mail/"
	list, err := os.ReadFile(dir + "manifest.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(list, &samples); err != nil {
		t.Fatal(err)
	}
	content = map[string][]byte{}
	for _, s := range samples {
		if content[s.File], err = os.ReadFile(dir + s.File); err != nil {
			t.Fatal(err)
		}
	}
	return samples, content
}

// served is what a POP3 server sends of a message: with a final CRLF.
func served(raw []byte) []byte {
	if len(raw) == 0 || strings.HasSuffix(string(raw), "\r\n") {
		return raw
	}
	return append(raw[:len(raw):len(raw)], '\r', '\n')
}

func TestSampleMailArrivesUnchanged(t *testing.T) {
	samples, content := corpus(t)
	h := newHarness(t)
	box := h.account("shop")
	var refused []string
	want := map[[32]byte]string{}
	for _, s := range samples {
		box.AddMessage(pop3test.Message{UID: s.File, Raw: content[s.File]})
		if s.Refused {
			refused = append(refused, s.File)
		} else {
			want[sha256.Sum256(served(content[s.File]))] = s.File
		}
	}
	h.expect(65, "run")
	for _, name := range refused {
		if !strings.Contains(h.err.String(), "UID "+name+",") {
			t.Errorf("nothing is said of %s, which Gmail refuses", name)
		}
	}
	for _, m := range h.arrived() {
		if _, ok := want[m.Digest]; !ok {
			t.Errorf("Gmail has a message that no mailbox held: %s", m.MessageID)
		}
		delete(want, m.Digest)
	}
	for _, name := range want {
		t.Errorf("%s did not arrive", name)
	}
	h.expect(0, "run")
	h.expectSilence()
	h.expectNotices(len(refused))
}
