package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// farAway is the round trip that the tools are measured at.
const farAway = 40 * time.Millisecond

// world is a mailbox, a Gmail, and the tools between.
type world struct {
	post  *post
	gmail *gmailProcess
	site  *site
	// popbridge and mpop, and then the slow ones.
	popbridge, mpop, fetchmail, getmail tool
}

// openWorld starts all that a comparison takes.
func (b *bench) openWorld(roundTrip time.Duration, mail []batch) (w *world, err error) {
	w = &world{}
	defer func() {
		if err != nil {
			err = errors.Join(err, w.close())
		}
	}()
	if w.post, err = b.openPost(roundTrip, mail); err != nil {
		return w, err
	}
	if w.gmail, err = b.startGmail(gmailOptions{}); err != nil {
		return w, err
	}
	a := w.post.account()
	if w.site, err = b.newSite(siteOptions{Gmail: w.gmail, Accounts: []account{a}}); err != nil {
		return w, err
	}
	w.popbridge = b.popbridge(w.site)
	var wrong [3]error
	w.mpop, wrong[0] = b.mpop(a)
	w.fetchmail, wrong[1] = b.fetchmail(a)
	w.getmail, wrong[2] = b.getmail(a)
	return w, errors.Join(wrong[:]...)
}

func (w *world) close() error {
	var err error
	if w.gmail != nil {
		err = w.gmail.Close()
	}
	if w.post != nil {
		err = errors.Join(err, w.post.close())
	}
	return err
}

// fetchAll has the tools fetch the whole mailbox in turn.
func (b *bench) fetchAll(w *world, tools ...tool) (measurements, error) {
	times := func(t tool) int {
		if t.name == w.fetchmail.name || t.name == w.getmail.name {
			return b.slowReps
		}
		return b.reps
	}
	return turns(tools, times, func(t tool) (usage, error) {
		if t.name == w.popbridge.name {
			return b.importAll(w)
		}
		return b.runFresh(t, w.post.messages)
	})
}

// importAll is a run of popbridge that is new to the mailbox. What the
// stand-in takes meanwhile, popbridge doesn't get.
func (b *bench) importAll(w *world) (usage, error) {
	before, err := w.gmail.Stats(b.ctx)
	if err != nil {
		return usage{}, err
	}
	u, err := b.runFresh(w.popbridge, w.post.messages)
	if err != nil {
		return u, err
	}
	after, err := w.gmail.Stats(b.ctx)
	b.logf("%-10s CPU %s", "stand-in", seconds(after.CPU-before.CPU))
	return u, errors.Join(err, w.proveImported(b))
}

// proveImported fails unless Gmail holds as much mail as the mailbox, and the
// state knows it.
func (w *world) proveImported(b *bench) error {
	stats, err := w.gmail.Stats(b.ctx)
	if err != nil {
		return err
	}
	if stats.Messages != w.post.messages || stats.Octets != w.post.octets {
		return fmt.Errorf("gmail has %d messages of %d octets, the mailbox %d of %d", stats.Messages, stats.Octets, w.post.messages, w.post.octets)
	}
	return w.proveRecorded()
}

// proveRecorded fails unless the state has each message as imported.
func (w *world) proveRecorded() error {
	out, err := w.site.popbridge("status", "--json").Output()
	if err != nil {
		return fmt.Errorf("ask for the status: %w", err)
	}
	var status struct {
		Accounts []struct {
			Counts struct{ Imported int }
		}
	}
	if err := json.Unmarshal(out, &status); err != nil {
		return fmt.Errorf("read the status: %w", err)
	}
	if len(status.Accounts) != 1 || status.Accounts[0].Counts.Imported != w.post.messages {
		return fmt.Errorf("the state doesn't have all %d messages as imported: %s", w.post.messages, out)
	}
	return nil
}

// backlog fetches a full mailbox that is far away.
func (b *bench) backlog() ([]row, error) {
	w, err := b.openWorld(farAway, backlogMail())
	if err != nil {
		return nil, err
	}
	defer w.close()
	m, err := b.fetchAll(w, w.popbridge, w.mpop, w.fetchmail, w.getmail)
	if err != nil {
		return nil, err
	}
	what := w.post.what() + ", 40 ms round trip"
	speed := compare(m, "backlog", what+": time", wall, seconds)
	speed.Ratio = m.part("mpop", wall) + ", " + m.multiple("fetchmail", wall) + ", " + m.multiple("getmail", wall)
	speed.Note = m.sample() + "; aim: at most 1.00 of mpop, at least 30 times as fast as the others"
	cpu := compare(m, "backlog", what+": user and system time", usage.CPU, seconds)
	cpu.Ratio = m.part("mpop", usage.CPU)
	rss := compare(m, "backlog", what+": peak resident set", peak, mebibytes)
	rss.Note = "aim: at most 96 MiB"
	return []row{speed, cpu, rss}, nil
}

// near fetches the same mailbox without a delay.
func (b *bench) near() ([]row, error) {
	w, err := b.openWorld(0, backlogMail())
	if err != nil {
		return nil, err
	}
	defer w.close()
	m, err := b.fetchAll(w, w.popbridge, w.mpop)
	if err != nil {
		return nil, err
	}
	r := compare(m, "near", w.post.what()+", no delay: time", wall, seconds)
	r.Ratio = m.part("mpop", wall)
	r.Note = m.sample() + "; aim: at most 2.00 of mpop"
	return []row{r}, nil
}
