package reliability_test

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/popbridge/popbridge/state"
)

// happen lets the world go on between two processes: mail arrives, devices
// delete, providers renumber and restore, time passes.
func (w *killWorld) happen() {
	w.t.Helper()
	for range 1 + w.random.IntN(2) {
		mail, places := w.composer.parcel()
		for i, m := range mail {
			w.deliver(w.accounts[places[i]%len(w.accounts)], m)
		}
	}
	a := w.accounts[w.random.IntN(len(w.accounts))]
	box, renumbers := a.box.(*popBox)
	switch n := w.random.IntN(100); {
	case n < 4 && renumbers:
		box.renumber(w.random, true)
		w.figures.renumbered++
	case n < 8 && renumbers:
		box.renumber(w.random, false)
		w.figures.renumbered++
	case n < 10 && renumbers:
		box.reorder(w.random)
	case n < 15 && renumbers:
		w.restore(a)
	case n > 90 && renumbers:
		box.swap(w.random)
	case n < 18:
		w.gmail.ExpireAccessTokens()
	case n < 22:
		w.label++
		w.configure()
	case n < 34:
		w.advance([]time.Duration{20 * time.Second, 70 * time.Second, 3 * time.Minute}[w.random.IntN(3)])
	}
	for _, a := range w.accounts {
		if a.shared {
			w.thin(a)
		}
	}
	w.before = map[*killAccount]map[*mailing]int{}
	for _, a := range w.accounts {
		w.before[a] = a.box.present()
	}
}

// restore brings some deleted messages back, as a provider does from a backup.
func (w *killWorld) restore(a *killAccount) {
	present := a.box.present()
	n := 0
	for _, r := range w.rows[a.name] {
		m := w.byDigest(r.Digest)
		if r.DeletedAt.IsZero() || m == nil || m.sent > 1 || present[m] > 0 || n == 3 || w.random.IntN(8) > 0 {
			continue
		}
		a.box.put(m)
		n++
		w.figures.restored++
	}
}

// thin is another device that deletes what popbridge has brought to Gmail from
// a mailbox where nothing goes by itself.
func (w *killWorld) thin(a *killAccount) {
	box := a.box.(*popBox)
	present := box.present()
	for _, m := range sortedMail(present) {
		if len(present) <= 40 || m.sent > 1 || w.random.IntN(4) > 0 {
			continue
		}
		for _, r := range w.rows[a.name] {
			if w.byDigest(r.Digest) == m && w.acknowledged(r, m) == nil {
				box.remove(m)
				break
			}
		}
	}
}

// advance lets time pass: Gmail's clock goes forward, and all that the state
// remembers gets older by as much, which comes to the same.
func (w *killWorld) advance(d time.Duration) {
	w.t.Helper()
	exported := startChild(w.t, w.home, nil, "state", "export")
	exported.gone(w.t)
	if exported.code() != 0 {
		if rows, err := w.readRows(); err == nil && rows == nil {
			return // nothing happened yet
		}
		w.t.Fatalf("state export: exit %d\nstderr: %s", exported.code(), &exported.stderr)
	}
	var aged bytes.Buffer
	for line := range bytes.Lines(exported.stdout.Bytes()) {
		w.must(age(&aged, line, d))
	}
	imported := startChild(w.t, w.home, &aged, "state", "import")
	imported.gone(w.t)
	if imported.code() != 0 {
		w.t.Fatalf("state import: exit %d\nstderr: %s", imported.code(), &imported.stderr)
	}
	w.offset.Add(int64(d))
	var err error
	w.rows, err = w.readRows()
	w.must(err)
}

// age writes a line of an export with its times set back.
func age(to *bytes.Buffer, line []byte, d time.Duration) error {
	var row map[string]json.RawMessage
	if err := json.Unmarshal(line, &row); err != nil {
		return err
	}
	for _, key := range []string{"first_seen", "attempted_at", "imported_at", "deleted_at", "last_listed"} {
		var at *time.Time
		if err := json.Unmarshal(row[key], &at); row[key] == nil || err != nil || at == nil {
			continue
		}
		row[key] = []byte(at.Add(-d).Format(`"` + time.RFC3339Nano + `"`))
	}
	return json.NewEncoder(to).Encode(row)
}

// settle lets runs go on until all that waited is done.
func (w *killWorld) settle() {
	w.t.Helper()
	for range 12 {
		w.advance(3 * time.Minute)
		if c := w.run(trap{}); c.code() == 0 && w.pending() == 0 {
			break
		}
	}
	if n := w.pending(); n > 0 {
		w.t.Errorf("%d messages are still not in Gmail", n)
	}
	w.advance(15 * time.Minute)
	w.run(trap{}) // what is past retention goes
	w.run(trap{})
}

func (w *killWorld) pending() (n int) {
	for _, rows := range w.rows {
		for _, r := range rows {
			if r.Listed && r.Status != state.Imported {
				n++
			}
		}
	}
	return n
}
