package dovecottest

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// firstDelivery is the time in the name of the first message delivered, in
// Unix seconds. Each further one is a second younger: Dovecot numbers new
// messages in the order of the times in their names.
const firstDelivery = 1_700_000_000

func (s *Server) maildir(user string) string { return filepath.Join(s.root, "mail", user) }

func (s *Server) makeMaildir(user string) error {
	for _, folder := range []string{"", "cur", "new", "tmp"} {
		path := filepath.Join(s.maildir(user), folder)
		if err := os.MkdirAll(path, 0o700); err != nil {
			return fmt.Errorf("dovecottest: make a maildir: %w", err)
		}
		if err := s.owner.own(path); err != nil {
			return fmt.Errorf("dovecottest: hand over a maildir: %w", err)
		}
	}
	return nil
}

// Deliver puts a message into the user's mailbox, after those delivered before.
// Dovecot serves its line ends as CRLF, whatever they are in raw.
func (s *Server) Deliver(user string, raw []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.delivered++
	return s.deliver(user, fmt.Sprintf("%d.M0P%dQ%d.localhost", firstDelivery+s.delivered, os.Getpid(), s.delivered), raw)
}

// DeliverNamed is Deliver under a file name of the caller's choosing: the
// fields S= and W= of a Maildir name set the sizes that Dovecot believes in.
func (s *Server) DeliverNamed(user, name string, raw []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.deliver(user, name, raw)
}

// deliver writes to tmp and renames to new, so that no session sees a part.
func (s *Server) deliver(user, name string, raw []byte) error {
	temporary := filepath.Join(s.maildir(user), "tmp", name)
	if err := os.WriteFile(temporary, raw, 0o600); err != nil {
		return fmt.Errorf("dovecottest: write a message: %w", err)
	}
	if err := s.owner.own(temporary); err != nil {
		return fmt.Errorf("dovecottest: hand over a message: %w", err)
	}
	if err := os.Rename(temporary, filepath.Join(s.maildir(user), "new", name)); err != nil {
		return fmt.Errorf("dovecottest: deliver a message: %w", err)
	}
	return nil
}

// Messages gives the messages in the user's mailbox as they lie on disk, in
// the order of the times in their names.
func (s *Server) Messages(user string) ([][]byte, error) {
	paths, err := s.messageFiles(user)
	if err != nil {
		return nil, err
	}
	var out [][]byte
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("dovecottest: read a message: %w", err)
		}
		out = append(out, raw)
	}
	return out, nil
}

func (s *Server) messageFiles(user string) ([]string, error) {
	var paths []string
	for _, folder := range []string{"new", "cur"} {
		entries, err := os.ReadDir(filepath.Join(s.maildir(user), folder))
		if err != nil {
			return nil, fmt.Errorf("dovecottest: list a mailbox: %w", err)
		}
		for _, e := range entries {
			paths = append(paths, filepath.Join(s.maildir(user), folder, e.Name()))
		}
	}
	slices.SortFunc(paths, func(a, b string) int {
		a, b = filepath.Base(a), filepath.Base(b)
		return cmp.Or(cmp.Compare(nameTime(a), nameTime(b)), cmp.Compare(a, b))
	})
	return paths, nil
}

// nameTime is the time that a Maildir name begins with, in seconds.
func nameTime(name string) int64 {
	seconds, _, _ := strings.Cut(name, ".")
	n, _ := strconv.ParseInt(seconds, 10, 64) // 0 for a name of another form
	return n
}

// Clear removes all messages of the user. UIDs are not used again.
func (s *Server) Clear(user string) error {
	paths, err := s.messageFiles(user)
	if err != nil {
		return err
	}
	return removeAll(paths)
}

// ChangeUIDs makes Dovecot forget the UIDs of the user's messages, as a server
// does that was set up anew: each gets another one. No session may be open.
func (s *Server) ChangeUIDs(user string) error {
	// dovecot-uidvalidity stays: it keeps a change within the same second from
	// giving the same UIDs again.
	entries, err := os.ReadDir(s.maildir(user))
	if err != nil {
		return fmt.Errorf("dovecottest: find the index: %w", err)
	}
	var paths []string
	for _, e := range entries {
		if e.Name() == "dovecot-uidlist" || strings.HasPrefix(e.Name(), "dovecot.index") {
			paths = append(paths, filepath.Join(s.maildir(user), e.Name()))
		}
	}
	return removeAll(paths)
}

func removeAll(paths []string) error {
	for _, path := range paths {
		if err := os.Remove(path); err != nil {
			return fmt.Errorf("dovecottest: remove a file: %w", err)
		}
	}
	return nil
}
