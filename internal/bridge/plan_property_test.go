package bridge_test

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/popbridge/popbridge/internal/bridge"
	"github.com/popbridge/popbridge/internal/message"
	"github.com/popbridge/popbridge/pop3"
	"github.com/popbridge/popbridge/state"
)

// The days of these tests end here.
var planDay = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// pairs are the reasons of a plan, by verb, as the JSON of a run promises them.
var pairs = map[bridge.Verb][]bridge.Reason{
	"import": {"new", "new-or-renumbered", "retry", "changed"},
	"delete": {"retention", "keep_messages", "keep_size", "dropped"},
	"keep":   {"within-retention", "never"},
	"refuse": {"too-large"},
	"skip":   {"adopted", "refused", "in-doubt", "set-aside"},
}

// failer is what *testing.T and *rapid.T have in common here.
type failer interface {
	Helper()
	Errorf(format string, args ...any)
}

// checkPlan holds a plan, settled or not, against what is promised of any.
func checkPlan(t failer, v bridge.View, p bridge.Policy, actions []bridge.Action, ask []int) {
	t.Helper()
	if len(actions) != len(v.Listing.Entries) {
		t.Errorf("%d actions for %d messages", len(actions), len(v.Listing.Entries))
		return
	}
	absorbed := map[string]bool{}
	for i, a := range actions {
		e := v.Listing.Entries[i]
		if a.Number != e.Number || a.UID != e.UID || a.Size != e.Size {
			t.Errorf("action %d is of %d %s %d, and the listing's is %d %s %d", i, a.Number, a.UID, a.Size, e.Number, e.UID, e.Size)
		}
		if !slices.Contains(pairs[a.Verb], a.Reason) {
			t.Errorf("message %d: no plan says %s because of %s", a.Number, a.Verb, a.Reason)
		}
		checkFrom(t, v, a, absorbed)
		checkDeletion(t, v, p, a, slices.Contains(ask, a.Number))
	}
	checkAsked(t, v, ask)
}

// checkFrom sees to it that a message under a new UID has taken over the row of
// one that isn't in its place, which its header proves, and nobody else has.
func checkFrom(t failer, v bridge.View, a bridge.Action, absorbed map[string]bool) {
	t.Helper()
	if a.From == "" {
		return
	}
	if absorbed[a.From] {
		t.Errorf("message %d: the row of %s is absorbed a second time", a.Number, a.From)
	}
	absorbed[a.From] = true
	r, known := rowOf(v, a)
	header := v.Headers[a.Number]
	if !known || header == nil || state.DigestOf(header.HeaderDigest) != r.HeaderDigest {
		t.Errorf("message %d: nothing proves that it was %s", a.Number, a.From)
		return
	}
	if r.Digest.Known() && (r.Size != a.Size || header.MessageID == "") {
		t.Errorf("message %d: header and size don't prove that it was %s", a.Number, a.From)
	}
	for _, e := range v.Listing.Entries {
		there := v.Headers[e.Number]
		if e.UID == a.From && (there == nil || state.DigestOf(there.HeaderDigest) == r.HeaderDigest) {
			t.Errorf("message %d: %s is absorbed, and may still be in its place", a.Number, a.From)
		}
	}
}

