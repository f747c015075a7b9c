package app

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/popbridge/popbridge/gmail"
	"github.com/popbridge/popbridge/internal/bridge"
	"github.com/popbridge/popbridge/internal/config"
	"github.com/popbridge/popbridge/internal/spool"
	"github.com/popbridge/popbridge/pop3"
)

// wiring builds what the bridge works with from the configuration.
type wiring struct {
	*program
	config *config.Config
	ledger bridge.Ledger
	quota  bridge.Quota
	spool  *spool.Spool
	// destinations are made once, since accounts share them.
	destinations map[string]*bridge.Destination
	noDelete     bool
	// encrypted is pop3.Options.Encrypted of all sessions.
	encrypted func(tls.ConnectionState) error
	// asking is held by the command that may ask for a password or a token.
	asking sync.Mutex
}

func (p *program) wire(c *config.Config, l bridge.Ledger, q bridge.Quota) *wiring {
	return &wiring{program: p, config: c, ledger: l, quota: q, destinations: map[string]*bridge.Destination{},
		spool: spool.New(filepath.Join(filepath.Dir(c.State), "spool"), spool.DefaultBudget)}
}

// account builds one account. What is wrong with its files shows when they
// are needed.
func (w *wiring) account(ctx context.Context, a config.POP3) *bridge.Account {
	return &bridge.Account{
		Name:          a.Name,
		Mailbox:       a.User + "@" + net.JoinHostPort(a.Host, strconv.Itoa(a.Port)),
		Open:          w.opener(a),
		To:            w.destination(ctx, a.To),
		Labels:        a.Labels,
		NeverMarkSpam: a.Spam == "never",
		DateReceived:  a.Date == "received",
		Policy:        w.policy(a),
		Ledger:        w.ledger,
		Spool:         w.spool,
		Now:           w.Now,
		Configured:    func(name string) bool { _, ok := w.config.Account(name); return ok },
		AlertAfter:    w.config.AlertAfter,
		Progress:      func(bridge.Progress) {},
		Log:           w.log.With("account", a.Name),
	}
}

func (w *wiring) policy(a config.POP3) bridge.Policy {
	g, _ := w.config.Destination(a.To)
	return bridge.Policy{Never: a.Retention.Never(), Age: a.Retention.After, KeepMessages: a.KeepMessages,
		KeepSize: a.KeepSize, SkipLarger: a.SkipLarger, Verify: g.Access == "verify", NoDelete: w.noDelete}
}

// opener opens sessions with the account's server, whose tokens they share. A
// password is read anew each time: a person may have corrected it meanwhile.
func (w *wiring) opener(a config.POP3) func(context.Context, bool) (bridge.Session, error) {
	tokens := w.mailboxTokens(a)
	return func(ctx context.Context, pipelining bool) (bridge.Session, error) {
		o, err := w.options(a, pipelining)
		if err != nil {
			return nil, err
		}
		if tokens != nil {
			return w.dialByToken(ctx, a, o, tokens)
		}
		if o.Password, err = w.password(ctx, a); err != nil {
			return nil, misconfigured(err)
		}
		return dial(ctx, a, o)
	}
}

// options are all that a session needs but a password or a token.
func (w *wiring) options(a config.POP3, pipelining bool) (pop3.Options, error) {
	o := pop3.Options{Host: a.Host, Port: a.Port, TLS: pop3.TLSMode(a.TLS), MinVersion: a.TLSMin,
		Fingerprint: a.TLSFingerprint, ServerName: a.ServerName, AllowPlaintext: a.AllowPlaintext,
		User: a.User, Auth: pop3.AuthMode(a.Auth), Pipelining: pipelining && a.Pipelining == "auto", ListAhead: true, Timeout: a.Timeout,
		Encrypted: w.encrypted, Logger: w.log.With("account", a.Name)}
	var err error
	if o.RootCAs, err = roots(a.TLSCA); err != nil {
		return o, hintedFailure(misconfigured(err), "correct tls_ca of account "+a.Name+" in the configuration: a file of certificates in PEM form")
	}
	return o, nil
}

