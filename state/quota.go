package state

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"time"
)

// Quota is what the processes that share a destination know of its quota.
// Times are kept with microseconds.
type Quota struct {
	// Last is the moment up to which calls are reserved.
	Last time.Time
	// Rate is the units a minute that Gmail was found to allow; 0 where it
	// never allowed less than is configured.
	Rate int
	// Since is the moment from which Rate counts: the end of the pause that
	// went before.
	Since time.Time
	// Calls are those reserved lately, the oldest first.
	Calls []Call
}

// Call is a reserved call: when it is to start, and the units that it costs.
type Call struct {
	At    time.Time
	Units int
}

const (
	selectQuota = "SELECT last, rate, since, calls FROM quota WHERE destination = ?"
	putQuota    = "INSERT OR REPLACE INTO quota (destination, last, rate, since, calls) VALUES (?, ?, ?, ?, ?)"
)

// Quota gives what is known of a destination's quota, and changes nothing.
func (db *DB) Quota(ctx context.Context, destination string) (Quota, error) {
	q, err := scanQuota(db.readers.QueryRowContext(ctx, selectQuota, destination))
	return q, db.fault("read quota", unlessDone(ctx, err))
}

// Reserve hands next what is known of a destination's quota, the zero Quota
// at first, and keeps what it returns. No other process comes between the
// two. Next holds up all writers, so it only calculates.
func (db *DB) Reserve(ctx context.Context, destination string, next func(Quota) Quota) error {
	return db.write(ctx, "reserve quota", func(t *tx) error {
		q, err := t.readQuota(destination)
		if err != nil {
			return err
		}
		q = next(q)
		return t.exec(putQuota, destination, micros(q.Last), q.Rate, micros(q.Since), packCalls(q.Calls))
	})
}

func (t *tx) readQuota(destination string) (Quota, error) {
	row, err := t.row(selectQuota, destination)
	if err != nil {
		return Quota{}, err
	}
	return scanQuota(row)
}

func scanQuota(row *sql.Row) (q Quota, err error) {
	var last, since sql.NullInt64
	var calls []byte
	err = row.Scan(&last, &q.Rate, &since, &calls)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return Quota{}, err
	}
	q.Last, q.Since, q.Calls = moment(last), moment(since), unpackCalls(calls)
	return q, nil
}

// packCalls writes calls as pairs of varints: the microseconds since the call
// before, or since 1970, and the units.
func packCalls(calls []Call) (packed []byte) {
	var before int64
	for _, c := range calls {
		at := c.At.UnixMicro()
		packed = binary.AppendVarint(packed, at-before)
		packed = binary.AppendVarint(packed, int64(c.Units))
		before = at
	}
	return packed
}

// unpackCalls reads as far as it can: what was reserved lately is no loss.
func unpackCalls(packed []byte) (calls []Call) {
	var at int64
	for len(packed) > 0 {
		gap, n := binary.Varint(packed)
		if n <= 0 {
			break
		}
		units, m := binary.Varint(packed[n:])
		if m <= 0 {
			break
		}
		at += gap
		calls = append(calls, Call{At: time.UnixMicro(at).UTC(), Units: int(units)})
		packed = packed[n+m:]
	}
	return calls
}
