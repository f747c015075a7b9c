package bridge

import (
	"cmp"
	"context"
	"fmt"
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
// today: the next run deletes it. It holds no more than it gives, however many
// rows there are.
func Survey(ctx context.Context, s Shelf, account string, p Policy, now time.Time) (Overview, error) {
	sv := survey{Overview: Overview{Counts: map[state.Status]int{}}, policy: p,
		today: now.UTC().Truncate(24 * time.Hour), days: map[time.Time]*DueDay{}}
	for o, err := range s.Outlines(ctx, account) {
		if err != nil {
			return Overview{}, fmt.Errorf("read the state of %s: %w", account, err)
		}
		if o.Listed {
			sv.count(&o)
		}
	}
	var err error
	if sv.Refused, err = s.Rows(ctx, account, sv.refused...); err != nil {
		return Overview{}, fmt.Errorf("read the state of %s: %w", account, err)
	}
	// A run may have changed some since.
	sv.Refused = slices.DeleteFunc(sv.Refused, func(r state.Record) bool { return r.Status != state.Refused || !r.Listed })
	return sv.overview(), nil
}

type survey struct {
	Overview
	policy  Policy
	today   time.Time
	days    map[time.Time]*DueDay
	refused []string
	// fixed are the adopted and refused messages.
	fixed       int
	fixedOctets int64
}

func (s *survey) count(o *state.Outline) {
	s.Counts[o.Status]++
	if o.Status == state.Refused {
		s.refused = append(s.refused, o.UID)
	}
	if (o.Status == state.Refused || o.Status == state.Adopted) && !o.Dropped {
		s.fixed++
		s.fixedOctets += o.Size
	}
	at, due := goes(o, s.policy, s.today)
	if !due {
		return
	}
	if s.days[at] == nil {
		s.days[at] = &DueDay{Day: at}
	}
	s.days[at].Messages++
	s.days[at].Octets += o.Size
}

func (s *survey) overview() Overview {
	p := s.policy
	s.Stuck = p.KeepMessages > 0 && s.fixed > p.KeepMessages || p.KeepSize > 0 && s.fixedOctets > p.KeepSize
	for _, day := range slices.SortedFunc(maps.Keys(s.days), time.Time.Compare) {
		s.Due = append(s.Due, *s.days[day])
	}
	slices.SortFunc(s.Refused, func(a, b state.Record) int {
		return cmp.Or(a.FirstSeen.Compare(b.FirstSeen), cmp.Compare(a.UID, b.UID))
	})
	return s.Overview
}

// goes tells the day on which a message is deleted.
func goes(o *state.Outline, p Policy, today time.Time) (day time.Time, due bool) {
	if o.Dropped {
		return today, true
	}
	if o.Status != state.Imported || p.due(o.ImportedAt).IsZero() {
		return day, false
	}
	day = p.due(o.ImportedAt).UTC().Truncate(24 * time.Hour)
	if day.Before(today) {
		day = today
	}
	return day, true
}
