package main_test

import (
	"bytes"
	"crypto/sha256"
	"flag"
	"fmt"
	"io"
	"maps"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/popbridge/popbridge/gmail/gmailtest"
)

// gmail is the stand-in for Gmail, with one mailbox, shop@example.org:
//
//	gmail start [-fold=false] [-quota UNITS] [-spam] [-rotate]
//	gmail token [-expired] [-of ADDRESS] [SCOPE…]  writes token.json
//	gmail client [SECRET]    writes client.json, with another secret
//	gmail service-account FILE
//	gmail count N            that many messages are in it
//	gmail has USER UID…      what the mailbox of the provider had, unchanged, once
//	gmail has-file FILE…     the same of files
//	gmail notices N          that many of popbridge's notices, printed as they read
//	gmail show               prints the messages: Message-ID, method, label names
//	gmail labels             prints the labels that were made
//	gmail requests           prints the requests since forget
//	gmail forget
//	gmail stop
//	gmail expire             ends all access tokens
//	gmail revoke             ends all tokens
//	gmail withhold [SCOPE…]  what the person at the authorisation page unticks
//	gmail log-in-as ADDRESS  who that person is
//	gmail fault …            see there
//	gmail await KIND STAGE N waits for the Nth such moment since forget
func gmail(ts *testscript.TestScript, neg bool, args []string) {
	subcommand(ts, neg, args, map[string]func(call){
		"start": gmailStart, "token": gmailToken, "service-account": gmailServiceAccount,
		"count": gmailCount, "notices": gmailNotices, "has": gmailHas, "has-file": gmailHasFile, "show": gmailShow,
		"labels": gmailLabels, "requests": gmailRequests, "fault": gmailSetFault, "client": gmailClient, "await": gmailAwait,
		"forget": func(c call) {
			c.w.gmail.ResetCounters()
			c.w.change(func() { clear(c.w.gmailEvents) })
		},
		"stop":      func(c call) { c.w.gmail.Close() },
		"expire":    func(c call) { c.w.gmail.ExpireAccessTokens() },
		"revoke":    func(c call) { c.w.gmail.Revoke(address) },
		"withhold":  func(c call) { c.w.gmail.WithholdScopes(scopes(c.args)...) },
		"log-in-as": func(c call) { c.w.gmail.LogInAs(c.args[0]) },
	})
}

func gmailStart(c call) {
	o := gmailtest.Options{Addresses: []string{address}}
	flags := flag.NewFlagSet("gmail start", flag.ContinueOnError)
	flags.BoolVar(&o.Fold, "fold", true, "")
	flags.IntVar(&o.UnitsPerMinute, "quota", 0, "")
	flags.BoolVar(&o.RotateRefreshTokens, "rotate", false, "")
	spam := flags.Bool("spam", false, "")
	c.Check(flags.Parse(c.args))
	o.Spam = func([]byte) bool { return *spam }
	var err error
	c.w.gmail, err = gmailtest.Start(o)
	c.Check(err)
	c.w.gmail.SetFault(c.w.gmailFaults)
	c.Setenv("GMAIL_URL", c.w.gmail.URL())
	c.args = nil
	gmailClient(c)
	gmailToken(c)
}

// scopes knows the last words of Google's names for them.
func scopes(short []string) (full []string) {
	for _, s := range short {
		if s != gmailtest.ScopeOpenID {
			s = "https://www.googleapis.com/auth/" + s
		}
		full = append(full, s)
	}
	return full
}

func gmailToken(c call) {
	flags := flag.NewFlagSet("gmail token", flag.ContinueOnError)
	expired := flags.Bool("expired", false, "")
	of := flags.String("of", address, "")
	c.Check(flags.Parse(c.args))
	granted := scopes(flags.Args())
	if len(granted) == 0 {
		granted = []string{gmailtest.ScopeInsert, gmailtest.ScopeLabels}
	}
	token := c.w.gmail.TokenJSON
	if *expired {
		token = c.w.gmail.ExpiredTokenJSON
	}
	data := token(*of, granted...)
	c.w.write(c.TestScript, "token.json", data)
	c.w.hideTokens(string(data))
}

