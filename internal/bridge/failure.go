package bridge

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/popbridge/popbridge/gmail"
	"github.com/popbridge/popbridge/pop3"
	"github.com/popbridge/popbridge/state"
)

// Class says what a failure means for who started the run. The graver class
// is the greater.
type Class int

// The classes, from the least grave. The exit codes follow them.
const (
	Well Class = iota
	// NewlyRefused: all done, but a message is newly refused.
	NewlyRefused
	// Later: quota, a locked mailbox, a doubt; another run will do.
	Later
	// Unavailable: a server can't be reached or failed for now.
	Unavailable
	// Person: a person must act.
	Person
	// NoState: the state can't be read or written.
	NoState
	// Usage: what was typed can't be meant.
	Usage
	// Misconfigured: the configuration is wrong.
	Misconfigured
	// Bug: popbridge is at fault.
	Bug
)

// Failure is why an account's run was not all well.
type Failure struct {
	Class Class
	Err   error
	// Hint is the command or the act that mends it, or empty.
	Hint string
	// Quiet failures are nobody's concern: they pass by themselves.
	Quiet bool
	// key tells one fault from another, whichever message met it first.
	key string
}

// Error is the text of the cause.
func (f *Failure) Error() string { return f.Err.Error() }

// Unwrap gives the cause.
func (f *Failure) Unwrap() error { return f.Err }

// gravest picks the graver of two failures, the earlier where they are equal.
func gravest(a, b *Failure) *Failure {
	if a == nil || b != nil && (b.Class > a.Class || b.Class == a.Class && a.Quiet && !b.Quiet) {
		return b
	}
	return a
}

// setAside begins the key of a message that is set aside.
const setAside = "set aside "

// together adds to a failure of a message set aside that of another: each of
// them is to be told once.
func together(a, b *Failure) *Failure {
	if a == nil || !strings.HasPrefix(a.key, setAside) || !strings.HasPrefix(b.key, setAside) {
		return a
	}
	both := *a
	both.key += b.key
	both.Err = errors.Join(a.Err, b.Err)
	return &both
}

// Classify turns what a room reported into a Failure. Destination is the
// name that login would be run with. Nil stays nil.
func Classify(err error, account, destination string) *Failure {
	var f *Failure
	var pe *pop3.Error
	var ge *gmail.Error
	var se *state.Error
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.Canceled):
		return &Failure{Class: Later, Err: err, Quiet: true}
	case errors.As(err, &f):
		return &Failure{Class: f.Class, Err: err, Hint: f.Hint, Quiet: f.Quiet, key: cmp.Or(f.key, f.Error())}
	case errors.As(err, &se):
		return &Failure{Class: NoState, Err: err}
	case errors.As(err, &pe):
		f = ofProvider(err, pe, account)
		// "RETR 7" names the message, not the fault.
		f.key = strings.TrimRight(pe.Op, " 0123456789") + pe.Code
		return f
	case errors.As(err, &ge):
		f = ofGmail(err, ge, account, destination)
		f.key = ge.Error()
		return f
	default:
		return &Failure{Class: Bug, Err: err}
	}
}

func ofProvider(err error, pe *pop3.Error, account string) *Failure {
	switch pe.Kind {
	case pop3.Auth:
		return &Failure{Class: Person, Err: err, Hint: fmt.Sprintf(
			"check user and password of account %s in the configuration, then type: popbridge run %s", account, account) + hintTokens(pe, account)}
	case pop3.Certificate:
		return &Failure{Class: Person, Err: err, Hint: hintTLS(err, account)}
	case pop3.Permanent:
		return &Failure{Class: Person, Err: err, Hint: fmt.Sprintf(
			"ask the provider, or correct account %s in the configuration", account) + hintTokens(pe, account)}
	case pop3.Locked:
		if strings.HasPrefix(pe.Code, "LOGIN-DELAY") {
			return &Failure{Class: Later, Err: err, Hint: fmt.Sprintf(
				"let cron run popbridge less often; how often the server allows it, this may say: popbridge check %s", account)}
		}
		return &Failure{Class: Later, Err: err, Hint: fmt.Sprintf(
			"it passes once the other program or device is done; if it lasts, end that one, then type: popbridge check %s", account)}
	case pop3.Unreachable:
		return &Failure{Class: Unavailable, Err: err, Hint: fmt.Sprintf(
			"if it lasts, check the network, and host and port of account %s", account)}
	default:
		return &Failure{Class: Unavailable, Err: err, Hint: hintProvider(account)}
	}
}

