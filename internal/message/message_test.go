package message_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"github.com/popbridge/popbridge/internal/message"
)

// summarise takes a message in parts of at most n octets.
func summarise(t testing.TB, data []byte, n int) message.Summary {
	t.Helper()
	d := message.NewDigester()
	for len(data) > 0 {
		part := data[:min(n, len(data))]
		if m, err := d.Write(part); m != len(part) || err != nil {
			t.Fatalf("Write of %d octets = %d, %v", len(part), m, err)
		}
		data = data[len(part):]
	}
	return d.Summary()
}

// reference finds header and body the simple way, with the whole message in
// memory: the header as its digest wants it, the body as it is.
func reference(data []byte) (header, body []byte) {
	dropped := false
	for len(data) > 0 {
		line, rest, ended := bytes.Cut(data, []byte("\n"))
		data = rest
		if ended {
			line = bytes.TrimSuffix(line, []byte("\r"))
		}
		if ended && len(line) == 0 {
			return header, data
		}
		if line[0] != ' ' && line[0] != '\t' {
			name, _, _ := strings.Cut(string(line), ":")
			name = strings.ToLower(strings.TrimRight(name, " \t"))
			colon := bytes.IndexByte(line, ':')
			dropped = colon >= 0 && colon < 64 && strings.Contains(
				" status x-status x-uidl x-uid x-keywords content-length lines ", " "+name+" ")
		}
		if !dropped {
			header = append(append(header, line...), "\r\n"...)
		}
	}
	return header, nil
}

func sum(data []byte) string {
	h := sha256.Sum256(data)
	return hex.EncodeToString(h[:])
}

// checkDigests compares a summary with the reference.
func checkDigests(t *testing.T, data []byte, s message.Summary) {
	t.Helper()
	header, body := reference(data)
	if s.Size != int64(len(data)) {
		t.Errorf("size %d, want %d", s.Size, len(data))
	}
	if s.Digest != sum(data) {
		t.Errorf("digest %s, want that of all octets", s.Digest)
	}
	if s.BodyDigest != sum(body) {
		t.Errorf("body digest %s, want that of %.60q", s.BodyDigest, body)
	}
	if s.HeaderDigest != sum(header) {
		t.Errorf("header digest %s, want that of %.200q", s.HeaderDigest, header)
	}
}

func TestReceivedOrDate(t *testing.T) {
	received := time.Date(2025, 9, 2, 0, 0, 0, 0, time.UTC)
	date := received.Add(-time.Hour)
	for _, c := range []struct {
		name  string
		in    message.Summary
		want  time.Time
		known bool
	}{
		{"both", message.Summary{Received: received, Date: date}, received, true},
		{"Received alone", message.Summary{Received: received}, received, true},
		{"Date alone", message.Summary{Date: date}, date, true},
		{"neither", message.Summary{}, time.Time{}, false},
	} {
		if got, known := c.in.ReceivedOrDate(); !got.Equal(c.want) || known != c.known {
			t.Errorf("%s: %v, %v, want %v, %v", c.name, got, known, c.want, c.known)
		}
	}
}
