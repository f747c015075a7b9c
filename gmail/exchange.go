package gmail

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// exchange follows one call of the API through all its HTTP requests. It ends
// the call when nothing moves any more, and knows whether Gmail may have
// committed something without saying so.
type exchange struct {
	ctx     context.Context
	cancel  context.CancelCauseFunc
	timer   *time.Timer
	timeout time.Duration
	// answerLimit is the size in octets of the longest answer taken.
	answerLimit int64
	// media is the message that is uploaded, nil in other calls.
	media *media

	mu     sync.Mutex
	access string
	// chunks: a chunk of a resumable upload was sent.
	chunks bool
	// sent: the body of the last request that can commit was handed over to
	// its end, and no refusal came.
	sent bool
	// doubt: such a request ended without a usable answer. It stays set: the
	// library sends a last chunk again, and what it is answered then (404, as
	// the upload session is over) says nothing of the first.
	doubt bool
}

// stallError tells that nothing was sent or received for too long.
type stallError struct{ after time.Duration }

func (e *stallError) Error() string { return fmt.Sprintf("no progress for %v", e.after) }

type exchangeKey struct{}

// newExchange starts the watch over a call. The caller ends it by stop.
func newExchange(ctx context.Context, timeout time.Duration, answerLimit int64) *exchange {
	ctx, cancel := context.WithCancelCause(ctx)
	ex := &exchange{cancel: cancel, timeout: timeout, answerLimit: answerLimit}
	ex.ctx = context.WithValue(ctx, exchangeKey{}, ex)
	ex.timer = time.AfterFunc(timeout, func() { cancel(&stallError{after: timeout}) })
	return ex
}

// exchangeOf gives the exchange that a request's context belongs to.
func exchangeOf(ctx context.Context) *exchange {
	return ctx.Value(exchangeKey{}).(*exchange)
}

// progress puts the time-out off: something was sent or received.
func (ex *exchange) progress() { ex.timer.Reset(ex.timeout) }

func (ex *exchange) stop() {
	ex.timer.Stop()
	ex.cancel(context.Canceled)
}

// cause says why the call's context ended, nil where it didn't.
func (ex *exchange) cause() error {
	var stalled *stallError
	if errors.As(context.Cause(ex.ctx), &stalled) {
		return stalled
	}
	return ex.ctx.Err()
}

func (ex *exchange) setAccess(access string) {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	ex.access = access
}

func (ex *exchange) lastAccess() string {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	return ex.access
}

func (ex *exchange) sendsChunk() {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	ex.chunks = true
}

func (ex *exchange) chunked() bool {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	return ex.chunks
}

// began notes that a request which can commit is about to be sent.
func (ex *exchange) began() { ex.setSent(false) }

// handedOver notes that the transport has the whole body of such a request.
func (ex *exchange) handedOver() { ex.setSent(true) }

// refused notes that such a request was answered by a refusal.
func (ex *exchange) refused() { ex.setSent(false) }

func (ex *exchange) setSent(sent bool) {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	ex.sent = sent
}

// lost notes that such a request ended without a usable answer.
func (ex *exchange) lost() {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	ex.doubt = ex.doubt || ex.sent
}

// acknowledged tells whether a usable answer can be an acknowledgement: one
// that comes before Gmail has the whole message is none.
func (ex *exchange) acknowledged() bool {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	if !ex.sent {
		ex.doubt = true
	}
	return ex.sent
}

// inDoubt tells whether Gmail may have committed what the call was for,
// given the status of the last answer, 0 where there was none.
func (ex *exchange) inDoubt(status int) bool {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	refusal := status >= 400 && status <= 499
	return ex.doubt || ex.sent && !refusal
}
