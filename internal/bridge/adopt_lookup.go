package bridge

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/popbridge/popbridge/gmail"
)

// lookUpsAtOnce is how many messages Gmail is asked about at once: enough to
// hide its latency below the quota.
const lookUpsAtOnce = 4

// lookUp is the asking of Gmail about candidates.
type lookUp struct {
	*job
	mu    sync.Mutex
	found *Found
	// contents are those of Gmail's messages by id, zero of one that is gone:
	// messages of one Message-ID are held against the same.
	contents map[string]content
}

// lookUp asks Gmail about each candidate, and records what it has.
func (j *job) lookUp(ctx context.Context, candidates []candidate, found *Found) error {
	if len(candidates) == 0 {
		return nil
	}
	defer j.watch.at("")
	j.watch.at(LookingUp)
	l := &lookUp{job: j, found: found, contents: map[string]content{}}
	group, untilFailed := errgroup.WithContext(ctx)
	group.SetLimit(lookUpsAtOnce)
	for _, c := range candidates {
		if untilFailed.Err() != nil {
			break
		}
		group.Go(func() error { return l.settle(untilFailed, c) })
	}
	if err := group.Wait(); err != nil {
		return err
	}
	return ctx.Err()
}

// settle finds out about one candidate. Those of one Message-ID take turns,
// so that each of Gmail's messages stands for one of them.
func (l *lookUp) settle(ctx context.Context, c candidate) error {
	release, err := l.To.turns.take(ctx, c.sum.MessageID)
	if err != nil {
		return err
	}
	defer release()
	why, err := l.search(ctx, c)
	if err != nil {
		return err
	}
	l.watch.done(Action{Size: c.size})
	l.mu.Lock()
	defer l.mu.Unlock()
	if why == "" {
		l.found.Recorded++
	} else {
		l.found.absent(why, c.adopted)
	}
	return nil
}

// search tells why a candidate isn't known to be in Gmail, empty where it is,
// which is recorded then.
func (l *lookUp) search(ctx context.Context, c candidate) (why Absence, err error) {
	var ids []string
	err = l.ask(ctx, gmail.UnitsList, func() (err error) {
		ids, err = l.To.Importer.Search(ctx, c.sum.MessageID)
		return err
	})
	if isRefusal(err) {
		return Unsearchable, nil
	}
	if err != nil {
		return "", err
	}
	other := ""
	why = NotFound
	for _, id := range ids {
		holders, err := l.Ledger.ByGmailID(ctx, l.To.Address, id)
		if err != nil {
			return "", err
		}
		if slices.ContainsFunc(holders, l.isAnother(c)) {
			why = CountsForAnother
			continue
		}
		switch has, err := l.content(ctx, id); {
		case err != nil:
			return "", err
		case has == content{}:
		case has != c.content:
			why, other = OtherContent, id
		default:
			if recorded, err := l.record(ctx, c, id); recorded || err != nil {
				return "", err
			}
			why = CountsForAnother
		}
	}
	if other != "" {
		return why, l.bearWitness(ctx, c, other)
	}
	return why, nil
}

// content gives that of one of Gmail's messages, zero where it is gone.
func (l *lookUp) content(ctx context.Context, id string) (has content, err error) {
	l.mu.Lock()
	has, known := l.contents[id]
	l.mu.Unlock()
	if known {
		return has, nil
	}
	err = l.ask(ctx, gmail.UnitsGet, func() error {
		sum, err := l.To.rawSummary(ctx, id)
		has = contentOf(sum)
		return err
	})
	switch {
	case isRefusal(err):
		has = content{}
	case err != nil:
		return has, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.contents[id] = has
	return has, nil
}

// ask asks something of Gmail that costs so many units. What Gmail refuses is
// no fault of the destination, nor is a search that it can't read: others went
// well.
func (l *lookUp) ask(ctx context.Context, units int, do func() error) error {
	var refusal error
	err := l.To.persist(ctx, units, func() error {
		err := do()
		var ge *gmail.Error
		if errors.As(err, &ge) && ge.Kind == gmail.Configuration && ge.Status == http.StatusBadRequest {
			refused := *ge
			refused.Kind = gmail.Refused
			err = &refused
		}
		if isRefusal(err) {
			refusal = err
			return nil
		}
		return err
	})
	if err != nil {
		return err
	}
	return refusal
}
