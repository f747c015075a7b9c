package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// bench holds what all rows share.
type bench struct {
	// dir is this run's folder, which is removed at its end.
	dir string
	// program is the popbridge that is measured.
	program string
	// reps says how often each thing is measured; slowReps, how often those
	// are that take minutes.
	reps, slowReps int
	// quotaReps says how often what waits for Gmail's quota is measured.
	quotaReps int
	// log takes the progress, a line each.
	log io.Writer
	ctx context.Context
}

// row is a line of the result table.
type row struct {
	Name string
	// Measured is what was measured, with its unit.
	Measured string
	// Popbridge is popbridge's figure, Others those of the other tools, such
	// as "mpop 1.56 s, fetchmail 88.6 s".
	Popbridge, Others string
	Ratio, Note       string
}

// section is a group of rows that are measured together.
type section struct {
	name string
	run  func(*bench) ([]row, error)
}

func (b *bench) sectionNames() []string {
	var names []string
	for _, s := range b.sections() {
		names = append(names, s.name)
	}
	return names
}

// choose gives the sections with these names, all for none.
func (b *bench) choose(names string) ([]section, error) {
	if names == "" {
		return b.sections(), nil
	}
	var chosen []section
	for name := range strings.SplitSeq(names, ",") {
		i := slices.IndexFunc(b.sections(), func(s section) bool { return s.name == name })
		if i < 0 {
			return nil, fmt.Errorf("-rows: there is no %q; there are %s", name, strings.Join(b.sectionNames(), ", "))
		}
		chosen = append(chosen, b.sections()[i])
	}
	return chosen, nil
}

// runAll measures the sections. What was measured before an error is lost:
// a table with holes would be taken for the whole.
func (b *bench) runAll(sections []section) ([]row, error) {
	var rows []row
	for _, s := range sections {
		b.logf("== %s", s.name)
		more, err := s.run(b)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.name, err)
		}
		rows = append(rows, more...)
	}
	return rows, nil
}

// logf says a line about the progress.
func (b *bench) logf(format string, args ...any) {
	fmt.Fprintf(b.log, format+"\n", args...)
}

// folder makes a new folder of this run.
func (b *bench) folder(name string) (string, error) {
	dir, err := os.MkdirTemp(b.dir, name+"-")
	if err != nil {
		return "", fmt.Errorf("make a folder: %w", err)
	}
	return filepath.Abs(dir)
}
