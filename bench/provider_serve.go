package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/popbridge/popbridge/pop3/pop3test"
)

// providerSpec says what a provider serves.
type providerSpec struct {
	// Delay is how long a round trip takes.
	Delay time.Duration
	// Lock gives a mailbox to one session at a time.
	Lock  bool
	Boxes []boxSpec
}

// boxSpec is one mailbox: Known messages that share their octets, as those do
// that are only ever listed, and New ones of their own after them.
type boxSpec struct {
	User       string
	Known, New int
	// Size is each message's, in octets.
	Size int
}

// providerPassword opens all mailboxes of a provider.
const providerPassword = "secret of the provider"

// providerCall is what a provider is asked to do: "fill" the mailbox Box
// anew, count from nothing again ("reset"), or tell its "costs".
type providerCall struct {
	Do  string
	Box boxSpec
}

// providerAnswer answers each call, and says at the start where it serves.
type providerAnswer struct {
	Error string `json:",omitempty"`
	Host  string `json:",omitempty"`
	Port  int    `json:",omitempty"`
	CA    []byte `json:",omitempty"`
	Costs providerCosts
}

// providerCosts are what sessions cost since the last reset.
type providerCosts struct {
	Sessions, RoundTrips, Commands int
	// Verbs are the commands by their names.
	Verbs     map[string]int
	LockedFor time.Duration
}

// serveProvider is a provider's process: it reads a spec and then calls, a
// JSON value each, answers each by one, and ends with its input.
func serveProvider(in io.Reader, out io.Writer) error {
	calls, answers := json.NewDecoder(in), json.NewEncoder(out)
	var spec providerSpec
	if err := calls.Decode(&spec); err != nil {
		return fmt.Errorf("read what to serve: %w", err)
	}
	s, err := pop3test.Start(pop3test.Options{TLS: pop3test.ImplicitTLS, Pipelining: true,
		Delay: spec.Delay, LockMailbox: spec.Lock})
	if err != nil {
		return err
	}
	defer s.Close()
	for _, b := range spec.Boxes {
		fill(s, b)
	}
	answer := providerAnswer{Host: s.Host(), Port: s.Port(), CA: s.CertificatePEM()}
	for {
		if err := answers.Encode(answer); err != nil {
			return fmt.Errorf("answer: %w", err)
		}
		var c providerCall
		if err := calls.Decode(&c); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("read a call: %w", err)
		}
		answer = c.answer(s)
	}
}

func (c providerCall) answer(s *pop3test.Server) (a providerAnswer) {
	switch c.Do {
	case "fill":
		fill(s, c.Box)
	case "reset":
		s.ResetCounters()
	case "costs":
		// A client that has QUIT's answer may be seen to leave after it.
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := s.WaitIdle(ctx); err != nil {
			a.Error = fmt.Sprintf("sessions are still open: %v", err)
		}
		a.Costs = costsOf(s)
	default:
		a.Error = fmt.Sprintf("a provider can't %q", c.Do)
	}
	return a
}

func costsOf(s *pop3test.Server) providerCosts {
	c := providerCosts{Sessions: s.Sessions(), RoundTrips: s.RoundTrips(), LockedFor: s.LockedFor(), Verbs: map[string]int{}}
	for _, line := range s.Commands() {
		verb, _, _ := strings.Cut(line, " ")
		c.Verbs[verb]++
		c.Commands++
	}
	return c
}

// fill gives the mailbox exactly the messages of b.
func fill(s *pop3test.Server, b boxSpec) {
	box := s.AddMailbox(b.User, providerPassword)
	box.Clear()
	known := compose(0, b.Size)
	for i := range b.Known {
		box.Add(uidOf(i), known)
	}
	for i := b.Known; i < b.Known+b.New; i++ {
		box.Add(uidOf(i), compose(i, b.Size))
	}
}

// uidOf is the unique id of message i, as long as Dovecot's.
func uidOf(i int) string { return fmt.Sprintf("%08x5f3c9a71", i+1) }
