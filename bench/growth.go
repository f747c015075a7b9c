package main

import (
	"errors"
	"fmt"
	"time"
)

// growing is a mailbox of known messages that new ones come to.
type growing struct {
	known, added int
	// file is the size of the state in octets, with the known rows alone.
	file int64

	run, idle, status []usage
	listing           []time.Duration
}

// lines is how many messages the measured listing has.
func (g *growing) lines() int { return g.known + g.added }

// beyond is what a run takes beyond the listing's transfer.
func (g *growing) beyond() time.Duration { return median(walls(g.run)) - median(g.listing) }

func walls(all []usage) (v []time.Duration) {
	for _, u := range all {
		v = append(v, u.Wall)
	}
	return v
}

func peaks(all []usage) (v []int64) {
	for _, u := range all {
		v = append(v, u.MaxRSS)
	}
	return v
}

// growth looks at how a run grows with the mailbox.
func (b *bench) growth() ([]row, error) { return b.growthOf(100, 1_000, 10_000, 100_000) }

func (b *bench) growthOf(added int, sizes ...int) ([]row, error) {
	var all []*growing
	for _, known := range sizes {
		g, err := b.grow(known, added)
		if err != nil {
			return nil, fmt.Errorf("%d known messages: %w", known, err)
		}
		all = append(all, g)
	}
	return growthRows(all, b.reps), nil
}

// grow measures with one size of mailbox, from the same state each time.
func (b *bench) grow(known, added int) (g *growing, err error) {
	box := boxSpec{User: postUser, Known: known, Size: 4000}
	s, err := b.openSteady(providerSpec{Boxes: []boxSpec{box}}, 0)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	// The first pass takes up the mailbox, which later ones needn't.
	if _, err := s.takeUp(b); err != nil {
		return nil, err
	}
	g = &growing{known: known, added: added}
	if g.file, err = s.keepState(); err != nil {
		return nil, err
	}
	for range b.reps {
		if err := b.growOnce(s, box, g); err != nil {
			return nil, err
		}
	}
	return g, nil
}

// growOnce measures a pass with nothing new, the bare listing, a run with what
// is new, and status.
func (b *bench) growOnce(s *steady, box boxSpec, g *growing) error {
	if err := s.restoreState(); err != nil {
		return err
	}
	if err := s.provider.fill(b.ctx, box); err != nil {
		return err
	}
	u, err := s.pass(b)
	if err != nil {
		return err
	}
	g.idle = append(g.idle, u)
	box.New = g.added
	if err := s.provider.fill(b.ctx, box); err != nil {
		return err
	}
	took, messages, err := bareListing(s.provider.account(box.User))
	if err == nil && messages != g.lines() {
		err = fmt.Errorf("the listing has %d messages, want %d", messages, g.lines())
	}
	if err != nil {
		return err
	}
	g.listing = append(g.listing, took)
	if u, err = s.bring(b, g.added); err != nil {
		return err
	}
	g.run = append(g.run, u)
	if u, err = b.measure(b.ctx, s.site.popbridge("status")); err != nil {
		return err
	}
	g.status = append(g.status, u)
	b.logf("%d known and %d new: listing %s, run %s, %s; status %s", g.known, g.added, seconds(took),
		seconds(g.run[len(g.run)-1].Wall), mebibytes(g.run[len(g.run)-1].MaxRSS), seconds(u.Wall))
	return nil
}
