package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// fleet looks over many accounts that have nothing new.
func (b *bench) fleet() ([]row, error) { return b.fleetOf(1000, 50, 16, 64) }

// defaultJobs is how many accounts popbridge works on unless it is told.
const defaultJobs = 16

// fleetOf measures with each number of jobs.
func (b *bench) fleetOf(accounts, messages int, jobs ...int) (rows []row, err error) {
	var spec providerSpec
	for i := range accounts {
		spec.Boxes = append(spec.Boxes, boxSpec{User: fmt.Sprintf("account-%04d", i), Known: messages, Size: 4000})
	}
	s, err := b.openSteady(spec, farAway)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	// The first pass takes up the mailboxes, which later ones needn't.
	first, err := s.takeUp(b)
	if err != nil {
		return nil, err
	}
	b.logf("state import: %s, %s; first pass: %s, CPU %s", seconds(s.imported.Wall), mebibytes(s.imported.MaxRSS),
		seconds(first.Wall), seconds(first.CPU()))
	for _, n := range jobs {
		r, err := b.fleetRow(s, len(spec.Boxes), messages, n)
		if err != nil {
			return nil, fmt.Errorf("%d jobs: %w", n, err)
		}
		rows = append(rows, r)
	}
	rows[0].Note += fmt.Sprintf("; first pass after the import %s", seconds(first.Wall))
	return rows, nil
}

func (b *bench) fleetRow(s *steady, accounts, messages, jobs int) (row, error) {
	s.site.options.Top = nil
	if jobs != defaultJobs {
		s.site.options.Top = []string{fmt.Sprintf("jobs = %d", jobs)}
	}
	if err := s.site.write("config.toml", []byte(s.site.config())); err != nil {
		return row{}, err
	}
	var passes []usage
	var costs providerCosts
	for range b.reps {
		u, c, err := s.countedPass(b, accounts)
		if err != nil {
			return row{}, err
		}
		costs = c
		b.logf("%d accounts, %d jobs: %s, CPU %s, %s", accounts, jobs, seconds(u.Wall), seconds(u.CPU()), mebibytes(u.MaxRSS))
		passes = append(passes, u)
	}
	return row{Name: fmt.Sprintf("fleet, %d jobs", jobs),
		Measured:  fmt.Sprintf("%d accounts of %d known messages and none new, 40 ms round trip, one process: wall time of a pass over all", accounts, messages),
		Popbridge: seconds(median(walls(passes))), Others: "the aim is at most 60 s",
		Ratio: fmt.Sprintf("%.2f", median(walls(passes)).Seconds()/time.Minute.Seconds()),
		Note: fmt.Sprintf("CPU %s; peak resident set %s; an account costs %s; no Gmail request, exit 0, silent%s",
			seconds(median(cpus(passes))), mebibytes(median(peaks(passes))), costs.perSession(), ofRuns(len(passes)))}, nil
}

// countedPass is a pass of one session with each account, and what it cost.
func (s *steady) countedPass(b *bench, accounts int) (u usage, c providerCosts, err error) {
	if err := s.provider.reset(b.ctx); err != nil {
		return u, c, err
	}
	if u, err = s.pass(b); err != nil {
		return u, c, err
	}
	if c, err = s.provider.costs(b.ctx); err != nil {
		return u, c, err
	}
	if c.Sessions != accounts {
		err = fmt.Errorf("%d sessions with %d accounts", c.Sessions, accounts)
	}
	return u, c, err
}

// perSession is what a session costs on the average, as its server saw it.
func (c providerCosts) perSession() string {
	n := float64(c.Sessions)
	var verbs []string
	for verb := range c.Verbs {
		verbs = append(verbs, verb)
	}
	slices.Sort(verbs)
	return fmt.Sprintf("%.1f commands (%s) in %.1f round trips, those of TCP and TLS left out",
		float64(c.Commands)/n, strings.Join(verbs, " "), float64(c.RoundTrips)/n)
}
