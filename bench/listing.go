package main

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// bareListing is how long it takes to log in to a mailbox, to read STAT, UIDL
// and LIST to their ends without a thought, and to leave: what any client
// pays. It also tells how many messages STAT had.
func bareListing(a account) (took time.Duration, messages int, err error) {
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(a.CA) {
		return 0, 0, errors.New("list the mailbox: no certificate in PEM form")
	}
	begin := time.Now()
	conn, err := tls.Dial("tcp", a.Addr, &tls.Config{RootCAs: roots})
	if err != nil {
		return 0, 0, fmt.Errorf("list the mailbox: %w", err)
	}
	defer conn.Close()
	d := &dialogue{in: bufio.NewReaderSize(conn, 64<<10), out: conn}
	d.status() // the greeting
	d.sayAll("USER "+a.Name, "PASS "+a.Password)
	d.status()
	d.status()
	d.sayAll("STAT", "UIDL", "LIST")
	if _, err := fmt.Sscanf(d.status(), "+OK %d", &messages); err != nil && d.err == nil {
		d.err = fmt.Errorf("read STAT: %w", err)
	}
	for range 2 {
		d.status()
		d.lines()
	}
	d.say("QUIT")
	if d.err != nil {
		return 0, 0, fmt.Errorf("list the mailbox: %w", d.err)
	}
	return time.Since(begin), messages, nil
}

// sayAll sends commands in one write, and reads no answer.
func (d *dialogue) sayAll(commands ...string) {
	if d.err == nil {
		_, d.err = io.WriteString(d.out, strings.Join(commands, "\r\n")+"\r\n")
	}
}
