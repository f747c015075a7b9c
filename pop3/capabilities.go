package pop3

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Capabilities are what the server says it can do (RFC 2449). Servers err in
// it, so what counts is what they then do.
type Capabilities struct {
	// Offered tells whether the server answered CAPA at all.
	Offered bool
	// UIDL, TOP and USER are the optional commands of RFC 1939.
	UIDL, TOP, USER bool
	// Pipelining allows several commands at once (RFC 2449, section 6.6).
	Pipelining bool
	// STLS starts TLS (RFC 2595). Servers leave it out once TLS is on.
	STLS bool
	// SASL are the mechanisms of AUTH, in capitals (RFC 5034).
	SASL []string
	// Expire is how long the server keeps mail.
	Expire Expiry
	// LoginDelay is the pause that the server wants between logins (RFC 2449,
	// section 6.5), in whole seconds; 0 without one.
	LoginDelay time.Duration
	// LoginDelayByUser: it may be otherwise for another user.
	LoginDelayByUser bool
	// Implementation is what the server calls itself (RFC 2449, section 6.9),
	// made printable; empty where it doesn't.
	Implementation string
	// Raw are the lines as the server sent them.
	Raw []string
}

// Expiry is the server's own retention (RFC 2449, section 6.7).
type Expiry struct {
	// Stated tells whether the server says anything about it.
	Stated bool
	// Never: the server keeps mail until it is deleted.
	Never bool
	// Days is how long the server keeps mail, unless Never. With 0, a message
	// that was retrieved is deleted at QUIT.
	Days int
	// ByUser: it may be otherwise for another user.
	ByUser bool
}

// DeletesRetrieved tells whether the server deletes at QUIT what was
// retrieved.
func (e Expiry) DeletesRetrieved() bool { return e.Stated && !e.Never && e.Days == 0 }

// OffersSASL tells whether AUTH takes the mechanism, which is named in
// capitals.
func (c Capabilities) OffersSASL(mechanism string) bool {
	return slices.Contains(c.SASL, mechanism)
}

// dependOnUser tells whether it takes a login to know them.
func (c Capabilities) dependOnUser() bool { return c.Expire.ByUser || c.LoginDelayByUser }

// readCapabilities asks for the capabilities. A server without CAPA has none
// that would be known; one that refuses it later has those it named. The
// command may have been sent already.
func (s *Session) readCapabilities(asked bool) error {
	r, err := s.answer("CAPA", asked)
	if err != nil {
		return err
	}
	if !r.ok {
		return nil
	}
	caps := Capabilities{Offered: true}
	err = readLines(s.wire.in, maxCapabilities, func(line []byte) error {
		caps.add(string(line))
		return nil
	})
	if err != nil {
		return s.fault("CAPA", err)
	}
	if len(caps.SASL) == 0 {
		caps.SASL = s.caps.SASL // servers leave it out once nobody can log in any more
	}
	s.caps = caps
	return nil
}

// add takes in a line. What is unknown or malformed is left alone.
func (c *Capabilities) add(line string) {
	c.Raw = append(c.Raw, line)
	words := strings.Fields(strings.ToUpper(line))
	if len(words) == 0 {
		return
	}
	args := words[1:]
	switch words[0] {
	case "UIDL":
		c.UIDL = true
	case "TOP":
		c.TOP = true
	case "USER":
		c.USER = true
	case "PIPELINING":
		c.Pipelining = true
	case "STLS":
		c.STLS = true
	case "SASL":
		c.SASL = append(c.SASL, args...)
	case "EXPIRE":
		c.Expire = parseExpiry(args)
	case "LOGIN-DELAY":
		c.addLoginDelay(args)
	case "IMPLEMENTATION":
		c.Implementation = printable(strings.TrimSpace(strings.TrimSpace(line)[len(words[0]):]))
	}
}

func parseExpiry(args []string) Expiry {
	if len(args) == 0 {
		return Expiry{}
	}
	e := Expiry{Stated: true, ByUser: len(args) > 1 && args[1] == "USER"}
	if args[0] == "NEVER" {
		e.Never = true
		return e
	}
	days, err := strconv.ParseUint(args[0], 10, 31)
	if err != nil {
		return Expiry{}
	}
	e.Days = int(days)
	return e
}

func (c *Capabilities) addLoginDelay(args []string) {
	if len(args) == 0 {
		return
	}
	if seconds, err := strconv.ParseUint(args[0], 10, 31); err == nil {
		c.LoginDelay = time.Duration(seconds) * time.Second
		c.LoginDelayByUser = len(args) > 1 && args[1] == "USER"
	}
}
