package gmail

import (
	"context"
	"errors"
)

// Grant is what a token server says of an authorisation.
type Grant struct {
	// Address is the mailbox; empty where the server doesn't say.
	Address string
	// Scope are the scopes that were granted, separated by spaces; empty
	// where nobody says.
	Scope string
}

// AskGrant has the token server renew an access token, whether or not the old
// one still lives, and gives what it says. Errors are those of
// [TokenSource.Token].
func AskGrant(context.Context, TokenSource) (Grant, error) {
	return Grant{}, &Error{Kind: Passing, Op: "renew the token", Err: errors.New("not yet")}
}

// MissingLabels gives those of the labels, as configured, that the mailbox
// doesn't have yet and an import would make. It makes none. Errors are those
// of [Client.ResolveLabels].
func (c *Client) MissingLabels(ctx context.Context, names []string) ([]string, error) {
	return nil, &Error{Kind: Passing, Op: "list labels", Err: errors.New("not yet")}
}
