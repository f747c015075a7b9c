package app_test

import (
	"testing"
	"time"

	"github.com/popbridge/popbridge/gmail/gmailtest"
)

// Gmail may fold what doesn't look alike to us. The id of another message is
// no acknowledgement: the message goes by insert then, and where that is
// answered so too, its outcome isn't known.
func TestAnotherMessagesIDIsNoAcknowledgement(t *testing.T) {
	for name, c := range map[string]struct {
		struck []string
		code   int
	}{
		"import":         {[]string{gmailtest.KindImport}, 0},
		"insert as well": {[]string{gmailtest.KindImport, gmailtest.KindInsert}, 75},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t)
			box := h.account("shop", `retention = "1d"`)
			box.Add("a", mail("a", "body A\r\n"))
			h.expect(0, "run")
			id := h.gmail.Messages(h.address)[0].ID
			folded := &gmailtest.Fault{Status: 200, Body: `{"id":"` + id + `"}`}
			var faults []func(gmailtest.Request) *gmailtest.Fault
			for _, kind := range c.struck {
				faults = append(faults, gmailtest.Once(kind, gmailtest.StageCommit, folded))
			}
			h.gmail.SetFault(gmailtest.Either(faults...))
			box.Add("b", mail("b", "body B\r\n"))
			h.expect(c.code, "run")
			h.expectSilence()
			h.gmail.SetFault(nil)
			h.expect(0, "run")
			h.expectBodies("body A", "body B")
			h.advance(25 * time.Hour)
			h.expect(0, "run")
			h.expectLeft(box, 0)
			h.expectBodies("body A", "body B")
		})
	}
}
