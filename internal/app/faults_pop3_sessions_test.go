package app_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/popbridge/popbridge/pop3/pop3test"
)

// withDue is an account whose uid0 and uid1 are due for deletion.
func (h *harness) withDue(keys ...string) *pop3test.Mailbox {
	h.t.Helper()
	box := h.account("shop", append(keys, `retention = "1d"`)...)
	fill(box, 2)
	h.expect(0, "run")
	h.advance(25 * time.Hour)
	return box
}

func addNew(box *pop3test.Mailbox, ids ...string) {
	for _, id := range ids {
		box.Add(id, mail(id, id+"\r\n"))
	}
}

// Messages that break the session each time, with deletions due: the
// deletions take place, the others arrive, and it is told once. Where two in a
// row do, that takes a second run.
func TestMessagesThatBreakEverySession(t *testing.T) {
	for _, test := range []struct {
		name, pipelining string
		fault            pop3test.Fault
	}{
		{"cut", "auto", pop3test.Fault{Kind: pop3test.Cut, N: 40}},
		{"cut", "off", pop3test.Fault{Kind: pop3test.Cut, N: 40}},
		{"reset", "auto", pop3test.Fault{Kind: pop3test.Reset}},
		{"silent", "auto", pop3test.Fault{Kind: pop3test.Freeze, N: 40}},
		{"junk", "off", pop3test.Fault{Kind: pop3test.Garble}},
	} {
		for _, bad := range [][]string{{"b1"}, {"b1", "b2"}} {
			t.Run(fmt.Sprintf("%s, pipelining %s, %d", test.name, test.pipelining, len(bad)), func(t *testing.T) {
				t.Parallel()
				testBreakingMessages(t, test.fault, test.pipelining, bad)
			})
		}
	}
}

func testBreakingMessages(t *testing.T, f pop3test.Fault, pipelining string, bad []string) {
	h := newHarness(t, func(s *setup) { s.gmail.Fold = false })
	box := h.withDue(fmt.Sprintf("pipelining = %q", pipelining))
	addNew(box, slices.Concat([]string{"n1"}, bad, []string{"n2", "n3"})...)
	if f.Kind == pop3test.Freeze {
		h.tables = append(h.tables, patient)
		h.correct(`retention`, `timeout = "0.5s"`+"\nretention")
	}
	h.setPOPFault(func(e pop3test.Event) pop3test.Fault {
		if e.Command == "RETR" && slices.Contains(bad, e.UID) {
			return f
		}
		return pop3test.Fault{}
	})
	told := 0
	for range 4 {
		h.expect(69, "run", "shop")
		h.expectLeft(box, 3+len(bad)) // from the first run on
		told += strings.Count(h.err.String(), "set aside")
		h.advance(2 * time.Hour)
	}
	if told != len(bad) {
		t.Errorf("%d times it was told of %d messages set aside", told, len(bad))
	}
	h.expectBodies("", "x", "n1", "n2", "n3")
	if left := box.UIDs(); !slices.Equal(left, slices.Concat([]string{"n1"}, bad, []string{"n2", "n3"})) {
		t.Errorf("left on the provider are %q", left)
	}
	h.setPOPFault(nil)
	h.correct(`timeout = "0.5s"`, "")
	h.expect(0, "run", "shop")
	h.expectSilence()
	h.expectBodies(append([]string{"", "x", "n1", "n2", "n3"}, bad...)...)
}

// A DELE that ends the session each time keeps nothing from arriving, and no
// other deletion.
func TestDeletionThatBreaksEverySession(t *testing.T) {
	t.Parallel()
	h := newHarness(t, func(s *setup) { s.gmail.Fold = false })
	box := h.withDue()
	addNew(box, "n1", "n2")
	h.setPOPFault(strike("DELE", "uid1", pop3test.Fault{Kind: pop3test.Close}))
	for range 2 {
		h.expect(69, "run")
		h.expectBodies("", "x", "n1", "n2")
		h.expectLeft(box, 3)
	}
	h.setPOPFault(nil)
	h.expect(0, "run")
	h.expectSilence()
	h.expectLeft(box, 2)
	h.expectBodies("", "x", "n1", "n2")
}

// A QUIT of which nobody knows how far it came.
func TestQuitThatIsLost(t *testing.T) {
	for name, removed := range map[string][]string{
		"nothing is deleted": nil, "a part is deleted": {"uid1"}, "all is deleted": {"uid0", "uid1"},
	} {
		for how, f := range map[string]pop3test.Fault{
			"closed": {Kind: pop3test.Close}, "refused": {Kind: pop3test.Reply, Raw: []byte("-ERR some messages not removed\r\n")},
		} {
			t.Run(name+", "+how, func(t *testing.T) {
				t.Parallel()
				h := newHarness(t, func(s *setup) { s.gmail.Fold = false })
				box := h.withDue()
				addNew(box, "n1")
				h.setPOPFault(func(e pop3test.Event) pop3test.Fault {
					if e.Command != "QUIT" {
						return pop3test.Fault{}
					}
					for _, uid := range removed {
						box.Remove(uid)
					}
					return f
				})
				h.expect(69, "run")
				h.expectBodies("", "x", "n1")
				h.setPOPFault(nil)
				addNew(box, "n2")
				h.expect(0, "run")
				h.expectSilence()
				h.expectBodies("", "x", "n1", "n2")
				if left := box.UIDs(); !slices.Equal(left, []string{"n1", "n2"}) {
					t.Errorf("left on the provider are %q", left)
				}
			})
		}
	}
}

