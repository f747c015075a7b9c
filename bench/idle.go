package main

import (
	"errors"
	"fmt"
	"time"
)

// idleMail is what an idle mailbox holds.
func idleMail() []batch { return []batch{{5000, 1000}} }

// idle looks at a mailbox that holds nothing new, which is most of what cron
// does.
func (b *bench) idle() ([]row, error) {
	w, err := b.openWorld(farAway, idleMail())
	if err != nil {
		return nil, err
	}
	defer w.close()
	m, err := b.lookAgain(w)
	if err != nil {
		return nil, err
	}
	version, err := b.versionTime(w.site)
	if err != nil {
		return nil, err
	}
	return idleRows(m, w.post.what()+", all known, 40 ms round trip", version), nil
}

var errAsked = errors.New("gmail was asked while there was nothing new")

// lookAgain has each tool fetch the mailbox, and then measures runs that find
// nothing new. Getmail rarely fetches 5,000 messages without an accident (see
// bench.getmail).
func (b *bench) lookAgain(w *world) (measurements, error) {
	tools := []tool{w.popbridge, w.mpop, w.fetchmail}
	w.post.relay.setTrip(0)
	for _, t := range tools {
		if err := b.acquaint(t, w.post.messages); err != nil {
			return nil, err
		}
	}
	w.post.relay.setTrip(farAway)
	before, err := w.gmail.Stats(b.ctx)
	if err != nil {
		return nil, err
	}
	m, err := turns(tools, func(tool) int { return b.reps }, func(t tool) (usage, error) {
		return b.run(t, w.post.messages)
	})
	if err != nil {
		return nil, err
	}
	after, err := w.gmail.Stats(b.ctx)
	if err == nil && after.Total() != before.Total() {
		err = fmt.Errorf("%w: %v, before %v", errAsked, after.Requests, before.Requests)
	}
	return m, err
}

// acquaint has a tool know all messages. After the run that fetched them comes
// another, which may still settle what that one left.
func (b *bench) acquaint(t tool, messages int) error {
	if _, err := b.runFresh(t, messages); err != nil {
		return err
	}
	_, err := b.run(t, messages)
	return err
}

// versionTime is the user and system time of `popbridge --version`: what it
// costs to start at all.
func (b *bench) versionTime(s *site) (time.Duration, error) {
	var v []time.Duration
	for range b.reps {
		u, err := b.measure(b.ctx, s.popbridge("--version"))
		if err != nil {
			return 0, err
		}
		v = append(v, u.CPU())
	}
	return median(v), nil
}

func idleRows(m measurements, what string, version time.Duration) []row {
	speed := compare(m, "idle", what+": time", wall, seconds)
	speed.Ratio = m.part("mpop", wall)
	speed.Note = m.sample() + "; no request to Gmail; aim: at most 1.00 of mpop"
	cpu := compare(m, "idle", what+": user and system time", usage.CPU, milliseconds)
	cpu.Note = fmt.Sprintf("%s beyond `popbridge --version` (%s); aim: at most 30 ms",
		milliseconds(middle(m, "popbridge", usage.CPU)-version), milliseconds(version))
	rss := compare(m, "idle", what+": peak resident set", peak, mebibytes)
	rss.Note = "aim: at most 40 MiB"
	return []row{speed, cpu, rss}
}
