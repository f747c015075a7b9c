package app

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"time"

	"github.com/popbridge/popbridge/internal/bridge"
	"github.com/popbridge/popbridge/internal/config"
	"github.com/popbridge/popbridge/state"
)

// load reads the configuration.
func (p *program) load() (*config.Config, error) {
	return config.Load(p.configPath, p.env())
}

// choose picks accounts by name; without names, all.
func choose(c *config.Config, names []string) ([]config.POP3, error) {
	if len(names) == 0 {
		return c.POP3, nil
	}
	var chosen []config.POP3
	seen := map[string]bool{}
	for _, name := range names {
		a, ok := c.Account(name)
		if !ok {
			return nil, unknownAccount(c, name)
		}
		if !seen[name] {
			chosen = append(chosen, a)
		}
		seen[name] = true
	}
	return chosen, nil
}

func unknownAccount(c *config.Config, name string) error {
	var known []string
	for _, a := range c.POP3 {
		known = append(known, a.Name)
	}
	hint := "popbridge status"
	if near := config.Nearest(name, known); near != "" {
		hint = "did you mean " + near + "?"
	}
	return usageError{text: fmt.Sprintf("there is no account %s in %s", name, c.Path), hint: hint}
}

// openState opens the state for writing.
func (p *program) openState(ctx context.Context, c *config.Config) (*state.DB, error) {
	db, err := state.Open(ctx, c.State, state.Options{CreateParents: c.StateIsDefault, Logger: p.log})
	if err != nil {
		return nil, &bridge.Failure{Class: bridge.NoState, Err: err, Hint: stateHint(err)}
	}
	if db.Created() {
		p.log.Info("made a new state file", "path", c.State)
	}
	return db, nil
}

// hintOf is a failure's hint, or the one of the state's failure beneath it.
func hintOf(f *bridge.Failure) string {
	if f.Hint == "" {
		return stateHint(f.Err)
	}
	return f.Hint
}

func stateHint(err error) string {
	var se *state.Error
	if !errors.As(err, &se) {
		return ""
	}
	switch se.Kind {
	case state.Damaged:
		// SQLite would apply a -wal that stays to the backup.
		return "move " + se.Path + ", its -wal and its -shm away, and restore it from a backup; or, without one, type popbridge adopt ACCOUNT before the next run"
	case state.Newer:
		return "install the newer popbridge again"
	case state.ParentMissing:
		return "mount the volume, or correct state in the configuration"
	case state.Full:
		return "make room: df -h " + filepath.Dir(se.Path)
	case state.Unwritable:
		return folderHint(filepath.Dir(se.Path))
	case state.Busy:
		return "end the program that has it open: fuser -v " + se.Path
	default:
		return ""
	}
}

// folderHint is for a folder in which something can't be written.
func folderHint(dir string) string {
	return fmt.Sprintf("see whether the disk is full or read-only, and whose the folder is: df -h %[1]s && ls -la %[1]s", dir)
}

// lock takes the lock of an account. A holder that made no progress for long
// is reported; else the account is left to it in silence.
func (p *program) lock(c *config.Config, account string) (*state.Lock, *bridge.Failure) {
	dir := filepath.Dir(c.State)
	l, err := state.LockAccount(dir, account)
	if err == nil {
		return l, nil
	}
	if !errors.Is(err, state.ErrLocked) {
		return nil, &bridge.Failure{Class: bridge.NoState, Err: err, Hint: folderHint(dir)}
	}
	f := &bridge.Failure{Class: bridge.Later, Quiet: true, Err: errors.New("another run has the account")}
	since, err := state.LockProgress(dir, account)
	if idle := time.Since(since); err == nil && idle > c.AlertAfter {
		f.Quiet = false
		f.Err = fmt.Errorf("another run has had the account without any progress for %s", idle.Round(time.Minute))
		f.Hint = "ps ax | grep popbridge"
	}
	return nil, f
}

// locked does something with an account that no run may have meanwhile. A
// person asked for it, so a run that has the account is said aloud.
func (p *program) locked(c *config.Config, account string, do func(*state.Lock) error) error {
	l, f := p.lock(c, account)
	if f != nil {
		f.Hint = "try again once it has ended"
		f.Err = fmt.Errorf("%s: %w", account, f.Err)
		return f
	}
	return errors.Join(do(l), l.Release())
}

// nothingRecorded is the state where there is no file yet, for what changes
// nothing.
type nothingRecorded struct{}

var errReadOnly = errors.New("the state is open for reading only")

func (nothingRecorded) Outlines(context.Context, string) iter.Seq2[state.Outline, error] {
	return func(func(state.Outline, error) bool) {}
}
func (nothingRecorded) Rows(context.Context, string, ...string) ([]state.Record, error) {
	return nil, nil
}
func (nothingRecorded) Account(_ context.Context, name string) (state.Account, error) {
	return state.Account{Name: name}, nil
}
func (nothingRecorded) AccountsOf(context.Context, string) ([]state.Account, error) {
	return nil, nil
}
func (nothingRecorded) Notices(context.Context, string) ([]state.Notice, error) { return nil, nil }
func (nothingRecorded) ByGmailID(context.Context, string, string) ([]state.Record, error) {
	return nil, nil
}
func (nothingRecorded) Forget(context.Context, string, time.Time) (int, error) { return 0, errReadOnly }
func (nothingRecorded) Write(context.Context, func(*state.Writer) error) error { return errReadOnly }
func (nothingRecorded) Transact(context.Context, func(state.Tx) error) error   { return errReadOnly }
func (nothingRecorded) Reserve(context.Context, string, func(state.Quota) state.Quota) error {
	return errReadOnly
}
func (nothingRecorded) Close() error { return nil }

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// reader is the state opened for reading.
type reader interface {
	bridge.Ledger
	bridge.Quota
	Close() error
}

// readState opens the state for reading; a missing one is empty.
func (p *program) readState(ctx context.Context, c *config.Config) (reader, error) {
	db, err := state.Open(ctx, c.State, state.Options{Mode: state.ReadOnly, Logger: p.log})
	switch {
	case errors.Is(err, state.ErrMissing) && !c.StateIsDefault && !exists(filepath.Dir(filepath.Dir(c.State))):
		return nil, &bridge.Failure{Class: bridge.NoState, Err: fmt.Errorf(
			"%w: the folder that holds its folder is missing, too (is its volume mounted?)", err), Hint: "mount the volume, or correct state in the configuration"}
	case errors.Is(err, state.ErrMissing):
		return nothingRecorded{}, nil
	case err != nil:
		return nil, &bridge.Failure{Class: bridge.NoState, Err: err, Hint: stateHint(err)}
	default:
		return db, nil
	}
}