// checkDeletion sees to it that what goes was imported, or dropped by the
// user, and that its identity is proven: by its header, unless that is still
// asked for, or by a fetch to come.
func checkDeletion(t failer, v bridge.View, p bridge.Policy, a bridge.Action, asked bool) {
	t.Helper()
	if a.Verb != bridge.Delete {
		return
	}
	r, known := rowOf(v, a)
	dropped := a.Reason == bridge.Dropped
	switch {
	case p.NoDelete || v.Listing.Flaw != "":
		t.Errorf("message %d goes, though nothing may", a.Number)
	case !known || r.Status == state.Pending:
		t.Errorf("message %d goes, and was never acknowledged", a.Number)
	case dropped && (!r.Dropped || r.Status == state.Imported), !dropped && r.Status != state.Imported:
		t.Errorf("message %d goes by %s, and is %s, dropped: %t", a.Number, a.Reason, r.Status, r.Dropped)
	case a.Proof && !r.Digest.Known() && (!dropped || !r.HeaderDigest.Known()):
		t.Errorf("message %d is to be proven by a digest that nobody has", a.Number)
	case a.Reason == bridge.Retention && (p.AgeSuspended || p.Never || planDay.Before(r.ImportedAt.Time().Add(p.Age))):
		t.Errorf("message %d goes by age, imported at %s", a.Number, r.ImportedAt.Time())
	}
	header := v.Headers[a.Number]
	proven := header != nil && state.DigestOf(header.HeaderDigest) == r.HeaderDigest && (a.Same || a.From != "")
	byWord := dropped && !r.Digest.Known() && !r.HeaderDigest.Known() && r.Size == a.Size
	if !proven && !asked && !a.Proof && !byWord {
		t.Errorf("message %d goes unproven: %+v", a.Number, a)
	}
}

func checkAsked(t failer, v bridge.View, ask []int) {
	t.Helper()
	for i, n := range ask {
		listed := slices.ContainsFunc(v.Listing.Entries, func(e pop3.Entry) bool { return e.Number == n })
		_, given := v.Headers[n]
		if !v.Top || !listed || given || i > 0 && ask[i-1] >= n {
			t.Errorf("asked for %v: TOP usable %t, given %v", ask, v.Top, slices.Sorted(maps.Keys(v.Headers)))
		}
	}
}

// rowOf gives the row that an action stands on.
func rowOf(v bridge.View, a bridge.Action) (*state.Outline, bool) {
	uid := cmp.Or(a.From, a.UID)
	at := slices.IndexFunc(v.Records, func(r *state.Outline) bool { return r.UID == uid })
	if at < 0 {
		return &state.Outline{}, false
	}
	return v.Records[at], true
}

// settle plans until nothing more is asked for, and checks each plan.
func settle(t *rapid.T, w world) (bridge.View, []bridge.Action) {
	v := w.view
	v.Headers = maps.Clone(v.Headers)
	for range len(v.Listing.Entries) + 1 {
		actions, ask := bridge.Plan(v, w.policy, planDay)
		checkPlan(t, v, w.policy, actions, ask)
		if len(ask) == 0 {
			return v, actions
		}
		for _, n := range ask {
			v.Headers[n] = w.answers[n]
		}
	}
	t.Fatalf("a header was asked for with all of them given")
	return v, nil
}

// deleted gives the numbers of what goes.
func deleted(v bridge.View, p bridge.Policy) (numbers []int) {
	actions, _ := bridge.Plan(v, p, planDay)
	for _, a := range actions {
		if a.Verb == bridge.Delete {
			numbers = append(numbers, a.Number)
		}
	}
	return numbers
}

func TestPlanSettles(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		v, actions := settle(t, w)
		again, ask := bridge.Plan(v, w.policy, planDay)
		if len(ask) > 0 || !reflect.DeepEqual(again, actions) {
			t.Errorf("the same view gave another plan:\n%+v\n%+v", actions, again)
		}
	})
}

func TestPlanIsPure(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		before := copied(w.view)
		actions, ask := bridge.Plan(w.view, w.policy, planDay)
		if !reflect.DeepEqual(before, w.view) {
			t.Errorf("the view was changed\nfrom %+v\nto %+v", before, w.view)
		}
		for range 3 {
			again, asked := bridge.Plan(before, w.policy, planDay)
			if !reflect.DeepEqual(actions, again) || !slices.Equal(ask, asked) {
				t.Errorf("a copy of the view gave another plan:\n%+v\n%+v", actions, again)
			}
		}
	})
}

func copied(v bridge.View) bridge.View {
	v.Listing.Entries = slices.Clone(v.Listing.Entries)
	var records []*state.Outline
	for _, r := range v.Records {
		records = append(records, new(*r))
	}
	v.Records = records
	headers := map[int]*message.Summary{}
	for n, h := range v.Headers {
		headers[n] = h
		if h != nil {
			c := *h
			headers[n] = &c
		}
	}
	v.Headers = headers
	return v
}

