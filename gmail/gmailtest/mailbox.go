package gmailtest

import (
	"slices"
	"strings"
	"time"
)

// mailbox is what one user has. Server.mu guards it.
type mailbox struct {
	address  string
	messages []*message      // in the order of their arrival
	labels   []label         // made by the user
	made     int             // how many were, those deleted included
	names    map[string]bool // of the labels, by sameName
}

// message is a stored message. Its content never changes.
type message struct {
	Message
	content *content
	arrived time.Time
}

func newMailbox(address string) *mailbox { return &mailbox{address: address, names: map[string]bool{}} }

// box finds a mailbox, nil where there is none.
func (s *Server) box(address string) *mailbox {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.boxes[strings.ToLower(address)]
}

func (b *mailbox) close() {
	for _, m := range b.messages {
		m.content.discard()
	}
}

// find gives the message with this id, nil where there is none.
func (b *mailbox) find(id string) *message {
	i := slices.IndexFunc(b.messages, func(m *message) bool { return m.ID == id && !m.Deleted })
	if i < 0 {
		return nil
	}
	return b.messages[i]
}

// known gives the message with this Message-ID, nil where there is none.
func (b *mailbox) known(messageID string) *message {
	if messageID == "" {
		return nil
	}
	i := slices.IndexFunc(b.messages, func(m *message) bool { return m.MessageID == messageID && !m.Deleted })
	if i < 0 {
		return nil
	}
	return b.messages[i]
}

func (m *message) has(label string) bool { return slices.Contains(m.LabelIDs, label) }

// put adds a label to the message and takes others away.
func (m *message) put(label string, instead ...string) {
	m.LabelIDs = slices.DeleteFunc(slices.Clone(m.LabelIDs), func(l string) bool {
		return l == label || slices.Contains(instead, l)
	})
	m.LabelIDs = append(m.LabelIDs, label)
}
