package main_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// chromiumPath is the browser of this machine, empty where there is none.
func chromiumPath() string {
	if runtime.GOOS != "linux" {
		return "" // it is driven through named pipes
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// condition knows [chromium]: whether there is such a browser. Where
// POPBRIDGE_REQUIRE_CHROMIUM is set there has to be one.
func condition(name string) (bool, error) {
	if name != "chromium" {
		return false, fmt.Errorf("no such condition: %s", name)
	}
	found := chromiumPath() != ""
	if !found && os.Getenv("POPBRIDGE_REQUIRE_CHROMIUM") != "" {
		return false, errors.New("chromium is not installed")
	}
	return found, nil
}

// chromium is the browser that popbridge opens pages in, without a window:
//
//	chromium ready         makes it the browser of the script's desktop
//	chromium sees REGEXP   waits until the page reads so
//	chromium click TEXT    clicks the button or the label that begins so
//	chromium close         closes the browser
func chromium(ts *testscript.TestScript, neg bool, args []string) {
	subcommand(ts, neg, args, map[string]func(call){
		"ready": chromiumReady,
		"sees":  func(c call) { c.need("REGEXP"); c.window().sees(c, regexp.MustCompile("(?m)"+c.args[0])) },
		"click": func(c call) { c.need("TEXT"); c.window().click(c, c.args[0]) },
		"close": func(c call) { c.window().close(c) },
	})
}

// window is a browser that speaks the DevTools protocol over two named pipes:
// JSON, each message ended by NUL.
type window struct {
	to, from, hold *os.File
	dir            string
	answers        *bufio.Reader
	// session is that of the page, once there is one.
	session string
	sent    int
	// events counts what the page has told of itself.
	events int
}

type windowKey struct{}

func (c call) window() *window {
	b, ok := c.Value(windowKey{}).(*window)
	if !ok {
		c.Fatalf("chromium is not ready")
	}
	return b
}

func chromiumReady(c call) {
	// The script's own folder is too deep for the socket that it makes.
	dir, err := os.MkdirTemp("/tmp", "chromium")
	c.Check(err)
	b := &window{dir: dir}
	to, from := filepath.Join(dir, "to"), filepath.Join(dir, "from")
	c.Check(exec.Command("mkfifo", to, from).Run())
	// Opened for both directions it waits for nobody at the other end.
	b.to, err = os.OpenFile(to, os.O_RDWR, 0)
	c.Check(err)
	b.hold, err = os.OpenFile(from, os.O_RDWR, 0)
	c.Check(err)
	b.from, err = os.Open(from)
	c.Check(err)
	b.answers = bufio.NewReader(b.from)
	script := fmt.Sprintf(`#!/bin/sh
echo $$ >%[1]s/pid
export HOME=%[1]s TMPDIR=%[1]s
exec %[2]s --headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run \
  --disable-background-networking --disable-component-update --disable-sync --no-proxy-server \
  --host-resolver-rules='MAP * ~NOTFOUND, EXCLUDE 127.0.0.1' \
  --user-data-dir=%[1]s/profile --remote-debugging-pipe "$1" 3<%[1]s/to 4>%[1]s/from 2>%[1]s/log
`, dir, chromiumPath())
	c.Check(os.WriteFile(filepath.Join(c.w.env.WorkDir, ".bin", "xdg-open"), []byte(script), 0o700))
	c.w.env.Values[windowKey{}] = b
	c.Defer(b.kill)
}

// kill ends a browser that the script left open, and tidies up.
func (b *window) kill() {
	defer os.RemoveAll(b.dir)
	if b.to == nil {
		return
	}
	b.release()
	text, err := os.ReadFile(filepath.Join(b.dir, "pid"))
	if err != nil {
		return // it never started
	}
	if pid, err := strconv.Atoi(strings.TrimSpace(string(text))); err == nil {
		if p, err := os.FindProcess(pid); err == nil {
			_ = p.Kill() // it may be over
		}
	}
}

func (b *window) release() {
	b.to.Close()
	b.from.Close()
	b.hold.Close()
	b.to = nil
}

// message is what goes either way.
type message struct {
	ID        int             `json:"id,omitempty"`
	SessionID string          `json:"sessionId,omitempty"`
	Method    string          `json:"method,omitempty"`
	Params    any             `json:"params,omitempty"`
	Result    json.RawMessage `json:"result,omitempty"`
	Error     *struct {
		Message string `json:"message"`
	} `json:"error,omitempty"`
}

// call sends a command and waits for its result.
func (b *window) call(c call, method string, params, result any) error {
	b.sent++
	command, err := json.Marshal(message{ID: b.sent, SessionID: b.session, Method: method, Params: params})
	c.Check(err)
	_, err = b.to.Write(append(command, 0))
	c.Check(err)
	for {
		m := b.read(c)
		switch {
		case m.ID != b.sent:
		case m.Error != nil:
			return errors.New(m.Error.Message)
		case result != nil:
			return json.Unmarshal(m.Result, result)
		default:
			return nil
		}
	}
}

// read gives the next message, and notes which events it is one of.
func (b *window) read(c call) message {
	c.Check(b.from.SetReadDeadline(time.Now().Add(longest)))
	data, err := b.answers.ReadBytes(0)
	if err != nil {
		log, _ := os.ReadFile(filepath.Join(b.dir, "log")) // it may not have started
		c.Fatalf("%v; it said:\n%s", err, log)
	}
	var attached struct {
		SessionID  string
		TargetInfo struct{ Type string }
	}
	m := message{Params: &attached}
	c.Check(json.Unmarshal(data[:len(data)-1], &m))
	switch {
	case m.Method == "Target.attachedToTarget" && attached.TargetInfo.Type == "page" && b.session == "":
		b.session = attached.SessionID
	case strings.HasPrefix(m.Method, "Page."):
		b.events++
	}
	return m
}

// attach finds the page that the browser was started with.
func (b *window) attach(c call) {
	if b.session != "" {
		return
	}
	c.Check(b.call(c, "Target.setAutoAttach", map[string]any{"autoAttach": true, "waitForDebuggerOnStart": false, "flatten": true}, nil))
	b.hold.Close() // the browser has the other end now, and its end is seen
	for b.session == "" {
		b.read(c)
	}
	c.Check(b.call(c, "Page.enable", nil, nil))
}

// evaluate runs a script in the page. It fails while another page is loaded.
func (b *window) evaluate(c call, script string, value any) error {
	var answer struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails json.RawMessage
	}
	err := b.call(c, "Runtime.evaluate", map[string]any{"expression": script, "returnByValue": true}, &answer)
	if err != nil || answer.ExceptionDetails != nil {
		return errors.Join(err, errors.New("the script failed"))
	}
	return json.Unmarshal(answer.Result.Value, value)
}

func (b *window) sees(c call, pattern *regexp.Regexp) {
	b.attach(c)
	for until := time.Now().Add(longest); ; {
		before, text := b.events, ""
		if b.evaluate(c, `document.title + "\n" + document.body.innerText`, &text) == nil && pattern.MatchString(text) {
			fmt.Fprintln(c.Stdout(), text)
			return
		}
		if time.Now().After(until) {
			c.Fatalf("the page never read %s, but\n%s", pattern, text)
		}
		for b.events == before {
			b.read(c)
		}
	}
}

// click does it by the mouse, where the page shows it.
func (b *window) click(c call, text string) {
	b.attach(c)
	quoted, err := json.Marshal(text)
	c.Check(err)
	var at *struct{ X, Y float64 }
	c.Check(b.evaluate(c, `(() => {
		const e = [...document.querySelectorAll("button, label")].find(e => e.innerText.trim().startsWith(`+string(quoted)+`));
		if (!e) return null;
		e.scrollIntoView();
		const r = e.getBoundingClientRect();
		return {x: r.x + r.width / 2, y: r.y + r.height / 2};
	})()`, &at))
	if at == nil {
		c.Fatalf("the page has no %q", text)
	}
	for _, kind := range []string{"mousePressed", "mouseReleased"} {
		c.Check(b.call(c, "Input.dispatchMouseEvent", map[string]any{
			"type": kind, "x": at.X, "y": at.Y, "button": "left", "clickCount": 1}, nil))
	}
}

func (b *window) close(c call) {
	session := b.session
	b.session = "" // the command is for the browser
	c.Check(b.call(c, "Browser.close", nil, nil))
	b.session = session
	c.Check(b.from.SetReadDeadline(time.Now().Add(longest)))
	_, err := io.Copy(io.Discard, b.answers)
	c.Check(err)
	b.release()
}
