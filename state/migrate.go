package state

import (
	"context"
	"database/sql"
	"fmt"
)

// inspect reads what the file says of itself: that it is ours, and how many
// migrations it has behind it.
func (db *DB) inspect(ctx context.Context, conn *sql.Conn) (version int, err error) {
	var id int
	if err := conn.QueryRowContext(ctx, "PRAGMA application_id").Scan(&id); err != nil {
		return 0, err
	}
	if id != applicationID {
		return 0, db.damaged("it is not a popbridge state file (its application id is %#x)", uint32(id))
	}
	version, err = userVersion(ctx, conn)
	if err != nil {
		return 0, err
	}
	if version < 1 {
		return 0, db.damaged("it has no schema")
	}
	if known := len(db.steps); version > known {
		return 0, db.newer(version)
	}
	return version, nil
}

func (db *DB) newer(version int) error {
	return &Error{Path: db.path, Kind: Newer, Detail: db.schemas(version)}
}

func (db *DB) schemas(version int) string {
	return fmt.Sprintf("schema %d, this one knows %d", version, len(db.steps))
}

func userVersion(ctx context.Context, conn *sql.Conn) (version int, err error) {
	err = conn.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version)
	return version, err
}

// migrate brings the schema up to date, one transaction a step. The version
// is read again under the write lock, since another process may be at it too.
func (db *DB) migrate(ctx context.Context, conn *sql.Conn) error {
	for {
		done, err := db.step(ctx, conn)
		if done || err != nil {
			return err
		}
	}
}

func (db *DB) step(ctx context.Context, conn *sql.Conn) (done bool, err error) {
	if err := execute(ctx, conn, "BEGIN IMMEDIATE"); err != nil {
		return false, err
	}
	version, err := userVersion(ctx, conn)
	if err == nil && version >= len(db.steps) {
		return true, execute(ctx, conn, "ROLLBACK")
	}
	if err == nil {
		set := fmt.Sprintf("PRAGMA user_version = %d", version+1)
		err = execute(ctx, conn, db.steps[version], set, "COMMIT")
	}
	if err != nil {
		// The first error is the one to tell; this one adds nothing to it.
		_ = execute(context.WithoutCancel(ctx), conn, "ROLLBACK")
		return false, fmt.Errorf("bring schema %d up to date: %w", version, err)
	}
	return false, nil
}

// execute runs statements one after the other, up to the first that fails.
func execute(ctx context.Context, conn *sql.Conn, statements ...string) error {
	for _, s := range statements {
		if _, err := conn.ExecContext(ctx, s); err != nil {
			return err
		}
	}
	return nil
}
