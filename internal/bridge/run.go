package bridge

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/popbridge/popbridge/pop3"
	"github.com/popbridge/popbridge/state"
)

const (
	// grace is how long an upload may go on after a person interrupted.
	grace = 10 * time.Second
	// fruitless is how many sessions in a row may bring nothing before the
	// account is left for the next run.
	fruitless = 3
)

// job is one run of one account.
type job struct {
	*Account
	options Options
	book    *book
	known   state.Account
	started time.Time
	watch   *watch
	// uploads outlives the run's context a little.
	uploads context.Context
	// dry tells that nothing may change.
	dry bool
	// ageSuspended stops deletions by age: the clock isn't trusted.
	ageSuspended bool
	// clockSuspect tells that this run's clock must not vouch for the next.
	clockSuspect bool
	// floor is the earliest that it can be.
	floor time.Time

	mu     sync.Mutex
	result Result
	// taken are the UIDs that this run has in hand or is done with.
	taken map[string]bool
	// fetched counts what was taken by this run's fetching.
	fetched int
	// shorts are the digests of bodies shorter than announced, by UID.
	shorts map[string]string
	// asked are the likenesses whose rows were asked for because of a
	// newcomer.
	asked map[string]bool
	// deliveries are the imports under way.
	deliveries sync.WaitGroup

	// deletionsDone tells that this run's deletions are committed.
	deletionsDone bool
	// deletedOctets is the size of what was deleted.
	deletedOctets int64
	// deleting are the UIDs marked in the session under way.
	deleting []string
	// broken tells that the last session broke, so that the next one only
	// commits the deletions.
	broken bool
	// deleBreaks counts the sessions that broke at a DELE, and undeletable
	// tells that this run deletes no more.
	deleBreaks  int
	undeletable bool
	// oneByOne tells that this run does without pipelining, and losing that
	// the server was found to lose what was sent ahead.
	oneByOne, losing bool
	// ahead tells that the server may have been sent commands ahead at the
	// beginning of the session under way.
	ahead bool
	// noTop tells that a TOP broke a session: this run does without.
	noTop bool
	// spared are the UIDs whose deletion, or the RETR before it, broke a
	// session: this run leaves them alone, the next one tries again.
	spared map[string]bool
}

// Run does an account's work: it fetches what is new, imports it, and deletes
// what is past retention. The caller holds the account's lock.
func (a *Account) Run(ctx context.Context, o Options) Result {
	uploads, cancel := lenient(ctx, grace)
	defer cancel()
	j := a.job()
	j.options, j.uploads = o, uploads
	ctx = watched(ctx, j.watch)
	defer j.deliveries.Wait() // also where a bug ends the run
	err := j.prepare(ctx)
	if err == nil {
		err = j.sessions(ctx)
	}
	j.deliveries.Wait()
	j.fail(err)
	j.fail(a.To.refusals.settle(a.Name))
	j.fail(j.notify(ctx))
	j.countDoubts()
	j.doubtClock()
	j.fail(j.close(ctx))
	return j.result
}

func (a *Account) job() *job {
	now := a.Now()
	return &job{Account: a, started: now, floor: now, watch: &watch{tell: a.Progress}, taken: map[string]bool{}, shorts: map[string]string{},
		asked: map[string]bool{}, spared: map[string]bool{}, result: Result{Name: a.Name, To: a.To.Name}}
}

// recall reads what is known of the account and its messages.
func (j *job) recall(ctx context.Context) (err error) {
	if j.known, err = j.Ledger.Account(ctx, j.Name); err != nil {
		return fmt.Errorf("read the state of %s: %w", j.Name, err)
	}
	if err := j.checkMailbox(ctx); err != nil {
		return err
	}
	j.oneByOne = j.loses()
	j.book, err = openBook(ctx, j.Ledger, j.Name)
	return err
}

func (j *job) prepare(ctx context.Context) error {
	if err := j.recall(ctx); err != nil {
		return err
	}
	if err := j.checkClock(ctx); err != nil {
		return err
	}
	if err := j.settleDoubts(ctx); err != nil {
		return err
	}
	if j.known.Blocked {
		// What it finds stops the fetching, not the deletions.
		if err := j.To.ready(ctx, j.Labels); err != nil {
			j.failDelivery(err)
		}
	}
	return nil
}

// sessions opens one session after another until nothing is left to fetch.
func (j *job) sessions(ctx context.Context) error {
	idle := 0
	for {
		before := j.progress()
		again, err := j.session(ctx)
		if err != nil && !j.worthAnother(err) {
			return errors.Join(err, j.onlyDelete(ctx))
		}
		if !again && err == nil {
			return nil
		}
		if j.progress() == before {
			idle++
		} else {
			idle = 0
		}
		if idle >= fruitless {
			if err == nil {
				err = &Failure{Class: Later, Err: fmt.Errorf("%d sessions with %s in a row brought nothing", idle, j.Name)}
			}
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		j.watch.at(AwaitingRoom)
		if err := j.Spool.WaitHalfEmpty(ctx); err != nil {
			return err
		}
	}
}

// onlyDelete commits the deletions that a session lost when its fetching
// failed for another reason than the connection, as a full disk.
func (j *job) onlyDelete(ctx context.Context) error {
	if !j.broken || len(j.deleting) == 0 || ctx.Err() != nil {
		return nil
	}
	_, err := j.session(ctx)
	return err
}

// worthAnother tells whether another session may do better: the connection
// broke in the midst, as one message's RETR can make it.
func (j *job) worthAnother(err error) bool {
	var pe *pop3.Error
	return j.broken && errors.As(err, &pe) && (pe.Kind == pop3.Unreachable || pe.Kind == pop3.Protocol)
}

// progress counts what this run has achieved.
func (j *job) progress() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	n := len(j.taken)
	if j.deletionsDone {
		n++
	}
	return n
}

// fail keeps the gravest failure.
func (j *job) fail(err error) {
	if err == nil {
		return
	}
	f := Classify(err, j.Name, j.To.Name)
	j.mu.Lock()
	defer j.mu.Unlock()
	j.result.Failure = gravest(together(j.result.Failure, f), f)
}

// failDelivery books what stopped the destination, which is no fault of the
// message that met it first.
func (j *job) failDelivery(err error) {
	j.fail(fmt.Errorf("deliver to %s: %w", j.To.Name, err))
}

// countDoubts books what is left in doubt, for which another run is needed.
func (j *job) countDoubts() {
	if j.book == nil {
		return
	}
	j.mu.Lock()
	refusals := len(j.result.Refusals)
	j.mu.Unlock()
	for _, r := range j.book.all() {
		if r.InDoubt() && (r.Listed || j.To.Verify) {
			j.result.InDoubt++
		}
	}
	if j.result.InDoubt > 0 {
		j.fail(&Failure{Class: Later, Quiet: true, Err: fmt.Errorf(
			"the outcome of %d imports isn't known; a later run settles it", j.result.InDoubt)})
	}
	if refusals > 0 {
		j.fail(&Failure{Class: NewlyRefused, Err: fmt.Errorf(
			"%d newly refused, kept on the provider", refusals),
			Hint: "popbridge status " + j.Name})
	}
}
