package reliability_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/popbridge/popbridge/gmail/gmailtest"
	"github.com/popbridge/popbridge/pop3/pop3test"
	"github.com/popbridge/popbridge/state"
)

// A kill spares what the system has not yet written to the disk; a power cut
// doesn't. So this looks at the system calls: the intent is synced before a
// message leaves, and Gmail's answer is synced before the DELE.
func TestSyncedBeforeUploadAndDELE(t *testing.T) {
	t.Parallel()
	needStrace(t)
	w := newKillWorld(t, killSetup{name: "order", gmail: gmailtest.Options{Fold: true}, open: func(w *killWorld) []*killAccount {
		return w.serve(pop3test.Options{Pipelining: true}, `tls = "none"`, &killAccount{name: "shop", keys: `retention = "0"`})
	}}, 1)
	shop := w.accounts[0]
	const messages = 6
	for range messages {
		w.deliver(shop, w.composer.plain())
	}
	importing := w.trace("run")
	rows, err := w.readRows()
	w.must(err)
	deleting := w.trace("run")
	o := order{t: t, pop: fmt.Sprintf(":%d", shop.port), gmail: ":" + portOf(t, w.front.url())}
	if len(rows["shop"]) != messages {
		t.Fatalf("%d rows", len(rows["shop"]))
	}
	for i, r := range rows["shop"] { // uid1, uid2 and so on: in the mailbox's order
		o.check(i+1, r, importing, deleting)
	}
	if left := shop.box.present(); len(left) > 0 {
		t.Errorf("%d messages are left", len(left))
	}
}

// What a killed process had written is in the system's cache, and a later
// process reads it there; it syncs that before it deletes by it.
func TestSyncedBeforeDELEAfterAKill(t *testing.T) {
	t.Parallel()
	needStrace(t)
	w := newKillWorld(t, killSetup{name: "orderkill", gmail: gmailtest.Options{Fold: true}, open: func(w *killWorld) []*killAccount {
		return w.serve(pop3test.Options{Pipelining: true}, `tls = "none"`, &killAccount{name: "shop", keys: `retention = "0"`})
	}}, 1)
	shop := w.accounts[0]
	for range 2 { // without Message-ID: one at a time
		w.deliver(shop, w.composer.write("", 100))
	}
	if c := w.run(trap{event: "messages.import body", nth: 2, aimed: true}); !c.killed() {
		t.Fatal("it wasn't killed")
	}
	deleting := w.trace("run")
	o := order{t: t, pop: fmt.Sprintf(":%d", shop.port)}
	synced := o.want(deleting, 0, "a sync", o.synced)
	dele := o.want(deleting, 0, "a DELE", o.sent(o.pop, "DELE "))
	if dele.began < synced.ended {
		t.Errorf("the DELE went before the sync: %+v", dele)
	}
}

func portOf(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u.Port()
}

// order knows the two servers by the ends of their addresses.
type order struct {
	t          *testing.T
	pop, gmail string
}

// check follows message number, which was imported by one process and deleted
// by the next.
func (o order) check(number int, r state.Record, importing, deleting calls) {
	o.t.Helper()
	dele := fmt.Sprintf(`DELE %d\r\n`, number)
	intent := o.want(importing, 0, "the intent", o.logged(r.Digest))
	intentSynced := o.want(importing, intent.ended, "the sync of the intent", o.synced)
	upload := o.want(importing, 0, "the upload", o.sent(o.gmail, r.MessageID))
	answer := o.want(importing, upload.began, "Gmail's answer", o.received(o.gmail, r.GmailID))
	acknowledged := o.want(importing, answer.ended, "the acknowledgement's record", o.logged(r.GmailID))
	o.want(importing, acknowledged.ended, "the sync of the acknowledgement", o.synced)
	o.want(deleting, 0, "the DELE", o.sent(o.pop, dele))
	if upload.began < intentSynced.ended {
		o.t.Errorf("message %d left before its intent was synced: %+v", number, intentSynced)
	}
	if early, ok := importing.first(0, o.sent(o.pop, dele)); ok {
		o.t.Errorf("message %d was deleted by the process that imported it: %+v", number, early)
	}
}

// want finds the first call after a place that fits.
func (o order) want(cs calls, after int, what string, fits func(call) bool) call {
	o.t.Helper()
	c, ok := cs.first(after, fits)
	if !ok {
		o.t.Fatalf("%s is not among the %d system calls", what, len(cs))
	}
	return c
}

// logged fits a write of text to the write-ahead log.
func (o order) logged(text string) func(call) bool {
	return func(c call) bool {
		return c.name == "pwrite64" && c.on("/state.db-wal") && strings.Contains(c.args, text)
	}
}

// synced fits a sync of the write-ahead log that went well.
func (o order) synced(c call) bool {
	return (c.name == "fsync" || c.name == "fdatasync") && c.on("/state.db-wal") && c.result == "0"
}

// sent fits a write of text to a server.
func (o order) sent(to, text string) func(call) bool {
	return func(c call) bool { return c.name == "write" && c.on(to) && strings.Contains(c.args, text) }
}

// received fits a read of text from a server.
func (o order) received(from, text string) func(call) bool {
	return func(c call) bool { return c.name == "read" && c.on(from) && strings.Contains(c.args, text) }
}
