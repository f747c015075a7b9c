package bridge

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/popbridge/popbridge/internal/message"
	"github.com/popbridge/popbridge/internal/spool"
	"github.com/popbridge/popbridge/pop3"
	"github.com/popbridge/popbridge/state"
)

// wanted gives what is to be fetched now: first what was tried before, so
// that a doubt is settled before its Message-ID's others come, then in the
// listing's order. A message set aside comes when nothing else is left, and
// alone.
func (j *job) wanted(actions []Action) []Action {
	j.mu.Lock()
	defer j.mu.Unlock()
	n := 0
	for i := range actions {
		if j.waits(&actions[i]) {
			n++
		}
	}
	if j.options.Limit > 0 {
		n = min(n, max(j.options.Limit-j.fetched, 0))
	}
	want := make([]Action, 0, n)
	for _, retries := range []bool{true, false} {
		for i := range actions {
			if a := &actions[i]; len(want) < n && (a.Reason == Retry) == retries && j.waits(a) {
				want = append(want, *a)
			}
		}
	}
	if len(want) > 0 || j.options.Limit > 0 && j.fetched >= j.options.Limit {
		return want
	}
	for _, a := range actions {
		if (a.Reason == SetAside || a.Verb == Import && j.breaks(a)) && !j.taken[a.UID] {
			return []Action{a}
		}
	}
	return nil
}

// waits tells whether a message is to be fetched and isn't in hand. The
// caller holds the lock.
func (j *job) waits(a *Action) bool {
	return a.Verb == Import && !j.taken[a.UID] && !j.taken[a.From] && !j.breaks(*a)
}

// breaks tells of a message that is set aside, whoever it is.
func (j *job) breaks(a Action) bool { return j.book.get(a.UID).Breaks >= breaksUntilSetAside }

// transfer is the fetching of one session.
type transfer struct {
	*job
	want  []Action
	items map[int]*spool.Item
	// coming are the messages asked for whose answer is still to come.
	coming []Action
	// missing are the recorded messages that are not in their place, by
	// digest and by header digest; absorbed those that were found.
	missing  *digests
	absorbed map[string]bool
	// inPlace are those that nothing speaks against, by header digest.
	inPlace *digests
	// suspects are the listed messages whose rows may be other messages', by
	// UID.
	suspects map[string]Action
}

// fetch retrieves what is wanted into the spool, as far as it fits, and hands
// each whole message on. It tells whether something is left.
func (j *job) fetch(ctx context.Context, s Session, actions []Action) (more bool, err error) {
	t := &transfer{job: j, want: j.wanted(actions), items: map[int]*spool.Item{}}
	if len(t.want) == 0 || j.stopped() {
		return false, nil
	}
	t.findMissing(actions)
	t.watch.at(Fetching)
	t.watch.plan(t.want)
	header, err := j.tryTop(ctx, s, t.want[0])
	if err != nil {
		return false, err
	}
	err = s.Retr(ctx, t.numbers(ctx), func(number int, body io.Reader, err error) error {
		a := t.coming[0]
		if a.Number != number {
			return fmt.Errorf("receive message %d: %d was asked for", number, a.Number)
		}
		if err == nil {
			err = t.receive(ctx, a, body, header)
		} else {
			err = t.unavailable(a, err)
		}
		if err == nil {
			t.coming = t.coming[1:]
		}
		return err
	})
	for _, a := range t.coming {
		err = errors.Join(err, t.items[a.Number].Release())
	}
	if err != nil {
		return false, t.broke(ctx, err)
	}
	return !j.stopped() && len(j.wanted(actions)) > 0, nil
}

// stopped tells whether the destination takes no more in this run. That is no
// fault of the session: its deletions are committed.
func (j *job) stopped() bool {
	err := j.To.halted()
	if err != nil {
		j.failDelivery(err)
	}
	return err != nil
}

