package gmail

import (
	"context"
	"crypto/x509"
	"errors"

	"golang.org/x/oauth2"
)

// exchange trades the code for a token, and checks what was granted by whom.
func (o LoginOptions) exchange(ctx context.Context, config *oauth2.Config, code, verifier string) (Token, error) {
	ctx, transport, cancel := tokenContext(ctx, o.HTTPClient)
	defer cancel()
	answer, err := config.Exchange(ctx, code, oauth2.VerifierOption(verifier))
	now := o.Now()
	if err != nil {
		return Token{}, exchangeError(newTokenFailure(err, transport, now))
	}
	token := newToken(answer, Token{}, now)
	idToken, _ := answer.Extra("id_token").(string)
	claims, _ := readClaims(idToken, config.ClientID)
	token.Address = claims.Email
	if err := o.check(token, claims); err != nil {
		return Token{}, err
	}
	skew := claims.skew(now)
	if claims.Issued == 0 {
		skew = transport.skew(now)
	}
	if err := checkClock(skew); err != nil {
		return Token{}, err
	}
	return token, nil
}

// exchangeError says why a code wasn't taken.
func exchangeError(f tokenFailure) error {
	const op = "log in"
	var certificate x509.CertificateInvalidError
	if errors.As(f.cause, &certificate) && certificate.Reason == x509.Expired {
		return &LoginError{Kind: LoginClock, Err: certificate, Hint: hintClock}
	}
	if e, ok := f.passing(op); ok {
		return e
	}
	if err := checkClock(f.skew); f.code == "invalid_grant" && err != nil {
		return err
	}
	return refused(LoginRejected, f.code)
}
