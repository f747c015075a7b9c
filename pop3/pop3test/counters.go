package pop3test

import (
	"slices"
	"sync"
	"time"
)

// maxCommands bounds the transcript of a server that is left running.
const maxCommands = 1 << 16

// counters are what the clients cost.
type counters struct {
	mu         sync.Mutex
	commands   []string
	roundTrips int
	sessions   int
	locked     time.Duration          // of sessions that have ended
	logins     map[*session]time.Time // of those that have not
}

// Commands is the transcript of the commands received by all sessions, with
// *** for secrets. Of a long one only the last are kept.
func (s *Server) Commands() []string {
	c := &s.counters
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.commands)
}

// RoundTrips is how often a session had to wait for its client's commands and
// got some. The handshake of TLS isn't counted. Commands sent together count
// once, unless they arrive in pieces.
func (s *Server) RoundTrips() int {
	c := &s.counters
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.roundTrips
}

// Sessions is the number of connections.
func (s *Server) Sessions() int {
	c := &s.counters
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.sessions
}

// LockedFor is how long sessions had a mailbox, from login to end, by
// Options.Now; that of sessions still open included.
func (s *Server) LockedFor() time.Duration {
	now := s.opts.Now()
	c := &s.counters
	c.mu.Lock()
	defer c.mu.Unlock()
	total := c.locked
	for _, since := range c.logins {
		total += now.Sub(since)
	}
	return total
}

// ResetCounters starts Commands, RoundTrips, Sessions and LockedFor anew. The
// numbers of sessions in events go on.
func (s *Server) ResetCounters() {
	now := s.opts.Now()
	c := &s.counters
	c.mu.Lock()
	defer c.mu.Unlock()
	c.commands, c.roundTrips, c.sessions, c.locked = nil, 0, 0, 0
	for session := range c.logins {
		c.logins[session] = now
	}
}

func (c *counters) command(line string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.commands) == maxCommands {
		c.commands = slices.Clone(c.commands[maxCommands/2:])
	}
	c.commands = append(c.commands, line)
}

func (c *counters) roundTrip() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.roundTrips++
}

func (c *counters) session() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sessions++
}

func (c *counters) login(s *session, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.logins == nil {
		c.logins = map[*session]time.Time{}
	}
	c.logins[s] = now
}

func (c *counters) logout(s *session, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if since, ok := c.logins[s]; ok {
		c.locked += now.Sub(since)
		delete(c.logins, s)
	}
}