// numbers hands out message numbers as long as the listed sizes fit into the
// spool: the mailbox must never stay locked while Gmail is waited for.
func (t *transfer) numbers(ctx context.Context) iter.Seq[int] {
	return func(yield func(int) bool) {
		for _, a := range t.want {
			if ctx.Err() != nil || t.To.halted() != nil {
				return
			}
			item, ok := t.Spool.Reserve(a.Size)
			if !ok {
				return
			}
			t.items[a.Number] = item
			t.coming = append(t.coming, a)
			if !yield(a.Number) {
				return
			}
		}
	}
}

// receive takes one message in whole.
func (t *transfer) receive(ctx context.Context, a Action, body io.Reader, header *probe) error {
	item := t.items[a.Number]
	digester := message.NewDigester()
	out := &remembering{w: io.MultiWriter(item, digester), passed: t.watch.received}
	if _, err := io.Copy(out, body); err != nil {
		if out.err != nil {
			return &Failure{Class: NoState, Err: fmt.Errorf("fetch UID %s of %s, %d octets: %w",
				state.EscapeUID(a.UID), t.Name, a.Size, out.err), Hint: "see that the disk that holds the state file has room"}
		}
		return err
	}
	sum := digester.Summary()
	t.learnTop(a, sum, header)
	kept, err := t.dispatch(ctx, a, item, sum)
	if !kept {
		err = errors.Join(err, item.Release())
	}
	return err
}

// unavailable is for a message that the server won't give. The others go on.
func (t *transfer) unavailable(a Action, cause error) error {
	t.take(a)
	t.fail(fmt.Errorf("fetch UID %s of %s, %d octets: %w", state.EscapeUID(a.UID), t.Name, a.Size, cause))
	return t.items[a.Number].Release()
}

// broke books a session that broke at the message that was coming. A disk or
// a state that failed is no fault of the message.
func (t *transfer) broke(ctx context.Context, cause error) error {
	var pe *pop3.Error
	if len(t.coming) == 0 || ctx.Err() != nil || !errors.As(cause, &pe) {
		return cause
	}
	a := t.coming[0]
	aside := t.breaks(a)
	err := t.book.update(ctx, a.UID, func(r *state.Record) { r.Breaks++ })
	cause = fmt.Errorf("fetch UID %s of %s, %d octets: %w", state.EscapeUID(a.UID), t.Name, a.Size, cause)
	if aside {
		t.take(a)
		t.fail(&Failure{Class: Unavailable, key: setAside + state.EscapeUID(a.UID), Err: fmt.Errorf("%w (set aside: it broke %d sessions)", cause, t.book.get(a.UID).Breaks), Hint: hintProvider(t.Name)})
	}
	return errors.Join(err, cause)
}

func (j *job) take(a Action) {
	j.watch.fetched(a, 1)
	j.mu.Lock()
	defer j.mu.Unlock()
	j.taken[a.UID] = true
	j.fetched++
}

// remembering tells an error of the disk from one of the connection.
type remembering struct {
	w   io.Writer
	err error
	// passed is told how many octets went through.
	passed func(n int)
}

func (r *remembering) Write(p []byte) (int, error) {
	n, err := r.w.Write(p)
	r.err = err
	r.passed(n)
	return n, err
}

// probe is the header of one message by TOP, to be held against its RETR.
type probe struct {
	number int
	header *message.Summary
}

// tryTop asks once an account for the header of a message that is fetched
// anyway: on some servers TOP and RETR give different ones.
func (j *job) tryTop(ctx context.Context, s Session, a Action) (*probe, error) {
	if j.known.Top != "" || j.noTop {
		return nil, nil
	}
	got := map[int]*message.Summary{}
	err := peek(ctx, s, []int{a.Number}, got)
	if err != nil {
		j.topBroke()
	}
	return &probe{number: a.Number, header: got[a.Number]}, err
}

func (t *transfer) learnTop(a Action, sum message.Summary, p *probe) {
	if p == nil || p.number != a.Number || sum.Size < a.Size { // cut short, it shows nothing
		return
	}
	t.known.Top = topDiffers
	if p.header != nil && p.header.HeaderDigest == sum.HeaderDigest {
		t.known.Top = topSame
	}
}
