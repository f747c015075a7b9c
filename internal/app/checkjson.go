package app

import "strings"

type checkJSON struct {
	Version int          `json:"version"`
	Exit    int          `json:"exit"`
	Checks  []remarkJSON `json:"checks"`
}

type remarkJSON struct {
	// Subject is an account or a destination; empty for what all share.
	Subject string  `json:"subject"`
	Check   string  `json:"check"`
	Result  outcome `json:"result"`
	Text    string  `json:"text"`
	Hint    string  `json:"hint"`
}

func (r *report) printCheckJSON(exit int) error {
	out := checkJSON{Version: 1, Exit: exit, Checks: []remarkJSON{}}
	for _, f := range r.remarks {
		out.Checks = append(out.Checks, remarkJSON{Subject: f.subject, Check: f.check, Result: f.outcome,
			Text: oneLine(f.text), Hint: oneLine(r.hinted(f.hint))})
	}
	return r.printJSON(out)
}

// oneLine joins the lines of a text.
func oneLine(text string) string { return printable(strings.ReplaceAll(text, "\n", "; ")) }
