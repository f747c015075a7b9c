package app_test

import (
	"slices"

	"github.com/popbridge/popbridge/gmail/gmailtest"
	"github.com/popbridge/popbridge/pop3/pop3test"
)

// popBreaks are what goes wrong with POP3 for a run, by name.
var popBreaks = map[string]struct {
	command string
	fault   pop3test.Fault
}{
	"RETR cut":       {"RETR", pop3test.Fault{Kind: pop3test.Cut, N: 60}},
	"RETR truncated": {"RETR", pop3test.Fault{Kind: pop3test.Truncate, N: 60}},
	"TOP cut":        {"TOP", pop3test.Fault{Kind: pop3test.Close}},
	"DELE cut":       {"DELE", pop3test.Fault{Kind: pop3test.Close}},
	"QUIT unsaid":    {"QUIT", pop3test.Fault{Kind: pop3test.DoneClose}},
}

// spoil has something go wrong in the next run: once, at the nth occasion.
func (p *player) spoil(s turn) {
	p.broken = true
	nth := s.which % 4
	if b, ok := popBreaks[s.what]; ok {
		p.h.setPOPFault(func(e pop3test.Event) pop3test.Fault {
			if e.Command != b.command {
				return pop3test.Fault{}
			}
			if nth--; nth != -1 {
				return pop3test.Fault{}
			}
			return b.fault
		})
		return
	}
	switch s.what {
	case "UIDL short":
		p.box.EditListing(func(kind string, lines []string) []string {
			if kind == "UIDL" && len(lines) > 0 {
				at := s.which % len(lines)
				return slices.Delete(lines, at, at+1)
			}
			return lines
		})
	case "import lost":
		p.spoilUploads(nth, gmailtest.StageCommit, gmailtest.Cut())
	case "answer lost":
		p.spoilUploads(nth, gmailtest.StageAnswer, gmailtest.Cut())
	case "limited":
		p.spoilUploads(nth, gmailtest.StageBefore, gmailtest.RateLimited("600"))
	}
}

// spoilUploads has the nth upload go wrong. Where its answer is lost and
// neither Gmail folds it nor can be asked, it may be there twice.
func (p *player) spoilUploads(nth int, stage gmailtest.Stage, f *gmailtest.Fault) {
	p.h.gmail.SetFault(func(r gmailtest.Request) *gmailtest.Fault {
		upload := r.Kind == gmailtest.KindImport || r.Kind == gmailtest.KindInsert
		if !upload || r.Stage != stage {
			return nil
		}
		if nth--; nth != -1 {
			return nil
		}
		if stage == gmailtest.StageAnswer && (r.MessageID == "" || !p.verify && r.Kind == gmailtest.KindInsert) {
			p.doubles.Add(1)
		}
		return f
	})
}
