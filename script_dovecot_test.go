package main_test

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/popbridge/popbridge/pop3/dovecottest"
)

// dovecot is a real provider in place of pop3's, with the same passwords:
//
//	dovecot start USER…
//	dovecot add USER FILE…
//	dovecot count USER N
//
// Where Dovecot is not installed the script is skipped, unless
// POPBRIDGE_REQUIRE_DOVECOT is 1.
func dovecot(ts *testscript.TestScript, neg bool, args []string) {
	subcommand(ts, neg, args, map[string]func(call){
		"start": dovecotStart, "add": dovecotAdd, "count": dovecotCount,
	})
}

func dovecotStart(c call) {
	users := map[string]string{}
	for _, user := range c.args {
		users[user] = "secret of " + user
	}
	dir := filepath.Join(c.MkAbs("."), ".dovecot")
	c.Check(os.MkdirAll(dir, 0o700))
	var err error
	c.w.dovecot, err = dovecottest.Start(dir, dovecottest.Options{Users: users})
	if errors.Is(err, dovecottest.ErrMissing) && os.Getenv("POPBRIDGE_REQUIRE_DOVECOT") != "1" {
		c.w.env.T().Skip(err)
	}
	c.Check(err)
	c.w.write(c.TestScript, "ca.pem", c.w.dovecot.CertificatePEM())
	c.Setenv("POP_HOST", c.w.dovecot.Host())
	c.Setenv("POP_PORT", strconv.Itoa(c.w.dovecot.POP3SPort()))
}

func dovecotAdd(c call) {
	c.need("USER", "FILE")
	for _, file := range c.args[1:] {
		raw, err := os.ReadFile(c.MkAbs(file))
		c.Check(err)
		c.Check(c.w.dovecot.Deliver(c.args[0], raw))
	}
}

func dovecotCount(c call) {
	c.need("USER", "N")
	messages, err := c.w.dovecot.Messages(c.args[0])
	c.Check(err)
	c.verify(strconv.Itoa(len(messages)) == c.args[1], "the mailbox has %d messages", len(messages))
}
