package app_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/popbridge/popbridge/pop3/pop3test"
)

// popWorld is a popbridge with an account for each row.
type popWorld struct {
	*harness
	rows    []*popRow
	servers map[string]*pop3test.Server
	// owners are the rows whose mail it is, by its digest.
	owners  map[[32]byte]*popRow
	batches int
}

// newPopWorld starts the servers and makes the accounts.
func newPopWorld(t *testing.T, rows []*popRow) *popWorld {
	w := &popWorld{harness: newHarness(t, func(s *setup) { s.gmail.Fold = false }), rows: rows,
		servers: map[string]*pop3test.Server{}, owners: map[[32]byte]*popRow{}}
	w.top = "jobs = 64\n"
	if rows[0].waits {
		w.top = fmt.Sprintf("jobs = %d\n", len(rows))
	}
	for i, r := range rows {
		r.account = fmt.Sprintf("row%d", i)
	}
	for _, r := range rows {
		r.server = w.serverOf(r)
		r.box = r.server.AddMailbox(r.account, "secret of "+r.account)
	}
	return w
}

// serverOf gives the server that a row shares with the others of its step, or
// has for itself where the server can't know yet who comes.
func (w *popWorld) serverOf(r *popRow) *pop3test.Server {
	w.t.Helper()
	key := r.account
	if r.step.login {
		key = r.step.name
	}
	if s := w.servers[key]; s != nil {
		return s
	}
	o := r.step.server
	o.Now = w.now
	o.Fault = func(e pop3test.Event) pop3test.Fault {
		if !r.step.login {
			return r.ask(e)
		}
		if other := w.row(e.User); other != nil {
			return other.ask(e)
		}
		return pop3test.Fault{}
	}
	s, err := pop3test.Start(o)
	w.must(err)
	w.t.Cleanup(func() { w.must(s.Close()) })
	w.servers[key] = s
	if o.TLS != pop3test.NoTLS {
		w.write(fmt.Sprintf("ca%d.pem", s.Port()), s.CertificatePEM())
	}
	return s
}

// row gives the row of an account.
func (w *popWorld) row(account string) *popRow {
	i := slices.IndexFunc(w.rows, func(r *popRow) bool { return r.account == account })
	if i < 0 {
		return nil
	}
	return w.rows[i]
}

// bring adds two messages of a new batch to each mailbox.
func (w *popWorld) bring() {
	for _, r := range w.rows {
		batch := map[string][32]byte{}
		for n := range 2 {
			id := fmt.Sprintf("%s.%d.%d", r.account, w.batches, n)
			raw := mail(id, strings.Repeat("..a line of "+id+"\r\n", 9+n)+".\x00\xff\r\n")
			r.box.Add(id, raw)
			batch[id] = sha256.Sum256(raw)
			w.owners[batch[id]] = r
		}
		r.letters = append(r.letters, batch)
	}
	w.batches++
}

// patient is an account that is only there: Gmail is waited for as long as the
// most patient one allows.
const patient = `[[pop3]]
name = "patient"
host = "127.0.0.1"
port = 1
user = "none"
password = "none"
`

// setTimeout writes the configuration with a timeout for the rows that wait.
func (w *popWorld) setTimeout(timeout string) {
	w.t.Helper()
	w.tables = nil
	for _, r := range w.rows {
		w.tables = append(w.tables, r.table(timeout))
	}
	w.tables = append(w.tables, patient)
	w.configure()
}

// runRows runs the accounts of some rows.
func (w *popWorld) runRows(rows []*popRow, args ...string) int {
	args = append([]string{"run"}, args...)
	for _, r := range rows {
		args = append(args, r.account)
	}
	return w.run(args...)
}

// age has the oldest batch that is on the provider imported so long ago that
// it is due.
func (w *popWorld) age() {
	w.t.Helper()
	w.expect(0, "state", "export")
	then := w.now().Add(-15 * aDay).UTC().Format(time.RFC3339)
	lines := strings.SplitAfter(w.out.String(), "\n")
	old := fmt.Sprintf(".%d.", w.batches-2)
	for i, line := range lines[1:] {
		var row map[string]any
		if line == "" {
			continue
		}
		w.must(json.Unmarshal([]byte(line), &row))
		if strings.Contains(row["uid"].(string), old) {
			row["imported_at"] = then
			aged, err := json.Marshal(row)
			w.must(err)
			lines[1+i] = string(aged) + "\n"
		}
	}
	w.stdin = strings.Join(lines, "")
	w.expect(0, "state", "import")
}

// suffer is a run in which things go wrong, at first or later.
func (w *popWorld) suffer(first bool) {
	w.t.Helper()
	for _, r := range w.rows {
		r.phase = r.next
		if first {
			r.phase = phaseFirst
		}
		r.arm()
	}
	w.setTimeout("1s")
	w.runRows(w.rows, "--json")
	var said struct{ Accounts []outcome }
	w.must(json.Unmarshal(w.out.Bytes(), &said))
	w.checkPrintable()
	have := w.inGmail()
	for i, r := range w.rows {
		if problem := r.judge(said.Accounts[i], w.err.String()); problem != "" {
			w.t.Errorf("%s, phase %d: %s", r.name, r.phase, problem)
		}
		if lost := r.missing(have); lost != "" {
			w.t.Errorf("%s, phase %d: %s", r.name, r.phase, lost)
		}
		r.disarm()
	}
}

// checkPrintable looks for what could steer a terminal.
func (w *popWorld) checkPrintable() {
	w.t.Helper()
	for _, text := range []string{w.err.String(), w.out.String()} {
		if i := strings.IndexFunc(text, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }); i >= 0 {
			w.t.Errorf("a control character in %q", text[max(0, i-200):i+1])
		}
	}
}

// recover is one ordinary run, or more of the rows that take them, after which
// all is as it should be.
func (w *popWorld) recover() {
	w.t.Helper()
	w.setTimeout("60s")
	rows := w.rows
	for n := 1; len(rows) > 0; n++ {
		if code := w.runRows(rows); code != 0 || w.out.Len()+w.err.Len() > 0 {
			w.t.Errorf("an ordinary run: exit %d\n%s%s", code, &w.out, &w.err)
		}
		have := w.inGmail()
		var unsettled []*popRow
		for _, r := range rows {
			problem := r.missing(have)
			if max(r.settles, 1) > n {
				unsettled = append(unsettled, r)
			} else if problem == "" {
				problem = r.unsettled(have)
			}
			if problem != "" {
				w.t.Errorf("%s, after run %d: %s", r.name, n, problem)
			}
		}
		rows = unsettled
	}
}

// inGmail counts Gmail's messages by what they are. None may be anything but
// what was sent, and none may be there twice.
func (w *popWorld) inGmail() map[[32]byte]int {
	w.t.Helper()
	have := map[[32]byte]int{}
	for _, m := range w.gmail.Messages(w.address) {
		have[m.Digest]++
		owner := w.owners[m.Digest]
		switch {
		case owner == nil:
			w.t.Errorf("Gmail has %s, %d octets, which was never sent", m.MessageID, m.Size)
		case have[m.Digest] == 2:
			w.t.Errorf("%s: Gmail has %s twice", owner.name, m.MessageID)
		}
	}
	return have
}
