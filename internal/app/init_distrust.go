package app

import (
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"

	"github.com/popbridge/popbridge/internal/config"
	"github.com/popbridge/popbridge/pop3"
)

func isUntrusted(err error) bool {
	_, is := errors.AsType[*pop3.Untrusted](err)
	return is
}

// misnamed is the certificate that is good but for its name, nil where that
// isn't what is wrong.
func (s *setup) misnamed(failure error) *x509.Certificate {
	if s.pop.TLSFingerprint != "" {
		return nil
	}
	return misnamedLeaf(failure, s.pop.TLSCA)
}

// wantedName is the name that the certificate was to bear.
func (s *setup) wantedName() string { return cmp.Or(s.pop.ServerName, s.pop.Host) }

// offerName has a server whose certificate is another's taken for that one by
// consent. Any of the certificate's names can be typed.
func (s *setup) offerName(ctx context.Context, leaf *x509.Certificate) (goOn bool, err error) {
	nearest := nearestName(leaf.DNSNames, s.wantedName())
	s.explain(`The certificate is good, but for %s, not for %s. No password was sent.
Hosting providers often have one name for all their customers' servers. Anybody has
a certificate for a name of their own, though: take it only if this is the provider's.`, nearest, s.wantedName())
	if len(leaf.DNSNames) > 1 || leaf.DNSNames[0] != nearest {
		s.tell("It is for %s: another one of these can be typed.", someOf(leaf.DNSNames))
	}
	chosen := false
	take := s.answered("pop3.server_name", &s.pop.ServerName)
	err = s.ask.ask(ctx, question{text: "Take it as that server's", otherwise: "no", take: func(answer string) error {
		switch {
		case answer == "no" || answer == "n":
			return nil
		case answer == "yes":
			answer = nearest
		case leaf.VerifyHostname(answer) != nil:
			return errors.New("type yes in full, no, or one of the certificate's names")
		}
		chosen = true
		return take(answer)
	}})
	if err != nil || chosen {
		return false, err
	}
	return s.choose(ctx, "server")
}

// someOf lists names; a hosting provider's certificate may have a hundred.
func someOf(names []string) string {
	const most = 8
	if more := len(names) - most; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), more)
	}
	return strings.Join(names, ", ")
}

// offerPin explains what an untrusted certificate means, and what pinning it.
func (s *setup) offerPin(ctx context.Context, failure error) (goOn bool, err error) {
	var u *pop3.Untrusted
	if !errors.As(failure, &u) {
		return s.choose(ctx, "server")
	}
	s.explain(`The server shows a certificate that can't be relied on, so that it could be somebody
else who wants the password. No password was sent. Its fingerprint is
  %s`, u.Fingerprint())
	s.tell(`Pinning it has popbridge accept this one certificate and no other; once the server
gets a new one, runs fail until that is pinned. Do so only if the server is your
own, or if the provider confirms this fingerprint.`)
	consents, err := s.ask.yes(ctx, "Pin it")
	if err != nil {
		return false, err
	}
	if consents {
		s.pop.TLSFingerprint = u.Fingerprint()
		return false, nil
	}
	return s.choose(ctx, "server")
}

// distrusted says what lets a certificate pass, where nobody can be asked.
func (s *setup) distrusted(err error) (hint string, reason error) {
	leaf := s.misnamed(err)
	if leaf == nil {
		return "if the certificate is the provider's own: popbridge init --tls-fingerprint SHA-256, --tls-ca FILE or --server-name NAME", err
	}
	return "if that is the provider's name: popbridge init --server-name " + config.ShellWord(nearestName(leaf.DNSNames, s.wantedName())),
		fmt.Errorf("the certificate is good, but for %s, not for %s", someOf(leaf.DNSNames), s.wantedName())
}
