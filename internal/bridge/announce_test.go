package bridge

import (
	"errors"
	"testing"
	"time"

	"github.com/popbridge/popbridge/state"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// worked is an account that has worked before.
func worked() state.Account {
	return state.Account{Name: "shop", LastRun: noon.Add(-5 * time.Minute), LastSuccess: noon.Add(-5 * time.Minute)}
}

func failure(c Class, hint string) *Failure {
	return &Failure{Class: c, Hint: hint, Err: errors.New("the server is unwell")}
}

func quiet(f *Failure) *Failure {
	f.Quiet = true
	return f
}

// cronRun is one run of a series: how long after noon it ends and how.
type cronRun struct {
	after time.Duration
	with  *Failure
	said  bool
}

// TestAnnounce goes through series of runs, each noted in the account's row by
// outcome as a run does it.
func TestAnnounce(t *testing.T) {
	login, password := failure(Person, "popbridge login default"), failure(Person, "correct the password")
	down, busy := failure(Unavailable, ""), failure(Later, "")
	wrong := failure(Misconfigured, "popbridge state move a b")
	for name, runs := range map[string][]cronRun{
		"nothing is wrong": {{0, nil, false}, {5 * time.Minute, nil, false}},
		"what needs a person is said once, and again after a day": {
			{0, login, true}, {5 * time.Minute, login, false}, {24*time.Hour - 1, login, false},
			{24 * time.Hour, login, true}, {24*time.Hour + time.Minute, login, false}, {48 * time.Hour, login, true}},
		"two needs in turn are said once each": {
			{0, login, true}, {time.Minute, password, true}, {2 * time.Minute, login, false}, {3 * time.Minute, password, false},
			{24 * time.Hour, password, true}, {24*time.Hour + time.Minute, login, true}, {24*time.Hour + 2*time.Minute, password, false}},
		"another need is said at once": {{0, login, true}, {time.Minute, password, true}, {2 * time.Minute, password, false}},
		"a need that was met and is back is said again": {
			{0, login, true}, {time.Minute, nil, false}, {2 * time.Minute, login, true}},
		"a configuration fault is said once": {{0, wrong, true}, {time.Minute, wrong, false}, {24 * time.Hour, wrong, true}},
		"a passing failure is said once it has lasted": {
			{0, down, false}, {30 * time.Minute, down, false}, {time.Hour - 1, down, false},
			{time.Hour, down, true}, {2 * time.Hour, down, false}, {25 * time.Hour, down, true}},
		"so is one that is to be tried later": {{0, busy, false}, {time.Hour - 1, busy, false}, {time.Hour, busy, true}},
		"a success between starts the hour anew": {
			{0, down, false}, {59 * time.Minute, nil, false}, {time.Hour, down, false}, {2*time.Hour - 1, down, false}, {2 * time.Hour, down, true}},
		"a refused message is a success of the run": {
			{0, down, false}, {59 * time.Minute, failure(NewlyRefused, "popbridge status shop"), true}, {time.Hour, down, false}},
		"kinds of passing failure last together":    {{0, down, false}, {30 * time.Minute, busy, false}, {time.Hour, down, true}},
		"a passing failure doesn't hide a person's": {{0, down, false}, {time.Minute, login, true}, {2 * time.Minute, login, false}},
		"a doubt is silent until it has lasted":     {{0, quiet(failure(Later, "")), false}, {time.Hour, quiet(failure(Later, "")), true}},
		"each newly refused message is said":        {{0, failure(NewlyRefused, "x"), true}, {time.Minute, failure(NewlyRefused, "x"), true}},
		"a bug and a lost state are always said": {
			{0, failure(Bug, ""), true}, {time.Minute, failure(Bug, ""), true}, {2 * time.Minute, failure(NoState, ""), true}, {3 * time.Minute, failure(NoState, ""), true}},
	} {
		t.Run(name, func(t *testing.T) { series(t, worked(), time.Hour, runs) })
	}
}

// An account that never worked is being set up, and its person is there.
func TestAnnounceWhileSettingUp(t *testing.T) {
	down := failure(Unavailable, "")
	for name, runs := range map[string][]cronRun{
		"an unreachable server is said at once":  {{0, down, true}, {5 * time.Minute, down, false}, {24 * time.Hour, down, true}},
		"a locked mailbox is not":                {{0, failure(Later, ""), false}, {time.Hour, failure(Later, ""), true}},
		"a quiet failure is not":                 {{0, quiet(failure(Unavailable, "")), false}},
		"once it worked, it has to last":         {{0, nil, false}, {time.Minute, down, false}, {time.Hour + time.Minute, down, true}},
		"what needs a person is said as ever":    {{0, failure(Person, "x"), true}, {time.Minute, failure(Person, "x"), false}},
		"said while setting up is said, for now": {{0, down, true}, {time.Hour, down, false}},
	} {
		t.Run(name, func(t *testing.T) { series(t, state.Account{Name: "shop"}, time.Hour, runs) })
	}
}

// With alert_after = "0s" every failure is worth a word, once.
func TestAnnounceWithoutPatience(t *testing.T) {
	down := failure(Unavailable, "")
	series(t, worked(), 0, []cronRun{{0, down, true}, {time.Minute, down, false}, {24 * time.Hour, down, true}})
}

func series(t *testing.T, account state.Account, alertAfter time.Duration, runs []cronRun) {
	t.Helper()
	for i, run := range runs {
		now := noon.Add(run.after)
		j := &job{Account: &Account{Name: "shop", Mailbox: "shop@mail.example.com:995", To: &Destination{}}, known: account}
		j.result.Failure = run.with
		account = j.outcome(now)
		if got := announce(&account, run.with, now, alertAfter); got != run.said {
			t.Errorf("run %d, %s after the first, %v: said %t, want %t", i+1, run.after, run.with, got, run.said)
		}
	}
}

// The row tells since when, how often and why an account fails, and forgets it
// with the first success.
func TestOutcome(t *testing.T) {
	j := &job{Account: &Account{Name: "shop", Mailbox: "shop@mail.example.com:995", To: &Destination{}}, known: worked()}
	j.result = Result{Failure: failure(Person, "popbridge login default")}
	first := j.outcome(noon)
	if first.Failures != 1 || !first.FailingSince.Equal(noon) || first.Error != "the server is unwell" ||
		first.Hint != "popbridge login default" || !first.LastSuccess.Equal(worked().LastSuccess) || !first.LastRun.Equal(noon) {
		t.Errorf("after a failure the row is %+v", first)
	}
	j.known = first
	second := j.outcome(noon.Add(time.Hour))
	if second.Failures != 2 || !second.FailingSince.Equal(noon) {
		t.Errorf("after two failures the row is %+v", second)
	}
	j.known, j.started = second, noon.Add(2*time.Hour)
	j.known.Told, j.known.ToldAt = "x", noon
	j.result, j.deletedOctets = Result{Whole: true, Actions: []Action{}, Listed: 5, Octets: 500, Deleted: 2}, 150
	third := j.outcome(noon.Add(2 * time.Hour))
	want := state.Account{Name: "shop", Mailbox: j.Mailbox, Listed: 3, Octets: 350,
		LastRun: noon.Add(2 * time.Hour), LastSuccess: noon.Add(2 * time.Hour), ClockAt: noon.Add(2 * time.Hour)}
	if third != want {
		t.Errorf("after a success the row is %+v, want %+v", third, want)
	}
}

// A run that could not list keeps the occupancy of the one before, and doesn't
// take up another mailbox; one whose clock isn't trusted vouches for no other.
func TestOutcomeKeepsWhatItDidNotSee(t *testing.T) {
	known := worked()
	known.Mailbox, known.Listed, known.Octets, known.ClockAt = "old@mail.example.com:995", 7, 700, noon.Add(-time.Hour)
	j := &job{Account: &Account{Name: "shop", Mailbox: "new@mail.example.com:995", To: &Destination{}}, known: known}
	j.result.Failure, j.clockSuspect = failure(Misconfigured, "popbridge state move shop shop-old"), true
	if got := j.outcome(noon); got.Mailbox != known.Mailbox || got.Listed != 7 || got.Octets != 700 || !got.ClockAt.Equal(known.ClockAt) {
		t.Errorf("the row is %+v", got)
	}
}