// dial opens a session, and says where it could not.
func dial(ctx context.Context, a config.POP3, o pop3.Options) (bridge.Session, error) {
	s, err := pop3.Dial(ctx, o)
	var pe *pop3.Error
	if errors.As(err, &pe) && pe.Kind == pop3.Auth {
		return nil, fmt.Errorf("log in to %s as %s: %w", a.Host, a.User, err)
	}
	if errors.As(err, &pe) && !strings.HasPrefix(pe.Op, "connect to ") {
		return nil, fmt.Errorf("open the mailbox at %s: %w", net.JoinHostPort(a.Host, strconv.Itoa(a.Port)), err)
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}

// password reads an account's password.
func (w *wiring) password(ctx context.Context, a config.POP3) (string, error) {
	if a.Password.Command != "" {
		defer w.lendTerminal()()
	}
	return a.ReadPassword(ctx, w.env())
}

// lendTerminal gives the terminal to a command that may ask there, where two
// must not ask at once.
func (w *wiring) lendTerminal() (back func()) {
	resume := w.bars.lend()
	if !w.StderrIsTerminal {
		return resume
	}
	w.asking.Lock()
	return func() {
		w.asking.Unlock()
		resume()
	}
}

// misconfigured keeps the hint of a configuration's error.
func misconfigured(err error) error {
	f := &bridge.Failure{Class: bridge.Misconfigured, Err: err}
	var ce *config.Error
	if errors.As(err, &ce) {
		f.Hint = ce.Hint
	}
	return f
}

// roots reads the CA file, nil standing for the system's roots.
func roots(path string) (*x509.CertPool, error) {
	if path == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read tls_ca: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("read tls_ca %s: no certificate in PEM form in it", path)
	}
	return pool, nil
}

func (w *wiring) destination(ctx context.Context, name string) *bridge.Destination {
	if d, ok := w.destinations[name]; ok {
		return d
	}
	g, _ := w.config.Destination(name)
	d := bridge.NewDestination(bridge.Route{
		Name: g.Name, Address: g.Address, Verify: g.Access == "verify", Quota: w.quota, Now: w.Now,
		Pace: gmail.Pace{UnitsPerMinute: g.UnitsPerMinute}, Importer: w.importer(ctx, g),
		Backoff: w.Backoff, Sleep: w.Sleep, Log: w.log.With("destination", g.Name),
	})
	w.destinations[name] = d
	return d
}

// importer connects to Gmail. Where its files are at fault, each use of it
// says so: the account's other work goes on.
func (w *wiring) importer(ctx context.Context, g config.Gmail) bridge.Importer {
	tokens, err := w.tokens(g)
	if err != nil {
		return broken{err}
	}
	c, err := gmail.New(ctx, gmail.Options{Endpoint: g.Endpoint, Tokens: tokens, Now: w.Now,
		Timeout: w.gmailTimeout(g.Name), Logger: w.log.With("destination", g.Name)})
	if err != nil {
		return broken{misconfigured(err)}
	}
	return c
}

// gmailTimeout is the longest that an account of the destination allows.
func (w *wiring) gmailTimeout(name string) (longest time.Duration) {
	for _, a := range w.config.POP3 {
		if a.To == name {
			longest = max(longest, a.Timeout)
		}
	}
	return longest
}

func (w *wiring) tokens(g config.Gmail) (gmail.TokenSource, error) {
	scopes := gmail.CallScopes(g.Access == "verify")
	if g.ServiceAccount != "" {
		hint := "docs/gmail-setup.md tells how to make a service account's key; save it as " + g.ServiceAccount
		key, err := w.readSecret(g.ServiceAccount, "service_account")
		if err != nil {
			return nil, hintedFailure(err, hint)
		}
		source, err := gmail.NewServiceAccountSource(key, g.Address, scopes, w.Now, nil)
		if err != nil {
			return nil, hintedFailure(err, hint)
		}
		return source, nil
	}
	client, err := w.oauthClient(g)
	if err != nil {
		return nil, hintedFailure(err, clientHint(g))
	}
	return gmail.NewFileTokenSource(gmail.TokenFile{Config: client, Path: g.Token, Scopes: scopes, Address: g.Address,
		Now: w.Now, Sleep: w.Sleep}), nil
}

// readSecret reads a file that nobody else may be able to read.
func (p *program) readSecret(path, key string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, misconfigured(fmt.Errorf("read %s: %w", key, err))
	}
	if err := config.CheckSecretFile(path, info.Mode(), p.GOOS); err != nil {
		return nil, misconfigured(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, misconfigured(fmt.Errorf("read %s: %w", key, err))
	}
	return data, nil
}

// broken stands in for a destination that couldn't be set up.
type broken struct{ err error }

func (b broken) Upload(context.Context, gmail.Upload) (string, error)      { return "", b.err }
func (b broken) ResolveLabels(context.Context, []string) ([]string, error) { return nil, b.err }
func (b broken) Search(context.Context, string) ([]string, error)          { return nil, b.err }
func (b broken) Raw(context.Context, string) (io.ReadCloser, error)        { return nil, b.err }
func (b broken) Address(context.Context) (string, error)                   { return "", b.err }
func (b broken) Labelled(context.Context, string, string) ([]string, string, error) {
	return nil, "", b.err
}
func (b broken) Skew() (time.Duration, bool)                { return 0, false }
func (b broken) CheckToken(context.Context) error           { return b.err }
func (b broken) AskTime(context.Context) (time.Time, error) { return time.Time{}, b.err }
