package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"time"
)

// usage is what a command took and gave.
type usage struct {
	Wall, User, Sys time.Duration
	// MaxRSS is the peak resident set of its process, in octets.
	MaxRSS         int64
	Exit           int
	Stdout, Stderr []byte
}

// CPU is user and system time, that of its children included.
func (u usage) CPU() time.Duration { return u.User + u.Sys }

// rssEvery is the time between looks at a process's memory.
const rssEvery = 5 * time.Millisecond

// measure runs a command to its end. It fails where it can't run, ends with
// another status than 0, or the context ends before; what was measured
// is given even then.
func (b *bench) measure(ctx context.Context, cmd *exec.Cmd) (usage, error) {
	return b.watch(ctx, cmd, func(int) {})
}

// watch is measure that lets look see the process by its id, again and again
// until it ends.
func (b *bench) watch(ctx context.Context, cmd *exec.Cmd, look func(pid int)) (usage, error) {
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	begin := time.Now()
	if err := cmd.Start(); err != nil {
		return usage{}, fmt.Errorf("start %s: %w", cmd.Path, err)
	}
	inherited := peakRSS("self") // which the kernel books on the new process, too
	stop := context.AfterFunc(ctx, func() { _ = cmd.Process.Kill() })
	seen := lookAfter(cmd.Process.Pid, look)
	err := cmd.Wait()
	u := usage{Wall: time.Since(begin), MaxRSS: seen()}
	stop()
	u.Exit, u.Stdout, u.Stderr = cmd.ProcessState.ExitCode(), stdout.Bytes(), stderr.Bytes()
	u.User, u.Sys = cmd.ProcessState.UserTime(), cmd.ProcessState.SystemTime()
	if booked := bookedRSS(cmd.ProcessState); booked > inherited {
		u.MaxRSS = booked
	}
	if err != nil {
		err = fmt.Errorf("run %s: %w: %s", cmd, errors.Join(err, ctx.Err()), tail(u.Stderr))
	}
	return u, err
}

// lookAfter looks at a process until the function it gives is called, which
// tells the peak resident set that was seen.
func lookAfter(pid int, look func(pid int)) func() int64 {
	done, gone := make(chan struct{}), make(chan struct{})
	var peak int64
	go func() {
		defer close(gone)
		for tick := time.NewTicker(rssEvery); ; {
			select {
			case <-done:
				tick.Stop()
				return
			case <-tick.C:
				peak = max(peak, peakRSS(fmt.Sprint(pid)))
				look(pid)
			}
		}
	}()
	return func() int64 {
		close(done)
		<-gone
		return peak
	}
}

// median is the middle of v, the lower one of two; the zero value of none.
func median[T cmp.Ordered](v []T) T {
	if len(v) == 0 {
		var none T
		return none
	}
	return slices.Sorted(slices.Values(v))[(len(v)-1)/2]
}

// tail is the end of what a command said.
func tail(said []byte) []byte {
	return bytes.TrimSpace(said[max(0, len(said)-1000):])
}
