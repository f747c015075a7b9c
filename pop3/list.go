package pop3

import (
	"context"
	"errors"
	"fmt"
)

// errWithdrawn says that a server refuses what it said it has. Taken for a
// server without UIDL, it would make all mail look new.
var errWithdrawn = errors.New("refused by the server, whose CAPA has UIDL")

// opList is what List does, in errors.
const opList = "list the mailbox"

// List asks which messages there are, by STAT, UIDL and LIST; in one round
// trip where the server pipelines, or in none of its own (see
// Options.ListAhead). Malformed answers, and those beyond a
// limit, are an *Error of Kind Protocol, and end the session as any error
// does. Answers that disagree make a Listing with a Flaw.
func (s *Session) List(ctx context.Context) (Listing, error) {
	var l Listing
	err := s.do(ctx, opList, func() (err error) {
		l, err = s.list()
		return err
	})
	return l, err
}

func (s *Session) list() (Listing, error) {
	asked := s.listing
	if !asked && s.pipelines() {
		if err := s.send(opList, listCommands()...); err != nil {
			return Listing{}, err
		}
		asked = true
	}
	s.listing = false
	count, err := s.stat(asked)
	if err != nil {
		return Listing{}, err
	}
	uids, hasUIDL, err := s.entries("UIDL", asked, parseUID)
	if err != nil {
		return Listing{}, err
	}
	sizes, _, err := s.entries("LIST", asked, parseSize)
	if err != nil {
		return Listing{}, err
	}
	return merge(count, uids, sizes, hasUIDL), nil
}

// listCommands are those of a listing, in the order of their answers.
func listCommands() []string { return []string{"STAT", "UIDL", "LIST"} }

// answer waits for the answer to a command, which it sends unless that was
// done already.
func (s *Session) answer(command string, asked bool) (reply, error) {
	if asked {
		return s.receive(command)
	}
	return s.ask(command, command)
}

func (s *Session) stat(asked bool) (count int, err error) {
	r, err := s.answer("STAT", asked)
	if err != nil {
		return 0, err
	}
	if !r.ok {
		return 0, s.refusal("STAT", r, kindOfCode(r.code, Temporary))
	}
	if count, err = parseStat(r.text); err != nil {
		return 0, s.fault("STAT", err)
	}
	return count, nil
}

// entries reads an answer to UIDL or LIST. A server may lack UIDL.
func (s *Session) entries(command string, asked bool, parse func([]byte) (Entry, error)) ([]Entry, bool, error) {
	r, err := s.answer(command, asked)
	if err != nil {
		return nil, false, err
	}
	switch {
	case r.ok:
		entries, err := readEntries(s.wire.in, maxEntries, parse)
		if err != nil {
			return nil, false, s.fault(command, err)
		}
		return entries, true, nil
	case command == "UIDL" && s.caps.UIDL:
		e := s.refusal(command, r, kindOfCode(r.code, Temporary))
		e.Err = errWithdrawn
		return nil, false, e
	case command == "UIDL" && r.code == "":
		return nil, false, nil
	}
	return nil, false, s.refusal(command, r, kindOfCode(r.code, Temporary))
}

// merge makes a listing of the messages that UIDL and LIST agree on.
func merge(count int, uids, sizes []Entry, hasUIDL bool) Listing {
	l := Listing{HasUIDL: hasUIDL, Entries: sizes}
	if hasUIDL {
		l.Entries = intersect(uids, sizes)
	}
	for _, e := range l.Entries {
		l.Octets += e.Size
	}
	switch {
	case hasUIDL && (count != len(uids) || count != len(sizes)):
		l.Flaw = fmt.Sprintf("STAT counts %d messages, UIDL %d, LIST %d", count, len(uids), len(sizes))
	case count != len(sizes):
		l.Flaw = fmt.Sprintf("STAT counts %d messages, LIST %d", count, len(sizes))
	case len(l.Entries) != count:
		l.Flaw = "UIDL and LIST name different messages"
	}
	return l
}

// intersect gives the entries of both, which are in the order of their
// numbers.
func intersect(uids, sizes []Entry) []Entry {
	both := make([]Entry, 0, min(len(uids), len(sizes)))
	for len(uids) > 0 && len(sizes) > 0 {
		u, z := uids[0], sizes[0]
		if u.Number == z.Number {
			both = append(both, Entry{Number: u.Number, UID: u.UID, Size: z.Size})
		}
		if u.Number <= z.Number {
			uids = uids[1:]
		}
		if z.Number <= u.Number {
			sizes = sizes[1:]
		}
	}
	return both
}
