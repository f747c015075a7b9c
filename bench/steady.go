package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// steady is a provider, and a popbridge that has the rows of all its known
// messages.
type steady struct {
	*route
	provider *provider
	relay    *relay
	// imported is what `popbridge state import` took.
	imported usage
}

// openSteady makes one, with a round trip between.
func (b *bench) openSteady(spec providerSpec, roundTrip time.Duration) (s *steady, err error) {
	s = &steady{}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	if s.provider, err = startProvider(b.ctx, spec); err != nil {
		return s, err
	}
	addr := s.provider.addr()
	if roundTrip > 0 {
		if s.relay, err = startRelay(addr, roundTrip); err != nil {
			return s, err
		}
		addr = s.relay.Addr()
	}
	var accounts []account
	for _, box := range spec.Boxes {
		a := s.provider.account(box.User)
		a.Addr = addr
		accounts = append(accounts, a)
	}
	if s.route, err = b.openRoute(gmailOptions{}, 0, accounts...); err != nil {
		return s, err
	}
	return s, s.load(b, spec.Boxes)
}

// load imports the rows as a person would.
func (s *steady) load(b *bench, boxes []boxSpec) error {
	var rows bytes.Buffer
	if err := writeRows(&rows, s.gmail.Address(), time.Now(), boxes...); err != nil {
		return err
	}
	cmd := s.site.popbridge("state", "import")
	cmd.Stdin = &rows
	var err error
	s.imported, err = b.measure(b.ctx, cmd)
	return err
}

// takeUp is the first pass after an import: it has nothing to bring, but holds
// its clock against Gmail's, and notes which mailboxes it has.
func (s *steady) takeUp(b *bench) (usage, error) { return s.bring(b, 0) }

// pass is a run that has nothing to bring, and doesn't turn to Gmail.
func (s *steady) pass(b *bench) (usage, error) {
	u, err := s.bring(b, 0)
	if err != nil {
		return u, err
	}
	stats, err := s.gmail.Stats(b.ctx)
	if err == nil && stats.Total() > 0 {
		err = fmt.Errorf("gmail was asked although nothing is new: %v", stats.Requests)
	}
	return u, err
}

// bring is a run that brings so many messages, silently.
func (s *steady) bring(b *bench, messages int) (usage, error) {
	if err := s.gmail.Reset(b.ctx); err != nil {
		return usage{}, err
	}
	u, err := b.measure(b.ctx, s.site.popbridge("run"))
	if err != nil {
		return u, err
	}
	stats, err := s.gmail.Stats(b.ctx)
	switch {
	case err != nil:
	case stats.Messages != messages:
		err = fmt.Errorf("gmail has %d messages, want %d: %s%s", stats.Messages, messages, u.Stdout, u.Stderr)
	case len(u.Stdout)+len(u.Stderr) > 0:
		err = fmt.Errorf("popbridge was not silent: %s%s", u.Stdout, u.Stderr)
	}
	return u, err
}

func (s *steady) kept() string { return s.site.path("state.kept") }

// keepState keeps a copy of the state file, whose size it tells.
func (s *steady) keepState() (octets int64, err error) {
	if err := s.settled(); err != nil {
		return 0, err
	}
	return copyFile(s.kept(), s.site.statePath())
}

// restoreState puts the copy back in its place.
func (s *steady) restoreState() error {
	if err := s.settled(); err != nil {
		return err
	}
	_, err := copyFile(s.site.statePath(), s.kept())
	return err
}

// settled fails where the state isn't one file alone.
func (s *steady) settled() error {
	if info, err := os.Stat(s.site.statePath() + "-wal"); err == nil && info.Size() > 0 {
		return fmt.Errorf("the state has a write-ahead log of %d octets beside it", info.Size())
	}
	return nil
}

func copyFile(to, from string) (octets int64, err error) {
	in, err := os.Open(from)
	if err != nil {
		return 0, fmt.Errorf("copy the state: %w", err)
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, fmt.Errorf("copy the state: %w", err)
	}
	octets, err = io.Copy(out, in)
	// Not synced here, it would be in the way of the run that is measured.
	if err = errors.Join(err, out.Sync(), out.Close()); err != nil {
		return 0, fmt.Errorf("copy the state: %w", err)
	}
	return octets, nil
}

func (s *steady) close() error {
	var err error
	if s.route != nil {
		err = s.route.close()
	}
	if s.relay != nil {
		err = errors.Join(err, s.relay.Close())
	}
	if s.provider != nil {
		err = errors.Join(err, s.provider.Close())
	}
	return err
}
