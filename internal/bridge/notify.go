package bridge

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/popbridge/popbridge/gmail"
	"github.com/popbridge/popbridge/state"
)

// noticeTries is how often a notice is tried that Gmail refuses for a reason
// not known to be permanent; runs are five minutes apart, and hours without
// Gmail are no such refusal.
const noticeTries = 5

// notify brings the notices of refused messages into the destination. One
// that can't be brought now waits for the next run.
func (j *job) notify(ctx context.Context) error {
	if j.book == nil || ctx.Err() != nil || j.To.halted() != nil {
		return nil
	}
	notices, err := j.Ledger.Notices(ctx, j.Name)
	if err != nil {
		return fmt.Errorf("read the notices of %s: %w", j.Name, err)
	}
	for _, n := range notices {
		if j.To.refusals.open(n.Account, n.UID) {
			continue
		}
		err := j.bring(ctx, n)
		if halted := j.To.halted(); halted != nil && errors.Is(err, halted) {
			j.failDelivery(halted)
			return nil
		}
		if err != nil {
			return fmt.Errorf("bring the notice about UID %s of %s: %w", state.EscapeUID(n.UID), j.Name, err)
		}
	}
	return nil
}

// bring imports one notice, with an intent of its own.
func (j *job) bring(ctx context.Context, n state.Notice) error {
	// A person is to see it, wherever the account's mail goes.
	labels := slices.Concat(j.Labels, []string{"INBOX", "UNREAD"})
	ids, err := j.To.labels(ctx, labels)
	if err != nil {
		return err
	}
	if settled, err := j.settleNotice(ctx, &n); settled || err != nil {
		return err
	}
	t, err := j.To.awaitTurn(ctx, gmail.UnitsImport)
	if err != nil {
		return err
	}
	doubted := n.AttemptedAt
	if doubted.IsZero() {
		if written, err := j.write(ctx, &n); !written || err != nil {
			return err
		}
	}
	n.AttemptedAt = j.moment()
	n.Attempts++
	if err := j.putNotice(ctx, n); err != nil {
		return err
	}
	id, err := j.To.Importer.Upload(j.uploads, gmail.Upload{Body: bytes.NewReader(n.Content), Size: int64(len(n.Content)),
		LabelIDs: distinct(ids), NeverMarkSpam: true, DateSource: gmail.ReceivedTime})
	if err != nil {
		n.AttemptedAt = doubted
		return j.judgeNotice(ctx, n, t, err)
	}
	j.To.succeeded(t)
	return j.noticeDone(ctx, n, id)
}

// write writes the notice, of the row as it is now. What is no longer true is
// not told.
func (j *job) write(ctx context.Context, n *state.Notice) (written bool, err error) {
	var s story
	if err := json.Unmarshal([]byte(n.Story), &s); err != nil {
		return false, fmt.Errorf("read the notice about UID %s of %s: %w", state.EscapeUID(n.UID), j.Name, err)
	}
	r := j.book.get(n.UID)
	if r.Status != state.Refused || !r.Listed {
		r = j.refusedLike(s.Key) // under a UID that the provider changed
	}
	switch {
	case j.book.get(n.UID).Retried:
		return false, nil
	case r.Status != state.Refused, r.Dropped:
		return false, j.noticeDone(ctx, *n, "")
	}
	n.UID, n.Content = r.UID, j.compose(*n, s, r)
	return true, nil
}

func (j *job) refusedLike(key string) *state.Outline {
	digest := state.DigestOf(key)
	for _, r := range j.book.all() {
		if digest.Known() && cmp.Or(r.Digest, r.HeaderDigest) == digest && r.Status == state.Refused && r.Listed {
			return r
		}
	}
	return &state.Outline{}
}

// judgeNotice decides what becomes of a notice whose upload failed.
func (j *job) judgeNotice(ctx context.Context, n state.Notice, t turn, cause error) error {
	var ge *gmail.Error
	if !errors.As(cause, &ge) {
		return errors.Join(cause, j.putNotice(ctx, n))
	}
	switch ge.Kind {
	case gmail.InDoubt:
		return errors.Join(cause, j.To.failed(ctx, t, ge, cause))
	case gmail.RateLimited, gmail.Passing:
		n.Attempts--
		return errors.Join(cause, j.putNotice(ctx, n), j.To.failed(ctx, t, ge, cause))
	case gmail.Refused:
		// The run has said it and status shows it; there is no notice of
		// notices.
		j.Log.Info("notice refused", "account", j.Name, "uid", state.EscapeUID(n.UID), "attempt", n.Attempts, "error", ge)
		if ge.Listed || n.Attempts >= noticeTries {
			return j.noticeDone(ctx, n, "")
		}
		return j.putNotice(ctx, n)
	default:
		return errors.Join(j.putNotice(ctx, n), j.To.halt(cause))
	}
}

// settleNotice finds out what became of an earlier attempt, where Gmail can
// be asked. Where it can't, Gmail folds a second import into the first.
func (j *job) settleNotice(ctx context.Context, n *state.Notice) (settled bool, err error) {
	age := j.moment().Sub(n.AttemptedAt)
	if n.AttemptedAt.IsZero() || !j.To.Verify {
		return false, nil
	}
	if age < 0 { // the clock was ahead
		n.AttemptedAt = j.moment()
		return true, errors.Join(errNoticeInDoubt, j.putNotice(ctx, *n))
	}
	if age < lookAfter {
		return true, errNoticeInDoubt
	}
	sum, err := summarise(bytes.NewReader(n.Content))
	if err != nil {
		return false, err
	}
	id, err := j.To.find(ctx, j.Ledger, state.Record{MessageID: n.MessageID, BodyDigest: sum.BodyDigest})
	switch {
	case err != nil:
		return false, err
	case id != "":
		return true, j.noticeDone(ctx, *n, id)
	case age < absentAfter:
		return true, errNoticeInDoubt
	}
	n.AttemptedAt = nothing
	return false, nil
}

var errNoticeInDoubt = &Failure{Class: Later, Quiet: true, Err: errors.New("its import is in doubt")}

func (j *job) noticeDone(ctx context.Context, n state.Notice, gmailID string) error {
	n.GmailID, n.DoneAt, n.AttemptedAt, n.Story, n.Content = gmailID, j.moment(), nothing, "", nil
	return j.putNotice(ctx, n)
}

func (j *job) putNotice(ctx context.Context, n state.Notice) error {
	return j.Ledger.Write(context.WithoutCancel(ctx), func(w *state.Writer) error { return w.PutNotice(n) })
}

func distinct(ids []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(ids)))
}
