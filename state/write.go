package state

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Writer gathers the changes of one Write. A method that is given something
// invalid returns an error, and so does Write then.
type Writer struct {
	changes []func(*tx) error
	err     error
}

// Write makes all changes that fill asks for, or none of them, and returns
// once they are on disk. Fill is called once and at once, by this goroutine;
// its error is returned, and nothing is changed. When ctx is done before a
// transaction has taken the changes up, none is made and its error returned.
func (db *DB) Write(ctx context.Context, fill func(*Writer) error) error {
	w := &Writer{}
	if err := fill(w); err != nil {
		return err
	}
	if w.err != nil {
		return w.err
	}
	if len(w.changes) == 0 {
		return nil
	}
	return db.write(ctx, "write state", w.apply)
}

func (w *Writer) apply(t *tx) error {
	for _, change := range w.changes {
		if err := change(t); err != nil {
			return err
		}
	}
	return nil
}

// refuse keeps the first error.
func (w *Writer) refuse(err error) error {
	if w.err == nil {
		w.err = err
	}
	return err
}

// Put writes whole rows, new ones or in place of those with the same account
// and UID. The slice is the Writer's until the Write returns.
func (w *Writer) Put(records ...Record) error {
	for i := range records {
		if err := records[i].check(); err != nil {
			return w.refuse(err)
		}
	}
	w.changes = append(w.changes, func(t *tx) error {
		for i := range records {
			if err := t.putRecord(&records[i]); err != nil {
				return fmt.Errorf("record %s/%s: %w", records[i].Account, EscapeUID(records[i].UID), err)
			}
		}
		return nil
	})
	return nil
}

// Remove removes rows. Those that don't exist are no error. The slice is the
// Writer's until the Write returns.
func (w *Writer) Remove(account string, uids ...string) error {
	w.changes = append(w.changes, func(t *tx) error {
		for _, uid := range uids {
			if err := t.removeUID(account, uid); err != nil {
				return fmt.Errorf("record %s/%s: %w", account, EscapeUID(uid), err)
			}
		}
		return nil
	})
	return nil
}

// SetLastListed says that rows were listed at a time, as each run would that
// wrote them whole. Those that don't exist are no error. The slice is the
// Writer's until the Write returns.
func (w *Writer) SetLastListed(account string, at time.Time, uids ...string) error {
	if err := checkTimes(at); err != nil {
		return w.refuse(err)
	}
	w.changes = append(w.changes, func(t *tx) error {
		for _, uid := range uids {
			if err := t.exec(setLastListed, micros(at), account, []byte(uid)); err != nil {
				return fmt.Errorf("record %s/%s: %w", account, EscapeUID(uid), err)
			}
		}
		return nil
	})
	return nil
}

// PutAccount writes what is known of an account.
func (w *Writer) PutAccount(a Account) error {
	err := errors.Join(CheckName(a.Name), checkTimes(a.LastRun, a.ClockAt, a.LastSuccess, a.FailingSince, a.ToldAt, a.FlawedSince, a.OneByOneSince))
	if err != nil {
		return w.refuse(err)
	}
	w.changes = append(w.changes, func(t *tx) error {
		if err := t.putAccountRow(&a); err != nil {
			return fmt.Errorf("account %s: %w", a.Name, err)
		}
		return nil
	})
	return nil
}

// Put is Writer.Put in a Write of its own.
func (db *DB) Put(ctx context.Context, records ...Record) error {
	return db.Write(ctx, func(w *Writer) error { return w.Put(records...) })
}

// Remove is Writer.Remove in a Write of its own.
func (db *DB) Remove(ctx context.Context, account string, uids ...string) error {
	return db.Write(ctx, func(w *Writer) error { return w.Remove(account, uids...) })
}

// PutAccount is Writer.PutAccount in a Write of its own.
func (db *DB) PutAccount(ctx context.Context, a Account) error {
	return db.Write(ctx, func(w *Writer) error { return w.PutAccount(a) })
}
