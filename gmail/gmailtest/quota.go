package gmailtest

import (
	"net/http"
	"sync"
	"time"
)

// What the methods cost
// (developers.google.com/workspace/gmail/api/reference/quota).
const (
	unitsImport      = 25
	unitsGet         = 20
	unitsList        = 5
	unitsLabelCreate = 5
	unitsLabelList   = 1
	unitsProfile     = 1
)

// quota is Gmail's limit for each user: units in a sliding minute, and
// requests under way.
type quota struct {
	opt Options

	mu    sync.Mutex
	spent map[string][]spending
	busy  map[string]int
}

type spending struct {
	at    time.Time
	units int
}

func newQuota(opt Options) *quota {
	return &quota{opt: opt, spent: map[string][]spending{}, busy: map[string]int{}}
}

// enter takes one of the user's slots, or refuses.
func (q *quota) enter(user string) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.opt.MaxConcurrent > 0 && q.busy[user] >= q.opt.MaxConcurrent {
		return q.refuse(http.StatusTooManyRequests, "Too many concurrent requests for user")
	}
	q.busy[user]++
	return nil
}

func (q *quota) leave(user string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.busy[user]--
}

// charge spends the user's units, or refuses and spends none.
func (q *quota) charge(user string, units int) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := q.opt.Now()
	kept, sum := q.spent[user][:0], 0
	for _, s := range q.spent[user] {
		// A spending of the future is one from before the clock was set back.
		if age := now.Sub(s.at); age >= 0 && age < time.Minute {
			kept = append(kept, s)
			sum += s.units
		}
	}
	q.spent[user] = kept
	if q.opt.UnitsPerMinute > 0 && units > 0 && sum+units > q.opt.UnitsPerMinute {
		return q.refuse(q.opt.QuotaStatus, "Quota exceeded for quota metric 'Queries' and limit 'Queries per minute per user'")
	}
	if units > 0 {
		q.spent[user] = append(kept, spending{now, units})
	}
	return nil
}

// forget takes what was spent for unspent.
func (q *quota) forget() {
	q.mu.Lock()
	defer q.mu.Unlock()
	clear(q.spent)
}

func (q *quota) refuse(status int, message string) *apiError {
	e := &apiError{code: status, reason: "rateLimitExceeded", domain: "usageLimits", message: message}
	if q.opt.RetryAfter != "" {
		e.header = http.Header{"Retry-After": {q.opt.RetryAfter}}
	}
	return e
}
