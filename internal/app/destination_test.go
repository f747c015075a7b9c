package app_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/popbridge/popbridge/gmail/gmailtest"
)

func TestWithdrawnTokenDoesNotStopDeletions(t *testing.T) {
	h := newHarness(t)
	box := h.account("shop", `retention = "1d"`)
	fill(box, 4)
	h.expect(0, "run")
	h.advance(12 * time.Hour)
	box.Add("later", mail("later", "x\r\n"))
	h.expect(0, "run")
	h.gmail.Revoke(h.address)
	h.advance(13 * time.Hour)
	for i := range 3 {
		box.Add(fmt.Sprintf("new%d", i), mail(fmt.Sprintf("n%d", i), "x\r\n"))
	}
	h.expect(77, "run")
	h.expectSaid("hint: popbridge login default")
	h.expectLeft(box, 4)
	h.expectInGmail(5)

	// From now on nothing is fetched in vain.
	h.pop.ResetCounters()
	h.advance(12 * time.Hour)
	h.expect(77, "run")
	h.expectSilence()
	h.expectLeft(box, 3)
	h.expect(77, "run")
	h.expectSilence()
	h.expectSent("RETR", 0)
	h.expectSent("DELE", 1)

	h.authorise()
	h.expect(0, "run")
	h.expectSilence()
	h.expectInGmail(8)
	h.expectSent("RETR", 3)
}

func TestLabelsThatMayNotBeReadStopTheDestination(t *testing.T) {
	h := newHarness(t)
	box := h.account("shop", `labels = ["INBOX", "Work"]`)
	fill(box, 1)
	h.gmail.SetFault(gmailtest.Times(-1, gmailtest.KindLabelList, gmailtest.StageBefore,
		gmailtest.Refuse(403, "accessNotConfigured", "Gmail API has not been used")))
	h.expect(77, "run")
	h.expectSaid("hint: enable the Gmail API")
	h.expectStatuses(map[string]int{"pending": 1})
	h.gmail.SetFault(nil)
	h.expect(0, "run")
	h.expectInGmail(1)
}

func TestFiveUnlistedRefusalsStopTheDestination(t *testing.T) {
	h := newHarness(t)
	box := h.account("shop")
	fill(box, 9)
	h.gmail.SetFault(gmailtest.Times(-1, gmailtest.KindImport, gmailtest.StageCommit,
		gmailtest.Refuse(400, "invalidArgument", "Bad Request")))
	h.expect(77, "run")
	h.expectStatuses(map[string]int{"pending": 9})
	h.gmail.SetFault(nil)
	h.expect(0, "run")
	h.expectInGmail(9)
}

func TestFewUnlistedRefusalsAreRecorded(t *testing.T) {
	h := newHarness(t)
	box := h.account("shop")
	fill(box, 6)
	h.gmail.SetFault(gmailtest.OnMessage("<m2@example.com>", gmailtest.StageCommit, gmailtest.Refuse(400, "invalidArgument", "Bad Request")))
	h.expect(65, "run")
	h.expectInGmail(5)
	h.gmail.SetFault(nil)
	h.expect(0, "run")
	h.expectInGmail(5)
	h.expect(0, "retry", "shop")
	h.expect(0, "run")
	h.expectInGmail(6)
}

func TestRateLimitPasses(t *testing.T) {
	h := newHarness(t)
	box := h.account("shop")
	fill(box, 5)
	h.gmail.SetFault(gmailtest.Times(2, gmailtest.KindImport, gmailtest.StageBefore, gmailtest.RateLimited("0")))
	h.expect(0, "run")
	h.expectInGmail(5)
}

func TestLongRateLimitIsLeftToTheNextRun(t *testing.T) {
	h := newHarness(t)
	box := h.account("shop")
	fill(box, 5)
	h.gmail.SetFault(gmailtest.Times(-1, gmailtest.KindImport, gmailtest.StageBefore, gmailtest.RateLimited("600")))
	h.expect(75, "run")
	h.expectSilence()
	h.gmail.SetFault(nil)
	h.expect(0, "run")
	h.expectInGmail(5)
}

// A label that is deleted while mail is on its way is made again, and no
// message is blamed.
func TestLabelDeletedUnderWay(t *testing.T) {
	h := newHarness(t)
	box := h.account("shop", `labels = ["Work"]`, `retention = "1d"`)
	fill(box, 1)
	h.expect(0, "run")
	h.advance(25 * time.Hour)
	for i := range 9 {
		box.Add(fmt.Sprintf("new%d", i), mail(fmt.Sprintf("n%d", i), "x\r\n"))
	}
	h.gmail.SetFault(func(r gmailtest.Request) *gmailtest.Fault {
		if r.Kind == gmailtest.KindImport && r.Stage == gmailtest.StageBefore {
			for id := range h.gmail.Labels(h.address) {
				h.must(h.gmail.DeleteLabel(h.address, id))
			}
		}
		return nil
	})
	h.expect(78, "run")
	h.expectSaid("Invalid label", "hint: correct `labels` in the configuration")
	h.expectLeft(box, 9)
	h.expectStatuses(map[string]int{"imported": 1, "pending": 9})
	h.gmail.SetFault(nil)
	h.expect(0, "run")
	h.expectSilence()
	h.expectInGmail(10)
}
