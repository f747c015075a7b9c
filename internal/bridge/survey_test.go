package bridge_test

import (
	"context"
	"fmt"
	"iter"
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

var fortnight = bridge.Policy{Age: 14 * 24 * time.Hour}

// dueIn is a listed, imported row that a fortnight's retention lets go so long
// after planDay, which is a noon.
func dueIn(uid string, size int64, in time.Duration) state.Record {
	return state.Record{Account: "shop", UID: uid, Size: size, Status: state.Imported, Listed: true,
		Digest: digest("digest of " + uid), HeaderDigest: digest("header of " + uid), ImportedAt: planDay.Add(in - fortnight.Age)}
}

// stays is a listed row of a message that retention has no say in.
func stays(uid string, size int64, status state.Status) state.Record {
	return state.Record{Account: "shop", UID: uid, Size: size, Status: status, Listed: true}
}

func inDays(n int) time.Time { return time.Date(2026, 11, 22+n, 0, 0, 0, 0, time.UTC) }

// shelf is what a state has of one account.
type shelf []state.Record

func (s shelf) Outlines(context.Context, string) iter.Seq2[state.Outline, error] {
	return func(yield func(state.Outline, error) bool) {
		for i := range s {
			if !yield(s[i].Outline(), nil) {
				return
			}
		}
	}
}

func (s shelf) Rows(_ context.Context, _ string, uids ...string) (rows []state.Record, err error) {
	for _, uid := range uids {
		rows = append(rows, s[slices.IndexFunc(s, func(r state.Record) bool { return r.UID == uid })])
	}
	return rows, nil
}

func survey(t failer, s shelf, p bridge.Policy, now time.Time) bridge.Overview {
	t.Helper()
	o, err := bridge.Survey(context.Background(), s, "shop", p, now)
	if err != nil {
		t.Errorf("%v", err)
	}
	return o
}

func TestSurveyCountsWhatIsListed(t *testing.T) {
	gone := stays("gone", 1, state.Refused)
	gone.Listed = false
	deleted := dueIn("deleted", 1, -time.Hour)
	deleted.Listed, deleted.DeletedAt = false, planDay
	o := survey(t, shelf{
		stays("a", 1, state.Pending), stays("b", 1, state.Pending), stays("c", 1, state.Adopted),
		stays("d", 1, state.Refused), dueIn("e", 1, 0), gone, deleted,
	}, fortnight, planDay)
	want := map[state.Status]int{state.Pending: 2, state.Adopted: 1, state.Refused: 1, state.Imported: 1}
	if !reflect.DeepEqual(o.Counts, want) {
		t.Errorf("counts are %v, want %v", o.Counts, want)
	}
	if len(o.Refused) != 1 || o.Refused[0].UID != "d" {
		t.Errorf("refused are %+v", o.Refused)
	}
	if days := []bridge.DueDay{{Day: inDays(0), Messages: 1, Octets: 1}}; !reflect.DeepEqual(o.Due, days) {
		t.Errorf("due is %v, want %v", o.Due, days)
	}
}

func TestSurveyOfNothing(t *testing.T) {
	o := survey(t, nil, fortnight, planDay)
	if len(o.Counts) > 0 || len(o.Due) > 0 || len(o.Refused) > 0 || o.Stuck {
		t.Errorf("no rows gave %+v", o)
	}
}

// What is overdue or dropped goes today, for the next run deletes it. The day
// is UTC's, whatever the zones of the clock and of the row.
func TestSurveyDueDays(t *testing.T) {
	east := time.FixedZone("east", 9*3600)
	elsewhere := dueIn("f", 32, 20*time.Hour)
	elsewhere.ImportedAt = elsewhere.ImportedAt.In(east)
	unknown := dueIn("g", 64, 0)
	unknown.ImportedAt = time.Time{}
	dropped := stays("h", 128, state.Adopted)
	dropped.Dropped = true
	records := shelf{
		dueIn("e", 16, 36*time.Hour), elsewhere,
		dueIn("a", 1, -40*24*time.Hour), dueIn("b", 2, 0), dueIn("c", 4, 12*time.Hour-1), dueIn("d", 8, 12*time.Hour),
		unknown, dropped, stays("i", 256, state.Refused), stays("j", 512, state.Pending),
	}
	want := []bridge.DueDay{
		{Day: inDays(0), Messages: 4, Octets: 1 + 2 + 4 + 128},
		{Day: inDays(1), Messages: 2, Octets: 8 + 32},
		{Day: inDays(2), Messages: 1, Octets: 16},
	}
	for _, now := range []time.Time{planDay, planDay.In(east), planDay.Add(12*time.Hour - 1)} {
		if got := survey(t, records, fortnight, now).Due; !reflect.DeepEqual(got, want) {
			t.Errorf("at %s due is\n%v, want\n%v", now, got, want)
		}
	}
	if got := survey(t, records, bridge.Policy{Never: true}, planDay).Due; len(got) != 1 || got[0].Octets != 128 {
		t.Errorf("without retention due is %v, want the dropped one alone", got)
	}
}

func TestSurveyRefusedOldestFirst(t *testing.T) {
	var records shelf
	for _, r := range []struct {
		uid  string
		days int
	}{{"b", 3}, {"a", 3}, {"d", 1}, {"c", 2}} {
		row := stays(r.uid, 1, state.Refused)
		row.FirstSeen = inDays(r.days)
		records = append(records, row)
	}
	before := slices.Clone(records)
	var got []string
	for _, r := range survey(t, records, fortnight, planDay).Refused {
		got = append(got, r.UID)
	}
	if want := []string{"d", "c", "a", "b"}; !slices.Equal(got, want) {
		t.Errorf("refused in the order %v, want %v", got, want)
	}
	if !reflect.DeepEqual(records, before) {
		t.Errorf("the rows were changed")
	}
}

// Stuck is what alone exceeds a limit; being just as much is not.
func TestSurveyStuck(t *testing.T) {
	dropped := stays("c", 100, state.Refused)
	dropped.Dropped = true
	gone := stays("d", 100, state.Adopted)
	gone.Listed = false
	records := shelf{
		stays("a", 100, state.Adopted), stays("b", 100, state.Refused), dropped, gone,
		dueIn("e", 100, time.Hour), stays("f", 100, state.Pending),
	}
	for _, c := range []struct {
		messages int
		octets   int64
		want     bool
	}{
		{0, 0, false}, {1, 0, true}, {2, 0, false}, {0, 199, true}, {0, 200, false}, {2, 199, true}, {1, 200, true}, {9, 900, false},
	} {
		t.Run(fmt.Sprintf("keep_messages=%d,keep_size=%d", c.messages, c.octets), func(t *testing.T) {
			p := bridge.Policy{Never: true, KeepMessages: c.messages, KeepSize: c.octets}
			if got := survey(t, records, p, planDay).Stuck; got != c.want {
				t.Errorf("stuck: %t, want %t", got, c.want)
			}
		})
	}
}

// The survey and the plan agree: what is due today by the survey is what the
// plan deletes by the end of the day, and stuck means that keep_messages
// evicts nothing.
func TestSurveyAgreesWithPlan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, rows := drawSettled(t)
		o := survey(t, rows, w.policy, planDay)
		due := 0
		if len(o.Due) > 0 && o.Due[0].Day.Equal(inDays(0)) {
			due = o.Due[0].Messages
		}
		endOfDay := planDay.Add(12*time.Hour - 1)
		byAge, byNumber := 0, 0
		actions, _ := bridge.Plan(w.view, w.policy, endOfDay)
		for _, a := range actions {
			switch a.Reason {
			case bridge.Retention, bridge.Dropped:
				byAge++
			case bridge.KeepMessages:
				byNumber++
			}
		}
		if byAge != due {
			t.Errorf("the survey sees %d due today, the plan %d: %+v", due, byAge, actions)
		}
		if o.Stuck && byNumber > 0 {
			t.Errorf("stuck, and %d are evicted", byNumber)
		}
	})
}

