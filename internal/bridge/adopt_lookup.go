package bridge

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/popbridge/popbridge/gmail"
	"github.com/popbridge/popbridge/internal/message"
)

// lookUpsAtOnce is how many messages Gmail is asked about at once: enough to
// hide its latency below the quota.
const lookUpsAtOnce = 4

// lookUp is the asking of Gmail about candidates.
type lookUp struct {
	*job
	mu    sync.Mutex
	found *Found
	// aside are the labels of Gmail's messages in Spam and Trash by id.
	aside map[string]string
	// contents are those of Gmail's messages by id, nil of one that is gone:
	// messages of one Message-ID are held against the same.
	contents map[string]*message.Content
}

// lookUp asks Gmail about each candidate, and records what it has.
func (j *job) lookUp(ctx context.Context, candidates []candidate, found *Found) error {
	if len(candidates) == 0 {
		return nil
	}
	defer j.watch.at("")
	j.watch.at(LookingUp)
	l := &lookUp{job: j, found: found, contents: map[string]*message.Content{}}
	var err error
	if l.aside, err = j.To.listAside(ctx); err != nil {
		return err
	}
	group, untilFailed := errgroup.WithContext(ctx)
	group.SetLimit(lookUpsAtOnce)
	for _, alike := range byMessageID(candidates) {
		if untilFailed.Err() != nil {
			break
		}
		group.Go(func() error { return l.settleAll(untilFailed, alike) })
	}
	if err := group.Wait(); err != nil {
		return err
	}
	return ctx.Err()
}

// byMessageID puts candidates of one Message-ID together, in their order.
func byMessageID(candidates []candidate) (all [][]candidate) {
	at := make(map[string]int, len(candidates))
	for _, c := range candidates {
		i, known := at[c.sum.MessageID]
		if !known {
			i = len(all)
			at[c.sum.MessageID] = i
			all = append(all, nil)
		}
		all[i] = append(all[i], c)
	}
	return all
}

// settleAll finds out about the candidates of one Message-ID, the first
// first: where messages have no UID but their place among their like, those
// that Gmail lacks are the last.
func (l *lookUp) settleAll(ctx context.Context, alike []candidate) error {
	for _, c := range alike {
		if err := l.settle(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

// settle finds out about one candidate. Those of one Message-ID take turns,
// so that each of Gmail's messages stands for one of them.
func (l *lookUp) settle(ctx context.Context, c candidate) error {
	release, err := l.To.turns.take(ctx, c.sum.MessageID)
	if err != nil {
		return err
	}
	defer release()
	id, why, err := l.search(ctx, c)
	if err != nil {
		return err
	}
	l.watch.done(Action{Size: c.size})
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case why != "":
		l.found.absent(why, c.adopted)
		return nil
	case l.aside[id] == gmailSpam:
		l.found.InSpam++
	case l.aside[id] == gmailTrash:
		l.found.InTrash++
	}
	l.found.Recorded++
	return nil
}

// search tells under which id Gmail has a candidate, which is recorded then,
// or why it isn't known to.
func (l *lookUp) search(ctx context.Context, c candidate) (id string, why Absence, err error) {
	var ids []string
	err = l.ask(ctx, gmail.UnitsList, func() (err error) {
		ids, err = l.To.Importer.Search(ctx, c.sum.MessageID)
		return err
	})
	if isRefusal(err) {
		return "", Unsearchable, nil
	}
	if err != nil {
		return "", "", err
	}
	// What stays comes first.
	slices.SortStableFunc(ids, func(a, b string) int { return cmp.Compare(l.aside[a], l.aside[b]) })
	other := ""
	why = NotFound
	for _, id := range ids {
		holders, err := l.Ledger.ByGmailID(ctx, l.To.Address, id)
		if err != nil {
			return "", "", err
		}
		if slices.ContainsFunc(holders, l.isAnother(c)) {
			why = CountsForAnother
			continue
		}
		switch has, err := l.content(ctx, id); {
		case err != nil:
			return "", "", err
		case has == nil:
		case !c.content.IsIn(*has):
			why, other = OtherContent, id
		case l.NeverMarkSpam && l.aside[id] == gmailSpam:
			why, other = InSpam, id
		default:
			if recorded, err := l.record(ctx, c, id); recorded || err != nil {
				return id, "", err
			}
			why = CountsForAnother
		}
	}
	if other != "" {
		return "", why, l.bearWitness(ctx, c, other)
	}
	return "", why, nil
}

// content gives that of one of Gmail's messages, nil where it is gone.
func (l *lookUp) content(ctx context.Context, id string) (has *message.Content, err error) {
	l.mu.Lock()
	has, known := l.contents[id]
	l.mu.Unlock()
	if known {
		return has, nil
	}
	err = l.ask(ctx, gmail.UnitsGet, func() error {
		d := message.NewContentDigester()
		err := l.To.readRaw(ctx, id, d)
		has = new(d.Content())
		return err
	})
	switch {
	case isRefusal(err):
		has = nil
	case err != nil:
		return nil, err
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
