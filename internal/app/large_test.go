package app_test

import (
	"bytes"
	"crypto/sha256"
	"os"
	"testing"
)

func TestLargeMessagesArrive(t *testing.T) {
	h := newHarness(t)
	box := h.account("shop")
	want := map[[32]byte]bool{}
	for name, size := range map[string]int{"1 KB": 1 << 10, "20 MB": 20 << 20, "140 MB": 140 << 20} {
		line := []byte("0123456789 0123456789 0123456789 0123456789 0123456789 " + name + "\r\n")
		raw := append(mail("large"+name[:2], ""), bytes.Repeat(line, size/len(line))...)
		box.Add(name[:2], raw)
		want[sha256.Sum256(raw)] = true
	}
	h.expect(0, "run")
	h.expectSilence()
	h.expectInGmail(len(want))
	for _, m := range h.gmail.Messages(h.address) {
		if !want[m.Digest] {
			t.Errorf("%s of %d octets changed on the way", m.MessageID, m.Size)
		}
	}
	left, err := os.ReadDir(h.path("state/spool"))
	if err != nil || len(left) != 0 {
		t.Errorf("left in the spool: %v, %v", left, err)
	}
}
