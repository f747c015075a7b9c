package app_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/popbridge/popbridge/gmail/gmailtest"
	"github.com/popbridge/popbridge/pop3/pop3test"
)

// newVerifying is a harness whose destination may be searched.
func newVerifying(t *testing.T, change ...func(*setup)) *harness {
	h := newHarness(t, change...)
	h.gmailExtra += "\naccess = \"verify\""
	h.backoff = func(int, time.Duration, float64) time.Duration { return time.Millisecond }
	return h
}

// receivedAt is a message that the provider received at a time.
func receivedAt(id, body string, at time.Time) []byte {
	return append([]byte("Received: from mail.example.com by pop.example.org; "+at.Format(time.RFC1123Z)+"\r\n"), mail(id, body)...)
}

// arrive puts a message into Gmail past popbridge, as Gmail's own fetcher
// does: with fields of its own.
func (h *harness) arrive(raw []byte) (id string) {
	h.t.Helper()
	raw = append([]byte("Delivered-To: shop@example.org\r\nX-Gmail-Fetch-Info: shop 3 pop.example.org 995 shop\r\n"), raw...)
	var token struct {
		AccessToken string `json:"access_token"`
	}
	h.must(json.Unmarshal(h.gmail.TokenJSON(h.address, gmailtest.ScopeInsert), &token))
	req, err := http.NewRequest("POST", h.gmail.URL()+"/upload/gmail/v1/users/me/messages?uploadType=media", bytes.NewReader(raw))
	h.must(err)
	req.Header.Set("Authorization", "Bearer "+token.AccessToken)
	req.Header.Set("Content-Type", "message/rfc822")
	resp, err := http.DefaultClient.Do(req)
	h.must(err)
	defer resp.Body.Close()
	var made struct{ ID string }
	h.must(json.NewDecoder(resp.Body).Decode(&made))
	if resp.StatusCode != http.StatusOK || made.ID == "" {
		h.t.Fatalf("Gmail answers %s", resp.Status)
	}
	return made.ID
}

func (h *harness) daysAgo(n int) time.Time { return h.now().Add(-time.Duration(n) * aDay) }

// TestLeavingGmailsFetcher: what Gmail has is not imported again, what is past
// retention goes at once, and nothing else does.
func TestLeavingGmailsFetcher(t *testing.T) {
	h := newVerifying(t)
	box := h.account("shop", `retention = "14d"`)
	for i, days := range []int{40, 20, 15, 13, 1, -3} {
		raw := receivedAt(fmt.Sprintf("m%d", i), "hello\r\n", h.daysAgo(days))
		box.Add(fmt.Sprintf("has%d", i), raw)
		h.arrive(raw)
	}
	box.Add("undated", mail("undated", "x\r\n"))
	h.arrive(mail("undated", "x\r\n"))
	box.Add("new", receivedAt("new", "x\r\n", h.daysAgo(30)))
	box.Add("edited", receivedAt("edited", "x\r\n", h.daysAgo(30)))
	h.arrive(receivedAt("edited", "y\r\n", h.daysAgo(30)))
	box.Add("anonymous", []byte("From: a@example.com\r\n\r\nno id\r\n"))
	h.expect(0, "adopt", "shop", "--in-gmail")
	h.expectPrinted("shop: Gmail has 7 of 10 messages: recorded as imported; 0 known before\n",
		"shop: 3 are not known to be there: no Message-ID to search by 1, not found 1, other content 1\n",
		"shop: 3 others will be imported by the next run\n",
		"shop: the next run deletes 3 messages that retention lets go: popbridge run --dry-run shop shows which\n")
	h.expectLeft(box, 10)
	h.expectInGmail(8)
	h.expectStatuses(map[string]int{"imported": 7, "pending": 3, "adopted": 1}) // that one says that Gmail has another "edited"

	h.expect(0, "run", "--dry-run", "shop")
	h.expectPrinted("would import 3, delete 3, keep 4")
	h.expect(0, "run")
	h.expectSilence()
	h.expectLeft(box, 7)
	h.expectInGmail(11)
	h.expectStatuses(map[string]int{"imported": 10, "adopted": 1})
	h.advance(2 * aDay)
	h.expect(0, "run")
	h.expectLeft(box, 6) // that of 13 days before
	h.advance(11 * aDay) // that of yesterday
	h.expect(0, "run")
	h.expectLeft(box, 5)
	h.advance(2 * aDay) // and what counts from today
	h.expect(0, "run")
	h.expectLeft(box, 0)
	h.expectInGmail(11)
}

