package main

import (
	"context"
	"errors"
	"time"
)

// gmailOptions say how the stand-in behaves.
type gmailOptions struct {
	// UnitsPerMinute is the quota in a sliding minute; 0 is none.
	UnitsPerMinute int
	// Latency is waited before each answer.
	Latency time.Duration
}

// gmailAddress is the one mailbox of the stand-in.
const gmailAddress = "shop@example.org"

// gmailProcess is a Gmail stand-in in a process of its own.
type gmailProcess struct {
	server *server
	url    string
	client []byte
	ctx    context.Context
}

// gmailStats is what happened at Gmail since the last Reset.
type gmailStats struct {
	// Requests counts them by kind (gmailtest.KindImport and so on).
	Requests map[string]int
	// TooMany counts the answers 429.
	TooMany int
	// Messages and Octets are what it holds.
	Messages int
	Octets   int64
	// Acknowledged are the times at which an import's or insert's good answer
	// was made, in their order. A client sees it later by the latency that is
	// set.
	Acknowledged []time.Time
	// CPU is what the process has spent in all its life.
	CPU time.Duration
}

// Total counts the requests of all kinds.
func (s gmailStats) Total() int {
	n := 0
	for _, of := range s.Requests {
		n += of
	}
	return n
}

// gmailQuestion is what the process is asked: to start, for a "token", for
// "stats", to "reset".
type gmailQuestion struct {
	Do      string
	Options gmailOptions
	Scopes  []string
}

// gmailAnswer is its answer to any question.
type gmailAnswer struct {
	Error  string
	URL    string
	Client []byte
	Token  []byte
	Stats  gmailStats
}

// startGmail starts a stand-in with the mailbox Address.
func (b *bench) startGmail(o gmailOptions) (*gmailProcess, error) {
	s, err := startServer("gmail")
	if err != nil {
		return nil, err
	}
	g := &gmailProcess{server: s, ctx: b.ctx}
	a, err := g.ask(b.ctx, gmailQuestion{Do: "start", Options: o})
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	g.url, g.client = a.URL, a.Client
	return g, nil
}

func (g *gmailProcess) ask(ctx context.Context, q gmailQuestion) (gmailAnswer, error) {
	var a gmailAnswer
	if err := g.server.call(ctx, q, &a); err != nil {
		return a, err
	}
	if a.Error != "" {
		return a, errors.New(a.Error)
	}
	return a, nil
}

// URL is what the configuration's endpoint takes.
func (g *gmailProcess) URL() string { return g.url }

// ClientJSON is the OAuth client as Google's console gives it.
func (g *gmailProcess) ClientJSON() []byte { return g.client }

// Address is the stand-in's mailbox.
func (g *gmailProcess) Address() string { return gmailAddress }

// TokenJSON is a new token for an hour, in the form of popbridge's token file.
func (g *gmailProcess) TokenJSON(scopes ...string) ([]byte, error) {
	a, err := g.ask(g.ctx, gmailQuestion{Do: "token", Scopes: scopes})
	return a.Token, err
}

// Stats tells what happened since the start or the last Reset.
func (g *gmailProcess) Stats(ctx context.Context) (gmailStats, error) {
	a, err := g.ask(ctx, gmailQuestion{Do: "stats"})
	return a.Stats, err
}

// Reset makes it forget all mail, what was counted and the quota that was
// used. Tokens stay good.
func (g *gmailProcess) Reset(ctx context.Context) error {
	_, err := g.ask(ctx, gmailQuestion{Do: "reset"})
	return err
}

// Close ends the process.
func (g *gmailProcess) Close() error { return g.server.Close() }