// A locked mailbox is waited for a little, once.
func TestLockedMailboxIsTriedTwice(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	boxes, refusals := map[string]*pop3test.Mailbox{}, map[string]string{}
	left := map[string]int{} // refusals to come
	for _, code := range []string{"IN-USE", "LOGIN-DELAY"} {
		for times := 1; times <= 2; times++ {
			name := fmt.Sprintf("%s-%d", code, times)
			boxes[name], refusals[name], left[name] = h.account(name), "-ERR ["+code+"] wait\r\n", times
			addNew(boxes[name], "to-"+name)
		}
	}
	var mu sync.Mutex
	users, logins := map[int]string{}, map[string]int{} // by session; by user
	h.setPOPFault(func(e pop3test.Event) pop3test.Fault {
		mu.Lock()
		defer mu.Unlock()
		user := users[e.Session]
		switch {
		case e.Command == "USER":
			users[e.Session] = e.Argument
		case e.Command == "PASS" && left[user] > 0:
			left[user]--
			logins[user]++
			return pop3test.Fault{Kind: pop3test.Reply, Raw: []byte(refusals[user]), Close: true}
		case e.Command == "PASS":
			logins[user]++
		}
		return pop3test.Fault{}
	})
	h.expect(75, "run")
	h.expectSilence()
	mu.Lock()
	for name := range boxes {
		if logins[name] != 2 {
			t.Errorf("%s: %d logins, want 2", name, logins[name])
		}
	}
	mu.Unlock()
	h.expectBodies("to-IN-USE-1", "to-LOGIN-DELAY-1")
	h.expect(0, "run")
	h.expectSilence()
	h.expectInGmail(len(boxes))
}

// A server that wants an hour between logins gives each run one session. What
// breaks it must not keep the deletions and the others waiting for ever, on a
// server that deletes at QUIT what was retrieved as elsewhere.
func TestOneSessionARunIsEnough(t *testing.T) {
	t.Parallel()
	h := newHarness(t, func(s *setup) { s.pop.LoginDelay, s.gmail.Fold = time.Hour, false })
	boxes := []*pop3test.Mailbox{h.account("plain", `retention = "1d"`)}
	h.write("ca0.pem", h.pop.CertificatePEM())
	h.correct("ca.pem", "ca0.pem")
	h.startPOP(pop3test.Options{TLS: pop3test.ImplicitTLS, Pipelining: true, Now: h.now, Fault: h.fault,
		LoginDelay: time.Hour, Expire: "0"})
	boxes = append(boxes, h.account("expiring", `retention = "1d"`))
	var want, arrived []string
	for i, box := range boxes {
		due, n1, n2 := fmt.Sprintf("due%d", i), fmt.Sprintf("first%d", i), fmt.Sprintf("second%d", i)
		addNew(box, due)
		want, arrived = append(want, n1, "breaks", n2), append(arrived, due, n1, n2)
	}
	h.expect(0, "run")
	h.advance(25 * time.Hour)
	for i, box := range boxes {
		addNew(box, want[3*i])
		box.Add("breaks", mail(fmt.Sprintf("breaks%d", i), "breaks\r\n"))
		addNew(box, want[3*i+2])
	}
	h.setPOPFault(strike("RETR", "breaks", pop3test.Fault{Kind: pop3test.Cut, N: 40}))
	for range 4 {
		h.run("run") // the next login is refused
		h.advance(61 * time.Minute)
	}
	h.expectBodies(arrived...)
	h.setPOPFault(nil)
	h.expect(0, "run")
	h.expectBodies(append(arrived, "breaks", "breaks")...)
	for i, box := range boxes {
		if left := box.UIDs(); !slices.Equal(left, want[3*i:3*i+3]) {
			t.Errorf("left on the provider are %q, want %q", left, want[3*i:3*i+3])
		}
	}
}

// A server that deletes at QUIT what was retrieved, and sessions that break:
// what was cut isn't lost.
func TestExpireZeroWithSessionsThatBreak(t *testing.T) {
	for command, f := range map[string]pop3test.Fault{
		"RETR": {Kind: pop3test.Cut, N: 40}, "QUIT": {Kind: pop3test.DoneClose}, "DELE": {Kind: pop3test.Close},
	} {
		t.Run(command, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t, func(s *setup) { s.pop.Expire, s.gmail.Fold = "0", false })
			box := h.withDue()
			addNew(box, "n1", "n2")
			var struck atomic.Bool
			h.setPOPFault(func(e pop3test.Event) pop3test.Fault {
				if e.Command != command || struck.Swap(true) {
					return pop3test.Fault{}
				}
				return f
			})
			if code := h.run("run"); code != 0 && code != 69 || !struck.Load() {
				t.Errorf("exit %d\n%s", code, &h.err)
			}
			h.expect(0, "run")
			h.expectSilence()
			h.expectBodies("", "x", "n1", "n2")
			if left := box.UIDs(); !slices.Equal(left, []string{"n1", "n2"}) {
				t.Errorf("left on the provider are %q", left)
			}
		})
	}
}
