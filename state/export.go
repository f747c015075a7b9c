package state

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
)

// Export writes all records as JSON Lines, ordered by account and UID: first
// {"popbridge_state":1}, then a row a line. What it writes is the state of
// one moment.
func (db *DB) Export(ctx context.Context, w io.Writer) error {
	if db.wal {
		return db.export(ctx, w)
	}
	// With a rollback journal a reader keeps writers waiting, and w may be a
	// pager that a person reads.
	var all bytes.Buffer
	if err := db.export(ctx, &all); err != nil {
		return err
	}
	if _, err := all.WriteTo(w); err != nil {
		return fmt.Errorf("write export: %w", err)
	}
	return nil
}

// export reads by one statement, which sees one snapshot.
func (db *DB) export(ctx context.Context, w io.Writer) error {
	rows, err := db.readers.QueryContext(ctx, selectMessages+" ORDER BY account, uid")
	if err != nil {
		return db.fault("read records", err)
	}
	defer rows.Close()
	out := bufio.NewWriterSize(w, 64<<10)
	enc := json.NewEncoder(visible{out})
	enc.SetEscapeHTML(false)
	// bufio keeps the first error for Flush.
	_ = enc.Encode(exportHeader{exportVersion})
	scanner := newMessageScanner()
	for rows.Next() {
		var r Record
		if err := scanner.scan(rows, &r); err != nil {
			return db.fault("read records", scanFault(rows, err))
		}
		if err := enc.Encode(toRow(&r)); err != nil {
			return fmt.Errorf("write export: %w", err)
		}
	}
	if err := rows.Err(); err != nil {
		return db.fault("read records", err)
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write export: %w", err)
	}
	return nil
}
