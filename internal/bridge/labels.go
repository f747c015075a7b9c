package bridge

import (
	"context"
	"errors"
	"time"

	"github.com/popbridge/popbridge/gmail"
)

// labels gives the ids of an account's labels. A label that Gmail refuses
// stops the destination: it says nothing of any message.
func (d *Destination) labels(ctx context.Context, names []string) ([]string, error) {
	for {
		if err := d.awaitTurn(ctx, 0); err != nil {
			return nil, err
		}
		began := time.Now()
		ids, err := d.Importer.ResolveLabels(ctx, names)
		if err == nil {
			return ids, nil
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		var ge *gmail.Error
		if errors.As(err, &ge) && (ge.Kind == gmail.Passing || ge.Kind == gmail.RateLimited || ge.Kind == gmail.InDoubt) {
			if err := d.failed(began, ge.RetryAfter, err); err != nil {
				return nil, err
			}
			continue
		}
		return nil, d.halt(err)
	}
}
