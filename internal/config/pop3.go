package config

import (
	"errors"
	"math"
	"time"
)

// maxMessage is the most octets that Gmail takes of a message (150 MiB; the
// media limit of users.messages.import).
const maxMessage = 157286400

// POP3 is an account: one POP3 mailbox.
type POP3 struct {
	// Name is unique across destinations and accounts.
	Name string
	// Host and Port are the server's.
	Host string
	Port int
	// TLS is "implicit", "starttls" or "none".
	TLS string
	// AllowPlaintext permits TLS "none" to a host other than this one.
	AllowPlaintext bool
	// TLSMin is the lowest version to accept, as crypto/tls numbers them.
	TLSMin uint16
	// TLSCA is a file of root certificates (PEM); empty for the system's.
	TLSCA string
	// TLSFingerprint is the SHA-256 of the server's certificate (32 octets);
	// nil where none is pinned.
	TLSFingerprint []byte
	// ServerName is the name the certificate must have; empty for Host.
	ServerName string
	// User is the name to log in with.
	User string
	// Password is where the password comes from; see ReadPassword.
	Password PasswordSource
	// Auth is "auto", "plain", "apop" or "xoauth2".
	Auth string
	// OAuth is where the tokens of Auth "xoauth2" come from.
	OAuth OAuth
	// Pipelining is "auto" or "off".
	Pipelining string
	// Timeout is how long a server may make no progress; more than 0.
	Timeout time.Duration
	// To is the name of the destination.
	To string
	// Labels are given to what is imported; none archives it, read.
	Labels []string
	// Retention is how long an imported message stays.
	Retention Retention
	// KeepMessages is how many messages stay at most; 0 is off.
	KeepMessages int
	// KeepSize is how many octets stay at most; 0 is off.
	KeepSize int64
	// Capacity is how much the mailbox holds.
	Capacity Capacity
	// SkipLarger is the most octets that are imported of a message.
	SkipLarger int64
	// Spam is "classify" or "never".
	Spam string
	// Date is "header" or "received".
	Date string
	// Line is that of the table in the file.
	Line int
}

// pop3 reads an account; token files lie in stateDir by default.
func (t *table) pop3(stateDir string, gmail []Gmail, names map[string]claim) POP3 {
	p := POP3{Name: t.label("", names), Line: t.r.lines[t.path]}
	t.server(&p)
	t.login(&p, stateDir)
	t.policy(&p)
	p.To = t.to(gmail)
	return p
}

// login reads the user, and the password or where tokens come from. Where auth
// itself is wrong it is not known which.
func (t *table) login(p *POP3, stateDir string) {
	t.need("user")
	p.User, _ = t.printable("user")
	p.Password = t.password()
	faults := len(t.r.errs)
	p.Auth = t.choice("auth", "auto", "plain", "apop", "xoauth2")
	switch {
	case len(t.r.errs) > faults:
		t.known = append(t.known, oauthKeys...)
	case p.Auth == "xoauth2":
		t.idle(`does nothing with auth = "xoauth2"`, passwordKeys...)
		p.OAuth = t.oauth(p.Name, stateDir)
	default:
		t.idle(withoutOAuth, oauthKeys...)
		t.onePassword()
	}
}

// policy reads what becomes of the messages.
func (t *table) policy(p *POP3) {
	p.Pipelining = t.choice("pipelining", "auto", "off")
	p.Timeout = parsed(t, "timeout", time.Minute, parseTimeout)
	p.Labels = t.labels()
	p.Retention = parsed(t, "retention", Retention{}, parseRetention)
	p.KeepMessages = t.keepMessages()
	p.KeepSize = parsed(t, "keep_size", 0, parseKeepSize)
	p.Capacity = parsed(t, "capacity", Capacity{}, parseCapacity)
	p.SkipLarger = parsed(t, "skip_larger", maxMessage, parseSkipLarger)
	p.Spam = t.choice("spam", "classify", "never")
	p.Date = t.choice("date", "header", "received")
}

func (t *table) keepMessages() int {
	if v, _ := t.take("keep_messages"); v == int64(0) {
		t.fail("keep_messages", "must be 1 or more", `leave it out for no limit; retention = "0" deletes at once`)
		return 0
	}
	return t.number("keep_messages", 0, 1, math.MaxInt32)
}

func parseTimeout(s string) (time.Duration, error) {
	d, err := parseDuration(s)
	if err == nil && d == 0 {
		err = errors.New("must be more than 0: a silent server would hold the run for ever")
	}
	return d, err
}

func parseKeepSize(s string) (int64, error) {
	n, err := parseSize(s)
	if err == nil && n == 0 {
		err = errors.New(`must be more than 0 (leave it out for no limit; retention = "0" deletes at once)`)
	}
	return n, err
}

func parseSkipLarger(s string) (int64, error) {
	n, err := parseSize(s)
	switch {
	case err == nil && n == 0:
		err = errors.New("must be more than 0")
	case err == nil && n > maxMessage:
		err = errors.New("must be 150MiB at most: Gmail takes no larger message")
	}
	return n, err
}
