package app_test

import (
	"testing"
	"time"

	"github.com/popbridge/popbridge/gmail/gmailtest"
	"github.com/popbridge/popbridge/pop3/pop3test"
)

// A message in doubt whose UID another message has since got is still in
// doubt, and is not imported beside it.
func TestDoubtWhoseUIDIsReused(t *testing.T) {
	for _, noTOP := range []bool{false, true} {
		h := newHarness(t, func(s *setup) { s.gmail.Fold, s.pop.NoTOP = false, noTOP })
		h.gmailExtra += "\naccess = \"verify\""
		box := h.account("shop", `retention = "14d"`)
		fill(box, 1)
		h.expect(0, "run")
		box.Add("uid1", mail("m1", "not as long\r\n"))
		h.gmail.SetFault(gmailtest.Once(gmailtest.KindImport, gmailtest.StageAnswer, gmailtest.Cut()))
		h.expect(75, "run")
		h.gmail.SetFault(nil)
		box.RenumberAll(func(i int, _ string) string { return []string{"uid1", "uid0"}[i] })
		h.expect(75, "run")
		h.advance(3 * time.Minute)
		h.run("run")
		h.expect(0, "run")
		h.expectInGmail(2)
		h.advance(15 * 24 * time.Hour)
		h.run("run")
		h.expect(0, "run")
		h.expectLeft(box, 0)
		h.expectInGmail(2)
	}
}

// Without the right to look, too: its Message-ID's others would be folded into
// it unseen.
func TestDoubtWhoseUIDIsReusedIsNotForgotten(t *testing.T) {
	whole := mail("another", "quite another\r\n")
	announced := int64(len(whole)) + 7 // so that it comes short, and is fetched again
	for name, size := range map[string]*int64{"whole": nil, "short": &announced} {
		t.Run(name, func(t *testing.T) { reuseUIDOfADoubt(t, pop3test.Message{UID: "uid0", Raw: whole, ListSize: size}) })
	}
}

func reuseUIDOfADoubt(t *testing.T, another pop3test.Message) {
	for _, noTOP := range []bool{false, true} {
		h := newHarness(t, func(s *setup) { s.pop.NoTOP = noTOP })
		box := h.account("shop", `retention = "0"`)
		box.Add("uid0", mail("same", "one\r\n"))
		h.gmail.SetFault(gmailtest.Once(gmailtest.KindImport, gmailtest.StageAnswer, gmailtest.Cut()))
		h.expect(75, "run")
		h.gmail.SetFault(nil)
		box.Clear()
		box.AddMessage(another)
		h.expect(0, "run")
		box.Add("uid1", mail("same", "the other\r\n"))
		h.expect(0, "run")
		h.expect(0, "run")
		h.expectLeft(box, 0)
		h.expectBodies("one", "the other", "quite another")
	}
}

// Two in doubt that changed their UIDs with each other are tried again, and
// folded.
func TestTwoDoubtsWhoseUIDsAreSwapped(t *testing.T) {
	for _, noTOP := range []bool{false, true} {
		h := newHarness(t, func(s *setup) { s.pop.NoTOP = noTOP })
		box := h.account("shop", `retention = "0"`)
		fill(box, 2)
		h.gmail.SetFault(gmailtest.Times(2, gmailtest.KindImport, gmailtest.StageAnswer, gmailtest.Cut()))
		h.expect(75, "run")
		h.gmail.SetFault(nil)
		box.RenumberAll(func(i int, _ string) string { return []string{"uid1", "uid0"}[i] })
		h.run("run")
		h.expect(0, "run")
		h.expect(0, "run")
		h.expectLeft(box, 0)
		h.expectInGmail(2)
	}
}
