package bridge

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/popbridge/popbridge/gmail"
	"github.com/popbridge/popbridge/pop3"
	"github.com/popbridge/popbridge/state"
)

// Absence is why a message is not known to be in Gmail.
type Absence string

// The reasons.
const (
	Unsearchable Absence = "no Message-ID to search by"
	NotFound     Absence = "not found"
	// InSpam: it is in Gmail's Spam only, and the account wants nothing there.
	InSpam Absence = "in Spam"
	// OtherContent: what Gmail has with its Message-ID differs from it.
	OtherContent Absence = "other content"
	// CountsForAnother: each copy that Gmail has stands for another message,
	// or may.
	CountsForAnother Absence = "its copy stands for another message"
	// NotRetrieved: the provider didn't give it.
	NotRetrieved Absence = "not retrieved"
	// TooLargeForGmail: it can't be there.
	TooLargeForGmail Absence = "larger than Gmail takes"
)

// Absences gives all of them.
func Absences() []Absence {
	return []Absence{Unsearchable, NotFound, InSpam, OtherContent, CountsForAnother, NotRetrieved, TooLargeForGmail}
}

// Found is what AdoptInGmail did.
type Found struct {
	// Recorded are those that Gmail was shown to have, of so many looked for;
	// Known were recorded before and left alone.
	Recorded, Of, Known int
	// InSpam and InTrash are how many of those recorded Gmail will delete.
	InSpam, InTrash int
	// Absent counts those not known to be there, by the reason. Of these Stay
	// are adopted, and stay so; the next run imports the others.
	Absent map[Absence]int
	Stay   int
	// Due is how many messages the next run deletes for their age, or to make
	// room.
	Due int
}

// Left is how many messages the next run imports.
func (f Found) Left() (n int) {
	for _, of := range f.Absent {
		n += of
	}
	return n - f.Stay
}

// AdoptInGmail records as imported what Gmail has already: it is found by its
// Message-ID, and shown to be the same by body and header (see
// [message.Content]). One of Gmail's messages stands for one of the
// provider's. The import counts from when the provider received it. What is found is on disk at once, so that after an error or an
// interruption another call goes on with the rest. The caller holds the
// account's lock.
func (a *Account) AdoptInGmail(ctx context.Context) (Found, error) {
	j := a.job()
	found := Found{Absent: map[Absence]int{}}
	if !a.To.Verify {
		return found, &Failure{Class: Misconfigured, Err: fmt.Errorf("look into %s: its access is \"insert\", which can't read any mail", a.To.Name),
			Hint: fmt.Sprintf("set access = \"verify\" for the destination in the configuration, then type: popbridge login %s", a.To.Name)}
	}
	if err := j.recall(ctx); err != nil {
		return found, err
	}
	ctx = watched(ctx, j.watch)
	if err := a.To.checkAddress(ctx); err != nil {
		return found, err
	}
	if err := a.To.tryToSearch(ctx); err != nil {
		return found, err
	}
	r := &retrieval{job: j, found: &found, passed: map[string]bool{}}
	err := r.retrieve(ctx)
	if r.whole {
		err = errors.Join(err, j.noteRetrieval(ctx))
	}
	err = errors.Join(err, j.lookUp(ctx, r.candidates, &found))
	if ctx.Err() == nil && r.whole {
		due, failure := j.countDue(ctx, r.listing)
		found.Due, err = due, errors.Join(err, failure)
	}
	return found, err
}

// probeID is a Message-ID that no message has.
const probeID = "nothing@popbridge.invalid"

// tryToSearch finds out whether Gmail lets itself be searched, before a whole
// mailbox is fetched in vain.
func (d *Destination) tryToSearch(ctx context.Context) error {
	return d.persist(ctx, gmail.UnitsList, func() error {
		_, err := d.Importer.Search(ctx, probeID)
		return err
	})
}

// checkAddress refuses a token of another mailbox than the configured one:
// what that has would be deleted here. A server that doesn't know the call is
// believed.
func (d *Destination) checkAddress(ctx context.Context) error {
	var is string
	err := d.persist(ctx, gmail.UnitsProfile, func() (err error) {
		is, err = d.Importer.Address(ctx)
		var ge *gmail.Error
		if errors.As(err, &ge) && (ge.Status == http.StatusNotFound || ge.Status == http.StatusNotImplemented) {
			d.Log.Info("Gmail can't be asked whose mailbox it is", "destination", d.Name, "error", err)
			is, err = d.Address, nil
		}
		return err
	})
	if err != nil || gmail.SameMailbox(is, d.Address) {
		return err
	}
	return &Failure{Class: Person, Err: fmt.Errorf("look into %s: its token is of %q, and the configuration has %s", d.Name, is, d.Address),
		Hint: "popbridge login " + d.Name}
}

// noteRetrieval records what was learned of the mailbox.
func (j *job) noteRetrieval(ctx context.Context) error {
	next := j.adopter()
	// Gmail has just answered, so its clock is known.
	if ahead, ok := j.To.Importer.Skew(); ok && ahead.Abs() <= agreement {
		next.ClockAt = j.started
	}
	return j.Ledger.Write(ctx, func(w *state.Writer) error { return w.PutAccount(next) })
}

// countDue plans the next run, as far as its deletions go.
func (j *job) countDue(ctx context.Context, l pop3.Listing) (due int, err error) {
	if j.book, err = openBook(ctx, j.Ledger, j.Name); err != nil {
		return 0, err
	}
	v := View{Listing: l}
	v.Records, v.places = j.book.match(l.Entries)
	actions, _ := Plan(v, j.Policy, j.Now())
	for _, a := range actions {
		if a.Verb == Delete && a.Reason != Dropped {
			due++
		}
	}
	return due, nil
}