func TestPlanLongerRetentionDeletesNoMore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		w.policy.KeepMessages, w.policy.KeepSize = 0, 0
		longer := w.policy
		longer.Age += time.Duration(rapid.IntRange(0, 10*24*3600).Draw(t, "longer")) * time.Second
		checkSubset(t, deleted(w.view, longer), deleted(w.view, w.policy))
		longer.Never = true
		checkSubset(t, deleted(w.view, longer), deleted(w.view, w.policy))
	})
}

// Where adopted and refused ones alone exceed a limit it evicts nothing, so a
// limit raised to just what they take evicts more; above that it never does.
func TestPlanRaisingKeepMessagesDeletesNoMore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		w.policy.KeepMessages = rapid.IntRange(1, 8).Draw(t, "keep")
		more := w.policy
		more.KeepMessages += rapid.IntRange(0, 8).Draw(t, "more")
		off := w.policy
		off.KeepMessages = 0
		none, low, high := deleted(w.view, off), deleted(w.view, w.policy), deleted(w.view, more)
		if n := fixed(w.view, w.policy); n > w.policy.KeepMessages {
			if !slices.Equal(low, none) {
				t.Errorf("%d stay anyhow, above %d, and %v goes rather than %v", n, w.policy.KeepMessages, low, none)
			}
			return
		}
		checkSubset(t, high, low)
		checkSubset(t, none, low)
	})
}

// fixed counts what may not go: what is adopted or refused.
func fixed(v bridge.View, p bridge.Policy) (n int) {
	p.KeepMessages, p.KeepSize = 0, 0
	actions, _ := bridge.Plan(v, p, planDay)
	for _, a := range actions {
		if slices.Contains([]bridge.Reason{bridge.Adopted, bridge.Refused, bridge.TooLarge}, a.Reason) {
			n++
		}
	}
	return n
}

func checkSubset(t *rapid.T, of, all []int) {
	for _, n := range of {
		if !slices.Contains(all, n) {
			t.Errorf("message %d goes, of %v, where the stricter policy lets %v go", n, of, all)
		}
	}
}

// Eviction stops at the limit, and takes the oldest.
func TestPlanEvictsTheOldestDownToTheLimit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 12).Draw(t, "messages")
		w := world{view: bridge.View{Headers: map[int]*message.Summary{}, Top: true}}
		for i := range n {
			r := state.Record{Account: "shop", UID: fmt.Sprint(i), Size: 100, Status: state.Imported, Listed: true,
				Digest: digest(fmt.Sprint("digest ", i)), HeaderDigest: digest(fmt.Sprint("header ", i))}
			r.ImportedAt = planDay.Add(-time.Duration(rapid.IntRange(0, 96).Draw(t, "hours")) * time.Hour)
			w.view.Records = append(w.view.Records, new(r.Outline()))
			w.view.Listing.Entries = append(w.view.Listing.Entries, pop3.Entry{Number: i + 1, UID: r.UID, Size: r.Size})
			w.view.Headers[i+1] = &message.Summary{HeaderDigest: r.HeaderDigest}
		}
		w.policy = bridge.Policy{Never: true, KeepMessages: rapid.IntRange(1, n).Draw(t, "keep")}
		bySize := bridge.Policy{Never: true, KeepSize: int64(100 * w.policy.KeepMessages)}
		gone := deleted(w.view, w.policy)
		if len(gone) != n-w.policy.KeepMessages || !slices.Equal(gone, deleted(w.view, bySize)) {
			t.Errorf("of %d, %v go and by size %v", n, gone, deleted(w.view, bySize))
		}
		for i, r := range w.view.Records {
			for j, o := range w.view.Records {
				older := r.ImportedAt.Time().Format(time.DateOnly) < o.ImportedAt.Time().Format(time.DateOnly)
				if older && slices.Contains(gone, j+1) && !slices.Contains(gone, i+1) {
					t.Errorf("%d goes, and %d, which is older, stays", j+1, i+1)
				}
			}
		}
	})
}
