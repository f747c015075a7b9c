package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
)

// serve is what this program is when it runs as one of its own servers: it
// reads JSON values on standard input, answers each by one on standard output,
// and ends when its input does, however its parent ended.
func serve(args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("want one kind of server, got %q", args)
	}
	switch args[0] {
	case "gmail":
		return serveGmail(os.Stdin, os.Stdout)
	case "provider":
		return serveProvider(os.Stdin, os.Stdout)
	}
	return fmt.Errorf("there is no server %q", args[0])
}

// server is a process of this program's that serves and is called by JSON.
type server struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *json.Decoder
	stderr strings.Builder
	mu     sync.Mutex
}

// startServer starts this program as a server of a kind that serve knows.
func startServer(kind string) (*server, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	s := &server{cmd: exec.Command(self, "serve", kind)}
	s.cmd.Stderr = &s.stderr
	if s.in, err = s.cmd.StdinPipe(); err != nil {
		return nil, fmt.Errorf("start %s: %w", kind, err)
	}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", kind, err)
	}
	s.out = json.NewDecoder(out)
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", kind, err)
	}
	return s, nil
}

// call sends a question and reads the answer to it. Where the context ends
// first the server is of no more use.
func (s *server) call(ctx context.Context, question, answer any) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	stop := context.AfterFunc(ctx, func() { _ = s.cmd.Process.Kill() })
	defer stop()
	if err := json.NewEncoder(s.in).Encode(question); err != nil {
		return fmt.Errorf("ask a server: %w", errors.Join(ctx.Err(), err))
	}
	if err := s.out.Decode(answer); err != nil {
		return fmt.Errorf("read a server's answer: %w", errors.Join(ctx.Err(), err))
	}
	return nil
}

// Close ends the server and waits until it is gone.
func (s *server) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cmd.ProcessState != nil {
		return nil
	}
	_ = s.in.Close() // which it takes for the end
	if err := s.cmd.Wait(); err != nil {
		return fmt.Errorf("end a server: %w: %s", err, s.stderr.String())
	}
	return nil
}
