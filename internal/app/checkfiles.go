package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
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
	private := k.checkPasswordFiles(ctx, s) + k.checkGoogleFiles(s)
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

// checkPasswordFiles counts those that are as they should be.
func (k *checkup) checkPasswordFiles(ctx context.Context, s *sheet) (private int) {
	for _, a := range k.accounts {
		if a.Password.File == "" {
			continue
		}
		if _, err := a.ReadPassword(ctx, k.env()); err != nil {
			s.fail(onPermissions, bridge.Classify(misconfigured(err), a.Name, a.To))
			k.hindered[a.Name] = true
			continue
		}
		private++
	}
	return private
}

// checkGoogleFiles looks at client, key and token. That there is no token yet
// isn't a matter of files.
func (k *checkup) checkGoogleFiles(s *sheet) (private int) {
	seen := map[string]bool{}
	for _, t := range k.targets {
		for _, f := range []struct{ path, key, hint string }{
			{t.Client, "client", "download the OAuth client (Desktop app) at https://console.cloud.google.com/auth/clients and save it as " + t.Client},
			{t.ServiceAccount, "service_account", "download the key at https://console.cloud.google.com/iam-admin/serviceaccounts and save it as " + t.ServiceAccount},
			{t.Token, "token", ""},
		} {
			if f.path == "" || f.key == "token" && (t.ServiceAccount != "" || !exists(f.path)) {
				continue
			}
			if _, err := k.readSecret(f.path, f.key); err == nil {
				private++
			} else {
				k.hindered[t.Name] = true
				f := unread(err, f.hint)
				if !seen[f.Error()] {
					s.fail(onPermissions, f)
				}
				seen[f.Error()] = true
			}
		}
	}
	return private
}

// unread is the failure of a file that can't be read.
func unread(err error, missing string) *bridge.Failure {
	f := bridge.Classify(err, "", "")
	if errors.Is(err, fs.ErrNotExist) {
		f.Hint = missing
	}
	return f
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
	dir := filepath.Dir(path)
	for !exists(dir) && dir != filepath.Dir(dir) {
		dir = filepath.Dir(dir)
	}
	if f := k.unwritable(dir, path, filepath.Join(dir, "spool")); f != nil {
		s.fail(onPermissions, f)
		return "", all
	}
	room, more := k.checkRoom(dir)
	return facts + "; its folder can be written, " + room, append(all, more...)
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

// checkTokenFolders looks whether refreshed tokens can be kept.
func (k *checkup) checkTokenFolders() (all []advice) {
	seen := map[string]bool{}
	for _, t := range k.targets {
		dir := filepath.Dir(t.Token)
		if t.ServiceAccount != "" || seen[dir] || !exists(dir) {
			continue
		}
		seen[dir] = true
		if err := writable(dir); err != nil && dir != filepath.Dir(k.config.State) {
			all = append(all, advice{fmt.Sprintf("a refreshed token can't be kept in %s: %v", k.homely(dir), err), folderHint(dir)})
		}
	}
	return all
}
