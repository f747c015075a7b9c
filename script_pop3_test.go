package main_test

import (
	"bytes"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/popbridge/popbridge/pop3/pop3test"
)

// pop3 is the provider, whose mailbox USER has the password "secret of USER":
//
//	pop3 start [FLAG…]           also again, after stop, with the same mail
//	pop3 stop
//	pop3 add USER UID FILE…      puts mail into a mailbox, which it makes
//	pop3 fill USER UID…          the same with mail made up
//	pop3 remove USER UID…        as another device does
//	pop3 renumber USER PREFIX    gives all messages other UIDs
//	pop3 password USER PASSWORD
//	pop3 uids USER [UID…]        these are in the mailbox, in this order
//	pop3 listing USER COMMAND LINE…  what STAT, LIST or UIDL says instead
//	pop3 fault …                 see there
//	pop3 transcript              prints the commands since forget
//	pop3 await COMMAND N         waits for the Nth such command since then
//	pop3 forget
//	pop3 fingerprint             sets $FINGERPRINT
func pop3(ts *testscript.TestScript, neg bool, args []string) {
	subcommand(ts, neg, args, map[string]func(call){
		"start": popStart, "stop": popStop, "add": popAdd, "fill": popFill, "remove": popRemove,
		"renumber": popRenumber, "password": popPassword, "uids": popUIDs, "listing": popListing,
		"fault": popSetFault, "await": popAwait, "transcript": popTranscript, "fingerprint": popFingerprint,
		"forget": func(c call) {
			c.w.pop.ResetCounters()
			c.w.change(func() { clear(c.w.popEvents) })
		},
	})
}

// popStart takes the flags -tls implicit|starttls|none, -pipelining=false,
// -no-uidl, -no-top, -apop, -oauth, -lock, -expire TEXT and -greeting LINE.
func popStart(c call) {
	o := pop3test.Options{Fault: c.w.popFaults}
	flags := flag.NewFlagSet("pop3 start", flag.ContinueOnError)
	tls := flags.String("tls", "implicit", "")
	flags.BoolVar(&o.Pipelining, "pipelining", true, "")
	flags.BoolVar(&o.NoUIDL, "no-uidl", false, "")
	flags.BoolVar(&o.NoTOP, "no-top", false, "")
	flags.BoolVar(&o.APOP, "apop", false, "")
	oauth := flags.Bool("oauth", false, "")
	flags.BoolVar(&o.LockMailbox, "lock", false, "")
	flags.StringVar(&o.Expire, "expire", "", "")
	flags.StringVar(&o.Greeting, "greeting", "", "")
	c.Check(flags.Parse(c.args))
	o.TLS = map[string]pop3test.TLSMode{"implicit": pop3test.ImplicitTLS, "starttls": pop3test.STLS}[*tls]
	if *oauth {
		o.SASL, o.NoUSER = []string{"XOAUTH2"}, true
		o.Token = func(user, token string) bool { return c.w.device.Opens(token, user) }
	}
	before := c.w.pop
	c.w.listen(c, o)
	c.w.moveMail(before)
	c.Setenv("POP_HOST", c.w.pop.Host())
	c.Setenv("POP_PORT", strconv.Itoa(c.w.pop.Port()))
	if o.TLS != pop3test.NoTLS {
		c.w.write(c.TestScript, "ca.pem", c.w.pop.CertificatePEM())
	}
}

// nextPort is where a server is tried next. Systems give out higher ports by
// themselves, so that nobody else takes the port of a server that is stopped.
var nextPort = func() *atomic.Int32 {
	var n atomic.Int32
	n.Store(20000 + rand.Int32N(8000))
	return &n
}()

// listen starts the server, where it was before if there was one.
func (w *world) listen(c call, o pop3test.Options) {
	var err error
	o.Addr = w.popAddr
	for range 100 {
		if w.popAddr == "" {
			o.Addr = fmt.Sprintf("127.0.0.1:%d", nextPort.Add(1))
		}
		if w.pop, err = pop3test.Start(o); err == nil || w.popAddr != "" {
			break
		}
	}
	c.Check(err)
	w.popAddr = w.pop.Addr()
}

// moveMail gives the server the mailboxes of the one before.
func (w *world) moveMail(before *pop3test.Server) {
	if before == nil {
		return
	}
	for user := range w.sent {
		box := w.pop.AddMailbox(user, "secret of "+user)
		for _, m := range before.Mailbox(user).Messages() {
			box.AddMessage(m)
		}
	}
}

// popStop keeps other scripts from starting a process meanwhile: until that
// process runs its program it has the listener too, which keeps the port.
func popStop(c call) {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	c.Check(c.w.pop.Close())
}

func popAdd(c call) {
	c.need("USER", "UID", "FILE")
	for pairs := c.args[1:]; len(pairs) > 1; pairs = pairs[2:] {
		raw, err := os.ReadFile(c.MkAbs(pairs[1]))
		c.Check(err)
		c.w.add(c.args[0], pairs[0], raw)
	}
}

func popFill(c call) {
	c.need("USER", "UID")
	for _, uid := range c.args[1:] {
		c.w.add(c.args[0], uid, madeUp(c.args[0], uid))
	}
}

// madeUp is a message that no other is like, and longer than the one before.
func madeUp(user, uid string) []byte {
	return fmt.Appendf(nil, "From: orders@example.com\r\nTo: %s@example.org\r\nSubject: %s %s\r\n"+
		"Date: Sun, 22 Nov 2026 06:00:00 +0000\r\nMessage-ID: <%s.%s@example.com>\r\n\r\n%s %s\r\n.\r\n..\r\n",
		user, subjectMark, uid, user, uid, bodyMark, uid)
}

func (w *world) add(user, uid string, raw []byte) {
	if w.sent[user] == nil {
		w.sent[user] = map[string][]byte{}
	}
	box := w.pop.Mailbox(user)
	if box == nil {
		box = w.pop.AddMailbox(user, "secret of "+user)
	}
	box.Add(uid, raw)
	if len(raw) > 0 && !bytes.HasSuffix(raw, []byte("\r\n")) {
		raw = append(bytes.Clone(raw), "\r\n"...)
	}
	w.sent[user][uid] = raw
}

// mailbox is that of the first argument.
func (c call) mailbox() *pop3test.Mailbox {
	c.need("USER")
	box := c.w.pop.Mailbox(c.args[0])
	if box == nil {
		c.Fatalf("there is no mailbox %s", c.args[0])
	}
	return box
}

func popRemove(c call) {
	for _, uid := range c.args[1:] {
		if !c.mailbox().Remove(uid) {
			c.Fatalf("there is no message %s", uid)
		}
	}
}

func popRenumber(c call) {
	c.need("USER", "PREFIX")
	c.mailbox().RenumberAll(func(i int, _ string) string { return fmt.Sprint(c.args[1], i) })
}

func popPassword(c call) {
	c.need("USER", "PASSWORD")
	c.w.hide(c.args[1])
	c.w.pop.AddMailbox(c.args[0], c.args[1])
}

func popUIDs(c call) {
	got := c.mailbox().UIDs()
	c.verify(slices.Equal(got, c.args[1:]), "the mailbox has %q", got)
}

func popListing(c call) {
	c.need("USER", "COMMAND")
	c.mailbox().EditListing(func(kind string, lines []string) []string {
		if kind == c.args[1] {
			return c.args[2:]
		}
		return lines
	})
}

func popTranscript(c call) {
	fmt.Fprintln(c.Stdout(), strings.Join(c.w.pop.Commands(), "\n"))
}
