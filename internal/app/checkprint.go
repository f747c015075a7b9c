package app

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/popbridge/popbridge/internal/bridge"
)

// report prints remarks as they come, or all at the end in JSON.
type report struct {
	*program
	json, colour bool
	// width is that of the column of subjects and checks.
	width   int
	remarks []remark
}

func (p *program) newReport(json bool) *report {
	return &report{program: p, json: json, width: len(onConfiguration),
		colour: p.StdoutIsTerminal && p.Getenv("NO_COLOR") == "" && p.Getenv("TERM") != "dumb"}
}

// layOut makes room for all that a checkup may find.
func (r *report) layOut(k *checkup) {
	for _, a := range k.accounts {
		r.width = max(r.width, len(remark{subject: a.Name, check: onCapabilities}.label()))
	}
	for _, t := range k.targets {
		r.width = max(r.width, len(remark{subject: t.Name, check: onAddress}.label()))
	}
}

func (r *report) add(s *sheet) {
	r.remarks = append(r.remarks, s.remarks...)
	if r.json {
		return
	}
	for rest := s.remarks; len(rest) > 0; {
		f, n := together(rest)
		rest = rest[n:]
		r.print(f)
	}
}

// together makes one line of checks that weren't tried, and tells how many.
func together(all []remark) (f remark, n int) {
	f, n = all[0], 1
	var others []string
	for n < len(all) && f.text == notTried && all[n].text == notTried && all[n].subject == f.subject {
		others = append(others, checkLabel(all[n].check))
		n++
	}
	if len(others) > 0 {
		f.text += ", nor " + strings.Join(others, ", ")
	}
	return f, n
}

// label names subject and check for people.
func (f remark) label() string {
	if f.subject == "" {
		return checkLabel(f.check)
	}
	return f.subject + ": " + checkLabel(f.check)
}

func checkLabel(check string) string {
	if check == onTLS {
		return "TLS"
	}
	return check
}

// indent is that of the lines below a remark's first.
const indent = "        "

func (r *report) print(f remark) {
	first, more, _ := strings.Cut(f.text, "\n")
	r.say("%-*s  %s  %s", r.width, f.label(), r.mark(f.outcome), printable(first))
	for line := range strings.Lines(more) {
		r.say("%s%s", indent, printable(strings.TrimSpace(line)))
	}
	for line := range strings.Lines(f.hint) {
		r.say("%shint: %s", indent, printable(r.hinted(strings.TrimSpace(line))))
	}
}

// mark is the column of outcomes. Nobody is to take for ok what wasn't tried.
func (r *report) mark(o outcome) string {
	word, colour := string(o), map[outcome]string{
		outcomeOK: "\x1b[32m", outcomeWarning: "\x1b[33m", outcomeFailed: "\x1b[31m", outcomeSkipped: "\x1b[2m"}[o]
	if o == outcomeSkipped {
		word = "-"
	}
	word = fmt.Sprintf("%-*s", len(outcomeWarning), word)
	if !r.colour {
		return word
	}
	return colour + word + "\x1b[0m"
}

// finish sums up, and gives the exit code as an error.
func (r *report) finish(ctx context.Context) error {
	worst, count := bridge.Well, map[outcome]int{}
	for _, f := range r.remarks {
		worst = max(worst, f.class)
		count[f.outcome]++
	}
	code := exitCodes[worst]
	switch {
	case r.json:
		if err := r.printCheckJSON(r.exit(code)); err != nil {
			return err
		}
	case ctx.Err() == nil:
		r.say("%s", verdict(count[outcomeFailed], count[outcomeWarning]))
	}
	if code != exitOK {
		return exitError{code}
	}
	return nil
}

// verdict is the last line.
func verdict(failures, warnings int) string {
	text := "all well"
	if failures > 0 {
		text = counted(failures, "thing") + " to mend"
	}
	if warnings > 0 {
		text += ", " + counted(warnings, "warning")
	}
	return text
}

// homely writes ~ for the home folder.
func (p *program) homely(path string) string {
	if rest, ok := strings.CutPrefix(path, p.Home+string(filepath.Separator)); ok && p.Home != "" {
		return "~" + string(filepath.Separator) + rest
	}
	return path
}
