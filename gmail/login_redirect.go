package gmail

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// redirect waits for what the authorisation server sends the browser back
// with.
type redirect struct {
	url, state string
	path       string
	listener   net.Listener
	server     *http.Server
	// answers holds the first answer; later ones are dropped.
	answers chan redirectAnswer
	// over is closed when the login is.
	over chan struct{}
}

type redirectAnswer struct {
	code string
	err  error
}

// listenRedirect listens on loopback: where the OAuth client has a fixed
// redirect, there, else on a port of the system's choice.
func listenRedirect(ctx context.Context, fixed string) (*redirect, error) {
	host, path := "127.0.0.1:0", "/"
	if fixed != "" {
		u, err := url.Parse(fixed)
		if err != nil || !isLoopback(u.Hostname()) || u.Port() == "" {
			return nil, errors.New("the OAuth client's redirect isn't on loopback")
		}
		host, path = u.Host, "/"+strings.TrimPrefix(u.Path, "/")
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", host)
	if err != nil {
		return nil, err
	}
	r := &redirect{
		url: fixed, path: path, state: rand.Text(), listener: listener,
		answers: make(chan redirectAnswer, 1), over: make(chan struct{}),
	}
	if fixed == "" {
		r.url = "http://" + listener.Addr().String() + "/"
	}
	r.server = &http.Server{Handler: r, ReadTimeout: 10 * time.Second, MaxHeaderBytes: maxHeader}
	go func() { _ = r.server.Serve(listener) }() // ends by close
	return r, nil
}

// ServeHTTP takes the browser's return.
func (r *redirect) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if req.URL.Path != r.path || req.Method != http.MethodGet {
		http.NotFound(w, req)
		return
	}
	answer, err := r.read(req.URL.Query())
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	if answer.err != nil {
		fmt.Fprintln(w, "Access was not granted. You may close this page.")
	} else {
		fmt.Fprintln(w, "Thank you. You may close this page and go back to popbridge.")
	}
	r.deliver(answer)
}

// read takes an answer apart. Its error is for one that isn't to this login,
// and leaves it waiting: anything on this machine can call the redirect.
func (r *redirect) read(query url.Values) (redirectAnswer, error) {
	if subtle.ConstantTimeCompare([]byte(query.Get("state")), []byte(r.state)) != 1 {
		return redirectAnswer{}, errors.New("this address belongs to another login")
	}
	if code := query.Get("code"); code != "" {
		return redirectAnswer{code: code}, nil
	}
	if fault := query.Get("error"); fault != "" {
		return redirectAnswer{err: &LoginError{Kind: LoginDenied, Code: printable(hideLong(fault))}}, nil
	}
	return redirectAnswer{}, errors.New("this address holds no code")
}

func (r *redirect) deliver(answer redirectAnswer) {
	select {
	case r.answers <- answer:
	default:
	}
}

// readPasted takes the answer from a person, who may try again.
func (r *redirect) readPasted(paste io.Reader, prompt io.Writer) {
	lines := bufio.NewScanner(paste)
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if line == "" {
			continue
		}
		select {
		case <-r.over:
			return
		default:
		}
		answer, err := r.readLine(line)
		if err == nil {
			r.deliver(answer)
			return
		}
		fmt.Fprintf(prompt, "%v; paste the address of the last page.\n", err)
	}
}

// readLine reads a pasted address, or what stands behind its question mark. A
// code alone is not enough: without the state nobody can tell whose it is.
func (r *redirect) readLine(line string) (redirectAnswer, error) {
	_, query, isAddress := strings.Cut(line, "?")
	if !isAddress {
		query = line
	}
	query, _, _ = strings.Cut(query, "#")
	if !strings.Contains(query, "state=") {
		return redirectAnswer{}, errors.New("this is no whole address")
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		return redirectAnswer{}, errors.New("this is no whole address")
	}
	return r.read(values)
}

func (r *redirect) wait(ctx context.Context) (string, error) {
	select {
	case answer := <-r.answers:
		return answer.code, answer.err
	case <-ctx.Done():
		return "", fmt.Errorf("log in: %w", ctx.Err())
	}
}

// close lets the browser have its page, and ends listening.
func (r *redirect) close() {
	close(r.over)
	r.listener.Close() // the server may not have got as far as to know it
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = r.server.Shutdown(ctx)
	_ = r.server.Close()
}
