package state

import (
	"fmt"
	"sync"
	"testing"
)

func BenchmarkRecords(b *testing.B) {
	for _, n := range []int{5_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			db := open(b, tempPath(b), Options{})
			must(b, db.Put(b.Context(), samples("acct", n)...))
			b.ReportAllocs()
			for b.Loop() {
				records, err := db.Records(b.Context(), "acct")
				if err != nil || len(records) != n {
					b.Fatal(len(records), err)
				}
			}
		})
	}
}

// BenchmarkPut puts 1,000 records, by as many goroutines as named.
func BenchmarkPut(b *testing.B) {
	for _, goroutines := range []int{1, 8, 64} {
		b.Run(fmt.Sprint(goroutines), func(b *testing.B) {
			db := open(b, tempPath(b), Options{})
			records := samples("acct", 1000)
			b.ReportAllocs()
			for b.Loop() {
				sideBySide(goroutines, len(records), func(i int) {
					if err := db.Put(b.Context(), records[i]); err != nil {
						b.Error(err)
					}
				})
			}
			perSecond(b, len(records))
		})
	}
}

// BenchmarkDelivery records the intents and the acknowledgements of 1,000
// messages, by as many goroutines as named.
func BenchmarkDelivery(b *testing.B) {
	for _, goroutines := range []int{1, 8} {
		b.Run(fmt.Sprint(goroutines), func(b *testing.B) {
			db := open(b, tempPath(b), Options{})
			records := samples("acct", 1000)
			must(b, db.Put(b.Context(), records...))
			b.ReportAllocs()
			for b.Loop() {
				sideBySide(goroutines, len(records), func(i int) {
					if err := deliver(b, db, records[i]); err != nil {
						b.Error(err)
					}
				})
			}
			perSecond(b, len(records))
		})
	}
}

// deliver makes the two transactions of an import.
func deliver(t testing.TB, db *DB, of Record) error {
	look := []func(Tx) ([]Record, error){
		func(x Tx) ([]Record, error) { return x.SameMessageID(of.Destination, of.MessageID) },
		func(x Tx) ([]Record, error) { return x.ByGmailID(of.Destination, of.GmailID) },
	}
	for _, others := range look {
		err := db.Transact(t.Context(), func(x Tx) error {
			r, _, err := x.Record(of.Account, of.UID)
			if err != nil {
				return err
			}
			if _, err := others(x); err != nil {
				return err
			}
			r.Attempts++
			return x.Put(r)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// sideBySide calls do with 0 to n-1, by so many goroutines.
func sideBySide(goroutines, n int, do func(i int)) {
	var wg sync.WaitGroup
	for g := range goroutines {
		wg.Go(func() {
			for i := g; i < n; i += goroutines {
				do(i)
			}
		})
	}
	wg.Wait()
}

func perSecond(b *testing.B, n int) {
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "acknowledged/s")
}

func BenchmarkOpen(b *testing.B) {
	path := tempPath(b)
	makeFile(b, path, Options{}, samples("acct", 1000)...)
	b.ReportAllocs()
	for b.Loop() {
		db, err := Open(b.Context(), path, Options{})
		must(b, err)
		must(b, db.Close())
	}
}

func BenchmarkOutlines(b *testing.B) {
	for _, n := range []int{5_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			db := open(b, tempPath(b), Options{})
			must(b, db.Put(b.Context(), samples("acct", n)...))
			b.ReportAllocs()
			for b.Loop() {
				read := 0
				for _, err := range db.Outlines(b.Context(), "acct") {
					must(b, err)
					read++
				}
				if read != n {
					b.Fatal(read)
				}
			}
		})
	}
}
