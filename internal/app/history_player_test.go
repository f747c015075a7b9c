package app_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/popbridge/popbridge/gmail/gmailtest"
	"github.com/popbridge/popbridge/pop3/pop3test"
)

// player plays a history.
type player struct {
	history
	*witness
	log []string
	// serial counts messages, generation UIDs.
	serial, generation int
	// refusing are the Message-IDs that Gmail refuses, once those ever.
	refusing, once map[string]bool
	// broken tells that the next run has something go wrong.
	broken bool
}

func (h history) begin(t *testing.T) *player {
	hs := newHarness(t, func(s *setup) {
		s.pop.NoTOP, s.pop.NoUIDL = h.noTOP, h.noUIDL
		s.gmail.Fold = !h.verify
	})
	keys := []string{`retention = "never"`}
	retention := time.Duration(h.days) * aDay
	if h.days >= 0 {
		keys[0] = fmt.Sprintf(`retention = "%dd"`, h.days)
	}
	if h.keep > 0 {
		keys = append(keys, fmt.Sprintf("keep_messages = %d", h.keep))
	}
	if h.verify {
		hs.gmailExtra += "\naccess = \"verify\""
	}
	p := &player{history: h, witness: newWitness(hs, hs.account("shop", keys...), retention), log: []string{h.String()},
		refusing: map[string]bool{}, once: map[string]bool{}}
	p.limited = h.keep > 0
	return p
}

func (p *player) note(format string, args ...any) {
	p.log = append(p.log, fmt.Sprintf(format, args...))
}

func (p *player) newUID() string {
	p.generation++
	return fmt.Sprintf("u%d", p.generation)
}

// message makes a new message, of one of three sizes.
func (p *player) message(id string, size int) []byte {
	p.serial++
	raw := mail(fmt.Sprintf("m%03d", p.serial), strings.Repeat("x", 10*size)+"\r\n")
	old := fmt.Appendf(nil, "<m%03d@", p.serial)
	return bytes.Replace(raw, old, []byte("<"+id+"@"), 1)
}

func (p *player) deliver(raw []byte) {
	uid := p.newUID()
	p.note("%s arrives as %s", p.witness.deliver(uid, raw), uid)
}

// step lets one thing happen. What there is nothing for doesn't.
func (p *player) step(s turn) (wrong string) {
	switch s.what {
	case "run":
		return p.run()
	case "arrive":
		p.deliver(p.message(fmt.Sprintf("m%03d", p.serial+1), s.size))
	case "arrive without Message-ID":
		p.deliver(bytes.Replace(p.message("none", s.size), []byte("Message-ID"), []byte("X-Message-"), 1))
	case "hours", "days", "weeks":
		p.note("%s pass", s.what)
		p.h.advance(map[string]time.Duration{"hours": 5 * time.Hour, "days": 36 * time.Hour, "weeks": 20 * aDay}[s.what])
	case "restore":
		p.note("restore")
		p.restore(func(_ int, old string) string {
			if p.has(old) {
				return p.newUID()
			}
			return old
		})
	case "restore renumbered":
		p.note("restore, renumbered")
		p.restore(func(int, string) string { return p.newUID() })
	case "retry":
		p.note("retry: %d", p.h.run("retry", "shop"))
	case "accept":
		p.note("Gmail refuses nothing any more")
		clear(p.refusing)
	case "RETR cut", "RETR truncated", "TOP cut", "DELE cut", "QUIT unsaid", "UIDL short", "import lost", "answer lost", "limited":
		p.note("the next run has: %s", s.what)
		p.spoil(s)
	default:
		if all := p.box.Messages(); len(all) > 0 {
			return p.change(s, all, s.which%len(all))
		}
	}
	return ""
}

func (p *player) has(uid string) bool {
	for _, u := range p.box.UIDs() {
		if u == uid {
			return true
		}
	}
	return false
}

