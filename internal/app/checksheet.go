package app

import (
	"context"
	"slices"

	"github.com/popbridge/popbridge/internal/bridge"
)

// The checks, in the order in which they depend on each other.
const (
	onConfiguration = "configuration"
	onPermissions   = "permissions"
	onName          = "name"
	onTLS           = "tls"
	onLogin         = "login"
	onCapabilities  = "capabilities"
	onListing       = "listing"
	onRetention     = "retention"
	onToken         = "token"
	onScopes        = "scopes"
	onAddress       = "address"
	onLabels        = "labels"
	onQuota         = "quota"
)

// outcome is how a check went.
type outcome string

const (
	outcomeOK      outcome = "ok"
	outcomeWarning outcome = "warning"
	outcomeFailed  outcome = "failed"
	outcomeSkipped outcome = "skipped"
)

// remark is one line of a check.
type remark struct {
	// subject is an account or a destination; empty for what all share.
	subject string
	check   string
	outcome outcome
	// text and hint may have further lines.
	text, hint string
	// class is that of a failure.
	class bridge.Class
}

// sheet is what is found of one subject.
type sheet struct {
	subject string
	remarks []remark
}

func (s *sheet) fine(check, text string) {
	s.remarks = append(s.remarks, remark{subject: s.subject, check: check, outcome: outcomeOK, text: text})
}

// fail notes a failure; it decides on the exit code.
func (s *sheet) fail(check string, f *bridge.Failure) {
	s.remarks = append(s.remarks, remark{subject: s.subject, check: check, outcome: outcomeFailed,
		text: f.Error(), hint: f.Hint, class: f.Class})
}

// notTried is the text of what wasn't tried.
const notTried = "not tried"

func (s *sheet) skip(check, why string) {
	s.remarks = append(s.remarks, remark{subject: s.subject, check: check, outcome: outcomeSkipped, text: why})
}

// advice is what works, but not as well as it could.
type advice struct{ text, hint string }

// report notes what was found of a check that didn't fail: facts alone, or
// with them a line for each advice.
func (s *sheet) report(check, facts string, all []advice) {
	if len(all) == 0 {
		s.fine(check, facts)
	}
	for i, a := range all {
		text := a.text
		if i == 0 && facts != "" {
			text = facts + "; " + text
		}
		s.remarks = append(s.remarks, remark{subject: s.subject, check: check, outcome: outcomeWarning, text: text, hint: a.hint})
	}
}

// checkStep is a check that depends on those before. It tells whether those after
// it can be tried; where it can't be tried itself, it notes nothing.
type checkStep struct {
	check string
	do    func(context.Context) bool
}

// inTurn takes steps until one fails or a person interrupts.
func (s *sheet) inTurn(ctx context.Context, steps ...checkStep) {
	for i, st := range steps {
		before := len(s.remarks)
		goOn := ctx.Err() == nil && st.do(ctx)
		if ctx.Err() != nil { // what went wrong says nothing
			s.remarks = s.remarks[:before]
			goOn = false
		}
		if goOn {
			continue
		}
		for _, rest := range steps[i:] {
			if !s.has(rest.check) {
				s.skip(rest.check, notTried)
			}
		}
		return
	}
}

func (s *sheet) has(check string) bool {
	return slices.ContainsFunc(s.remarks, func(f remark) bool { return f.check == check })
}
