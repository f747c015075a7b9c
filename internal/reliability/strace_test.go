package reliability_test

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// call is one system call of a traced process.
type call struct {
	// began and ended are its places in the order of all; other calls may
	// stand between them.
	began, ended int
	name         string
	// args are as strace prints them: descriptors with their path or address,
	// text in C's notation.
	args string
	// result is what follows the "=".
	result string
}

// on tells whether the call's descriptor is a file or connection that ends so.
func (c call) on(name string) bool {
	descriptor, _, _ := strings.Cut(c.args, ">")
	if strings.Contains(descriptor, "TCP:[") { // its notation has a > as well
		descriptor, _, _ = strings.Cut(c.args, "]>")
	}
	return strings.HasSuffix(descriptor, name)
}

// calls are those of one process and its threads, in the order of their ends.
type calls []call

// first finds the first call that began after a place and fits.
func (cs calls) first(after int, fits func(call) bool) (call, bool) {
	for _, c := range cs {
		if c.began > after && fits(c) {
			return c, true
		}
	}
	return call{}, false
}

var (
	wholeCall   = regexp.MustCompile(`^(\d+) +(\w+)\((.*)\) += (.*)$`)
	halfCall    = regexp.MustCompile(`^(\d+) +(\w+)\((.*) <unfinished \.\.\.>$`)
	resumedCall = regexp.MustCompile(`^(\d+) +<\.\.\. \w+ resumed>(.*)\) += (.*)$`)
)

// parseStrace reads what strace -f -o wrote.
func parseStrace(text []byte) (cs calls) {
	waiting := map[string]call{}
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		line := lines.Text()
		if m := halfCall.FindStringSubmatch(line); m != nil {
			waiting[m[1]] = call{began: n, name: m[2], args: m[3]}
		} else if m := resumedCall.FindStringSubmatch(line); m != nil {
			c := waiting[m[1]]
			c.ended, c.result = n, m[3]
			c.args += m[2]
			cs = append(cs, c)
		} else if m := wholeCall.FindStringSubmatch(line); m != nil {
			cs = append(cs, call{began: n, ended: n, name: m[2], args: m[3], result: m[4]})
		}
	}
	return cs
}

// needStrace skips the test where strace is missing or may not trace.
func needStrace(t *testing.T) {
	t.Helper()
	err := exec.Command("strace", "-f", "-o", os.DevNull, "true").Run()
	if err == nil {
		return
	}
	if os.Getenv("POPBRIDGE_REQUIRE_STRACE") == "1" {
		t.Fatalf("strace: %v", err)
	}
	t.Skipf("strace: %v", err)
}

// trace runs the program to its end and gives its system calls.
func (w *killWorld) trace(args ...string) calls {
	w.t.Helper()
	file := filepath.Join(w.t.TempDir(), "strace")
	line := append([]string{"-f", "-yy", "-s", "8192", "-o", file,
		"-e", "trace=network,read,write,writev,pwrite64,pwritev,fsync,fdatasync,sync_file_range,sync,syncfs,msync", program}, args...)
	cmd := exec.Command("strace", line...)
	cmd.Env = homely(w.home)
	if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
		w.t.Fatalf("run under strace: %v\n%s", err, out)
	}
	text, err := os.ReadFile(file)
	w.must(err)
	return parseStrace(text)
}
