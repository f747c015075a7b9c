package bridge_test

import (
	"crypto/sha256"
	"fmt"
	"time"

	"pgregory.net/rapid"

	"github.com/popbridge/popbridge/internal/bridge"
	"github.com/popbridge/popbridge/internal/message"
	"github.com/popbridge/popbridge/pop3"
	"github.com/popbridge/popbridge/state"
)

// world is a mailbox, what is known of it, and what its server would answer.
type world struct {
	view    bridge.View
	policy  bridge.Policy
	answers map[int]*message.Summary
}

// digest gives one that stands for a text.
func digest(text string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(text))) }

// seldom draws a chance of about one in n; rapid likes small numbers best.
func seldom(t *rapid.T, n int, what string) bool {
	return rapid.IntRange(1, n).Draw(t, what) == n
}

// drawWorld draws few UIDs, mails and sizes, so that they meet often.
func drawWorld(t *rapid.T) world {
	w := world{policy: drawPolicy(t), answers: map[int]*message.Summary{}}
	w.view = bridge.View{Headers: map[int]*message.Summary{}, Top: !seldom(t, 4, "no top")}
	if seldom(t, 6, "flawed") {
		w.view.Listing.Flaw = "STAT and LIST disagree"
	}
	const uids = "abcdefgh"
	number := 0
	for at, uid := range uids {
		if seldom(t, 3, "known") {
			continue
		}
		r := drawRecord(t, string(uid), at)
		w.view.Records = append(w.view.Records, new(r.Outline()))
	}
	for at, uid := range uids {
		if seldom(t, 4, "listed") {
			continue
		}
		number += rapid.IntRange(1, 2).Draw(t, "number")
		mail := drawMail(t, at)
		if seldom(t, 5, "other size") {
			mail.size += 100
		}
		w.view.Listing.Entries = append(w.view.Listing.Entries, pop3.Entry{Number: number, UID: string(uid), Size: mail.size})
		w.answers[number] = mail.header
		if seldom(t, 5, "top refused") {
			w.answers[number] = nil
		}
		if rapid.Bool().Draw(t, "given") {
			w.view.Headers[number] = w.answers[number]
		}
	}
	return w
}

type mail struct {
	digest string
	size   int64
	header *message.Summary
}

// drawMail draws one of eight mails, most often the one that is its UID's own.
// The last two have a header in common, and the last three no Message-ID.
func drawMail(t *rapid.T, own int) mail {
	n := own
	if seldom(t, 3, "other mail") {
		n = rapid.IntRange(0, 7).Draw(t, "mail")
	}
	header := message.Summary{HeaderDigest: digest(fmt.Sprintf("header %d", min(n, 6))), MessageID: fmt.Sprintf("%d@example.com", n)}
	if n >= 5 {
		header.MessageID = ""
	}
	return mail{digest: digest(fmt.Sprintf("digest %d", n)), size: int64(100 * (n%3 + 1)), header: &header}
}

func drawPolicy(t *rapid.T) bridge.Policy {
	return bridge.Policy{
		Never:        seldom(t, 5, "never"),
		Age:          time.Duration(rapid.IntRange(0, 20).Draw(t, "age")) * 24 * time.Hour,
		Verify:       rapid.Bool().Draw(t, "verify"),
		AgeSuspended: seldom(t, 6, "suspended"),
		NoDelete:     seldom(t, 6, "no delete"),
		KeepMessages: rapid.SampledFrom([]int{0, 1, 2, 3, 5}).Draw(t, "keep_messages"),
		KeepSize:     rapid.SampledFrom([]int64{0, 0, 100, 500, 900}).Draw(t, "keep_size"),
		SkipLarger:   rapid.SampledFrom([]int64{0, 1000, 200}).Draw(t, "skip_larger"),
	}
}

func drawRecord(t *rapid.T, uid string, at int) state.Record {
	m := drawMail(t, at)
	then := planDay.Add(-time.Duration(rapid.IntRange(0, 20*24).Draw(t, "hours")) * time.Hour)
	r := state.Record{Account: "shop", UID: uid, Size: m.size, Listed: !seldom(t, 5, "gone"),
		Digest: m.digest, HeaderDigest: m.header.HeaderDigest}
	switch {
	case seldom(t, 6, "header only"):
		r.Digest = ""
	case seldom(t, 6, "digest only"):
		r.HeaderDigest = ""
	case seldom(t, 6, "no digest"):
		r.Digest, r.HeaderDigest = "", ""
	}
	r.Status = rapid.SampledFrom([]state.Status{state.Imported, state.Imported, state.Adopted, state.Refused, state.Pending}).Draw(t, "status")
	switch r.Status {
	case state.Imported:
		if !seldom(t, 6, "no time") {
			r.ImportedAt = then
		}
	case state.Pending:
		r.Retried, r.Dropped = seldom(t, 3, "retried"), seldom(t, 4, "dropped")
		r.Breaks, r.Attempts = rapid.IntRange(0, 3).Draw(t, "breaks"), rapid.IntRange(0, 2).Draw(t, "attempts")
		if r.Attempts > 0 && rapid.Bool().Draw(t, "in doubt") {
			r.AttemptedAt = then
		}
	default:
		r.Dropped = rapid.Bool().Draw(t, "dropped")
	}
	if seldom(t, 6, "deleted") {
		r.DeletedAt, r.Listed = then, false
	}
	return r
}
