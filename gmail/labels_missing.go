package gmail

import (
	"context"
	"strings"
)

// MissingLabels gives those of the labels, as configured, that the mailbox
// doesn't have yet and an import would make, parents before what is beneath
// them. It makes none, and calls labels.list at most. Errors are those of
// [Client.ResolveLabels].
func (c *Client) MissingLabels(ctx context.Context, names []string) ([]string, error) {
	c.labels.mu.Lock()
	defer c.labels.mu.Unlock()
	var own []string
	for _, name := range names {
		if _, ok := systemLabel(name); ok {
			continue
		}
		if reason := labelFault(name); reason != "" {
			return nil, labelError(name, reason, nil)
		}
		own = append(own, name)
	}
	if len(own) > 0 && c.labels.known == nil {
		if err := c.listLabels(ctx); err != nil {
			return nil, err
		}
	}
	missing := missingLabels{book: &c.labels, planned: map[string]string{}}
	for _, name := range own {
		missing.plan(name)
	}
	return missing.names, nil
}

// missingLabels gathers what ensureLabel would make.
type missingLabels struct {
	book *labelBook
	// planned maps labelKey of the names.
	planned map[string]string
	names   []string
}

// plan gives the name that a label has or would be made with.
func (m *missingLabels) plan(name string) string {
	key := labelKey(name)
	if known, ok := m.book.known[key]; ok {
		return known.name
	}
	if planned, ok := m.planned[key]; ok {
		return planned
	}
	full := name
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		full = m.plan(name[:i]) + name[i:]
	}
	m.planned[key] = full
	m.names = append(m.names, full)
	return full
}
