package bridge_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/popbridge/popbridge/internal/bridge"
	"github.com/popbridge/popbridge/internal/message"
	"github.com/popbridge/popbridge/pop3"
	"github.com/popbridge/popbridge/state"
)

// largeView is of a mailbox with so many known messages, and so many new ones.
func largeView(known, fresh int) bridge.View {
	v := bridge.View{Headers: map[int]*message.Summary{}, Top: true}
	for i := range known + fresh {
		uid := fmt.Sprintf("%016x", i)
		v.Listing.Entries = append(v.Listing.Entries, pop3.Entry{Number: i + 1, UID: uid, Size: int64(1000 + i%5000)})
		if i < known {
			r := state.Record{Account: "shop", UID: uid, Size: int64(1000 + i%5000), Status: state.Imported,
				Digest: digest("digest " + uid), HeaderDigest: digest("header " + uid), ImportedAt: planDay.Add(-time.Duration(i%300) * time.Hour), Listed: true}
			v.Records = append(v.Records, new(r.Outline()))
		}
	}
	return v
}

var fortnightOf90k = bridge.Policy{Age: 14 * 24 * time.Hour, KeepMessages: 90_000}

// A plan takes room for the listing as a whole, and none for each message.
func TestPlanAllocatesLittle(t *testing.T) {
	v := largeView(20_000, 0)
	if n := testing.AllocsPerRun(2, func() { bridge.Plan(v, fortnightOf90k, planDay) }); n > 200 {
		t.Errorf("a plan of 20,000 messages with nothing new allocates %.0f times", n)
	}
}

// BenchmarkPlan plans as a run with some new mail does.
func BenchmarkPlan(b *testing.B) {
	for _, n := range []int{5_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			v := largeView(n, 100)
			b.ReportAllocs()
			for b.Loop() {
				bridge.Plan(v, fortnightOf90k, planDay)
			}
		})
	}
}
