package main

import (
	"fmt"
	"time"
)

// The mailboxes whose fetching must not take much memory.
func largeMail() []batch { return []batch{{1, 140 << 20}} }
func smallMail() []batch { return []batch{{1000, 10_000}} }

// memory is what popbridge takes at most, and where it keeps messages
// meanwhile.
func (b *bench) memory() ([]row, error) {
	large, err := b.largeMemory()
	if err != nil {
		return nil, err
	}
	small, err := b.smallMemory()
	if err != nil {
		return nil, err
	}
	return append(large, small...), nil
}

// largeMemory fetches one message that is nearly Gmail's largest.
func (b *bench) largeMemory() ([]row, error) {
	w, err := b.openWorld(farAway, largeMail())
	if err != nil {
		return nil, err
	}
	defer w.close()
	spy := &spoolSpy{dir: w.site.spool()}
	peak, err := b.highest(func() (usage, error) {
		if err := w.popbridge.fresh(); err != nil {
			return usage{}, err
		}
		u, err := b.watch(b.ctx, w.popbridge.command(), spy.look)
		if err != nil {
			return u, err
		}
		return u, w.proveImported(b)
	})
	if err != nil {
		return nil, err
	}
	if err := spy.verdict(); err != nil {
		return nil, err
	}
	if err := b.killInTheMiddle(w, spy); err != nil {
		return nil, err
	}
	return []row{b.memoryRow("one message of 140 MiB", peak, 96,
		"; its spool file was 0600 and had no name, nothing was left in the spool's folder by SIGKILL in mid-transfer")}, nil
}

// smallMemory fetches many small messages, and then looks at a mailbox where
// nothing is new.
func (b *bench) smallMemory() ([]row, error) {
	w, err := b.openWorld(farAway, smallMail())
	if err != nil {
		return nil, err
	}
	defer w.close()
	busy, err := b.highest(func() (usage, error) { return b.runFresh(w.popbridge, w.post.messages) })
	if err != nil {
		return nil, err
	}
	idle, err := b.highest(func() (usage, error) { return b.run(w.popbridge, w.post.messages) })
	if err != nil {
		return nil, err
	}
	return []row{b.memoryRow("1,000 messages of 10 KB", busy, 96, ""), b.memoryRow("idle, 1,000 messages known", idle, 40, "")}, nil
}

// highest is the highest peak of so many runs.
func (b *bench) highest(run func() (usage, error)) (octets int64, err error) {
	for range b.reps {
		u, err := run()
		if err != nil {
			return 0, err
		}
		octets = max(octets, u.MaxRSS)
	}
	return octets, nil
}

func (b *bench) memoryRow(what string, octets int64, aim int, note string) row {
	return row{Name: "memory", Measured: what + ": peak resident set", Popbridge: mebibytes(octets),
		Note: fmt.Sprintf("highest of %d runs; aim: at most %d MiB%s", b.reps, aim, note)}
}

// killInTheMiddle kills popbridge while a message is in the spool, looks at
// what that left there, and has the next run do the whole work.
func (b *bench) killInTheMiddle(w *world, spy *spoolSpy) error {
	if err := w.popbridge.fresh(); err != nil {
		return err
	}
	cmd := w.popbridge.command()
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start popbridge: %w", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for spy.largest = 0; spy.largest < w.post.octets/4; {
		select {
		case err := <-ended:
			return fmt.Errorf("popbridge ended before it could be killed: %v", err)
		case <-time.After(time.Millisecond):
			spy.look(cmd.Process.Pid)
		}
	}
	_ = cmd.Process.Kill() // it may just have ended, which Gmail's mail would show
	<-ended
	if err := spy.empty(); err != nil {
		return err
	}
	if got, err := w.popbridge.delivered(); err != nil || got != 0 {
		return fmt.Errorf("popbridge was killed too late: Gmail has %d messages (%v)", got, err)
	}
	if _, err := b.run(w.popbridge, w.post.messages); err != nil {
		return err
	}
	return w.proveImported(b)
}
