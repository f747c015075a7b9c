package bridge

import (
	"context"
	"sync"
)

// turns lets messages that share a Message-ID go to a destination one at a
// time: Gmail folds an import into a message with a Message-ID that it has,
// and only one after the other shows which of them it has. Messages without
// one share the empty key.
type turns struct {
	mu   sync.Mutex
	held map[string]chan struct{}
}

// take waits for the turn of key. The turn ends with the returned function.
func (t *turns) take(ctx context.Context, key string) (release func(), err error) {
	for {
		t.mu.Lock()
		busy, held := t.held[key]
		if !held {
			mine := make(chan struct{})
			t.held[key] = mine
			t.mu.Unlock()
			return func() { t.release(key, mine) }, nil
		}
		t.mu.Unlock()
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-busy:
		}
	}
}

func (t *turns) release(key string, mine chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.held, key)
	close(mine)
}
