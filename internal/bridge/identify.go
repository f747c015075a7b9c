package bridge

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/popbridge/popbridge/internal/message"
	"github.com/popbridge/popbridge/pop3"
)

// identify gives an identity to messages that the server gave no UID of their
// own: all, where it has no UIDL, and those of a UID that is listed more than
// once. It is made of TOP's header digest, the listed size, and a count.
func (j *job) identify(ctx context.Context, s Session, v *View) error {
	nameless := withoutUID(*v)
	if len(nameless) == 0 {
		return nil
	}
	if err := peek(ctx, s, nameless, v.Headers); err != nil {
		return err
	}
	if noHeaders(v.Headers, nameless) {
		if !j.atOnce() {
			return &Failure{Class: Misconfigured, Err: fmt.Errorf(
				"list the mailbox of %s: the server has neither UIDL nor TOP, so its messages can't be told apart", j.Name),
				Hint: fmt.Sprintf("set retention = \"0\" for account %s, if no other device needs its mail", j.Name)}
		}
		if j.dry {
			return nil
		}
		if err := peekWhole(ctx, s, nameless, v.Headers); err != nil {
			return err
		}
	}
	v.Listing = named(v.Listing, nameless, v.Headers, j.wasDeleted)
	if j.book != nil {
		v.Records, v.places = j.book.match(v.Listing.Entries)
	}
	return nil
}

// atOnce tells whether the policy is to delete right after the import.
func (j *job) atOnce() bool { return !j.Policy.Never && j.Policy.Age == 0 }

// withoutUID gives the numbers of messages whose UID isn't their own.
func withoutUID(v View) (numbers []int) {
	known, strange, twice := make([]bool, len(v.Records)), map[string]bool{}, map[string]bool{"": true}
	for i, e := range v.Listing.Entries {
		switch at := v.place(i); {
		case at < 0 && !strange[e.UID]:
			strange[e.UID] = true
		case at >= 0 && !known[at]:
			known[at] = true
		default:
			twice[e.UID] = true
		}
	}
	if len(twice) == 1 && !strange[""] {
		return nil
	}
	for _, e := range v.Listing.Entries {
		if twice[e.UID] {
			numbers = append(numbers, e.Number)
		}
	}
	return numbers
}

func noHeaders(headers map[int]*message.Summary, numbers []int) bool {
	return !slices.ContainsFunc(numbers, func(n int) bool { return headers[n] != nil })
}

// peekWhole tells messages apart by fetching them, where there is no TOP.
func peekWhole(ctx context.Context, s Session, numbers []int, into map[int]*message.Summary) error {
	err := s.Retr(ctx, slices.Values(numbers), func(number int, body io.Reader, err error) error {
		if err != nil {
			return nil
		}
		sum, err := summarise(body)
		into[number] = &sum
		return err
	})
	if err != nil {
		return fmt.Errorf("tell the messages apart: %w", err)
	}
	return nil
}

// wasDeleted tells of an identity whose message the provider deleted. A count
// that began with it again would take for it what was listed beside it.
func (j *job) wasDeleted(uid string) bool { return j.book != nil && j.book.get(uid).Deleted }

// named gives the listing with identities in place of what is missing. One
// whose header the server refused is left out: nothing can be said of it.
func named(l pop3.Listing, nameless []int, headers map[int]*message.Summary, gone func(uid string) bool) pop3.Listing {
	isNameless := make(map[int]bool, len(nameless))
	for _, n := range nameless {
		isNameless[n] = true
	}
	seen := map[string]int{}
	out := l
	out.Entries = nil
	for _, e := range l.Entries {
		if isNameless[e.Number] {
			header := headers[e.Number]
			if header == nil {
				out.Flaw = fmt.Sprintf("message %d has no UID of its own, and TOP is refused", e.Number)
				continue
			}
			base := fmt.Sprintf("top:%s:%d", header.HeaderDigest, e.Size)
			for e.UID = ""; e.UID == "" || gone(e.UID); {
				seen[base]++
				e.UID = fmt.Sprintf("%s:%d", base, seen[base])
			}
		}
		out.Entries = append(out.Entries, e)
	}
	return out
}
