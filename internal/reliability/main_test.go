package reliability_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// program is the path of popbridge, built as a user would build it.
var program string

func TestMain(m *testing.M) {
	os.Exit(withProgram(m.Run))
}

// withProgram builds popbridge for as long as run takes. The flags that this
// test was built with are not passed on: what is killed here is what people
// run.
func withProgram(run func() int) int {
	dir, err := os.MkdirTemp("", "popbridge-reliability-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	program = filepath.Join(dir, "popbridge")
	build := exec.Command("go", "build", "-o", program, "github.com/popbridge/popbridge")
	build.Env = append(os.Environ(), "GOFLAGS=")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build popbridge: %v\n%s", err, out)
		return 1
	}
	return run()
}
