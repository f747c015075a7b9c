package dovecottest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	readyWithin   = 20 * time.Second
	stoppedWithin = 10 * time.Second
	pollEvery     = 10 * time.Millisecond
)

// errPortTaken tells that another process was faster to bind a port.
var errPortTaken = errors.New("port is taken")

// process is a running dovecot master process.
type process struct {
	cmd    *exec.Cmd
	exited chan struct{} // closed once it is reaped
}

func startProcess(binary, config, log string) (*process, error) {
	stderr, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("dovecottest: open the log: %w", err)
	}
	defer stderr.Close()
	// In the foreground, so that its end is noticed and its pid can't be reused.
	p := &process{cmd: exec.Command(binary, "-F", "-c", config), exited: make(chan struct{})}
	p.cmd.Stderr = stderr
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("dovecottest: start dovecot: %w", err)
	}
	go func() {
		defer close(p.exited)
		_ = p.cmd.Wait() // how it ended is in the log
	}()
	return p, nil
}

// awaitReady returns once the greeting at addr holds name, which tells our
// instance from another server that took the port.
func (p *process) awaitReady(ctx context.Context, addr, name, log string) error {
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	poll := time.NewTicker(pollEvery)
	defer poll.Stop()
	for {
		err := greetedBy(ctx, addr, name)
		if err == nil {
			return nil
		}
		select {
		case <-p.exited:
			return diagnose(log)
		case <-ctx.Done():
			return fmt.Errorf("dovecottest: wait for dovecot at %s: %w (log: %s)", addr, err, tail(log))
		case <-poll.C:
		}
	}
}

func greetedBy(ctx context.Context, addr, name string) error {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	if deadline, ok := ctx.Deadline(); ok {
		_ = conn.SetDeadline(deadline) // can't fail on an open socket
	}
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil {
		return err
	}
	if !strings.Contains(line, name) {
		return errPortTaken
	}
	return nil
}

// diagnose says why dovecot ended by itself.
func diagnose(log string) error {
	text := tail(log)
	if strings.Contains(text, "Address already in use") {
		return fmt.Errorf("dovecottest: start dovecot: %w", errPortTaken)
	}
	return fmt.Errorf("dovecottest: dovecot ended by itself: %s", text)
}

func tail(log string) string {
	data, err := os.ReadFile(log)
	if err != nil {
		return err.Error()
	}
	return strings.TrimSpace(string(data[max(0, len(data)-2000):]))
}

// stop ends dovecot through its pid file, and waits until it is gone. A pid
// file that names another process is left alone.
func (p *process) stop(base string) error {
	data, err := os.ReadFile(filepath.Join(base, "master.pid"))
	pid, convErr := strconv.Atoi(strings.TrimSpace(string(data)))
	if err == nil && (convErr != nil || pid != p.cmd.Process.Pid) {
		err = fmt.Errorf("dovecottest: pid file holds %q, dovecot is %d", data, p.cmd.Process.Pid)
	}
	select {
	case <-p.exited:
		return nil
	default:
	}
	if sigErr := p.cmd.Process.Signal(syscall.SIGTERM); sigErr != nil && !errors.Is(sigErr, os.ErrProcessDone) {
		err = errors.Join(err, sigErr)
	}
	select {
	case <-p.exited:
		return err
	case <-time.After(stoppedWithin):
		killErr := p.cmd.Process.Kill()
		<-p.exited
		return errors.Join(errors.New("dovecottest: dovecot had to be killed"), err, killErr)
	}
}
