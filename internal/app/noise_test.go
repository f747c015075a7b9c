package app_test

import (
	"strings"
	"testing"
	"time"

	"github.com/popbridge/popbridge/pop3/pop3test"
	"github.com/popbridge/popbridge/state"
)

func TestStuckLockIsToldOnceADay(t *testing.T) {
	h := newHarness(t)
	box := h.account("shop")
	h.expect(0, "run")
	fill(box, 1)
	lock, err := state.LockAccount(h.path("state"), "shop")
	h.must(err)
	h.expect(75, "run")
	h.expectSilence()
	h.must(lock.Touch(time.Now().Add(-2 * time.Hour)))
	for range 2 {
		h.expect(75, "run")
		h.expectSaid("popbridge: shop: another run has had the account without any progress for 2h0m0s\nhint: ps ax | grep popbridge\n")
		for range 3 {
			h.advance(5 * time.Hour)
			h.expect(75, "run")
			h.expectSilence()
		}
		h.advance(9 * time.Hour)
	}
	h.expectInGmail(0)
	h.must(lock.Release())
	h.expect(0, "run")
	h.expectSilence()
	h.expectInGmail(1)
}

func TestAlternatingFailuresAreToldOnceADayEach(t *testing.T) {
	h := newHarness(t)
	h.account("shop")
	h.expect(0, "run")
	told := map[string][]int{}
	for n := range 24 {
		exit, fault := 77, pop3test.Fault{Kind: pop3test.Reply, Raw: []byte("-ERR [AUTH] no\r\n"), Close: true}
		if n%2 == 1 {
			exit, fault = 69, pop3test.Fault{Kind: pop3test.Close}
		}
		h.setPOPFault(strike("PASS", "", fault))
		h.expect(exit, "run")
		for _, what := range []string{"log in to 127.0.0.1 as shop", "the server closed the connection"} {
			if strings.Contains(h.err.String(), what) {
				told[what] = append(told[what], n)
			}
		}
		h.advance(2 * time.Hour)
	}
	for what, runs := range told {
		if len(runs) != 2 || runs[1]-runs[0] != 12 {
			t.Errorf("%q was told in the runs %d, which are two hours apart", what, runs)
		}
	}
	if len(told) != 2 {
		t.Errorf("told was %v, want two failures", told)
	}
}

func TestRecoveredAccountIsToldOfAnew(t *testing.T) {
	h := newHarness(t)
	h.account("shop")
	h.expect(0, "run")
	for range 2 {
		h.setPOPFault(strike("PASS", "", pop3test.Fault{Kind: pop3test.Reply, Raw: []byte("-ERR [AUTH] no\r\n"), Close: true}))
		h.expect(77, "run")
		h.expectSaid("hint: check user and password of account shop")
		h.expect(77, "run")
		h.expectSilence()
		h.setPOPFault(nil)
		h.expect(0, "run")
		h.expectSilence()
	}
}
