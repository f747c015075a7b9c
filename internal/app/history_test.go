package app_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestHistories plays random histories of mailboxes. Two environment
// variables make it another or a longer one:
//
//	POPBRIDGE_HISTORIES  how many histories
//	POPBRIDGE_SEED       the seed of the first; each further one has the next
//
// A history that goes wrong is told step by step, shortened as far as it still
// goes wrong.
func TestHistories(t *testing.T) {
	n, seed := 20, rand.Uint64N(1<<32)
	n = int(number(t, "POPBRIDGE_HISTORIES", uint64(n)))
	seed = number(t, "POPBRIDGE_SEED", seed)
	t.Logf("%d histories from POPBRIDGE_SEED=%d", n, seed)
	steps := 0
	for i := range uint64(n) {
		h := drawHistory(seed + i)
		steps += len(h.steps)
		if wrong, _ := h.play(t); wrong == "" {
			continue
		}
		h = h.shortened(t)
		wrong, log := h.play(t)
		t.Errorf("POPBRIDGE_SEED=%d: %s\n%s", seed+i, wrong, strings.Join(log, "\n"))
	}
	t.Logf("%d steps", steps)
}

func number(t *testing.T, variable string, otherwise uint64) uint64 {
	t.Helper()
	text := os.Getenv(variable)
	if text == "" {
		return otherwise
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// history is a provider, a policy, and what happens.
type history struct {
	noTOP, noUIDL, verify bool
	// days is the retention, less than 0 for ever.
	days  int
	keep  int
	steps []turn
}

// turn is one thing that happens; which and size choose among what there is.
type turn struct {
	what        string
	which, size int
}

// happenings are drawn from evenly.
var happenings = []string{
	"run", "run", "run", "run", "run", "run", "arrive", "arrive", "arrive", "arrive without Message-ID", "a copy", "a twin",
	"another device deletes", "another device deletes", "renumber", "number from 1", "reuse", "reuse", "swap", "swap", "reverse",
	"restore", "restore renumbered", "rewrite", "hours", "days", "days", "weeks", "empty for a run",
	"RETR cut", "RETR truncated", "TOP cut", "DELE cut", "QUIT unsaid", "UIDL short",
	"import lost", "answer lost", "answer lost", "limited", "refuse", "accept", "drop", "retry",
}

func drawHistory(seed uint64) history {
	r := rand.New(rand.NewPCG(seed, 0))
	h := history{days: []int{-1, 0, 3, 3}[r.IntN(4)], verify: r.IntN(2) == 0}
	switch r.IntN(4) {
	case 0:
		h.noTOP = true
	case 1:
		h.noUIDL = true
	}
	if r.IntN(3) == 0 {
		h.keep = 1 + r.IntN(5)
	}
	for range 5 + r.IntN(20) {
		h.steps = append(h.steps, turn{happenings[r.IntN(len(happenings))], r.IntN(64), r.IntN(3)})
	}
	return h
}

func (h history) String() string {
	return fmt.Sprintf("TOP %t, UIDL %t, verify %t, retention %d days, keep_messages %d", !h.noTOP, !h.noUIDL, h.verify, h.days, h.keep)
}

// play plays it, and tells what went wrong and what happened.
func (h history) play(t *testing.T) (wrong string, log []string) {
	t.Run("history", func(t *testing.T) {
		p := h.begin(t)
		for _, s := range h.steps {
			if wrong = p.step(s); wrong != "" {
				break
			}
		}
		if wrong == "" {
			wrong = p.settle()
		}
		log = p.log
	})
	return wrong, log
}

// shortened leaves out what isn't needed for it to go wrong.
func (h history) shortened(t *testing.T) history {
	for again := true; again; {
		again = false
		for i := len(h.steps) - 1; i >= 0; i-- {
			less := h
			less.steps = slices.Delete(slices.Clone(h.steps), i, i+1)
			if wrong, _ := less.play(t); wrong != "" {
				h, again = less, true
			}
		}
	}
	return h
}
