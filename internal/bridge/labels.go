package bridge

import (
	"context"
	"errors"
	"strings"

	"github.com/popbridge/popbridge/gmail"
)

// labels gives the ids of an account's labels. A label that Gmail refuses
// stops the destination: it says nothing of any message.
func (d *Destination) labels(ctx context.Context, names []string) (ids []string, err error) {
	err = d.persist(ctx, d.labelUnits(names), func() error {
		ids, err = d.Importer.ResolveLabels(ctx, names)
		return err
	})
	return ids, err
}

// labelUnits gives what labels cost where they weren't asked for yet.
func (d *Destination) labelUnits(names []string) int {
	key := strings.Join(names, "\x00")
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.labelled[key] {
		return 0
	}
	d.labelled[key] = true
	return gmail.LabelUnits(names)
}

// ready tells whether the destination would take mail: it costs nothing
// besides, and spares a fetch that would be in vain.
func (d *Destination) ready(ctx context.Context, labels []string) error {
	if err := d.persist(ctx, 0, func() error { return d.Importer.CheckToken(ctx) }); err != nil {
		return err
	}
	_, err := d.labels(ctx, labels)
	return err
}

// persist asks something of Gmail that isn't about a message and costs so many
// units. Passing failures are tried again; others stop the destination.
func (d *Destination) persist(ctx context.Context, units int, ask func() error) error {
	for {
		t, err := d.awaitTurn(ctx, units)
		if err != nil {
			return err
		}
		err = ask()
		if err == nil {
			if units > 0 {
				d.succeeded(t)
			}
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		var ge *gmail.Error
		if !errors.As(err, &ge) || ge.Kind != gmail.Passing && ge.Kind != gmail.RateLimited && ge.Kind != gmail.InDoubt {
			return d.halt(err)
		}
		if err := d.failed(ctx, t, ge, err); err != nil {
			return err
		}
	}
}
