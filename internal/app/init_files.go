package app

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/popbridge/popbridge/internal/config"
	"github.com/popbridge/popbridge/internal/firstconfig"
)

// fromHere is a path as it was typed, to be used from anywhere.
func (s *setup) fromHere(path string) string {
	path = s.expand(path)
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	return absolute
}

// keep has a file copied beside the configuration, unless it is there, and
// gives its name.
func (s *setup) keep(file, name string, content []byte) string {
	s.files = nil // an answer may be given anew
	if filepath.Dir(file) == s.dir && filepath.Base(file) == name {
		return name
	}
	return s.place(name, content)
}

// place gives the name for new content in the configuration's folder: one
// that is free, or has that content and is closed to others.
func (s *setup) place(name string, content []byte) string {
	extension := filepath.Ext(name)
	free := name
	for n := 2; ; n++ {
		path := filepath.Join(s.dir, free)
		if _, err := os.Lstat(path); err != nil {
			s.files = append(s.files, firstconfig.New{Path: path, Content: content})
			return free
		}
		if s.holds(path, content) {
			return free
		}
		free = fmt.Sprintf("%s-%d%s", strings.TrimSuffix(name, extension), n, extension)
	}
}

func (s *setup) holds(path string, content []byte) bool {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() || config.CheckSecretFile(path, info.Mode(), s.GOOS) != nil {
		return false
	}
	there, err := os.ReadFile(path)
	return err == nil && bytes.Equal(there, content)
}

// beside writes a path as the configuration should have it: what lies in its
// folder by its name alone, so that the folder can be moved.
func (s *setup) beside(path string) string {
	if filepath.Dir(path) == s.dir {
		return filepath.Base(path)
	}
	return path
}

// modified is when a file was, the zero time where that isn't known.
func modified(path string) time.Time {
	info, err := os.Stat(path)
	if err != nil {
		return time.Time{}
	}
	return info.ModTime()
}
