package dovecottest

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"
)

// startAttempts is how many pairs of ports are tried.
const startAttempts = 5

// Server is a running Dovecot. Its methods may be called from several
// goroutines.
type Server struct {
	root        string // configuration, sockets and mail; removed by Stop
	log         string
	pop3, pop3s int
	cert        *certificate
	owner       owner
	key         []byte // signs tokens; nil without Options.OAuth
	proc        *process

	mu        sync.Mutex
	delivered int64 // counts deliveries, for names in their order

	stop func() error
}

// Start runs a Dovecot and returns once it greets. Its configuration and log
// are in dir (dovecot.conf, dovecot.log) and stay there; mail and sockets are in a
// temporary folder that Stop removes, because the path of a socket is limited
// to some hundred bytes and, under root, Dovecot's users must be able to reach
// it. The error wraps ErrMissing where Dovecot isn't installed.
func Start(dir string, opts Options) (*Server, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*readyWithin)
	defer cancel()
	if err := opts.validate(); err != nil {
		return nil, err
	}
	binary, err := findBinary(ctx)
	if err != nil {
		return nil, err
	}
	s, err := prepare(dir, opts)
	if err != nil {
		return nil, err
	}
	for range startAttempts {
		if err = s.launch(ctx, binary, dir, opts); !errors.Is(err, errPortTaken) {
			break
		}
	}
	if err != nil {
		return nil, errors.Join(err, s.removeRoot())
	}
	s.stop = sync.OnceValue(func() error {
		return errors.Join(s.proc.stop(filepath.Join(s.root, "run")), s.removeRoot())
	})
	return s, nil
}

// prepare makes the folders and files that don't depend on the ports.
func prepare(dir string, opts Options) (*Server, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("dovecottest: find %s: %w", dir, err)
	}
	s := &Server{log: filepath.Join(dir, "dovecot.log")}
	if s.owner, err = currentOwner(); err != nil {
		return nil, err
	}
	if s.cert, err = newCertificate(time.Now()); err != nil {
		return nil, err
	}
	if s.root, err = os.MkdirTemp("", "dovecot"); err != nil {
		return nil, fmt.Errorf("dovecottest: make a folder: %w", err)
	}
	if err := s.fillRoot(opts); err != nil {
		return nil, errors.Join(err, s.removeRoot())
	}
	return s, nil
}

func (s *Server) fillRoot(opts Options) error {
	if err := os.Chmod(s.root, 0o755); err != nil {
		return fmt.Errorf("dovecottest: open the folder to dovecot: %w", err)
	}
	if err := writeFiles(s.root, opts, s.cert); err != nil {
		return err
	}
	if opts.OAuth {
		if err := s.writeOAuth(); err != nil {
			return err
		}
	}
	if err := os.Mkdir(filepath.Join(s.root, "mail"), 0o755); err != nil {
		return fmt.Errorf("dovecottest: make the mail folder: %w", err)
	}
	for user := range opts.Users {
		if err := s.makeMaildir(user); err != nil {
			return err
		}
	}
	return nil
}

// launch starts Dovecot on a fresh pair of ports.
func (s *Server) launch(ctx context.Context, binary, dir string, opts Options) error {
	if err := s.pickPorts(); err != nil {
		return err
	}
	if err := os.RemoveAll(s.log); err != nil { // of the attempt before
		return fmt.Errorf("dovecottest: remove the old log: %w", err)
	}
	name := "dovecottest-" + token()
	data, err := settings{
		Options: opts, Root: s.root, Log: s.log, Name: name,
		POP3: s.pop3, POP3S: s.pop3s,
		UID: s.owner.uid, GID: s.owner.gid,
		User: s.owner.user, Group: s.owner.group, Unprivileged: !s.owner.root,
	}.render()
	if err != nil {
		return err
	}
	config := filepath.Join(dir, "dovecot.conf")
	if err := os.WriteFile(config, data, 0o644); err != nil {
		return fmt.Errorf("dovecottest: write the configuration: %w", err)
	}
	if s.proc, err = startProcess(binary, config, s.log); err != nil {
		return err
	}
	if err := s.proc.awaitReady(ctx, s.addr(s.pop3), name, s.log); err != nil {
		_ = s.proc.stop(filepath.Join(s.root, "run")) // the first error says more
		return err
	}
	return nil
}

// pickPorts asks the system for two free ports. Another process may take them
// before Dovecot does, which launch notices.
func (s *Server) pickPorts() error {
	for _, port := range []*int{&s.pop3, &s.pop3s} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return fmt.Errorf("dovecottest: find a free port: %w", err)
		}
		defer l.Close() // held until both are known, or they may be the same
		*port = l.Addr().(*net.TCPAddr).Port
	}
	return nil
}

func (s *Server) addr(port int) string { return net.JoinHostPort(s.Host(), strconv.Itoa(port)) }

// removeRoot tries for a while, since Dovecot's children outlive their master
// by moments and may still write.
func (s *Server) removeRoot() error {
	deadline := time.Now().Add(stoppedWithin)
	for {
		err := os.RemoveAll(s.root)
		if err == nil || time.Now().After(deadline) {
			return err
		}
		time.Sleep(pollEvery)
	}
}

func token() string {
	var b [6]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}
