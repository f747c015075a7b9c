package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/popbridge/popbridge/internal/bridge"
	"github.com/popbridge/popbridge/state"
)

type runJSON struct {
	Version  int              `json:"version"`
	DryRun   bool             `json:"dry_run"`
	Exit     int              `json:"exit"`
	Accounts []runAccountJSON `json:"accounts"`
}

type runAccountJSON struct {
	Name     string       `json:"name"`
	To       string       `json:"to"`
	Exit     int          `json:"exit"`
	Error    string       `json:"error"`
	Hint     string       `json:"hint"`
	Listed   int          `json:"listed"`
	Octets   int64        `json:"octets"`
	Imported int          `json:"imported"`
	Deleted  int          `json:"deleted"`
	Refused  int          `json:"refused"`
	InDoubt  int          `json:"in_doubt"`
	Actions  []actionJSON `json:"actions"`
}

type actionJSON struct {
	UID    string        `json:"uid"`
	Size   int64         `json:"size"`
	Verb   bridge.Verb   `json:"verb"`
	Reason bridge.Reason `json:"reason"`
	Due    *time.Time    `json:"due"`
}

func (p *program) printRunJSON(results []bridge.Result, dry bool) error {
	out := runJSON{Version: 1, DryRun: dry, Exit: p.exit(gravest(results)), Accounts: []runAccountJSON{}}
	for _, r := range results {
		a := runAccountJSON{Name: r.Name, To: r.To, Exit: exitOf(r.Failure), Listed: r.Listed, Octets: r.Octets,
			Imported: r.Imported, Deleted: r.Deleted, Refused: len(r.Refusals), InDoubt: r.InDoubt, Actions: []actionJSON{}}
		switch {
		case r.Failure == nil:
		case errors.Is(r.Failure, context.Canceled):
			a.Exit, a.Error = p.exit(a.Exit), "interrupted"
		default:
			a.Error, a.Hint = printable(r.Failure.Error()), p.hintLine(hintOf(r.Failure))
		}
		for _, action := range r.Actions {
			a.Actions = append(a.Actions, actionJSON{UID: state.EscapeUID(action.UID), Size: action.Size,
				Verb: action.Verb, Reason: action.Reason, Due: moment(action.Due)})
		}
		out.Accounts = append(out.Accounts, a)
	}
	return p.printJSON(out)
}

func (p *program) printJSON(v any) error {
	e := json.NewEncoder(p.Stdout)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	return nil
}

// moment is a time in JSON: UTC, or null for never.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	u := t.UTC().Truncate(time.Second)
	return &u
}
