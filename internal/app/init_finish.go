package app

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/popbridge/popbridge/internal/bridge"
	"github.com/popbridge/popbridge/internal/config"
	"github.com/popbridge/popbridge/internal/firstconfig"
)

// finish writes the configuration and the files that belong to it, or none of
// them, and says what comes next.
func (s *setup) finish() error {
	if s.password != "" {
		s.pop.PasswordFile = s.place(s.pop.Name+".password", []byte(s.password+"\n"))
	}
	s.pop.PasswordFile, s.pop.TLSCA = s.beside(s.pop.PasswordFile), s.beside(s.pop.TLSCA)
	text := s.text()
	if _, err := config.Parse(s.configPath, append(s.existing[:len(s.existing):len(s.existing)], text...), s.env()); err != nil {
		return err
	}
	files := s.files
	if !s.print {
		files = append(files, firstconfig.New{Path: s.configPath, Content: text})
	}
	if err := firstconfig.Publish(files...); err != nil {
		hint := folderHint(s.dir)
		if errors.Is(err, fs.ErrExist) {
			hint = "somebody made that file meanwhile: ls -la " + config.ShellWord(s.dir)
		}
		return &bridge.Failure{Class: bridge.NoState, Err: err, Hint: hint}
	}
	if err := s.close(); err != nil {
		return err
	}
	if s.print {
		_, _ = s.Stdout.Write(text) // the output remembers its errors
	}
	s.report(files)
	return nil
}

// close takes a client that was there already from the eyes of others: with
// it as it is, no run would begin.
func (s *setup) close() error {
	path := filepath.Join(s.dir, s.gmail.Client+s.gmail.ServiceAccount)
	info, err := os.Stat(path)
	if s.existing != nil || err != nil || config.CheckSecretFile(path, info.Mode(), s.GOOS) == nil {
		return nil
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return fmt.Errorf("close %s to others: %w", path, err)
	}
	return nil
}
