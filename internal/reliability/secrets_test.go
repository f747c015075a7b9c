//go:build unix

package reliability_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/popbridge/popbridge/gmail/gmailtest"
	"github.com/popbridge/popbridge/pop3/pop3test"
)

// sayings are the commands that say most.
var sayings = [][]string{{"run", "-v"}, {"run", "-v", "--log-format", "json", "--json"}, {"run", "-n", "-v"}, {"status", "--json"}, {"state", "export"}}

// TestNothingIsTold runs everything with all that can fail failing.
func TestNothingIsTold(t *testing.T) {
	t.Parallel()
	w := newSecretWorld(t)
	w.post("first", 0)
	codes := map[int]bool{}
	for i, fault := range []struct {
		gmail *gmailtest.Fault
		do    func()
	}{
		{}, // all is well
		{gmail: gmailtest.Refuse(400, "invalidArgument", "Invalid attachment")},
		{gmail: gmailtest.Refuse(403, "domainPolicy", "no")},
		{gmail: gmailtest.Refuse(401, "authError", "Invalid Credentials")},
		{gmail: gmailtest.HTML()},
		{gmail: gmailtest.Cut()},
		{do: func() { w.gmail.ExpireAccessTokens() }},
		{do: func() { w.gmail.Revoke("shop@example.org") }},
		{do: func() { w.write("token.json", []byte(`{"access_token":"`+canaryPassword)) }},
		{do: func() { w.write("client.json", []byte(`{"installed":{"client_secret":"`+canaryPassword)) }},
		{do: func() { w.configure(fmt.Sprintf("password = %q", canaryPassword), `service_account = "key.json"`) }},
		{do: func() { w.configure(fmt.Sprintf("password = %q", "x"+canaryPassword), `service_account = "key.json"`) }},
		{do: func() {
			w.configure(fmt.Sprintf("password = %q\n password = 1", canaryPassword), `service_account = "key.json"`)
		}},
		{do: func() { w.configure("password = "+canaryPassword, `service_account = "key.json"`) }},
		{do: func() {
			w.configure(fmt.Sprintf("password_command = \"printf '%%s' '%s'; exit 3\"", canaryPassword), `service_account = "key.json"`)
		}},
		{do: func() {
			w.configure(fmt.Sprintf("password_command = \"set -x; echo '%s'; exit 3\"", canaryPassword), `service_account = "key.json"`)
		}},
	} {
		w.gmail.SetFault(gmailtest.Times(-1, gmailtest.KindImport, gmailtest.StageBefore, fault.gmail))
		if fault.gmail == nil {
			w.gmail.SetFault(nil)
		}
		if fault.do != nil {
			fault.do()
		}
		w.post(fmt.Sprint("more", i), 0)
		for _, args := range sayings {
			_, code := w.run(args...)
			codes[code] = true
		}
		if data, err := os.ReadFile(w.path("token.json")); err == nil && bytes.HasSuffix(data, []byte("}\n")) {
			w.learn("token.json") // what was refreshed is a secret, too
		}
		w.inspect(fmt.Sprint("after fault ", i))
	}
	for _, code := range []int{0, 65, 75, 77, 78} {
		if !codes[code] {
			t.Errorf("nothing ended with %d: %v", code, codes)
		}
	}
}

// TestServerThatTellsThePassword has it in every answer.
func TestServerThatTellsThePassword(t *testing.T) {
	t.Parallel()
	w := newSecretWorld(t)
	said := ""
	for _, step := range []string{"greeting", "CAPA", "USER", "PASS", "STAT", "UIDL", "LIST", "TOP", "RETR", "QUIT"} {
		for _, answer := range []string{"-ERR " + canaryPassword + " is wrong\r\n", canaryPassword + "\r\n", "+OK\r\n" + canaryPassword + "\r\n.\r\n"} {
			pop, err := pop3test.Start(pop3test.Options{Fault: func(e pop3test.Event) pop3test.Fault {
				if e.Command == step {
					return pop3test.Fault{Kind: pop3test.Reply, Raw: []byte(answer), Close: true}
				}
				return pop3test.Fault{}
			}})
			w.must(err)
			w.pop = pop
			pop.AddMailbox("shop", canaryPassword)
			w.post("u", 0)
			w.must(os.RemoveAll(w.path("state")))
			w.configure(fmt.Sprintf("password = %q", canaryPassword), `client = "client.json"`)
			for _, args := range [][]string{{"run", "-v"}, {"status", "--json"}} {
				text, _ := w.run(args...)
				said += text
			}
			w.inspect(step)
			w.must(pop.Close())
		}
	}
	if !strings.Contains(said, "***") {
		t.Errorf("the password was in no answer: %s", said)
	}
}

