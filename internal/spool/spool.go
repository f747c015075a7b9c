// Package spool holds fetched messages between the provider and Gmail, so
// that a mailbox is never kept locked while Gmail is waited for and that no
// message is uploaded before it is whole.
package spool

import (
	"context"
	"sync"
)

const (
	// DefaultBudget is how many octets all messages of a process may take.
	// It has room for one message of Gmail's largest (157,286,400).
	DefaultBudget = 256_000_000

	// largest is Gmail's largest message: half empty must have room for it,
	// or an account would come back in vain again and again.
	largest = 157_286_400

	// inMemory is the size up to which a message needs no file: most mail is
	// smaller, and creating a file for each costs more than fetching it.
	inMemory = 64 << 10
	// memoryBudget bounds what all messages without a file take together.
	memoryBudget = 16 << 20
	// maxFiles bounds the files open at once: a process may have 256 to 1,024
	// in all, and its connections need some.
	maxFiles = 128
)

// Spool is one budget of octets, shared by every account of a process.
type Spool struct {
	dir    string
	budget int64

	mu      sync.Mutex
	used    int64
	memory  int64
	files   int
	changed chan struct{}
}

// New gives a spool whose files lie in dir, which is made (0700) when the
// first message needs a file. Budget is in octets.
func New(dir string, budget int64) *Spool {
	return &Spool{dir: dir, budget: budget, changed: make(chan struct{})}
}

// Reserve sets size octets aside for a message. It gives false where they
// don't fit, or need one file too many, except that an empty spool takes a
// message of any size.
func (s *Spool) Reserve(size int64) (*Item, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.used > 0 && s.used+size > s.budget {
		return nil, false
	}
	i := &Item{spool: s, reserved: size}
	switch {
	case size <= inMemory && s.memory+size <= memoryBudget:
		i.booked = size
		s.memory += size
	case s.files >= maxFiles:
		return nil, false
	default:
		i.needsFile = true
		s.files++
	}
	s.used += size
	return i, true
}

// WaitHalfEmpty returns once at most half of the spool is taken, and there is
// room for any one message.
func (s *Spool) WaitHalfEmpty(ctx context.Context) error {
	for {
		s.mu.Lock()
		roomy := s.used <= min(s.budget/2, max(0, s.budget-largest)) && s.files <= maxFiles/2
		changed := s.changed
		s.mu.Unlock()
		if roomy {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		}
	}
}

// grow books what a message takes beyond its reservation: a size that LIST
// announced may be wrong, and the message is already coming.
func (s *Spool) grow(n int64) {
	s.mu.Lock()
	s.used += n
	s.mu.Unlock()
}

// takeMemory books n octets of memory more than were reserved, or gives false.
func (s *Spool) takeMemory(n int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.memory+n > memoryBudget {
		return false
	}
	s.memory += n
	return true
}

func (s *Spool) release(reserved, memory int64, files int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.used -= reserved
	s.memory -= memory
	s.files -= files
	close(s.changed)
	s.changed = make(chan struct{})
}
