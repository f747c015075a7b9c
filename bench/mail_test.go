package main

import (
	"bytes"
	"net/mail"
	"testing"
)

func TestComposeHasTheSize(t *testing.T) {
	for size := 1000; size < 1000+2*80; size++ {
		raw := compose(7, size)
		if len(raw) != size {
			t.Errorf("%d octets, want %d", len(raw), size)
		}
		bare := bytes.ReplaceAll(raw, []byte("\r\n"), nil)
		if !bytes.HasSuffix(raw, []byte("\r\n")) || bytes.ContainsAny(bare, "\r\n") {
			t.Errorf("%d octets: its line ends aren't CRLF", size)
		}
		for _, line := range bytes.Split(raw[bytes.Index(raw, []byte("\r\n\r\n"))+4:], []byte("\r\n")) {
			if len(line) > 76 {
				t.Errorf("%d octets: a line of %d", size, len(line))
			}
		}
	}
}

func TestComposedMailDiffers(t *testing.T) {
	ids := map[string]bool{}
	for n := range 50 {
		m, err := mail.ReadMessage(bytes.NewReader(compose(n, 1000)))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.Header.Date(); err != nil {
			t.Error(err)
		}
		ids[m.Header.Get("Message-ID")] = true
	}
	if len(ids) != 50 {
		t.Errorf("50 messages have %d Message-IDs", len(ids))
	}
	if !bytes.Equal(compose(3, 1000), compose(3, 1000)) {
		t.Error("the same message isn't the same twice")
	}
}
