package main_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"syscall"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/sys/unix"
)

// terminal NAME PROGRAM [ARG…] is start at a terminal of its own: what is
// typed and standard error, what is typed included, are seen there.
func terminal(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: terminal NAME PROGRAM [ARG…]")
	}
	w := worldOf(ts)
	keyboard, device, err := openTerminal()
	ts.Check(err)
	p := &process{watch: watch{changed: make(chan struct{})}, ended: make(chan struct{}), stdin: keyboard}
	p.cmd = w.command(ts, args[1], args[2:]...)
	p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = device, stream{p, &p.stdout}, device
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	ts.Check(p.cmd.Start())
	ts.Check(device.Close())
	w.processes[args[0]] = p
	go func() {
		_, _ = io.Copy(screen{stream{p, &p.stderr}}, keyboard) // EIO is its end
		p.err = p.cmd.Wait()
		keyboard.Close()
		close(p.ended)
		p.change(func() {})
	}()
}

// screen makes lines of a terminal's end as those of a file do.
type screen struct{ to stream }

func (s screen) Write(b []byte) (int, error) {
	_, err := s.to.Write(bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n")))
	return len(b), err
}

// openTerminal makes a terminal: its keyboard and screen, and what a program
// has of it (pts(4)).
func openTerminal() (keyboard, device *os.File, err error) {
	keyboard, err = os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		return nil, nil, err
	}
	var number int
	raw, err := keyboard.SyscallConn()
	if err != nil {
		return nil, nil, err
	}
	var fault error
	err = raw.Control(func(fd uintptr) {
		if fault = unix.IoctlSetPointerInt(int(fd), unix.TIOCSPTLCK, 0); fault == nil {
			number, fault = unix.IoctlGetInt(int(fd), unix.TIOCGPTN)
		}
	})
	if err != nil || fault != nil {
		return nil, nil, fmt.Errorf("unlock the terminal: %v %v", err, fault)
	}
	device, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	return keyboard, device, err
}
