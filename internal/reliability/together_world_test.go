package reliability_test

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"regexp"
	"sync"
)

// beside is a command that runs beside the test.
type beside struct {
	w              *diskWorld
	cmd            *exec.Cmd
	stdout, stderr speech
	ended          chan error
}

// speech is what a process says, which can be waited for.
type speech struct {
	mu   sync.Mutex
	text []byte
	over bool
	more *sync.Cond
}

func (s *speech) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text = append(s.text, p...)
	s.more.Broadcast()
	return len(p), nil
}

// end tells who waits that there will be no more.
func (s *speech) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.over = true
	s.more.Broadcast()
}

// await gives the first group of a match, "" where none came.
func (s *speech) await(pattern *regexp.Regexp) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		if match := pattern.FindSubmatch(s.text); match != nil {
			return string(match[1])
		}
		if s.over {
			return ""
		}
		s.more.Wait()
	}
}

// start begins a command and does not wait for it.
func (w *diskWorld) start(args ...string) *beside {
	w.t.Helper()
	b := &beside{w: w, cmd: w.command(args...), ended: make(chan error, 1)}
	b.stdout.more, b.stderr.more = sync.NewCond(&b.stdout.mu), sync.NewCond(&b.stderr.mu)
	b.cmd.Stdout, b.cmd.Stderr = &b.stdout, &b.stderr
	w.must(b.cmd.Start())
	go func() {
		err := b.cmd.Wait()
		b.stdout.end()
		b.stderr.end()
		b.ended <- err
	}()
	return b
}

// finish waits for its end.
func (b *beside) finish() outcome {
	b.w.t.Helper()
	err := <-b.ended
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		b.w.t.Fatal(err)
	}
	return outcome{b.cmd.ProcessState.ExitCode(), string(b.stdout.text), string(b.stderr.text)}
}

// gate stands before Gmail, and holds up the answer to one request.
type gate struct {
	gmail           http.Handler
	match           string
	reached, opened chan struct{}
	once            sync.Once
}

// holdUp keeps the answer to the first request whose body holds match waiting
// until the gate is opened. Gmail has done by then what it answers for.
func (w *diskWorld) holdUp(match string) *gate {
	w.t.Helper()
	g := &gate{gmail: w.gmail.Handler(), match: match, reached: make(chan struct{}), opened: make(chan struct{})}
	server := httptest.NewServer(g)
	w.t.Cleanup(server.Close)
	w.t.Cleanup(g.open)
	w.endpoint = server.URL + "/"
	w.configure()
	return g
}

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client is gone
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	if !bytes.Contains(body, []byte(g.match)) {
		g.gmail.ServeHTTP(w, r)
		return
	}
	answer := httptest.NewRecorder()
	g.gmail.ServeHTTP(answer, r)
	g.once.Do(func() { close(g.reached) })
	<-g.opened
	maps.Copy(w.Header(), answer.Header())
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes()) // the client may be gone
}

// open lets all pass. It may be called again.
func (g *gate) open() {
	select {
	case <-g.opened:
	default:
		close(g.opened)
	}
}

// allow does what a person does with the page that a login prints.
func (w *diskWorld) allow(login *beside) {
	w.t.Helper()
	page := login.stderr.await(authorisationPage)
	if page == "" {
		w.t.Fatalf("login printed no page: %s", login.finish())
	}
	redirect, err := w.gmail.Authorize(w.t.Context(), page)
	w.must(err)
	request, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, redirect, nil)
	w.must(err)
	response, err := http.DefaultClient.Do(request)
	w.must(err)
	w.must(response.Body.Close())
}

var authorisationPage = regexp.MustCompile(`(http://\S+/o/oauth2/auth\?\S+)\s`)
