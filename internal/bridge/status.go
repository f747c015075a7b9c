package bridge

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/popbridge/popbridge/state"
)

// Overview is what the state tells of an account, without any network.
type Overview struct {
	// Counts are of the messages on the provider, by status.
	Counts map[state.Status]int
	// Due is when retention lets how much go, by day (UTC).
	Due []DueDay
	// Refused are the refused messages on the provider.
	Refused []state.Record
	// Stuck tells that adopted and refused messages alone exceed
	// keep_messages or keep_size, so that nothing is deleted early.
	Stuck bool
}

// DueDay is what falls due on one day.
type DueDay struct {
	Day      time.Time
	Messages int
	Octets   int64
}

// Survey gives the overview of an account's rows. What is overdue counts for
// today: the next run deletes it. It is a pure function.
func Survey(records []state.Record, p Policy, now time.Time) Overview {
	o := Overview{Counts: map[state.Status]int{}}
	days := map[time.Time]*DueDay{}
	today := now.UTC().Truncate(24 * time.Hour)
	var fixed int
	var fixedOctets int64
	for _, r := range records {
		if !r.Listed {
			continue
		}
		o.Counts[r.Status]++
		if r.Status == state.Refused {
			o.Refused = append(o.Refused, r)
		}
		if (r.Status == state.Refused || r.Status == state.Adopted) && !r.Dropped {
			fixed++
			fixedOctets += r.Size
		}
		at, due := goes(r, p, today)
		if !due {
			continue
		}
		if days[at] == nil {
			days[at] = &DueDay{Day: at}
		}
		days[at].Messages++
		days[at].Octets += r.Size
	}
	o.Stuck = p.KeepMessages > 0 && fixed > p.KeepMessages || p.KeepSize > 0 && fixedOctets > p.KeepSize
	for _, day := range slices.SortedFunc(maps.Keys(days), time.Time.Compare) {
		o.Due = append(o.Due, *days[day])
	}
	slices.SortFunc(o.Refused, func(a, b state.Record) int {
		return cmp.Or(a.FirstSeen.Compare(b.FirstSeen), cmp.Compare(a.UID, b.UID))
	})
	return o
}

// goes tells the day on which a message is deleted.
func goes(r state.Record, p Policy, today time.Time) (day time.Time, due bool) {
	if r.Dropped {
		return today, true
	}
	if r.Status != state.Imported || p.due(r).IsZero() {
		return day, false
	}
	day = p.due(r).UTC().Truncate(24 * time.Hour)
	if day.Before(today) {
		day = today
	}
	return day, true
}
