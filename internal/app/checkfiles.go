package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/popbridge/popbridge/internal/bridge"
	"github.com/popbridge/popbridge/internal/config"
	"github.com/popbridge/popbridge/internal/spool"
	"github.com/popbridge/popbridge/state"
)

// checkFiles looks at the files with secrets, opens the state, and looks
// whether a run could write where it has to.
func (k *checkup) checkFiles(ctx context.Context) *sheet {
	s := &sheet{}
	var all []advice
	if info, err := os.Stat(k.config.Path); err == nil && k.GOOS != "windows" && info.Mode().Perm()&0o002 != 0 {
		all = append(all, advice{k.homely(k.config.Path) + " can be changed by others",
			"chmod o-w " + config.ShellWord(k.config.Path)})
	}
	private := k.checkPasswordFiles(ctx, s) + k.checkOAuthFiles(s)
	facts, more := k.checkState(ctx, s)
	all = append(append(all, more...), k.checkTokenFolders()...)
	if private > 0 {
		facts += "; " + counted(private, "secret file") + " closed to others"
	}
	if len(s.remarks) == 0 || len(all) > 0 {
		s.report(onPermissions, facts, all)
	}
	return s
}

// checkState opens the state for reading, and looks whether it could be
// written.
func (k *checkup) checkState(ctx context.Context, s *sheet) (facts string, all []advice) {
	path := k.config.State
	k.state = nothingRecorded{}
	facts = "state " + k.homely(path)
	opened, err := k.readState(ctx, k.config)
	var se *state.Error
	switch {
	case errors.As(err, &se) && se.Kind == state.Older:
		all = append(all, advice{se.Error(), "popbridge run"})
	case err != nil:
		f := bridge.Classify(err, "", "")
		f.Hint = hintOf(f)
		s.fail(onPermissions, f)
		return "", nil
	default:
		k.state, k.ledger, k.quota = opened, opened, opened
		facts += " opens"
	}
	if !exists(path) {
		facts = "no state yet, the first run makes " + k.homely(path)
	}
	dir := nearestFolder(filepath.Dir(path))
	if f := k.unwritable(dir, path, filepath.Join(dir, "spool")); f != nil {
		s.fail(onPermissions, f)
		return "", all
	}
	room, more := k.checkRoom(dir)
	return facts + "; its folder can be written, " + room, append(all, more...)
}

// nearestFolder is the folder itself where it is there, else the nearest above
// it: that in which it would be made.
func nearestFolder(dir string) string {
	for !exists(dir) && dir != filepath.Dir(dir) {
		dir = filepath.Dir(dir)
	}
	return dir
}

// unwritable is the failure of the first that is there and can't be written.
func (k *checkup) unwritable(paths ...string) *bridge.Failure {
	for _, p := range paths {
		if err := writable(p); err != nil && exists(p) {
			return &bridge.Failure{Class: bridge.NoState, Err: fmt.Errorf("%s can't be written: %w", k.homely(p), err),
				Hint: folderHint(filepath.Dir(k.config.State))}
		}
	}
	return nil
}

// checkRoom tells what a folder lies on.
func (k *checkup) checkRoom(dir string) (facts string, all []advice) {
	facts = "on a local disk"
	if state.Networked(dir) {
		facts = "on a network file system"
	}
	left, known := free(dir)
	if !known {
		return facts, nil
	}
	facts += fmt.Sprintf(", %s free", octets(left))
	if left < spool.DefaultBudget {
		all = append(all, advice{"mail on its way may take " + octets(spool.DefaultBudget) + " there", "make room: df -h " + dir})
	}
	return facts, all
}
