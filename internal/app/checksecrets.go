package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/popbridge/popbridge/internal/bridge"
	"github.com/popbridge/popbridge/internal/config"
)

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

// secretFile is one that popbridge reads for somebody, an account or a
// destination; hint is for where it is missing.
type secretFile struct{ of, path, key, hint string }

// checkOAuthFiles looks at clients, keys and tokens, and counts those that are
// as they should be.
func (k *checkup) checkOAuthFiles(s *sheet) (private int) {
	seen := map[string]bool{}
	for _, file := range append(k.googleFiles(), k.tokenFiles()...) {
		_, err := k.readSecret(file.path, file.key)
		if err == nil {
			private++
			continue
		}
		k.hindered[file.of] = true
		f := unread(err, file.hint)
		if !seen[f.Error()] {
			s.fail(onPermissions, f)
		}
		seen[f.Error()] = true
	}
	return private
}

// googleFiles are what destinations show Google of popbridge.
func (k *checkup) googleFiles() (all []secretFile) {
	for _, t := range k.targets {
		all = append(all, googleFile(t.Gmail))
	}
	return all
}

func googleFile(g config.Gmail) secretFile {
	if g.ServiceAccount != "" {
		return secretFile{g.Name, g.ServiceAccount, "service_account",
			"download the key at https://console.cloud.google.com/iam-admin/serviceaccounts and save it as " + g.ServiceAccount}
	}
	return secretFile{g.Name, g.Client, "client",
		"download the OAuth client (Desktop app) at https://console.cloud.google.com/auth/clients and save it as " + g.Client}
}

// tokenFiles are those of destinations and accounts that are there: that
// nobody has logged in yet isn't a matter of files.
func (k *checkup) tokenFiles() (all []secretFile) {
	for _, f := range k.tokenPlaces() {
		if exists(f.path) {
			all = append(all, f)
		}
	}
	return all
}

// tokenPlaces are where tokens are kept, or will be.
func (k *checkup) tokenPlaces() (all []secretFile) {
	for _, t := range k.targets {
		if t.ServiceAccount == "" {
			all = append(all, secretFile{of: t.Name, path: t.Token, key: "token"})
		}
	}
	for _, a := range k.accounts {
		if a.OAuth.Token != "" {
			all = append(all, secretFile{of: a.Name, path: a.OAuth.Token, key: "token"})
		}
	}
	return all
}

// unread is the failure of a file that can't be read.
func unread(err error, missing string) *bridge.Failure {
	f := bridge.Classify(err, "", "")
	if errors.Is(err, fs.ErrNotExist) {
		f.Hint = missing
	}
	return f
}

// checkTokenFolders looks whether refreshed tokens can be kept.
func (k *checkup) checkTokenFolders() (all []advice) {
	seen := map[string]bool{}
	for _, f := range k.tokenPlaces() {
		dir := filepath.Dir(f.path)
		if seen[dir] || !exists(dir) {
			continue
		}
		seen[dir] = true
		if err := writable(dir); err != nil && dir != filepath.Dir(k.config.State) {
			all = append(all, advice{fmt.Sprintf("a refreshed token can't be kept in %s: %v", k.homely(dir), err), folderHint(dir)})
		}
	}
	return all
}
