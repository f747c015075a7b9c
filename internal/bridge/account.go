package bridge

import (
	"context"
	"io"
	"iter"
	"log/slog"
	"time"

	"github.com/popbridge/popbridge/internal/message"
	"github.com/popbridge/popbridge/internal/spool"
	"github.com/popbridge/popbridge/pop3"
)

// Session is what the bridge needs of a POP3 session.
type Session interface {
	Capabilities() pop3.Capabilities
	List(ctx context.Context) (pop3.Listing, error)
	Top(ctx context.Context, numbers iter.Seq[int], receive func(number int, header io.Reader, err error) error) error
	Retr(ctx context.Context, numbers iter.Seq[int], receive func(number int, body io.Reader, err error) error) error
	Dele(ctx context.Context, numbers []int) (failed map[int]error, err error)
	Quit(ctx context.Context) error
	Abort() error
}

// Account is one POP3 mailbox and what is to be done with its mail.
type Account struct {
	Name string
	// Mailbox is user@host:port.
	Mailbox string
	// Open opens a session and logs in; without pipelining it sends one
	// command at a time, whatever the server says of itself.
	Open func(ctx context.Context, pipelining bool) (Session, error)
	To   *Destination
	// Labels are as configured.
	Labels        []string
	NeverMarkSpam bool
	// DateReceived dates mail by Gmail's moment of import.
	DateReceived bool
	Policy       Policy

	Ledger Ledger
	Spool  *spool.Spool
	Now    Clock
	// Configured tells whether an account of that name is configured.
	Configured func(name string) bool
	// AlertAfter is how long a passing failure lasts before it is said aloud.
	AlertAfter time.Duration
	// Progress is told whenever something went on, from any goroutine, but one
	// at a time and in order. It must not take long.
	Progress func(Progress)
	Log      *slog.Logger
}

// Options are the wishes of one run.
type Options struct {
	// Limit is how many messages an account imports at most; 0 is all.
	Limit int
}

// Result is what a run did, or would do, with an account.
type Result struct {
	Name, To string
	Failure  *Failure
	// Say tells that a person should read of the failure now.
	Say bool
	// Whole tells that a listing was read to its end.
	Whole    bool
	Listed   int
	Octets   int64
	Imported int
	Deleted  int
	InDoubt  int
	// Refusals are the messages newly refused.
	Refusals []Refusal
	Actions  []Action
	// Note is what a dry run can't foresee, or empty.
	Note string
}

// Refusal is a message that is newly refused.
type Refusal struct {
	UID    string
	Size   int64
	Reason string
}

// summarise reads a message or a header to its end.
func summarise(r io.Reader) (message.Summary, error) {
	d := message.NewDigester()
	if _, err := io.Copy(d, r); err != nil {
		return message.Summary{}, err
	}
	return d.Summary(), nil
}

// What is known of an account's TOP: whether it gives the header that RETR
// gives.
const (
	topSame    = "same"
	topDiffers = "differs"
)

// lagOfLastListed is how far a row's time of last listing may lag, so that a
// run with nothing to do writes no rows.
const lagOfLastListed = 24 * time.Hour
