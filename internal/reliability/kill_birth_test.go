package reliability_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/popbridge/popbridge/pop3/pop3test"
)

// A process that is killed while it makes the state leaves nothing that keeps
// the next one from working.
func TestKilledWhileTheStateIsMade(t *testing.T) {
	t.Parallel()
	w := newKillWorld(t, killSetup{name: "birth", open: func(w *killWorld) []*killAccount {
		return w.serve(pop3test.Options{}, `tls = "none"`, &killAccount{name: "shop"})
	}}, time.Now().UnixNano())
	kills := fromEnvironment(t, "POPBRIDGE_KILLS", ordinaryKills) / 20
	begun := 0 // had made something
	for w.figures.kills < int(kills) {
		w.must(os.RemoveAll(filepath.Dir(w.state())))
		w.rows = nil
		c := w.run(trap{after: time.Duration(w.random.Int64N(int64(w.usual)))})
		if made, _ := filepath.Glob(filepath.Join(filepath.Dir(w.state()), "*")); c.killed() && len(made) > 0 {
			begun++
		}
		if next := w.run(trap{}); next.code() != 0 {
			t.Fatalf("the run after the kill: exit %d\nstderr: %s", next.code(), &next.stderr)
		}
	}
	t.Logf("%d kills, %d of them after something was made", w.figures.kills, begun)
}
