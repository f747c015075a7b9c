package gmail

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// redirect waits for what the authorisation server sends the browser back
// with.
type redirect struct {
	url, state string
	path       string
	listener   net.Listener
	server     *http.Server
	prompt     *loginPrompt
	// answers holds the first answer; later ones are dropped.
	answers chan redirectAnswer
	// over is closed when the login is; the browser waits for it, and is then
	// shown outcome.
	over    chan struct{}
	outcome landing
	// strayed is that the person was told of a browser with another login's
	// answer.
	strayed sync.Once
}

type redirectAnswer struct {
	code string
	err  error
}

// listenRedirect listens on loopback: where the OAuth client has a fixed
// redirect, there, else on a port of the system's choice.
func listenRedirect(ctx context.Context, fixed string, prompt *loginPrompt) (*redirect, error) {
	host, path := "127.0.0.1:0", "/"
	if fixed != "" {
		u, err := url.Parse(fixed)
		if err != nil || !isLoopback(u.Hostname()) || u.Port() == "" {
			return nil, &LoginError{Kind: LoginNoLoopback, Hint: refusals["redirect_uri_mismatch"].hint}
		}
		host, path = u.Host, "/"+strings.TrimPrefix(u.Path, "/")
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", host)
	if err != nil {
		return nil, listenError(host, err)
	}
	r := &redirect{
		url: fixed, path: path, state: rand.Text(), listener: listener, prompt: prompt,
		answers: make(chan redirectAnswer, 1), over: make(chan struct{}),
	}
	if fixed == "" {
		r.url = "http://" + listener.Addr().String() + "/"
	}
	// Not ReadTimeout: it would end a request that waits for the outcome.
	r.server = &http.Server{Handler: r, ReadHeaderTimeout: 10 * time.Second, MaxHeaderBytes: maxHeader}
	go func() { _ = r.server.Serve(listener) }() // ends by close
	return r, nil
}

// listenError takes the cause out of its *net.OpError, which repeats the host.
func listenError(host string, err error) error {
	var op *net.OpError
	if errors.As(err, &op) {
		err = op.Err
	}
	return &LoginError{Kind: LoginPort, Got: host, Err: err}
}

// ServeHTTP takes the browser's return.
func (r *redirect) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if req.URL.Path != r.path || req.Method != http.MethodGet {
		http.NotFound(w, req)
		return
	}
	answer, err := r.read(req.URL.Query())
	if err != nil {
		if errors.Is(err, errOtherLogin) {
			r.strayed.Do(func() {
				r.prompt.say("A browser came back from another login; popbridge goes on waiting for the page above.\n")
			})
		}
		strayPage(err).serve(w, http.StatusBadRequest)
		return
	}
	r.deliver(answer)
	select {
	case <-r.over:
		r.outcome.serve(w, http.StatusOK)
	case <-req.Context().Done(): // nobody waits any more
	}
}

var (
	errOtherLogin = errors.New("this address belongs to another login")
	errNoCode     = errors.New("this address holds no code")
)

// read takes an answer apart. Its error is for one that isn't to this login,
// and leaves it waiting: anything on this machine can call the redirect.
func (r *redirect) read(query url.Values) (redirectAnswer, error) {
	code, fault := query.Get("code"), query.Get("error")
	isOurs := subtle.ConstantTimeCompare([]byte(query.Get("state")), []byte(r.state)) == 1
	switch {
	case !isOurs && code == "" && fault == "" && !query.Has("state"):
		return redirectAnswer{}, errNoCode
	case !isOurs:
		return redirectAnswer{}, errOtherLogin
	case code != "":
		return redirectAnswer{code: code}, nil
	case passes(fault):
		return redirectAnswer{err: &Error{Kind: Passing, Op: "log in", Reason: "the server failed for now: " + fault}}, nil
	case fault != "":
		return redirectAnswer{err: refused(LoginDenied, printable(hideLong(fault)))}, nil
	default:
		return redirectAnswer{}, errNoCode
	}
}

func (r *redirect) deliver(answer redirectAnswer) {
	select {
	case r.answers <- answer:
	default:
	}
}

func (r *redirect) wait(ctx context.Context) (string, error) {
	select {
	case answer := <-r.answers:
		return answer.code, answer.err
	case <-ctx.Done():
		return "", fmt.Errorf("log in: %w", ctx.Err())
	}
}

// close shows the outcome to a browser that waits for it, and ends listening.
func (r *redirect) close(outcome landing) {
	r.outcome = outcome
	close(r.over)
	r.listener.Close() // the server may not have got as far as to know it
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = r.server.Shutdown(ctx)
	_ = r.server.Close()
}
