package gmailtest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// maxLabels is how many labels a mailbox may have
// (developers.google.com/workspace/gmail/api/guides/labels).
const maxLabels = 10000

// label is a label in the API's JSON form.
type label struct {
	ID                    string `json:"id,omitempty"`
	Name                  string `json:"name"`
	Type                  string `json:"type,omitempty"`
	LabelListVisibility   string `json:"labelListVisibility,omitempty"`
	MessageListVisibility string `json:"messageListVisibility,omitempty"`
}

// systemLabels are Gmail's own; name and id are one.
func systemLabels() []string {
	return []string{
		"INBOX", "UNREAD", "STARRED", "IMPORTANT", "SENT", "DRAFT", "CHAT", "SPAM", "TRASH",
		"CATEGORY_PERSONAL", "CATEGORY_SOCIAL", "CATEGORY_PROMOTIONS", "CATEGORY_UPDATES", "CATEGORY_FORUMS",
	}
}

// reserved are the names that no label may take, in any case.
func reserved() []string {
	return []string{
		"inbox", "spam", "trash", "sent", "drafts", "starred", "important", "unread", "chats", "muted",
	}
}

// sameName maps names that Gmail takes for one to one: case doesn't count,
// and space, "-" and "/" are one character.
func sameName(name string) string {
	return strings.NewReplacer("-", "/", " ", "/").Replace(strings.ToLower(name))
}

// create makes a label, but not its parents. Server.mu is held.
func (b *mailbox) create(l label) (label, error) {
	name := strings.TrimSpace(l.Name)
	if name == "" || slices.Contains(reserved(), strings.ToLower(name)) {
		return label{}, badRequest("Invalid label name")
	}
	if b.names[sameName(name)] {
		return label{}, &apiError{code: http.StatusConflict, reason: "aborted", message: "Label name exists or conflicts"}
	}
	if len(b.labels) >= maxLabels {
		return label{}, badRequest("Max allowed label count reached")
	}
	b.names[sameName(name)] = true
	b.made++
	l.ID, l.Name, l.Type = "Label_"+strconv.Itoa(b.made), name, "user"
	b.labels = append(b.labels, l)
	return l, nil
}

// checkLabels refuses label ids that the mailbox doesn't have.
func (c *call) checkLabels(ids []string) error {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	for _, id := range ids {
		if slices.Contains(systemLabels(), id) {
			continue
		}
		if !slices.ContainsFunc(c.box.labels, func(l label) bool { return l.ID == id }) {
			return badRequest("Invalid label: %s", id)
		}
	}
	return nil
}

// listLabels is users.labels.list.
func (c *call) listLabels() (answer, error) {
	var all []label
	for _, id := range systemLabels() {
		all = append(all, label{ID: id, Name: id, Type: "system"})
	}
	c.s.mu.Lock()
	all = append(all, c.box.labels...)
	c.s.mu.Unlock()
	return jsonAnswer(map[string]any{"labels": all})
}

// createLabel is users.labels.create.
func (c *call) createLabel() (answer, error) {
	body, err := c.small()
	if err != nil {
		return answer{}, err
	}
	var l label
	if err := json.Unmarshal(body, &l); err != nil {
		return answer{}, badRequest("Invalid JSON payload received.")
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	if l, err = c.box.create(l); err != nil {
		return answer{}, err
	}
	return jsonAnswer(l)
}
