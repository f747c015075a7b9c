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
			for b.Loop() {
				var wg sync.WaitGroup
				for g := range goroutines {
					wg.Go(func() {
						for i := g; i < len(records); i += goroutines {
							if err := db.Put(b.Context(), records[i]); err != nil {
								b.Error(err)
							}
						}
					})
				}
				wg.Wait()
			}
		})
	}
}

func BenchmarkOpen(b *testing.B) {
	path := tempPath(b)
	makeFile(b, path, Options{}, samples("acct", 1000)...)
	for b.Loop() {
		db, err := Open(b.Context(), path, Options{})
		must(b, err)
		must(b, db.Close())
	}
}
