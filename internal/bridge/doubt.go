package bridge

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/popbridge/popbridge/gmail"
	"github.com/popbridge/popbridge/internal/message"
	"github.com/popbridge/popbridge/state"
)

const (
	// lookAfter is how long after the attempt Gmail is asked at the soonest:
	// its search follows an index that lags.
	lookAfter = 15 * time.Second
	// absentAfter is how long after the attempt a look must be for an empty
	// answer to count.
	absentAfter = 2 * time.Minute
)

// settleDoubts asks Gmail about imports whose outcome isn't known. Without a
// Message-ID, or the right to look, nothing can be asked: such a message is
// imported again.
func (j *job) settleDoubts(ctx context.Context) error {
	if !j.To.Verify {
		return nil
	}
	for _, o := range j.book.all() {
		if !o.InDoubt() {
			continue
		}
		r, err := j.book.record(ctx, o.UID)
		if err != nil {
			return err
		}
		if err := j.settle(ctx, r); err != nil {
			var ge *gmail.Error
			if errors.As(err, &ge) {
				// The session with the provider goes on without it.
				j.fail(fmt.Errorf("look for UID %s of %s: %w", state.EscapeUID(r.UID), j.Name, err))
				return nil
			}
			return err
		}
	}
	return nil
}

func (j *job) settle(ctx context.Context, r state.Record) error {
	if r.MessageID == "" {
		return j.book.update(ctx, r.UID, func(r *state.Record) { r.AttemptedAt = nothing })
	}
	age := j.moment().Sub(r.AttemptedAt)
	// An attempt under the clock that the last run vouched for is as old as it
	// seems; else one more look does no harm.
	jumped := age < 0 || age > leap && (j.clockSuspect || r.AttemptedAt.Before(j.known.ClockAt))
	if age < lookAfter && !jumped {
		return nil
	}
	id, err := j.To.find(ctx, j.Ledger, r)
	switch {
	case isRefusal(err):
		// Gmail can't search for such a Message-ID.
		return j.book.update(ctx, r.UID, func(r *state.Record) { r.AttemptedAt = nothing })
	case err != nil:
		return err
	case id != "":
		return j.book.update(ctx, r.UID, func(n *state.Record) {
			n.Status, n.GmailID, n.ImportedAt, n.AttemptedAt = state.Imported, id, j.To.importTime(j.floor), nothing
		})
	case jumped:
		return j.book.update(ctx, r.UID, func(r *state.Record) { r.AttemptedAt = j.moment() })
	case age >= absentAfter:
		return j.book.update(ctx, r.UID, func(n *state.Record) { n.AttemptedAt = nothing })
	default:
		return nil
	}
}

// find looks a recorded message up in Gmail. A hit counts only if no other
// row holds its id and the body it gives is the recorded one.
func (d *Destination) find(ctx context.Context, l Ledger, r state.Record) (id string, err error) {
	if _, err := d.awaitTurn(ctx, gmail.UnitsList); err != nil {
		return "", err
	}
	ids, err := d.Importer.Search(ctx, r.MessageID)
	if err != nil {
		return "", err
	}
	for _, id := range ids {
		holders, err := l.ByGmailID(ctx, d.Address, id)
		if err != nil {
			return "", err
		}
		if len(holders) > 0 {
			continue
		}
		digest, err := d.bodyDigest(ctx, id)
		if isRefusal(err) {
			continue // gone meanwhile
		}
		if err != nil {
			return "", err
		}
		if digest == r.BodyDigest {
			return id, nil
		}
	}
	return "", nil
}

func isRefusal(err error) bool {
	var ge *gmail.Error
	return errors.As(err, &ge) && ge.Kind == gmail.Refused
}

func (d *Destination) bodyDigest(ctx context.Context, id string) (digest string, err error) {
	if _, err := d.awaitTurn(ctx, gmail.UnitsGet); err != nil {
		return "", err
	}
	digester := message.NewDigester()
	err = d.readRaw(ctx, id, digester)
	return digester.Summary().BodyDigest, err
}

// readRaw reads one of Gmail's messages. The caller has a turn.
func (d *Destination) readRaw(ctx context.Context, id string, into io.Writer) error {
	raw, err := d.Importer.Raw(ctx, id)
	if err != nil {
		return err
	}
	_, err = io.Copy(into, raw)
	return errors.Join(err, raw.Close())
}
