package main

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/popbridge/popbridge/pop3/dovecottest"
)

// The mailbox of a post.
const (
	postUser     = "shop"
	postPassword = "secret of the shop"
)

// post is a mailbox at a Dovecot that seems to be a round trip away.
type post struct {
	server *dovecottest.Server
	relay  *relay
	// messages and octets are what it holds, as it is served.
	messages int
	octets   int64
}

// openPost fills a mailbox. Dovecot has read it once before this returns, so
// that no tool pays for its index, or for the disk.
func (b *bench) openPost(roundTrip time.Duration, mail []batch) (*post, error) {
	dir, err := b.folder("dovecot")
	if err != nil {
		return nil, err
	}
	server, err := dovecottest.Start(dir, dovecottest.Options{Users: map[string]string{postUser: postPassword}, Extra: dovecotStamps})
	if err != nil {
		return nil, err
	}
	p := &post{server: server}
	if err := p.deliver(mail); err != nil {
		return nil, errors.Join(err, p.close())
	}
	if err := p.warm(); err != nil {
		return nil, errors.Join(err, p.close())
	}
	if p.relay, err = startRelay(p.direct(), roundTrip); err != nil {
		return nil, errors.Join(err, p.close())
	}
	return p, nil
}

// deliver puts the mail into the mailbox with bare LFs, as delivery agents do.
func (p *post) deliver(mail []batch) error {
	for _, of := range mail {
		for range of.count {
			raw := compose(p.messages, of.size)
			p.messages++
			p.octets += int64(len(raw))
			if err := p.server.Deliver(postUser, bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n"))); err != nil {
				return err
			}
		}
	}
	return nil
}

// direct is where Dovecot speaks TLS without a delay.
func (p *post) direct() string {
	return net.JoinHostPort(p.server.Host(), strconv.Itoa(p.server.POP3SPort()))
}

func (p *post) account() account {
	return account{Name: postUser, Password: postPassword, Addr: p.relay.Addr(), CA: p.server.CertificatePEM()}
}

// what says what it holds.
func (p *post) what() string {
	return fmt.Sprintf("%s messages, %.1f MB", thousands(p.messages), float64(p.octets)/1e6)
}

func (p *post) close() error {
	var err error
	if p.relay != nil {
		err = p.relay.Close()
	}
	return errors.Join(err, p.server.Stop())
}

// warm reads the whole mailbox once, which makes Dovecot write its index and
// the system keep the files in memory.
func (p *post) warm() error {
	addr := net.JoinHostPort(p.server.Host(), strconv.Itoa(p.server.POP3Port()))
	messages, octets, err := readAll(addr, postUser, postPassword)
	if err != nil {
		return fmt.Errorf("read the mailbox: %w", err)
	}
	if messages != p.messages || octets != p.octets {
		return fmt.Errorf("read the mailbox: it has %d messages of %d octets, want %d of %d", messages, octets, p.messages, p.octets)
	}
	return nil
}