// hideTokens keeps the tokens of a file from being shown.
func (w *world) hideTokens(file string) {
	for _, word := range strings.Split(file, `"`) {
		if strings.HasPrefix(word, "ya29.") || strings.HasPrefix(word, "1//") {
			w.hide(word)
		}
	}
}

// clientSecret is that of the OAuth client that the stand-in knows.
const clientSecret = "stand-in-secret"

func gmailClient(c call) {
	secret := strings.Join(append(c.args, clientSecret)[:1], "")
	c.w.hide(secret)
	c.w.write(c.TestScript, "client.json", bytes.ReplaceAll(c.w.gmail.ClientJSON(), []byte(clientSecret), []byte(secret)))
}

func gmailServiceAccount(c call) {
	c.need("FILE")
	c.w.write(c.TestScript, c.args[0], c.w.gmail.ServiceAccountJSON())
}

// isNotice tells popbridge's own messages.
func isNotice(m gmailtest.Message) bool { return strings.HasSuffix(m.MessageID, "@popbridge.invalid>") }

// mail is what is in Gmail, without the notices.
func (w *world) mail() []gmailtest.Message {
	return slices.DeleteFunc(w.gmail.Messages(address), isNotice)
}

func gmailNotices(c call) {
	c.need("N")
	n := 0
	for _, m := range c.w.gmail.Messages(address) {
		if !isNotice(m) {
			continue
		}
		n++
		r, err := c.w.gmail.Raw(address, m.ID)
		c.Check(err)
		parsed, err := mail.ReadMessage(r)
		c.Check(err)
		text, err := io.ReadAll(quotedprintable.NewReader(parsed.Body))
		c.Check(err)
		fmt.Fprintf(c.Stdout(), "%s: %s\n%s\n", parsed.Header.Get("From"), parsed.Header.Get("Subject"), text)
	}
	c.verify(strconv.Itoa(n) == c.args[0], "Gmail has %d notices", n)
}

func gmailCount(c call) {
	c.need("N")
	got := len(c.w.mail())
	c.verify(strconv.Itoa(got) == c.args[0], "Gmail has %d messages", got)
}

func gmailHas(c call) {
	c.need("USER", "UID")
	for _, uid := range c.args[1:] {
		raw, ok := c.w.sent[c.args[0]][uid]
		if !ok {
			c.Fatalf("there never was a message %s", uid)
		}
		c.verifyInGmail(uid, raw)
	}
}

func gmailHasFile(c call) {
	for _, file := range c.args {
		raw, err := os.ReadFile(c.MkAbs(file))
		c.Check(err)
		c.verifyInGmail(file, raw)
	}
}

func (c call) verifyInGmail(name string, raw []byte) {
	sum, times := sha256.Sum256(raw), 0
	for _, m := range c.w.mail() {
		if m.Digest == sum {
			times++
		}
	}
	if times > 1 {
		c.Fatalf("Gmail has %s %d times", name, times)
	}
	c.verify(times == 1, "Gmail has %s %d times", name, times)
}

func gmailShow(c call) {
	names := c.w.gmail.Labels(address)
	for _, m := range c.w.mail() {
		var labels []string
		for _, id := range m.LabelIDs {
			if names[id] != "" {
				id = names[id]
			}
			labels = append(labels, id)
		}
		slices.Sort(labels)
		fmt.Fprintln(c.Stdout(), m.MessageID, m.Method, strings.Join(labels, " "))
	}
}

func gmailLabels(c call) {
	for _, name := range slices.Sorted(maps.Values(c.w.gmail.Labels(address))) {
		fmt.Fprintln(c.Stdout(), name)
	}
}

func gmailRequests(c call) {
	for _, r := range c.w.gmail.Requests() {
		fmt.Fprintln(c.Stdout(), r.Kind, r.Status, r.Query)
	}
}
