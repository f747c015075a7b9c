package gmail

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"

	gmailapi "google.golang.org/api/gmail/v1"
)

// labelBook is what is known of the mailbox's labels, listed once. Its mutex
// is held during the calls, so that a label isn't made twice.
type labelBook struct {
	mu sync.Mutex
	// known maps labelKey of the names; nil before the listing.
	known map[string]label
}

type label struct{ id, name string }

var errNoLabels = errors.New("the answer names no label")

func (b *labelBook) put(l *gmailapi.Label) label {
	known := label{id: l.Id, name: l.Name}
	b.known[labelKey(l.Name)] = known
	return known
}

// ResolveLabels gives the ids of labels. Gmail's system labels are named by
// their ids (INBOX, UNREAD, …; "Inbox" is understood), others by their names,
// compared as Gmail does, and made where they are missing, "A/B" beneath "A".
// A name that Gmail doesn't take is a Configuration error that quotes it.
func (c *Client) ResolveLabels(ctx context.Context, names []string) (ids []string, err error) {
	c.labels.mu.Lock()
	defer c.labels.mu.Unlock()
	for _, name := range names {
		id, err := c.labelID(ctx, name)
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}

func (c *Client) labelID(ctx context.Context, name string) (string, error) {
	if id, ok := systemLabel(name); ok {
		return id, nil
	}
	if reason := labelFault(name); reason != "" {
		return "", labelError(name, reason, nil)
	}
	if c.labels.known == nil {
		if err := c.listLabels(ctx); err != nil {
			return "", err
		}
	}
	l, err := c.ensureLabel(ctx, name)
	return l.id, err
}

// listLabels is labels.list.
func (c *Client) listLabels(ctx context.Context) error {
	return c.call(ctx, "labels.list", labelsAnswer, func(ctx context.Context) error {
		answer, err := c.service.Users.Labels.List("me").Context(ctx).Do()
		if err != nil {
			return err
		}
		if answer == nil {
			return errNoLabels
		}
		c.labels.known = make(map[string]label, len(answer.Labels))
		for _, l := range answer.Labels {
			if l != nil && l.Id != "" {
				c.labels.put(l)
			}
		}
		return nil
	})
}

// ensureLabel finds a label or makes it. Gmail makes no parents by itself; a
// parent's own spelling is used, which may differ in case.
func (c *Client) ensureLabel(ctx context.Context, name string) (label, error) {
	if known, ok := c.labels.known[labelKey(name)]; ok {
		return known, nil
	}
	full := name
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		parent, err := c.ensureLabel(ctx, name[:i])
		if err != nil {
			return label{}, err
		}
		full = parent.name + name[i:]
	}
	return c.createLabel(ctx, full)
}

// createLabel is labels.create. A clash means that someone else made the
// label since it was listed.
func (c *Client) createLabel(ctx context.Context, name string) (label, error) {
	var made label
	err := c.call(ctx, "labels.create", smallAnswer, func(ctx context.Context) error {
		l := &gmailapi.Label{Name: name, LabelListVisibility: "labelShow", MessageListVisibility: "show"}
		answer, err := c.service.Users.Labels.Create("me", l).Context(ctx).Do()
		if err != nil {
			return err
		}
		if answer == nil || answer.Id == "" {
			return errNoLabels
		}
		made = c.labels.put(&gmailapi.Label{Id: answer.Id, Name: name})
		return nil
	})
	var failure *Error
	if !errors.As(err, &failure) {
		return made, err
	}
	switch {
	case failure.Status == http.StatusConflict:
		return c.clashingLabel(ctx, name, failure)
	case failure.Status == http.StatusBadRequest && failure.Hint == "": // no other fault than the name's
		return label{}, labelError(name, failure.Reason, failure)
	}
	return label{}, err
}

func (c *Client) clashingLabel(ctx context.Context, name string, clash *Error) (label, error) {
	if err := c.listLabels(ctx); err != nil {
		return label{}, err
	}
	if known, ok := c.labels.known[labelKey(name)]; ok {
		return known, nil
	}
	return label{}, labelError(name, clash.Reason, clash)
}

// labelError is the fault of one name; cause is Gmail's answer, if any.
func labelError(name, reason string, cause *Error) *Error {
	e := &Error{
		Kind: Configuration, Op: "labels.create",
		Reason: fmt.Sprintf("label %q: %s", printable(name), reason), Hint: hintLabels,
	}
	if cause != nil {
		e.Status = cause.Status
	}
	return e
}

// forgetLabelsOn drops the cached labels when an upload found one missing: it
// was deleted meanwhile, and the next ResolveLabels makes it again.
func (c *Client) forgetLabelsOn(err error) error {
	var failure *Error
	if errors.As(err, &failure) && failure.Kind == Configuration && failure.Hint == hintLabels {
		c.labels.mu.Lock()
		defer c.labels.mu.Unlock()
		c.labels.known = nil
	}
	return err
}