// hintTokens is for a server that refuses a password and takes tokens.
func hintTokens(pe *pop3.Error, account string) string {
	if !slices.Contains(pe.Mechanisms, "XOAUTH2") {
		return ""
	}
	return fmt.Sprintf("\nor, if the provider wants OAuth in place of a password, as Microsoft does: set auth = \"xoauth2\" and client_id for account %s, then type: popbridge login %s",
		account, account)
}

// hintTLS is for a server that can't be trusted, or talked to.
func hintTLS(err error, account string) string {
	notTLS, invalid := tls.RecordHeaderError{}, x509.CertificateInvalidError{}
	var untrusted *pop3.Untrusted
	switch {
	case errors.As(err, &notTLS):
		return fmt.Sprintf("the server doesn't speak TLS there: correct port of account %s, or set tls = \"starttls\"", account)
	case errors.Is(err, pop3.ErrOldTLS):
		return "to see which tls_min would let it in, type: popbridge check " + account
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "set this machine's clock if it is wrong, or else ask the provider to renew the certificate"
	case errors.As(err, &untrusted):
		return fmt.Sprintf("to see whether tls_fingerprint, tls_ca or server_name mends it, and what that means, type: popbridge check %s", account)
	default:
		return "to see more of it, type: popbridge check " + account
	}
}

// hintProvider is for a server that fails in a way that no setting mends.
func hintProvider(account string) string {
	return fmt.Sprintf("if it lasts, ask the provider; to see the dialogue, type: popbridge run -v %s", account)
}

func ofGmail(err error, ge *gmail.Error, account, destination string) *Failure {
	switch ge.Kind {
	case gmail.Unauthorised:
		hint := ge.Hint
		if hint == "" || hint == gmail.HintLogin {
			hint = "popbridge login " + destination
		}
		return &Failure{Class: Person, Err: err, Hint: hint}
	case gmail.Configuration:
		// What popbridge itself found wrong stands in its files; what Gmail
		// found wrong mostly stands in Google's console.
		if ge.Status == 0 || strings.Contains(strings.ToLower(ge.Reason), "label") {
			return &Failure{Class: Misconfigured, Err: err, Hint: ge.Hint}
		}
		return &Failure{Class: Person, Err: err, Hint: cmp.Or(ge.Hint, "look into the Gmail mailbox and its Google Cloud project, then type: popbridge run "+account)}
	case gmail.Unsaved:
		return &Failure{Class: NoState, Err: err, Hint: fmt.Sprintf(
			"see that the disk of the token file has room and can be written; if the next run says so: popbridge login %s", destination)}
	case gmail.RateLimited:
		return &Failure{Class: Later, Err: err, Hint: fmt.Sprintf(
			"it passes by itself; if it lasts, lower units_per_minute of destination %s in the configuration", destination)}
	case gmail.InDoubt:
		return &Failure{Class: Later, Err: err, Quiet: true, Hint: "nothing to do: a later run finds out whether Gmail has it"}
	case gmail.Passing:
		return &Failure{Class: Unavailable, Err: err, Hint: fmt.Sprintf(
			"it passes by itself; if it lasts, type: popbridge check %s, and see https://www.google.com/appsstatus/dashboard/", destination)}
	default:
		return &Failure{Class: Bug, Err: err}
	}
}
