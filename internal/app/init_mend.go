package app

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/popbridge/popbridge/pop3"
)

// mend says why a login failed and asks for what may be wrong. goOn tells
// that the person wants the answers as they are.
func (s *setup) mend(ctx context.Context, failure error, refused int) (goOn bool, err error) {
	s.tell("That didn't work: %s", problemOf(failure))
	switch {
	case isAuth(failure) && s.password != "" && refused < 3:
		s.note()
		s.tell("The server refuses the user name or the password. Type the password again.")
		return false, s.askPasswordAgain(ctx)
	case errors.Is(failure, pop3.ErrOldTLS) && s.pop.TLSMin == "":
		return s.offerOldTLS(ctx)
	case s.misnamed(failure) != nil:
		return s.offerName(ctx, s.misnamed(failure))
	case isUntrusted(failure) && s.pop.TLSFingerprint == "":
		return s.offerPin(ctx, failure)
	}
	return s.choose(ctx, likely(failure))
}

// likely is the answer that is most likely wrong.
func likely(failure error) string {
	var pe *pop3.Error
	if !errors.As(failure, &pe) {
		return "password" // a command that failed, say
	}
	switch pe.Kind {
	case pop3.Auth:
		return "user"
	case pop3.Locked, pop3.Temporary:
		return "again"
	default:
		return "server"
	}
}

// choose asks which answer is to be given anew.
func (s *setup) choose(ctx context.Context, otherwise string) (goOn bool, err error) {
	s.explain(`What now: type the server, the user or the password anew, try again, or write the
configuration as it is?`)
	var chosen string
	words := []string{"server", "user", "password", "again", "write"}
	err = s.ask.ask(ctx, question{text: "server, user, password, again or write", otherwise: otherwise, take: func(answer string) error {
		i := slices.IndexFunc(words, func(w string) bool { return strings.HasPrefix(w, strings.ToLower(answer)) })
		if i < 0 {
			return errors.New("type one of these words")
		}
		chosen = words[i]
		return nil
	}})
	if err != nil {
		return false, err
	}
	switch chosen {
	case "server":
		if err = s.askServer(ctx, s.server()); err == nil {
			err = s.askPassword(ctx) // or a token, which this one may want
		}
	case "user":
		err = s.askUserAgain(ctx)
	case "password":
		err = s.askPasswordAgain(ctx)
	}
	return chosen == "write", err
}

func (s *setup) offerOldTLS(ctx context.Context) (goOn bool, err error) {
	s.explain(`The server speaks an old version of TLS, which is weaker than today's: somebody
on the way with much effort might read along. Ask the provider for another
server first. It can be allowed for this account alone (tls_min = "1.0").`)
	consents, err := s.ask.yes(ctx, "Allow it")
	if err != nil {
		return false, err
	}
	if consents {
		s.pop.TLSMin = "1.0"
		return false, nil
	}
	return s.choose(ctx, "server")
}
