package app_test

import (
	"testing"
	"time"

	"github.com/popbridge/popbridge/gmail/gmailtest"
)

// The UID of a message in doubt is reused for another one. The doubt stays:
// without it, a third message with the Message-ID would be folded into the
// first, count for imported, and be deleted.
func TestReusedUIDOfAMessageInDoubt(t *testing.T) {
	for _, access := range []string{"insert", "verify"} {
		t.Run(access, func(t *testing.T) {
			h := newHarness(t)
			h.gmailExtra += "\naccess = \"" + access + "\""
			w := newWitness(h, h.account("shop", `retention = "14d"`), retentionOfStories)
			w.deliver("1", mail("same", "one\r\n"))
			h.gmail.SetFault(gmailtest.Once(gmailtest.KindImport, gmailtest.StageAnswer, gmailtest.Cut()))
			w.expectRun(75)
			h.gmail.SetFault(nil)
			w.deliver("2", mail("same", "of one Message-ID\r\n"))
			w.reuse("1", mail("other", "of the first one's UID\r\n"))
			for range 3 {
				h.advance(5 * time.Minute)
				if _, wrong := w.run(); wrong != "" {
					t.Fatal(wrong)
				}
			}
			h.expectBodies("one", "of one Message-ID", "of the first one's UID")
			w.expectDeletions(false)
		})
	}
}
