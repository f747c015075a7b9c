package app_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/popbridge/popbridge/pop3/dovecottest"
)

// A real server that loses its index twice, and one whose mailbox was
// restored from a backup: nothing comes twice, and all goes when it is due.
func TestDovecotLosesItsIndexAndIsRestored(t *testing.T) {
	d := startDovecot(t, dovecottest.Options{Users: map[string]string{"shop": "open sesame"}})
	h := newHarness(t, func(s *setup) { s.gmail.Fold = false })
	h.dovecotAccount(d, "shop", "open sesame", "implicit", `retention = "14d"`)
	deliver := func(from, to int) {
		for i := from; i < to; i++ {
			h.must(d.Deliver("shop", mail(fmt.Sprintf("d%d", i), strings.Repeat("y", i/2)+"\r\n")))
		}
	}
	expectOnProvider := func(n int) {
		t.Helper()
		left, err := d.Messages("shop")
		h.must(err)
		if len(left) != n {
			t.Fatalf("%d messages are left, want %d\nstderr: %s", len(left), n, &h.err)
		}
	}
	deliver(0, 10)
	h.expect(0, "run")
	for n := range 2 {
		h.must(d.ChangeUIDs("shop"))
		deliver(10+n, 11+n)
		h.expect(0, "run")
		h.expectInGmail(11 + n)
	}
	h.advance(13 * aDay)
	h.expect(0, "run")
	expectOnProvider(12)
	h.advance(2 * aDay)
	h.expect(0, "run")
	expectOnProvider(0)
	h.advance(200 * aDay)
	deliver(0, 12)
	for range 3 {
		h.expect(0, "run")
	}
	expectOnProvider(0)
	h.expectInGmail(12)
}