// drawSettled draws a mailbox in which each message is the recorded one, with
// its header to prove it.
func drawSettled(t *rapid.T) (w world, rows shelf) {
	w = world{policy: bridge.Policy{Never: rapid.Bool().Draw(t, "never"),
		Age: time.Duration(rapid.IntRange(0, 20).Draw(t, "days")) * 24 * time.Hour, KeepMessages: rapid.IntRange(0, 6).Draw(t, "keep")}}
	w.view.Top, w.view.Headers = true, map[int]*message.Summary{}
	for i := range rapid.IntRange(0, 10).Draw(t, "messages") {
		uid := fmt.Sprint(i)
		r := stays(uid, 100, rapid.SampledFrom([]state.Status{state.Imported, state.Imported, state.Adopted, state.Refused}).Draw(t, "status"))
		r.Digest, r.HeaderDigest = digest("digest of "+uid), digest("header of "+uid)
		if r.Status == state.Imported {
			r.ImportedAt = planDay.Add(-time.Duration(rapid.IntRange(0, 25*24).Draw(t, "hours")) * time.Hour)
		} else {
			r.Dropped = rapid.IntRange(0, 3).Draw(t, "dropped") == 0
		}
		rows = append(rows, r)
		w.view.Records = append(w.view.Records, new(r.Outline()))
		w.view.Listing.Entries = append(w.view.Listing.Entries, pop3.Entry{Number: i + 1, UID: uid, Size: 100})
		w.view.Headers[i+1] = &message.Summary{HeaderDigest: r.HeaderDigest}
	}
	return w, rows
}
