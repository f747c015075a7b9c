package state

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"testing"
	"time"
)

// counting counts the statements that its connections compile. They can
// do nothing else, so that whatever is run is compiled.
type counting struct {
	sqlite   driver.Driver
	dsn      string
	compiled int
}

func (c *counting) Driver() driver.Driver { return c.sqlite }

func (c *counting) Connect(context.Context) (driver.Conn, error) {
	conn, err := c.sqlite.Open(c.dsn)
	return countingConn{conn, c}, err
}

type countingConn struct {
	driver.Conn
	counter *counting
}

func (c countingConn) Prepare(text string) (driver.Stmt, error) {
	c.counter.compiled++
	return c.Conn.Prepare(text)
}

// To compile a statement takes longer than to run it: for each message of a
// backlog the same ones are run.
func TestStatementsAreCompiledOnce(t *testing.T) {
	path := tempPath(t)
	makeFile(t, path, Options{}, samples("acct", 4)...)
	db := open(t, path, Options{})
	counter := &counting{sqlite: db.writer.pool.Driver(), dsn: dsn(path, writing)}
	pool := sql.OpenDB(counter)
	conn, err := pool.Conn(t.Context())
	must(t, err)
	db.writer.queue.close()
	<-db.writer.stopped
	must(t, db.writer.disconnect())
	db.writer = newWriter(db, pool, conn)
	go db.writer.loop()

	work := func() {
		for _, r := range samples("acct", 4) {
			must(t, deliver(t, db, r))
		}
		must(t, db.Put(t.Context(), samples("acct", 4)...))
		must(t, db.Remove(t.Context(), "acct", "gone"))
		must(t, db.PutAccount(t.Context(), Account{Name: "acct"}))
		_, err := db.Forget(t.Context(), "acct", time.Unix(0, 0))
		must(t, err)
		must(t, db.Reserve(t.Context(), "someone@example.com", func(q Quota) Quota { return q }))
	}
	work()
	first := counter.compiled
	work()
	if first == 0 || counter.compiled > first {
		t.Errorf("%d statements were compiled, and then %d more", first, counter.compiled-first)
	}
}

// What reading allocates for a row is bounded.
func TestReadingAllocatesLittle(t *testing.T) {
	const n = 2000
	db := open(t, tempPath(t), Options{})
	must(t, db.Put(t.Context(), samples("acct", n)...))
	for what, c := range map[string]struct {
		read func()
		most float64
	}{
		"a record":   {func() { must(t, readAll(db)) }, 30},
		"an outline": {func() { outlines(t, db, "acct") }, 9},
	} {
		if perRow := testing.AllocsPerRun(3, c.read) / n; perRow > c.most {
			t.Errorf("reading %s allocates %.1f times", what, perRow)
		}
	}
}

func readAll(db *DB) error {
	_, err := db.Records(context.Background(), "acct")
	return err
}
