package app

import (
	"time"

	"github.com/popbridge/popbridge/state"
)

type statusJSON struct {
	Version  int                 `json:"version"`
	Accounts []statusAccountJSON `json:"accounts"`
}

type statusAccountJSON struct {
	Name string `json:"name"`
	To   string `json:"to"`
	// Listed and Octets are of the last whole listing.
	Listed int   `json:"listed"`
	Octets int64 `json:"octets"`
	// Occupancy is of 1; null without a configured capacity.
	Occupancy    *float64      `json:"occupancy"`
	Counts       countsJSON    `json:"counts"`
	LastRun      *time.Time    `json:"last_run"`
	LastSuccess  *time.Time    `json:"last_success"`
	Failures     int           `json:"failures"`
	FailingSince *time.Time    `json:"failing_since"`
	Error        string        `json:"error"`
	Hint         string        `json:"hint"`
	Due          []dueJSON     `json:"due"`
	Refused      []refusedJSON `json:"refused"`
}

type countsJSON struct {
	Pending  int `json:"pending"`
	Imported int `json:"imported"`
	Adopted  int `json:"adopted"`
	Refused  int `json:"refused"`
}

type dueJSON struct {
	Day      string `json:"day"`
	Messages int    `json:"messages"`
	Octets   int64  `json:"octets"`
}

type refusedJSON struct {
	UID    string     `json:"uid"`
	Size   int64      `json:"size"`
	Reason string     `json:"reason"`
	Since  *time.Time `json:"since"`
}

func (p *program) printStatusJSON(all []standing) error {
	out := statusJSON{Version: 1, Accounts: []statusAccountJSON{}}
	for _, st := range all {
		a := st.json()
		a.Hint = p.hintLine(st.known.Hint)
		out.Accounts = append(out.Accounts, a)
	}
	return p.printJSON(out)
}

func (st standing) json() statusAccountJSON {
	k, n := st.known, st.overview.Counts
	a := statusAccountJSON{
		Name: st.config.Name, To: st.config.To, Listed: k.Listed, Octets: k.Octets,
		Counts: countsJSON{Pending: n[state.Pending], Imported: n[state.Imported],
			Adopted: n[state.Adopted], Refused: n[state.Refused]},
		LastRun: moment(k.LastRun), LastSuccess: moment(k.LastSuccess), Failures: k.Failures,
		FailingSince: moment(k.FailingSince), Error: printable(k.Error),
		Due: []dueJSON{}, Refused: []refusedJSON{},
	}
	if share, known := st.occupancy(); known {
		a.Occupancy = &share
	}
	for _, d := range st.overview.Due {
		a.Due = append(a.Due, dueJSON{Day: d.Day.Format(day), Messages: d.Messages, Octets: d.Octets})
	}
	for _, r := range st.overview.Refused {
		a.Refused = append(a.Refused, refusedJSON{UID: state.EscapeUID(r.UID), Size: r.Size,
			Reason: printable(r.Reason), Since: moment(r.FirstSeen)})
	}
	return a
}