func TestOneOfGmailsMessagesStandsForOne(t *testing.T) {
	h := newVerifying(t)
	box := h.account("shop", `retention = "0"`)
	// Gmail folded the second into the first.
	box.Add("a1", mail("a", "same\r\n"))
	box.Add("a2", mail("a", "same\r\n"))
	h.arrive(mail("a", "same\r\n"))
	// Of one Message-ID, it has both of two, or one.
	box.Add("b1", mail("b", "first\r\n"))
	box.Add("b2", mail("b", "second\r\n"))
	h.arrive(mail("b", "second\r\n"))
	h.arrive(mail("b", "first\r\n"))
	box.Add("c1", mail("c", "first\r\n"))
	box.Add("c2", mail("c", "second\r\n"))
	h.arrive(mail("c", "second\r\n"))
	// The header alone tells these apart.
	subject := func(s string) []byte {
		return bytes.Replace(mail("d", "empty\r\n"), []byte("Subject: d"), []byte("Subject: "+s), 1)
	}
	box.Add("d1", subject("disk full"))
	box.Add("d2", subject("disk lost"))
	h.arrive(subject("disk lost"))
	h.expect(0, "adopt", "shop", "--in-gmail")
	h.expectPrinted("shop: Gmail has 5 of 8 messages", "other content 2, its copy stands for another message 1")
	h.expect(0, "run") // deletes what was found, imports the rest
	h.expectSilence()
	h.expectLeft(box, 3)
	h.expect(0, "run")
	h.expectSilence()
	h.expectLeft(box, 0)
	h.expectBodies("same", "same", "first", "second", "first", "second", "empty", "empty")
	if n := h.arrivedWith("Subject: disk full"); n != 1 {
		t.Errorf("%d messages in Gmail say that the disk is full, want 1", n)
	}
}

// arrivedWith counts the messages in Gmail with a text.
func (h *harness) arrivedWith(text string) (n int) {
	h.t.Helper()
	for _, m := range h.arrived() {
		r, err := h.gmail.Raw(h.address, m.ID)
		h.must(err)
		var raw bytes.Buffer
		_, err = raw.ReadFrom(r)
		h.must(err)
		n += bytes.Count(raw.Bytes(), []byte(text))
	}
	return n
}

// What is recorded otherwise is left alone, but for adopted messages.
func TestAdoptedBecomeImported(t *testing.T) {
	h := newVerifying(t)
	box := h.account("shop", `retention = "14d"`)
	fill(box, 3)
	h.expect(0, "adopt", "shop")
	h.expect(0, "drop", "--yes", "shop", "uid2")
	box.Add("refused", mail("refused", "x\r\n"))
	h.gmail.SetFault(gmailtest.OnMessage("<refused@example.com>", gmailtest.StageCommit, gmailtest.Refuse(400, "invalidArgument", "Invalid attachment")))
	h.expect(65, "run", "--no-delete")
	h.gmail.SetFault(nil)
	box.Add("imported", mail("imported", "x\r\n"))
	h.expect(0, "run", "--no-delete")
	for _, raw := range [][]byte{receivedAt("m0", "\r\n", h.daysAgo(20)), mail("m2", "xx\r\n"), mail("refused", "x\r\n")} {
		h.arrive(raw)
	}
	h.expect(0, "adopt", "shop", "--in-gmail")
	h.expectPrinted("shop: Gmail has 1 of 2 messages: recorded as imported; 3 known before\n",
		"1 other stay adopted; to import them: popbridge retry shop UID…")
	h.expectStatuses(map[string]int{"imported": 2, "adopted": 2, "refused": 1})
	h.expect(0, "adopt", "shop", "--in-gmail")
	h.expectPrinted("shop: Gmail has 0 of 1 message: recorded as imported; 4 known before\n")
	h.advance(15 * aDay)
	h.expect(0, "run")
	h.expectLeft(box, 2) // the refused one and the one that stays adopted
}

// Where another account's import is in doubt, Gmail's copy may be that one's.
func TestACopyThatMayBeADoubtsIsNotTaken(t *testing.T) {
	h := newVerifying(t)
	one, two := h.account("one"), h.account("two")
	one.Add("a", mail("m", "x\r\n"))
	two.Add("b", mail("m", "x\r\n"))
	h.gmail.SetFault(gmailtest.Once(gmailtest.KindImport, gmailtest.StageAnswer, gmailtest.Cut()))
	h.expect(75, "run", "one")
	h.gmail.SetFault(nil)
	h.expectInGmail(1)
	h.expect(0, "adopt", "two", "--in-gmail")
	h.expectPrinted("two: Gmail has 0 of 1 message", "its copy stands for another message 1")
	h.advance(time.Minute)
	h.expect(0, "run", "one") // side by side, two could meet the doubt, and leave it to the next run
	h.expect(0, "run", "two")
	h.expectInGmail(2)
	h.expect(0, "adopt", "two", "--in-gmail")
	h.expectPrinted("two: Gmail has 0 of 0 messages: recorded as imported; 1 known before\n")
}

func TestShortBodyInGmailIsProvenBeforeItsDeletion(t *testing.T) {
	h := newVerifying(t)
	box := h.account("shop", `retention = "0"`)
	raw := mail("short", "x\r\n")
	announced := int64(len(raw)) + 7
	box.AddMessage(pop3test.Message{UID: "short", Raw: raw, ListSize: &announced})
	h.arrive(raw)
	h.expect(0, "adopt", "shop", "--in-gmail")
	h.expectPrinted("Gmail has 1 of 1 message")
	h.pop.ResetCounters()
	h.expect(0, "run")
	h.expectSent("RETR", 1)
	h.expectLeft(box, 0)
	h.expectInGmail(1)
}