// change changes the mailbox, at one of its messages.
func (p *player) change(s turn, all []pop3test.Message, at int) string {
	m := all[at]
	p.note("%s, at %s", s.what, m.UID)
	switch s.what {
	case "a copy":
		p.deliver(m.Raw)
	case "a twin":
		p.deliver(p.message(messageIDOf(m.Raw), s.size))
	case "another device deletes":
		p.box.Remove(m.UID)
		p.trash = append(p.trash, m)
	case "renumber":
		p.renumber(func(int, string) string { return p.newUID() })
	case "number from 1":
		p.renumber(func(i int, _ string) string { return fmt.Sprintf("u%d", i+1) })
		p.generation = max(p.generation, len(all))
	case "reuse":
		raw := p.message(fmt.Sprintf("m%03d", p.serial+1), s.size)
		if more := len(m.Raw) - len(raw); p.days >= 0 && more >= 2 {
			raw = append(raw, strings.Repeat("x", more-2)+"\r\n"...) // of the same size
		} else if p.days < 0 && more == 0 {
			raw = append(raw, "x\r\n"...) // which else would never be noticed
		}
		p.reuse(m.UID, raw)
	case "swap":
		p.swap(m.UID, all[(at+1)%len(all)].UID)
	case "reverse":
		p.rearrange(func(all []pop3test.Message) {
			for i, j := 0, len(all)-1; i < j; i, j = i+1, j-1 {
				all[i], all[j] = all[j], all[i]
			}
		})
	case "rewrite":
		p.rewrite(m.UID, func(raw []byte) []byte { return append([]byte("Status: RO\r\n"), raw...) })
	case "empty for a run":
		p.box.Clear()
		defer func() {
			for _, m := range all {
				p.box.AddMessage(m)
			}
		}()
		return p.run()
	case "refuse":
		if id := messageIDOf(m.Raw); id != "" {
			p.refusing[id], p.once[id] = true, true
		}
	case "drop":
		return p.drop(m.UID)
	}
	return ""
}

func messageIDOf(raw []byte) string {
	_, after, _ := bytes.Cut(raw, []byte("\r\nMessage-ID: <"))
	id, _, _ := bytes.Cut(after, []byte("@"))
	return string(id)
}

// drop gives up a message, where it is refused.
func (p *player) drop(uid string) string {
	if p.h.run("drop", "--yes", "shop", uid) != 0 {
		return ""
	}
	p.note("dropped")
	for _, m := range p.box.Messages() {
		if p.once[messageIDOf(m.Raw)] {
			p.dropped[p.names[sumOf(m.Raw)]] = true
		}
	}
	return ""
}

// run runs, and lets nothing go wrong afterwards.
func (p *player) run() string {
	p.armRefusals()
	code, wrong := p.witness.run()
	p.note("run: %d, Gmail has %v, left are %v\n%s", code, p.inGmail(), p.box.UIDs(), &p.h.err)
	if wrong == "" && !p.broken && code != 0 && code != 65 && code != 75 {
		wrong = fmt.Sprintf("exit %d", code)
	}
	p.mend()
	return wrong
}

func (p *player) mend() {
	p.broken = false
	p.h.setPOPFault(nil)
	p.h.gmail.SetFault(nil)
	p.box.EditListing(nil)
}

// settle lets all come to rest: nothing goes wrong any more, all is taken,
// time passes.
func (p *player) settle() string {
	p.mend()
	clear(p.refusing)
	p.note("settle")
	for range 5 {
		p.h.advance(3 * time.Minute)
		p.h.run("retry", "shop")
		if wrong := p.run(); wrong != "" {
			return wrong
		}
	}
	if p.days < 0 {
		return p.missing()
	}
	// What took the UID of another of its size shows only when that is due,
	// and then has its own retention.
	for round := 0; round < 12 && len(p.box.UIDs()) > 0; round++ {
		switch round % 4 {
		case 0:
			p.h.advance(max(p.retention-time.Hour, 0))
		case 1:
			p.h.advance(2 * time.Hour)
		}
		p.h.advance(3 * time.Minute)
		if wrong := p.run(); wrong != "" {
			return wrong
		}
	}
	if left := p.box.UIDs(); len(left) > 0 {
		return fmt.Sprintf("%v are due and never go", left)
	}
	return ""
}

// armRefusals has Gmail refuse what it is to, on top of another fault.
func (p *player) armRefusals() {
	if p.broken || len(p.refusing) == 0 {
		return
	}
	p.h.gmail.SetFault(func(r gmailtest.Request) *gmailtest.Fault {
		id, _, _ := strings.Cut(strings.Trim(r.MessageID, "<>"), "@")
		if p.refusing[id] && r.Stage == gmailtest.StageCommit {
			return gmailtest.Refuse(400, "invalidArgument", "Invalid attachment")
		}
		return nil
	})
}
