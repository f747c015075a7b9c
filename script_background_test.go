package main_test

import (
	"context"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// process is a program that runs beside the script.
type process struct {
	watch
	cmd            *exec.Cmd
	stdin          io.WriteCloser
	stdout, stderr strings.Builder
	ended          chan struct{}
	err            error
}

// stream is standard output or error of a process.
type stream struct {
	p  *process
	to *strings.Builder
}

func (s stream) Write(b []byte) (n int, err error) {
	s.p.change(func() { n, err = s.to.Write(b) })
	return n, err
}

// start NAME PROGRAM [ARG…] runs a program beside the script. Unlike exec
// with &, what it says can be waited for, and it can be typed to.
func start(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: start NAME PROGRAM [ARG…]")
	}
	w := worldOf(ts)
	p := &process{watch: watch{changed: make(chan struct{})}, ended: make(chan struct{})}
	p.cmd = w.command(ts, args[1], args[2:]...)
	p.cmd.Stdout, p.cmd.Stderr = stream{p, &p.stdout}, stream{p, &p.stderr}
	var err error
	p.stdin, err = p.cmd.StdinPipe()
	ts.Check(err)
	ts.Check(p.cmd.Start())
	w.processes[args[0]] = p
	go func() {
		p.err = p.cmd.Wait()
		close(p.ended)
		p.change(func() {})
	}()
}

// command is a program in the script's folder and environment.
func (w *world) command(ts *testscript.TestScript, program string, args ...string) *exec.Cmd {
	path := program
	for _, dir := range strings.Split(ts.Getenv("PATH"), string(os.PathListSeparator)) {
		if found, err := exec.LookPath(dir + string(os.PathSeparator) + program); err == nil {
			path = found
			break
		}
	}
	cmd := exec.CommandContext(context.Background(), path, args...)
	cmd.Dir = ts.MkAbs(".")
	for _, key := range []string{"PATH", "HOME", "USERPROFILE", "SYSTEMROOT", "TMPDIR", "TMP", "TZ",
		"XDG_CONFIG_HOME", "XDG_STATE_HOME", "GORACE", "GOCOVERDIR"} {
		if value := ts.Getenv(key); value != "" {
			cmd.Env = append(cmd.Env, key+"="+value)
		}
	}
	return cmd
}

func running(ts *testscript.TestScript, neg bool, args []string, usage string) *process {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: %s", usage)
	}
	p := worldOf(ts).processes[args[0]]
	if p == nil {
		ts.Fatalf("%s is not running", args[0])
	}
	return p
}

const awaitUsage = "await NAME REGEXP [VARIABLE]"

// await NAME REGEXP [VARIABLE] waits until a process says something, and sets
// a variable to what the regexp's group matches.
func await(ts *testscript.TestScript, neg bool, args []string) {
	p := running(ts, neg, args, awaitUsage)
	if len(args) != 2 && len(args) != 3 {
		ts.Fatalf("usage: %s", awaitUsage)
	}
	match := p.said(regexp.MustCompile("(?m)" + args[1]))
	if match == nil {
		ts.Fatalf("it never said %s; it said:\n%s", args[1], p.says())
	}
	if len(args) == 3 {
		ts.Setenv(args[2], match[len(match)-1])
	}
}

// said waits for a match in what the process says, and gives it with its
// groups.
func (p *process) said(pattern *regexp.Regexp) (match []string) {
	p.until(func() bool {
		match = pattern.FindStringSubmatch(p.stderr.String() + p.stdout.String())
		return match != nil || p.isOver()
	})
	return match
}

func (p *process) says() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stderr.String()
}

func (p *process) isOver() bool {
	select {
	case <-p.ended:
		return true
	default:
		return false
	}
}

// type NAME [TEXT] types a line, or the end of the input.
func typeIn(ts *testscript.TestScript, neg bool, args []string) {
	p := running(ts, neg, args, "type NAME [TEXT]")
	if len(args) == 1 {
		ts.Check(p.stdin.Close())
		return
	}
	_, err := io.WriteString(p.stdin, args[1]+"\n")
	ts.Check(err)
}

const signalUsage = "signal NAME INT|TERM|HUP|KILL"

// signal NAME INT|TERM|HUP|KILL sends a signal.
func signal(ts *testscript.TestScript, neg bool, args []string) {
	p := running(ts, neg, args, signalUsage)
	signals := map[string]os.Signal{"INT": os.Interrupt, "TERM": syscall.SIGTERM, "HUP": syscall.SIGHUP, "KILL": os.Kill}
	if len(args) != 2 || signals[args[1]] == nil {
		ts.Fatalf("usage: %s", signalUsage)
	}
	ts.Check(p.cmd.Process.Signal(signals[args[1]]))
}

// finish NAME CODE [WITHIN] waits for the end of a process, which is to have an
// exit code (-1 for one that was killed) and to come in time. What it said is
// then that of the script's last command.
func finish(ts *testscript.TestScript, neg bool, args []string) {
	p := running(ts, neg, args, "finish NAME CODE")
	began := time.Now()
	if !p.until(p.isOver) {
		p.kill()
		ts.Fatalf("it did not end; it said:\n%s", p.says())
	}
	_, _ = io.WriteString(ts.Stdout(), p.stdout.String()) // a builder takes all
	_, _ = io.WriteString(ts.Stderr(), p.says())
	w := worldOf(ts)
	w.inspect(ts, "standard output", p.stdout.String())
	w.inspect(ts, "standard error", p.says())
	delete(w.processes, args[0])
	code, err := exitCode(p.err)
	ts.Check(err)
	if len(args) < 2 || args[1] != strconv.Itoa(code) {
		ts.Fatalf("exit code %d, want %q\n%s", code, args[1:], p.says())
	}
	if len(args) == 3 {
		within, err := time.ParseDuration(args[2])
		ts.Check(err)
		if took := time.Since(began); took > within {
			ts.Fatalf("it took %s", took)
		}
	}
}

// kill ends a process that nothing else has ended.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // it may be over
	<-p.ended
}
