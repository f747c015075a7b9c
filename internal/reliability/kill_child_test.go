package reliability_test

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"
)

// child is a process of the real program.
type child struct {
	cmd    *exec.Cmd
	began  time.Time
	ended  chan struct{} // closed once it is gone and waited for
	took   time.Duration
	stdout bytes.Buffer
	stderr bytes.Buffer
}

// startChild runs the program with a home of its own.
func startChild(t *testing.T, home string, stdin io.Reader, args ...string) *child {
	t.Helper()
	c := &child{cmd: exec.Command(program, args...), ended: make(chan struct{})}
	c.cmd.Env = homely(home)
	c.cmd.Stdin, c.cmd.Stdout, c.cmd.Stderr = stdin, &c.stdout, &c.stderr
	c.began = time.Now()
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = c.cmd.Wait() // how it ended is in the ProcessState
		c.took = time.Since(c.began)
		close(c.ended)
	}()
	return c
}

// homely is the environment of a user with a home of their own.
func homely(home string) []string {
	return []string{"HOME=" + home, "XDG_CONFIG_HOME=" + home + "/config", "XDG_STATE_HOME=" + home + "/state",
		"TMPDIR=" + home, "PATH=" + os.Getenv("PATH")}
}

// kill ends it with SIGKILL, unless it has ended.
func (c *child) kill() { _ = c.cmd.Process.Kill() }

// gone waits until it has ended.
func (c *child) gone(t *testing.T) {
	t.Helper()
	select {
	case <-c.ended:
	case <-time.After(2 * time.Minute):
		c.kill()
		<-c.ended
		t.Fatalf("it ran for two minutes\nstderr: %s", &c.stderr)
	}
}

// killed tells whether it was SIGKILL that ended it.
func (c *child) killed() bool {
	status, ok := c.cmd.ProcessState.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && status.Signal() == syscall.SIGKILL
}

func (c *child) code() int { return c.cmd.ProcessState.ExitCode() }
