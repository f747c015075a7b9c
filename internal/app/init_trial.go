package app

import (
	"context"
	"errors"
	"time"

	"github.com/popbridge/popbridge/internal/bridge"
	"github.com/popbridge/popbridge/internal/config"
	"github.com/popbridge/popbridge/pop3"
)

// trialTime is how long a person waits for a server.
const trialTime = 20 * time.Second

// tryLogin logs in with the answers so far, and has those mended that turn
// out to be wrong, unless a person goes on regardless.
func (s *setup) tryLogin(ctx context.Context) error {
	if s.flags.Bool("no-login") {
		return nil
	}
	for refused := 0; ; {
		if s.pop.Auth == "xoauth2" {
			s.explain("No login is tried: this account is authorised first, once all is written.")
			return nil
		}
		s.explain("Logging in to %s as %s …", s.pop.Host, s.pop.User)
		listing, err := s.logIn(ctx)
		if err == nil {
			s.loggedIn, s.messages = true, len(listing.Entries)
			s.tell("logged in: %s, %s", counted(s.messages, "message"), octets(listing.Octets))
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if s.ask == nil {
			return s.refuse(err)
		}
		if isAuth(err) {
			refused++
		}
		if goOn, err := s.mend(ctx, err, refused); goOn || err != nil {
			return err
		}
	}
}

// logIn lists the mailbox as a run would, and changes nothing.
func (s *setup) logIn(ctx context.Context) (pop3.Listing, error) {
	cfg, err := s.parse()
	if err != nil {
		return pop3.Listing{}, err
	}
	a := cfg.POP3[len(cfg.POP3)-1]
	a.Timeout = min(a.Timeout, trialTime)
	if s.password != "" {
		a.Password = config.PasswordSource{Inline: config.NewSecret(s.password)}
	}
	session, err := s.wire(cfg, nothingRecorded{}, nothingRecorded{}).opener(a)(ctx, true)
	if err != nil {
		return pop3.Listing{}, err
	}
	listing, err := session.List(ctx)
	if err != nil || session.Capabilities().Expire.DeletesRetrieved() {
		return listing, errors.Join(err, session.Abort())
	}
	_ = session.Quit(ctx) // nothing depends on it
	return listing, nil
}

// refuse ends without a configuration where nobody can be asked.
func (s *setup) refuse(err error) error {
	var faults config.Errors
	if errors.As(err, &faults) {
		return err
	}
	f := bridge.Classify(err, s.pop.Name, "")
	hint := "correct the answer, or write the configuration without trying it: popbridge init --no-login"
	switch {
	case f.Class == bridge.Misconfigured: // a file or command of the password
		err, hint = errors.New(problemOf(err)), "correct the answer, then type popbridge init again"
	case errors.Is(err, pop3.ErrOldTLS):
		hint = "for an old server that can't be helped: popbridge init --tls-min 1.0"
	case isUntrusted(err):
		hint, err = s.distrusted(err)
	case isAuth(err):
		hint = "correct --user or the password"
		if s.found.Note != "" {
			hint += "; " + s.found.Note
		}
	}
	return &bridge.Failure{Class: f.Class, Err: err, Hint: hint}
}

func isAuth(err error) bool {
	var pe *pop3.Error
	return errors.As(err, &pe) && pe.Kind == pop3.Auth
}