// TestSecretsOfARunUnderWay looks at a run that waits for Gmail: at its files
// and their modes, and at its stacks as it dies.
func TestSecretsOfARunUnderWay(t *testing.T) {
	t.Parallel()
	for _, umask := range []string{"000", "022"} {
		w := newSecretWorld(t)
		w.umask = umask
		w.env = []string{"GOTRACEBACK=system"}
		w.post("small", 0)
		w.post("large", 20_000)
		arrived := make(chan struct{}, 9)
		w.gmail.SetFault(func(r gmailtest.Request) *gmailtest.Fault {
			if r.Kind == gmailtest.KindImport && r.Stage == gmailtest.StageBefore {
				arrived <- struct{}{}
				return gmailtest.Stall()
			}
			return nil
		})
		cmd := w.command("run", "-v")
		var said bytes.Buffer
		cmd.Stdout, cmd.Stderr = &said, &said
		w.must(cmd.Start())
		<-arrived
		w.learn("token.json")
		found := w.inspect("under way with umask " + umask)
		for _, name := range []string{"state.db", "state.db-wal", "state.db-shm", "shop.lock"} {
			if !slices.Contains(found, name) {
				t.Errorf("there is no %s among %q", name, found)
			}
		}
		w.checkChildren(cmd.Process.Pid)
		w.must(cmd.Process.Signal(syscall.SIGQUIT))
		_ = cmd.Wait() // how it ends is looked at
		if code := cmd.ProcessState.ExitCode(); code != 2 || !strings.Contains(said.String(), "goroutine ") {
			t.Errorf("exit %d\n%.500s", code, &said)
		}
		w.search("the stacks", said.Bytes())
		w.inspect("after the crash")
		w.gmail.SetFault(nil)
		w.run("run", "-v")
		w.inspect("after the next run")
	}
}

// checkChildren looks at the arguments and the environment of a process.
func (w *secretWorld) checkChildren(pid int) {
	for _, name := range []string{"cmdline", "environ"} {
		content, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, name))
		if err != nil {
			continue // not every system shows it
		}
		w.search(name, content)
	}
}

var loginPage = regexp.MustCompile(`http://\S+/o/oauth2/auth\?\S+`)

// TestChildrenLearnNoSecret: neither what gives the password nor the browser
// is told anything, by arguments or environment. The login is whole: its code
// is shown nowhere.
func TestChildrenLearnNoSecret(t *testing.T) {
	t.Parallel()
	w := newSecretWorld(t)
	w.umask = "000"
	bin, seen := w.path("bin"), w.path("seen")
	w.must(os.Mkdir(bin, 0o700))
	record := "#!/bin/sh\n{ env; tr '\\0' ' ' < /proc/$$/cmdline; echo \"$0 $@\"; } >> '" + seen + "' 2>/dev/null\n"
	for _, name := range []string{"xdg-open", "x-www-browser", "www-browser", "open", "give"} {
		w.must(os.WriteFile(filepath.Join(bin, name), []byte(record+"[ \"${0##*/}\" != give ] || head -n 1 '"+w.path("pw")+"'\n"), 0o700))
	}
	w.must(os.Chmod(w.dir, 0o700))
	w.must(os.WriteFile(w.path("pw"), []byte(canaryPassword+"\n"), 0o600))
	w.env = []string{"PATH=" + bin + string(os.PathListSeparator) + os.Getenv("PATH"), "DISPLAY=:0"}
	w.configure(`password_command = "give"`, `client = "client.json"`)
	w.post("first", 0)
	if said, code := w.run("run", "-v"); code != 0 {
		t.Fatalf("exit %d\n%s", code, said)
	}

	login := w.command("login")
	prompt, err := login.StderrPipe()
	w.must(err)
	var out bytes.Buffer
	login.Stdout = &out
	paste, err := login.StdinPipe()
	w.must(err)
	w.must(login.Start())
	said := readUntil(prompt, loginPage)
	back, err := w.gmail.Authorize(t.Context(), loginPage.FindString(said))
	w.must(err)
	address, err := url.Parse(back)
	w.must(err)
	w.secrets["the code"] = address.Query().Get("code")
	_, err = io.WriteString(paste, "http://127.0.0.1/?code="+w.secrets["the code"]+"\n") // no whole address, so it's not quoted
	w.must(err)
	resp, err := http.Get(back)
	w.must(err)
	page, err := io.ReadAll(resp.Body)
	w.must(err)
	w.must(resp.Body.Close())
	rest, err := io.ReadAll(prompt)
	w.must(err)
	if err := login.Wait(); err != nil {
		t.Fatalf("%v: %s%s", err, said, rest)
	}
	w.learn("token.json")
	w.search("what login says", slices.Concat(out.Bytes(), []byte(said), rest, page))
	content, err := os.ReadFile(seen)
	w.must(err)
	if !strings.Contains(string(content), "/o/oauth2/auth?") || !strings.Contains(string(content), "/give") {
		t.Errorf("the children saw %s", content)
	}
	w.search("what children see", content)
	w.must(os.Remove(w.path("pw")))
	w.must(os.RemoveAll(bin))
	w.inspect("after the login")
}

// readUntil reads until there is a match, or the end.
func readUntil(r io.Reader, match *regexp.Regexp) (said string) {
	for piece := make([]byte, 1024); !match.MatchString(said) || !strings.HasSuffix(said, "\n"); {
		n, err := r.Read(piece)
		said += string(piece[:n])
		if err != nil {
			break
		}
	}
	return said
}
