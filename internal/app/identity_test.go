package app_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestRenumberedMailboxIsNotImportedAgain(t *testing.T) {
	for _, noTOP := range []bool{false, true} {
		h := newHarness(t, func(s *setup) { s.pop.NoTOP = noTOP })
		box := h.account("shop", `retention = "14d"`)
		fill(box, 12)
		h.expect(0, "run")
		box.RenumberAll(func(i int, _ string) string { return fmt.Sprintf("new-%d", 100-i) })
		box.Add("really-new", mail("fresh", "fresh\r\n"))
		h.expect(0, "run")
		h.expectInGmail(13)
		h.advance(15 * 24 * time.Hour)
		h.expect(0, "run")
		h.expectLeft(box, 0)
		h.expectInGmail(13)
	}
}

func TestSwappedUIDsAreNotImportedAgain(t *testing.T) {
	h := newHarness(t)
	box := h.account("shop", `retention = "14d"`)
	fill(box, 6)
	h.expect(0, "run")
	box.RenumberAll(func(i int, _ string) string { return fmt.Sprintf("uid%d", (i+1)%6) })
	h.expect(0, "run")
	h.expectInGmail(6)
	h.advance(15 * 24 * time.Hour)
	h.expect(0, "run")
	h.expectLeft(box, 0)
	h.expectInGmail(6)
}

func TestReusedUIDIsImported(t *testing.T) {
	h := newHarness(t)
	box := h.account("shop", `retention = "14d"`)
	fill(box, 3)
	h.expect(0, "run")
	box.Remove("uid1")
	box.Add("uid1", mail("other", "quite another one\r\n"))
	h.expect(0, "run")
	h.expectInGmail(4)
	h.advance(15 * 24 * time.Hour)
	h.expect(0, "run")
	h.expectInGmail(4)
}

func TestNoUIDL(t *testing.T) {
	h := newHarness(t, func(s *setup) { s.pop.NoUIDL = true })
	box := h.account("shop", `retention = "1d"`)
	fill(box, 5)
	box.Add("twin", mail("m1", "x\r\n"))
	h.expect(0, "run")
	h.expectInGmail(6)
	h.expect(0, "run")
	h.expectInGmail(6)
	h.advance(25 * time.Hour)
	h.expect(0, "run")
	h.expectLeft(box, 0)
	h.expectInGmail(6)
}

func TestNeitherUIDLNorTOP(t *testing.T) {
	h := newHarness(t, func(s *setup) { s.pop.NoUIDL, s.pop.NoTOP = true, true })
	box := h.account("shop", `retention = "1d"`)
	fill(box, 5)
	h.expect(78, "run")
	h.expectInGmail(0)
	h.tables = nil
	h.table("shop", `password = "secret of shop"`, `retention = "0"`)
	h.expect(0, "run")
	h.expectInGmail(5)
	h.expect(0, "run")
	h.expectLeft(box, 0)
	h.expectInGmail(5)
}

func TestDoubledUIDs(t *testing.T) {
	h := newHarness(t)
	box := h.account("shop", `retention = "1d"`)
	fill(box, 4)
	box.EditListing(func(kind string, lines []string) []string {
		if kind == "UIDL" {
			for i, l := range lines {
				lines[i] = strings.ReplaceAll(l, "uid2", "uid1")
			}
		}
		return lines
	})
	h.expect(0, "run")
	h.expectInGmail(4)
	h.expect(0, "run")
	h.expectInGmail(4)
	h.advance(25 * time.Hour)
	h.expect(0, "run")
	h.expectLeft(box, 0)
}

func TestOneMessageIDTwoMessages(t *testing.T) {
	h := newHarness(t)
	box := h.account("shop")
	box.Add("a", mail("same", "one\r\n"))
	box.Add("b", mail("same", "two\r\n"))
	box.Add("c", mail("same", "two\r\n"))
	h.expect(0, "run")
	h.expectInGmail(3)
}

// Machines write one header without a Message-ID for each of their messages:
// it doesn't show that a new one is the adopted one, which was never fetched.
func TestNewMessageWithTheHeaderOfAnAdoptedOneIsImported(t *testing.T) {
	const header = "From: door@example.com\r\nSubject: door\r\n\r\n"
	for _, noTOP := range []bool{false, true} {
		h := newHarness(t, func(s *setup) { s.pop.NoTOP = noTOP })
		box := h.account("shop")
		box.Add("u0", []byte(header+"opened\r\n"))
		h.expect(0, "adopt", "shop")
		box.Add("w", mail("w", "x\r\n"))
		h.expect(0, "run")
		box.Clear()
		box.Add("u1", []byte(header+"closed by a key\r\n"))
		for range 2 {
			h.expect(0, "run")
			h.expectBodies("x", "closed by a key")
		}
	}
}
